using Microsoft.AspNetCore.SignalR;

namespace ExistingApp;

/// <summary>The chat that this app had before. It stays as it is.</summary>
internal sealed partial class SupportHub : Hub
{
    private string Me => Context.User!.Identity!.Name!;

    public override Task OnConnectedAsync() => Groups.AddToGroupAsync(Context.ConnectionId, Context.User!.IsInRole("clerk") ? "clerks" : Me);

    /// <summary>A message to the other side.</summary>
    public async Task Say(string customer, string text)
    {
        text = await MaskAsync(text);                                                // SecureChat in this chat: before anybody gets it
        await ToBothAsync(customer, "said", new { from = Me, text });
    }

    private async Task ToBothAsync(string customer, string method, object message)
    {
        string group = Context.User!.IsInRole("clerk") ? customer : Me;
        await Clients.Groups("clerks", group).SendAsync(method, message);
    }
}
