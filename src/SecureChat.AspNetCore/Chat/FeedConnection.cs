using System.Threading.Channels;

namespace SecureChat.AspNetCore;

/// <summary>
/// One connection in one conversation. Events are not queued for it: it is woken and pulls what it has not sent, so a slow client costs
/// no memory. Only what is not stored (typing, presence) waits in a queue of fixed length.
/// </summary>
internal sealed class FeedConnection : IDisposable
{
    /// <summary>Ephemeral frames that may wait for a client.</summary>
    public const int QueueLength = 64;

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Channel<(string Method, object Frame)> _frames = Channel.CreateBounded<(string, object)>(
        new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<string, object, CancellationToken, Task> _send;
    private readonly Action _abort;
    private long _lastSent;
    private long _checkedAt;
    private int _isDropped;

    public FeedConnection(
        string conversationId,
        ParticipantRole role,
        Func<Conversation, CancellationToken, ValueTask<string?>>? removal,
        long after,
        Func<string, object, CancellationToken, Task> send,
        Action abort)
    {
        ConversationId = conversationId;
        Role = role;
        Removal = removal;
        _lastSent = after;
        _send = send;
        _abort = abort;
        Stopping = _stopping.Token;
    }

    public string ConversationId { get; }

    public ParticipantRole Role { get; }

    /// <summary>The agent whose connection it is; <see langword="null"/> for the visitor's.</summary>
    public string? AgentId { get; init; }

    /// <summary>
    /// Why the agent, as the host's policies see them now, may no longer read the conversation as it is now, or <see langword="null"/>
    /// when they may; asked before every batch, and regularly. The function itself is <see langword="null"/> for the visitor, whose
    /// token never passes to somebody else.
    /// </summary>
    public Func<Conversation, CancellationToken, ValueTask<string?>>? Removal { get; }

    /// <summary>Timestamp of the last answer to <see cref="Removal"/>.</summary>
    public long CheckedAt
    {
        get => Volatile.Read(ref _checkedAt);
        set => Volatile.Write(ref _checkedAt, value);
    }

    public CancellationToken Stopping { get; }

    /// <summary>Sequence of the last event that was sent.</summary>
    public long LastSent
    {
        get => Volatile.Read(ref _lastSent);
        set => Volatile.Write(ref _lastSent, value);
    }

    public ChannelReader<bool> Wakes => _wake.Reader;

    public ChannelReader<(string Method, object Frame)> Frames => _frames.Reader;

    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Queues a frame that is not stored; <see langword="false"/> when the client does not keep up.</summary>
    public bool TryQueue(string method, object frame)
    {
        bool isQueued = _frames.Writer.TryWrite((method, frame));
        Wake();
        return isQueued;
    }

    public Task SendAsync(string method, object frame, CancellationToken cancellationToken) => _send(method, frame, cancellationToken);

    /// <summary>Whether this call is the one that drops the connection.</summary>
    public bool TryDrop() => Interlocked.Exchange(ref _isDropped, 1) == 0;

    public void Abort() => _abort();

    /// <summary>Stops sending. Safe to call more than once.</summary>
    public void Stop()
    {
        try
        {
            _stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Stopped by the pump itself meanwhile.
        }
    }

    public void Dispose() => _stopping.Dispose();

    public override string ToString() => $"{nameof(FeedConnection)} {Role}";
}
