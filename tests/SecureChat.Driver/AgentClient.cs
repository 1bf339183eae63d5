using System.Text.Json.Nodes;

namespace SecureChat.Driver;

/// <summary>An agent's browser.</summary>
public sealed class AgentClient(Uri root, string prefix = "chat") : ChatClient(root, prefix)
{
    /// <summary>Sets the session cookie that a host would have given at sign-in.</summary>
    public void SignIn(string cookie) => AddCookie(cookie);

    /// <summary>Signs in by the link that a host without accounts prints in Development.</summary>
    public Task<Answer> SignInInDevelopmentAsync(string token, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{Prefix}/sign-in", null, cancellationToken, request => request.Headers.Authorization = new("Bearer", token));

    public Task<Answer> AssignAsync(string conversationId, CancellationToken cancellationToken) =>
        PostAsync($"{Prefix}/agent/conversations/{conversationId}/assign", new { }, cancellationToken);

    public Task<Answer> SayAsync(string conversationId, string text, CancellationToken cancellationToken) =>
        PostAsync($"{Prefix}/agent/conversations/{conversationId}/messages", new { clientId = VisitorClient.NewId(), text }, cancellationToken);

    public Task<Answer> EventsAsync(string conversationId, CancellationToken cancellationToken, long after = 0) =>
        GetAsync($"{Prefix}/agent/conversations/{conversationId}/events?after={after}&limit=200", cancellationToken);

    public async Task<string> RequestFormAsync(string conversationId, string formKey, CancellationToken cancellationToken) =>
        (await PostAsync($"{Prefix}/agent/conversations/{conversationId}/forms", new { formKey }, cancellationToken)).Ok()["requestId"]!.GetValue<string>();

    public Task<Answer> CardAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        GetAsync($"{Prefix}/agent/conversations/{conversationId}/forms/{requestId}", cancellationToken);

    public Task<Answer> ActAsync(string conversationId, string requestId, string action, object body, CancellationToken cancellationToken) =>
        PostAsync($"{Prefix}/agent/conversations/{conversationId}/forms/{requestId}/{action}", body, cancellationToken);

    /// <summary>A second factor for a claim of the named values; without them, of all that the card shows.</summary>
    public async Task<Answer> StepUpAsync(
        string conversationId, string requestId, ClaimingBrowser browser, string code, CancellationToken cancellationToken, IEnumerable<string>? valueIds = null)
    {
        if (valueIds is null)
        {
            Answer card = await CardAsync(conversationId, requestId, cancellationToken);
            if (card.Status != 200)
            {
                return card;
            }

            valueIds = IdsOn(card);
        }

        return await ActAsync(conversationId, requestId, "step-up", new { claimId = browser.ClaimId, valueIds = valueIds.ToArray(), code }, cancellationToken);
    }

    public Task<Answer> RevealAsync(
        string conversationId, string requestId, ClaimingBrowser browser, IEnumerable<string> valueIds, CancellationToken cancellationToken, string? reason = "Charge the order") =>
        ActAsync(
            conversationId,
            requestId,
            "reveal",
            new { claimId = browser.ClaimId, valueIds = valueIds.ToArray(), publicKey = browser.PublicKey, reason },
            cancellationToken);

    public Task<Answer> AcknowledgeAsync(string conversationId, string requestId, ClaimingBrowser browser, CancellationToken cancellationToken) =>
        ActAsync(conversationId, requestId, "acknowledge", new { claimId = browser.ClaimId }, cancellationToken);

    /// <summary>Ids of the values on a card.</summary>
    public async Task<string[]> ValueIdsAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        IdsOn(await CardAsync(conversationId, requestId, cancellationToken));

    /// <summary>Opens every envelope of a reveal in the claiming browser.</summary>
    public static Dictionary<string, string> Open(JsonNode reveal, string conversationId, string requestId, ClaimingBrowser browser) =>
        reveal["values"]!.AsArray().ToDictionary(
            value => value!["fieldKey"]!.GetValue<string>(),
            value => browser.Open(
                reveal["applicationId"]!.GetValue<string>(),
                conversationId,
                requestId,
                value!["valueId"]!.GetValue<string>(),
                value["fieldKey"]!.GetValue<string>(),
                value["encapsulatedKey"]!.GetValue<string>(),
                value["ciphertext"]!.GetValue<string>()),
            StringComparer.Ordinal);

    public async Task<HubClient> JoinAsync(string conversationId, CancellationToken cancellationToken, long after = 0)
    {
        HubClient hub = await HubClient.ConnectAsync(Hub, Cookie, cancellationToken);
        await hub.InvokeAsync("Join", new { conversationId, after }, cancellationToken);
        return hub;
    }

    private static string[] IdsOn(Answer card) => [.. card.Ok()["values"]!.AsArray().Select(static value => value!["valueId"]!.GetValue<string>())];
}
