using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SecureChat.Driver;

/// <summary>A visitor's browser.</summary>
public sealed class VisitorClient(Uri root, string prefix = "chat") : ChatClient(root, prefix)
{
    public string ConversationId { get; private set; } = "";

    public string Token { get; private set; } = "";

    private string Conversation => $"{Prefix}/visitor/conversations/{ConversationId}";

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        JsonNode started = (await PostAsync($"{Prefix}/visitor/conversations", new { }, cancellationToken)).Ok();
        Use(started["conversation"]!["id"]!.GetValue<string>(), started["token"]!.GetValue<string>());
    }

    /// <summary>Goes on with a conversation that another process started.</summary>
    public void Use(string conversationId, string token)
    {
        ConversationId = conversationId;
        Token = token;
        Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public Task<Answer> SayAsync(string text, CancellationToken cancellationToken, string? clientId = null) =>
        PostAsync($"{Conversation}/messages", new { clientId = clientId ?? NewId(), text }, cancellationToken);

    public Task<Answer> EventsAsync(CancellationToken cancellationToken, long after = 0) =>
        GetAsync($"{Conversation}/events?after={after}&limit=200", cancellationToken);

    public Task<Answer> ViewFormAsync(string requestId, CancellationToken cancellationToken) => GetAsync($"{Conversation}/forms/{requestId}", cancellationToken);

    public Task<Answer> ActAsync(string requestId, string action, CancellationToken cancellationToken) =>
        PostAsync($"{Conversation}/forms/{requestId}/{action}", new { }, cancellationToken);

    public Task<Answer> CloseAsync(CancellationToken cancellationToken) => PostAsync($"{Conversation}/close", new { }, cancellationToken);

    /// <summary>Looks at the form, agrees to the notice that is shown, and submits.</summary>
    public async Task<Answer> SubmitAsync(string requestId, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken, string? submissionId = null, string[]? kept = null)
    {
        JsonNode notice = (await ViewFormAsync(requestId, cancellationToken)).Ok()["notice"]!;
        return await PostAsync(
            $"{Conversation}/forms/{requestId}/submit",
            new
            {
                submissionId = submissionId ?? NewId(),
                consent = new
                {
                    given = true,
                    version = notice["version"]!.GetValue<string>(),
                    language = notice["language"]!.GetValue<string>(),
                    sha256 = notice["sha256"]!.GetValue<string>(),
                },
                fields,
                kept = kept ?? [],
            },
            cancellationToken);
    }

    public async Task<HubClient> JoinAsync(CancellationToken cancellationToken, long after = 0)
    {
        HubClient hub = await HubClient.ConnectAsync(Hub, cookie: null, cancellationToken);
        await hub.InvokeAsync("Join", new { conversationId = ConversationId, token = Token, after }, cancellationToken);
        return hub;
    }
}
