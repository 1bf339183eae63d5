using System.Net;
using System.Net.Sockets;

namespace SecureChat.AspNetCore;

/// <summary>
/// The limits of this host, in its memory: per visitor, conversation, client address, agent, and for all writes together but those that end or
/// destroy (E51). Lives inside our own endpoints and hub, because rate-limit metadata does nothing in a host without that middleware.
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
    private readonly Rate _address;
    private readonly Rate _host;
    private readonly Rate _claim;
    private readonly Rate _visitorWrites;
    private readonly Rate _conversationWrites;
    private readonly Rate _agentWrites;
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
        _address = Rate.PerSecond(limits.VisitorWritesPerAddressPerSecond, limits.VisitorWritesPerAddressPerSecond * 10);
        _host = Rate.PerSecond(limits.HostWritesPerSecond, limits.HostWritesPerSecond * 2);
        _claim = Rate.PerMinute(limits.ClaimsPerAgentPerMinute);

        // A form takes several calls whatever the host allows of messages.
        _visitorWrites = Rate.PerSecond(Math.Max(1, limits.VisitorMessagesPerSecond), Math.Max(30, limits.VisitorMessageBurst));
        _conversationWrites = Rate.PerSecond(Math.Max(20, limits.ConversationMessagesPerSecond), Math.Max(20, limits.ConversationMessagesPerSecond) * 2);
        _agentWrites = Rate.PerMinute(limits.ClaimsPerAgentPerMinute * 10d);
        _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard(Math.Max(1, capacity / ShardCount)))];
    }

    private enum Subject
    {
        Visitor,
        Conversation,
        VisitorWrites,
        ConversationWrites,
        AgentWrites,
        StartAddress,
        VisitorAddress,
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

    /// <summary>
    /// One message: the sender's, for a visitor the address's, the conversation's and the host's limit, all or none. Answers the time to
    /// wait, or <see langword="null"/>.
    /// </summary>
    public TimeSpan? TrySend(MessageSender sender, string conversationId) => sender.Role == ParticipantRole.Visitor
        ? TakeAll((Subject.Visitor, conversationId, _visitor), (Subject.VisitorAddress, AddressKey(sender.Address), _address), (Subject.Conversation, conversationId, _conversation))
        : TakeAll((Subject.Conversation, conversationId, _conversation));

    /// <summary>
    /// One other write by a visitor: the visitor's, the address's, the conversation's and the host's limit. Apart from messages, so that nobody who
    /// talked a lot, or is talked at, is kept from submitting or withdrawing.
    /// </summary>
    public TimeSpan? TryVisitorWrite(string conversationId, IPAddress? address) => TakeAll(
        (Subject.VisitorWrites, conversationId, _visitorWrites), (Subject.VisitorAddress, AddressKey(address), _address), (Subject.ConversationWrites, conversationId, _conversationWrites));

    /// <summary>One other write by an agent in a conversation: the agent's, the conversation's and the host's limit.</summary>
    public TimeSpan? TryAgentWrite(string agentId, string conversationId) =>
        TakeAll((Subject.AgentWrites, agentId, _agentWrites), (Subject.ConversationWrites, conversationId, _conversationWrites));

    /// <summary>
    /// One other write by somebody who need not be of the conversation (reading the audit log): what its parties do cannot keep it
    /// waiting, and it takes nothing from them.
    /// </summary>
    public TimeSpan? TryAgentWrite(string agentId) => TakeAll((Subject.AgentWrites, agentId, _agentWrites));

    /// <summary>
    /// One step by a visitor that destroys or ends: withdraw, close. The host's and the address's limit do not count it and cannot refuse
    /// it, or whoever exhausts those would keep values alive.
    /// </summary>
    public TimeSpan? TryVisitorEnd(string conversationId) => Take(Subject.VisitorWrites, conversationId, _visitorWrites, Now());

    /// <summary>One step by an agent that destroys: acknowledge, destroy, erase. As <see cref="TryVisitorEnd"/>.</summary>
    public TimeSpan? TryAgentEnd(string agentId) => Take(Subject.AgentWrites, agentId, _agentWrites, Now());

    /// <summary>An agent's close, which writes into the conversation: its limit too, but not the host's.</summary>
    public TimeSpan? TryAgentEnd(string agentId, string conversationId) => TakeAll(
        countsForHost: false, (Subject.AgentWrites, agentId, _agentWrites), (Subject.ConversationWrites, conversationId, _conversationWrites));

    /// <summary>One new conversation from a client address.</summary>
    public TimeSpan? TryStart(IPAddress? address) => TakeAll(
        (Subject.StartAddress, AddressKey(address), _start), (Subject.VisitorAddress, AddressKey(address), _address));

    /// <summary>One claim by an agent.</summary>
    public TimeSpan? TryClaim(string agentId) => TakeAll((Subject.ClaimAgent, agentId, _claim));

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

    /// <summary>One token of each bucket and of the host's, or none of any: a refused call costs nothing elsewhere.</summary>
    private TimeSpan? TakeAll(params ReadOnlySpan<(Subject Subject, string Who, Rate Rate)> buckets) => TakeAll(countsForHost: true, buckets);

    private TimeSpan? TakeAll(bool countsForHost, params ReadOnlySpan<(Subject Subject, string Who, Rate Rate)> buckets)
    {
        long now = Now();
        for (int taken = 0; taken < buckets.Length + (countsForHost ? 1 : 0); taken++)
        {
            TimeSpan? wait = taken < buckets.Length ? Take(buckets[taken].Subject, buckets[taken].Who, buckets[taken].Rate, now) : TakeOfHost(now);
            if (wait is null)
            {
                continue;
            }

            foreach ((Subject subject, string who, Rate rate) in buckets[..taken])
            {
                GiveBack(subject, who, rate);
            }

            return wait;
        }

        return null;
    }

    private TimeSpan? TakeOfHost(long now)
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
