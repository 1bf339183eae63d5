using System.Net;
using System.Net.Sockets;

namespace SecureChat.AspNetCore;

/// <summary>
/// The limits of this host, in its memory: per visitor, conversation, client address, agent, and for all writes together (E51). Lives
/// inside our own endpoints and hub, because rate-limit metadata does nothing in a host without that middleware.
/// </summary>
/// <remarks>
/// <para><b>Fails closed.</b> There is nothing here that can be unavailable: no store, no clock but the monotonic one. A caller without
/// an address shares one bucket with all others of its kind instead of going free. Limits that must hold over all hosts and restarts
/// (step-up attempts) are records in the store, not buckets here.</para>
/// <para><b>Bounded.</b> At most 100,000 buckets; beyond that the one idle longest is forgotten. IPv6 addresses count by their /64,
/// which one subscriber holds whole. Addresses are the connection's own: behind a proxy the host names it in
/// <c>ForwardedHeadersOptions</c>, a header alone moves nobody into another bucket.</para>
/// </remarks>
internal sealed class RateLimits
{
    /// <summary>Name of the fact that carries the seconds to wait; also the value of the header Retry-After.</summary>
    public const string RetryAfterFact = "retryAfter";

    private const int ShardCount = 16;
    private const int DefaultCapacity = 100_000;

    /// <summary>Wrong tokens per client address: a guess has no chance anyway, this keeps the noise down.</summary>
    private static readonly Rate WrongTokens = Rate.PerSecond(1, 60);

    private readonly Shard[] _shards;
    private readonly Lock _hostLock = new();
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly Rate _visitor;
    private readonly Rate _conversation;
    private readonly Rate _start;
    private readonly Rate _host;
    private readonly Rate _claim;
    private RateGate _hostGate;

    public RateLimits(IOptions<SecureChatOptions> options, TimeProvider time)
        : this(options, time, DefaultCapacity)
    {
    }

    internal RateLimits(IOptions<SecureChatOptions> options, TimeProvider time, int capacity)
    {
        SecureChatLimits limits = options.Value.Limits;
        _time = time;
        _origin = time.GetTimestamp();
        _visitor = Rate.PerSecond(limits.VisitorMessagesPerSecond, limits.VisitorMessageBurst);
        _conversation = Rate.PerSecond(limits.ConversationMessagesPerSecond, limits.ConversationMessagesPerSecond * 2);
        _start = Rate.PerMinute(limits.ConversationsPerAddressPerMinute);
        _host = Rate.PerSecond(limits.HostWritesPerSecond, limits.HostWritesPerSecond * 2);
        _claim = Rate.PerMinute(limits.ClaimsPerAgentPerMinute);
        _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard(Math.Max(1, capacity / ShardCount)))];
    }

    private enum Subject
    {
        Visitor,
        Conversation,
        StartAddress,
        TokenAddress,
        ClaimAgent,
    }

    /// <summary>Buckets in memory now.</summary>
    internal int Count => _shards.Sum(static shard => shard.Count);

    /// <summary>The refusal with the time to wait.</summary>
    public static Outcome<T> Refuse<T>(TimeSpan wait)
        where T : class => Outcome<T>.Refused(SecureChatErrors.RateLimited, new Dictionary<string, object?> { [RetryAfterFact] = Seconds(wait) });

    /// <summary>Whole seconds, rounded up: a caller that waits this long is not refused for the same reason again.</summary>
    public static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    /// <summary>One message: the sender's, the conversation's and the host's limit, all or none. Answers the time to wait, or <see langword="null"/>.</summary>
    public TimeSpan? TrySend(MessageSender sender, string conversationId)
    {
        long now = Now();
        bool isVisitor = sender.Role == ParticipantRole.Visitor;
        if (isVisitor && Take(Subject.Visitor, conversationId, _visitor, now) is { } visitorWait)
        {
            return visitorWait;
        }

        if (Take(Subject.Conversation, conversationId, _conversation, now) is { } conversationWait)
        {
            if (isVisitor)
            {
                GiveBack(Subject.Visitor, conversationId, _visitor);
            }

            return conversationWait;
        }

        if (TryWrite(now) is { } hostWait)
        {
            GiveBack(Subject.Conversation, conversationId, _conversation);
            if (isVisitor)
            {
                GiveBack(Subject.Visitor, conversationId, _visitor);
            }

            return hostWait;
        }

        return null;
    }

    /// <summary>One new conversation from a client address.</summary>
    public TimeSpan? TryStart(IPAddress? address)
    {
        long now = Now();
        string who = AddressKey(address);
        if (Take(Subject.StartAddress, who, _start, now) is { } wait)
        {
            return wait;
        }

        if (TryWrite(now) is { } hostWait)
        {
            GiveBack(Subject.StartAddress, who, _start);
            return hostWait;
        }

        return null;
    }

    /// <summary>One write that has no limit of its own.</summary>
    public TimeSpan? TryWrite() => TryWrite(Now());

    /// <summary>One claim by an agent.</summary>
    public TimeSpan? TryClaim(string agentId) => Take(Subject.ClaimAgent, agentId, _claim, Now());

    /// <summary>
    /// Counts one wrong token or unknown conversation from a client address. Asked only after the answer is known to be a refusal, so
    /// that a stranger behind the same address cannot lock a visitor out.
    /// </summary>
    public TimeSpan? TryWrongToken(IPAddress? address) => Take(Subject.TokenAddress, AddressKey(address), WrongTokens, Now());

    internal static string AddressKey(IPAddress? address)
    {
        if (address is null)
        {
            return "none";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return Convert.ToHexString(bytes[..8]);
    }

    private long Now() => _time.GetElapsedTime(_origin).Ticks;

    private TimeSpan? TryWrite(long now)
    {
        lock (_hostLock)
        {
            return _hostGate.TryTake(now, _host, out long wait) ? null : TimeSpan.FromTicks(wait);
        }
    }

    private TimeSpan? Take(Subject subject, string who, in Rate rate, long now) =>
        ShardOf(subject, who).TryTake((subject, who), rate, now, out long wait) ? null : TimeSpan.FromTicks(wait);

    private void GiveBack(Subject subject, string who, in Rate rate) => ShardOf(subject, who).GiveBack((subject, who), rate);

    private Shard ShardOf(Subject subject, string who) => _shards[(HashCode.Combine(subject, who) & int.MaxValue) % ShardCount];

    private sealed class Bucket
    {
        public RateGate Gate;
    }

    /// <summary>Some of the buckets behind a lock of their own, held for a few assignments.</summary>
    private sealed class Shard(int capacity)
    {
        private readonly Lock _lock = new();
        private readonly BoundedCache<(Subject Subject, string Who), Bucket> _buckets = new(capacity);

        public int Count => _buckets.Count;

        public bool TryTake((Subject Subject, string Who) key, in Rate rate, long now, out long wait)
        {
            lock (_lock)
            {
                return _buckets.GetOrAdd(key, static _ => new Bucket()).Gate.TryTake(now, rate, out wait);
            }
        }

        public void GiveBack((Subject Subject, string Who) key, in Rate rate)
        {
            lock (_lock)
            {
                if (_buckets.TryGet(key, out Bucket? bucket))
                {
                    bucket.Gate.GiveBack(rate);
                }
            }
        }
    }
}
