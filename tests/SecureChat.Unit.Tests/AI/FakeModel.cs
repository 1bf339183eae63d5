using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace SecureChat.Unit.Tests.AI;

/// <summary>A language model that remembers what it was sent and answers as it is told.</summary>
internal sealed class FakeModel : IChatClient
{
    public List<ChatMessage> Received { get; } = [];

    public ChatOptions? Options { get; private set; }

    public Func<IReadOnlyList<ChatMessage>, ChatResponse> Answer { get; init; } = static messages => new ChatResponse(new ChatMessage(ChatRole.Assistant, messages[^1].Text));

    public IReadOnlyList<ChatResponseUpdate> Updates { get; init; } = [];

    /// <summary>Everything the model could read.</summary>
    public string Read => string.Join('\n', Received.SelectMany(static message => message.Contents).Select(Print)) + Options?.Instructions;

    public static string Print(AIContent content) => content switch
    {
        TextContent text => text.Text,
        TextReasoningContent text => text.Text,
        FunctionCallContent call => System.Text.Json.JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions),
        FunctionResultContent result => System.Text.Json.JsonSerializer.Serialize(result.Result, AIJsonUtilities.DefaultOptions),
        DataContent data => System.Text.Encoding.UTF8.GetString(data.Data.Span),
        ErrorContent error => error.Message + error.Details,
        _ => content.ToString() ?? "",
    };

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Take(messages, options);
        return Task.FromResult(Answer(Received));
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Take(messages, options);
        foreach (ChatResponseUpdate update in Updates)
        {
            await Task.Yield();
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private void Take(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        Received.Clear();
        Received.AddRange(messages);
        Options = options;
    }
}
