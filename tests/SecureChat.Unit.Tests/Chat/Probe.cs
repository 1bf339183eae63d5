using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

/// <summary>A connection that writes down what it is sent, or takes nothing.</summary>
internal sealed class Probe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<(string Method, object Frame)> _sent = [];
    private readonly bool _blocks;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Probe(
        string conversationId,
        ParticipantRole role = ParticipantRole.Visitor,
        Func<Conversation, bool>? mayRead = null,
        bool blocks = false,
        string? agentId = null)
    {
        _blocks = blocks;
        Connection = new FeedConnection(
            conversationId,
            role,
            mayRead is null ? null : (conversation, _) => ValueTask.FromResult(mayRead(conversation) ? null : RemovedFrame.Reassigned),
            after: 0,
            SendAsync,
            () => Aborted.TrySetResult())
        {
            AgentId = agentId ?? (role == ParticipantRole.Visitor ? null : "ann"),
        };
    }

    public FeedConnection Connection { get; }

    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Methods => Read(static sent => sent.Method);

    public IReadOnlyList<long> Sequences => [.. Read(static sent => sent.Frame).OfType<ConversationEvent>().Select(static sent => sent.Sequence)];

    public Task WaitForAsync(long sequence) => UntilAsync(() => Sequences.Contains(sequence));

    public Task SendsAsync(int count) => UntilAsync(() => Methods.Count >= count);

    public IReadOnlyList<(ParticipantRole Role, bool IsOnline)> Presence =>
        [.. Read(static sent => sent.Frame).OfType<PresenceFrame>().Select(static frame => (frame.Role, frame.IsOnline))];

    public Task MethodAsync(string method) => UntilAsync(() => Methods.Contains(method));

    public Task RemovedAsync() => UntilAsync(() => Methods.Contains(FeedMethods.Removed));

    private List<T> Read<T>(Func<(string Method, object Frame), T> select)
    {
        lock (_lock)
        {
            return [.. _sent.Select(select)];
        }
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            if (condition())
            {
                return;
            }

            await changed.WaitAsync(Limit);
        }
    }

    private Task SendAsync(string method, object frame, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _sent.Add((method, frame));
        }

        Started.TrySetResult();
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return _blocks ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask;
    }
}
