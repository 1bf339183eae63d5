using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using SecureChat;

namespace ExistingApp;

/// <summary>What the app's own chat got besides: when a clerk needs a card, SecureChat asks for it, and the customer gets a link to the form.</summary>
internal sealed partial class SupportHub(ISecureChat chat, IMasker masker)
{
    // What belongs together in this app: its customer and SecureChat's conversation about them.
    private static readonly ConcurrentDictionary<string, string> Conversations = new(StringComparer.Ordinal);

    /// <summary>Hides what is sensitive in a message, because this chat keeps and shows what it is given.</summary>
    private async ValueTask<string> MaskAsync(string text)
    {
        ParticipantRole sender = Context.User!.IsInRole("clerk") ? ParticipantRole.Agent : ParticipantRole.Visitor;
        return (await masker.MaskAsync(new MaskRequest { Text = text, Sender = sender }, Context.ConnectionAborted)).Text;
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
}
