using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using SecureChat;

namespace ExistingApp;

/// <summary>
/// The chat that this app had before. It stays as it is; only when a clerk needs a card, <see cref="AskForCard"/> lets SecureChat ask for it,
/// and the customer gets a link to the form in this chat.
/// </summary>
internal sealed class SupportHub(ISecureChat chat, IMasker masker) : Hub
{
    // What belongs together in this app: its customer and SecureChat's conversation about them.
    private static readonly ConcurrentDictionary<string, string> Conversations = new(StringComparer.Ordinal);

    private string Me => Context.User!.Identity!.Name!;

    public override Task OnConnectedAsync() => Groups.AddToGroupAsync(Context.ConnectionId, Context.User!.IsInRole("clerk") ? "clerks" : Me);

    /// <summary>A message to the other side. Masked here, because this chat keeps and shows what it is given.</summary>
    public async Task Say(string customer, string text)
    {
        MaskResult masked = await masker.MaskAsync(
            new MaskRequest { Text = text, Sender = Context.User!.IsInRole("clerk") ? ParticipantRole.Agent : ParticipantRole.Visitor }, Context.ConnectionAborted);
        await ToBothAsync(customer, "said", new { from = Me, text = masked.Text });
    }

    /// <summary>A clerk asks a customer for a card: the customer alone gets the link.</summary>
    public async Task AskForCard(string customer)
    {
        if (!Context.User!.IsInRole("clerk"))
        {
            throw new HubException("Only a clerk asks for a card.");
        }

        if (!Conversations.TryGetValue(customer, out string? conversation))
        {
            StartConversationResult started = await chat.StartConversationAsync(new StartConversationCommand { Subject = customer }, Context.ConnectionAborted);
            conversation = Conversations.GetOrAdd(customer, started.ConversationId ?? throw new HubException(started.Error!.Title));
        }

        FormRequestResult form = await chat.RequestFormAsync(
            new RequestFormCommand { ConversationId = conversation, FormKey = "card-payment", WithLink = true }, Context.ConnectionAborted);
        if (form.Error is not null)
        {
            throw new HubException(form.Error.Title);
        }

        await Clients.Group(customer).SendAsync("form", Context.GetHttpContext()!.Request.PathBase + form.LinkPath);
        await Clients.Group("clerks").SendAsync("said", new { from = "SecureChat", text = $"{customer} was asked for a card. Open the console to see it once." });
    }

    private async Task ToBothAsync(string customer, string method, object message)
    {
        string group = Context.User!.IsInRole("clerk") ? customer : Me;
        await Clients.Groups("clerks", group).SendAsync(method, message);
    }
}
