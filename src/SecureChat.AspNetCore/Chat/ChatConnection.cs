using Microsoft.AspNetCore.SignalR;

namespace SecureChat.AspNetCore;

/// <summary>What the host knows of one hub connection. Calls of a connection come one at a time; its end may come during one.</summary>
internal sealed class ChatConnection : IDisposable
{
    /// <summary>How long a connection may stay without having joined.</summary>
    public static readonly TimeSpan JoinDeadline = TimeSpan.FromSeconds(5);

    /// <summary>Refused calls after which a connection is closed: a client that behaves stops at the first.</summary>
    private const int MaxRefusedCalls = 1000;

    private static readonly object Slot = new();

    private readonly Lock _lock = new();

    /// <summary>Calls of any kind.</summary>
    private static readonly Rate Calls = Rate.PerSecond(20, 60);

    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ITimer _deadline;
    private RateGate _calls;
    private int _refusedCalls;
    private bool _isClosed;

    private ChatConnection(HubCallerContext context, TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();

        // A client id in the log would be one more thing to correlate by; the deadline needs only the abort.
        _deadline = time.CreateTimer(static state => ((HubCallerContext)state!).Abort(), context, JoinDeadline, Timeout.InfiniteTimeSpan);
    }

    public bool IsJoined => Feed is not null;

    public FeedConnection? Feed { get; private set; }

    /// <summary>For a visitor: what the token it joined with hashes to. <see langword="null"/> for an agent.</summary>
    public byte[]? TokenHash { get; private set; }

    public static ChatConnection Open(HubCallerContext context, TimeProvider time)
    {
        var connection = new ChatConnection(context, time);
        context.Items[Slot] = connection;
        return connection;
    }

    public static ChatConnection Of(HubCallerContext context) =>
        context.Items.TryGetValue(Slot, out object? value) && value is ChatConnection connection
            ? connection
            : throw new SecureChatException(SecureChatErrors.Internal);

    /// <summary>One call of any kind. Answers the time to wait when there are too many, and whether to close the connection.</summary>
    public TimeSpan? TryCall(out bool isFlood)
    {
        if (_calls.TryTake(_time.GetElapsedTime(_origin).Ticks, Calls, out long wait))
        {
            isFlood = false;
            return null;
        }

        isFlood = ++_refusedCalls >= MaxRefusedCalls;
        return TimeSpan.FromTicks(wait);
    }

    /// <summary>Whether the connection is still there to be in the conversation: nobody else would take it out again.</summary>
    public bool TryJoined(FeedConnection feed, byte[]? tokenHash)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            _deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            TokenHash = tokenHash;
            Feed = feed;
            return true;
        }
    }

    /// <summary>The deadline runs again: a connection without a conversation has no business here for long.</summary>
    public FeedConnection? Left()
    {
        lock (_lock)
        {
            FeedConnection? left = Feed;
            Feed = null;
            TokenHash = null;
            _deadline.Change(JoinDeadline, Timeout.InfiniteTimeSpan);
            return left;
        }
    }

    /// <summary>The connection has ended; a call that is still under way joins nothing any more.</summary>
    public FeedConnection? Closed()
    {
        lock (_lock)
        {
            _isClosed = true;
            _deadline.Dispose();
            return Feed;
        }
    }

    public void Dispose() => _deadline.Dispose();

    public override string ToString() => nameof(ChatConnection);
}
