using System.Collections.Concurrent;

namespace SecureChat.AspNetCore;

/// <summary>
/// Fan-out on this host. The store is the truth: an append is a hint that wakes the conversation's connections, and each of them sends
/// the rows after its own last one, in order, once. What another process appended is found by looking at the tail: at once when that
/// host tells (<see cref="FeedRelay"/>), and in any case every ten seconds, or every second where nobody tells. A lost hint costs a
/// moment and never an event. Thread-safe.
/// </summary>
internal sealed partial class ConversationFanOut : IDisposable
{
    /// <summary>How often tails are compared with the store.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a silent agent's connection may go without being asked about again (E10): what happens meanwhile is asked about anyway.</summary>
    public static readonly TimeSpan AccessInterval = TimeSpan.FromSeconds(4);

    /// <summary>A client that takes no frame for this long is closed.</summary>
    public static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connections that the visitor, or one agent, may have in one conversation on this host: windows, and those that broke and are not missed yet.</summary>
    public const int MaxConnectionsOfOne = 20;

    /// <summary>Connections that all agents and supervisors together may have in it; apart from the visitor's, so that neither side keeps the other out.</summary>
    public const int MaxConnectionsOfAgents = 60;

    /// <summary>While other hosts tell of what they append, every so many polls look at the store: what a lost hint costs.</summary>
    public const int PollsPerLook = 10;

    private const int Batch = 64;

    private const int LooksAtOnce = 8;

    private static readonly TimeSpan ResumeTimeout = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Room> _rooms = new(StringComparer.Ordinal);
    private readonly Lock _membership = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConversationEvents _events;
    private readonly Conversations _conversations;
    private readonly TimeProvider _time;
    private readonly ILogger<ConversationFanOut> _logger;
    private readonly ITimer _poller;
    private readonly SemaphoreSlim _looks = new(LooksAtOnce);
    private int _isPolling;
    private int _polls;
    private volatile bool _isTold;

    public ConversationFanOut(ConversationEvents events, Conversations conversations, TimeProvider time, ILogger<ConversationFanOut> logger)
    {
        _events = events;
        _conversations = conversations;
        _time = time;
        _logger = logger;
        _events.Observed += OnObserved;
        _poller = time.CreateTimer(static state => _ = ((ConversationFanOut)state!).PollAsync(), this, PollInterval, PollInterval);
    }

    /// <summary>Connections in a conversation on this host.</summary>
    public int CountOf(string conversationId) => _rooms.TryGetValue(conversationId, out Room? room) ? room.Members.Length : 0;

    /// <summary>
    /// Starts to send a conversation's events to a connection. Authority has been checked, and is checked again on the way. Answers
    /// <see langword="false"/> when whose it is has as many as they may.
    /// </summary>
    public bool TryAttach(FeedConnection connection, long last)
    {
        Room room;
        FeedConnection[] others;
        lock (_membership)
        {
            others = _rooms.TryGetValue(connection.ConversationId, out Room? found) ? found.Members : [];
            if (others.Count(other => string.Equals(other.AgentId, connection.AgentId, StringComparison.Ordinal)) >= MaxConnectionsOfOne
                || (connection.AgentId is not null && others.Count(static other => other.AgentId is not null) >= MaxConnectionsOfAgents))
            {
                return false;
            }

            room = found ?? _rooms.GetOrAdd(connection.ConversationId, static _ => new Room());
            room.Members = [.. others, connection];
        }

        room.Raise(last);
        foreach (ParticipantRole role in others.Select(static other => other.Role).Distinct())
        {
            Queue(connection, FeedMethods.Presence, new PresenceFrame { Role = role, IsOnline = true });
        }

        // Only who was not there before is news: otherwise every window costs a frame to every other one.
        if (!others.Any(other => other.Role == connection.Role))
        {
            foreach (FeedConnection other in others)
            {
                Queue(other, FeedMethods.Presence, new PresenceFrame { Role = connection.Role, IsOnline = true });
            }
        }

        connection.Wake();
        _ = Task.Run(() => PumpAsync(room, connection));
        if (_isTold)
        {
            // A hint that came between the caller's reading of the tail and this room found nobody to tell.
            Look(connection.ConversationId);
        }

        return true;
    }

    /// <summary>Stops sending to a connection. Safe to call more than once.</summary>
    public void Detach(FeedConnection connection)
    {
        FeedConnection[] left;
        lock (_membership)
        {
            if (!_rooms.TryGetValue(connection.ConversationId, out Room? room) || !room.Members.Contains(connection))
            {
                return;
            }

            left = [.. room.Members.Where(member => member != connection)];
            room.Members = left;
            if (left.Length == 0)
            {
                _rooms.TryRemove(connection.ConversationId, out _);
            }
        }

        connection.Stop();
        if (!left.Any(other => other.Role == connection.Role))
        {
            foreach (FeedConnection other in left)
            {
                Queue(other, FeedMethods.Presence, new PresenceFrame { Role = connection.Role, IsOnline = false });
            }
        }
    }

    /// <summary>Tells the others that somebody types. Not stored, not sent to other hosts.</summary>
    public void Typing(FeedConnection from, bool isTyping)
    {
        if (!_rooms.TryGetValue(from.ConversationId, out Room? room))
        {
            return;
        }

        foreach (FeedConnection other in room.Members)
        {
            if (other != from)
            {
                Queue(other, FeedMethods.Typing, new TypingFrame { Role = from.Role, IsTyping = isTyping });
            }
        }
    }

    /// <summary>Tells the agents how far the visitor is with a form. Not stored, not sent to other hosts, and not to the visitor's other windows.</summary>
    public void Progress(string conversationId, FormProgressFrame frame)
    {
        if (!_rooms.TryGetValue(conversationId, out Room? room))
        {
            return;
        }

        foreach (FeedConnection member in room.Members)
        {
            if (member.AgentId is not null)
            {
                Queue(member, FeedMethods.FormProgress, frame);
            }
        }
    }

    public void Dispose()
    {
        _events.Observed -= OnObserved;
        _poller.Dispose();
        _stopping.Cancel();
        foreach (FeedConnection connection in _rooms.Values.SelectMany(static room => room.Members))
        {
            connection.Stop();
        }

        _stopping.Dispose();
    }

    /// <summary>Whether other hosts tell this one of what they append. Then the store is looked at less often; otherwise by every poll.</summary>
    public bool IsTold
    {
        get => _isTold;
        set => _isTold = value;
    }

    /// <summary>Another host says that a conversation has something new; true or not, the store is asked. Returns at once.</summary>
    public void Look(string conversationId)
    {
        if (_rooms.TryGetValue(conversationId, out Room? room) && room.TryBeginLook())
        {
            _ = Task.Run(() => LookAsync(conversationId, room));
        }
    }

    /// <summary>The next poll looks at the store, whoever tells.</summary>
    public void LookAtAll() => Interlocked.Exchange(ref _polls, 0);

    private async Task LookAsync(string conversationId, Room room)
    {
        try
        {
            await _looks.WaitAsync(_stopping.Token);
            try
            {
                // Before the store is read: what is told from here on is asked for again.
                room.EndLook();
                await LookAsync(conversationId, room, _stopping.Token);
            }
            finally
            {
                _looks.Release();
            }

            foreach (FeedConnection member in room.Members)
            {
                if (member.LastSent < room.KnownLast)
                {
                    member.Wake();
                }
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException)
        {
            // The host stops.
        }
    }

    private async ValueTask LookAsync(string conversationId, Room room, CancellationToken cancellationToken)
    {
        try
        {
            room.Raise(await _events.LastSequenceAsync(conversationId, room.KnownLast, cancellationToken));
        }
        catch (SecureChatException fault)
        {
            LogPollFailed(_logger, fault.Error.Code);
        }
    }

    private void OnObserved(string conversationId, ConversationEvent conversationEvent)
    {
        if (_rooms.TryGetValue(conversationId, out Room? room))
        {
            room.Remember(conversationEvent);
            room.WakeAll();
        }
    }

    private async Task PollAsync()
    {
        // A slow store must not pile polls up.
        if (Interlocked.Exchange(ref _isPolling, 1) != 0)
        {
            return;
        }

        try
        {
            bool looks = (Interlocked.Increment(ref _polls) - 1) % PollsPerLook == 0 || !_isTold;
            foreach ((string conversationId, Room room) in _rooms)
            {
                if (looks)
                {
                    await LookAsync(conversationId, room, _stopping.Token);
                }

                foreach (FeedConnection member in room.Members)
                {
                    if (member.LastSent < room.KnownLast
                        || (member.Removal is not null && _time.GetElapsedTime(member.CheckedAt) >= AccessInterval))
                    {
                        member.Wake();
                    }
                }
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException)
        {
            // The host stops.
        }
        finally
        {
            Volatile.Write(ref _isPolling, 0);
        }
    }

    private async Task PumpAsync(Room room, FeedConnection connection)
    {
        try
        {
            while (await connection.Wakes.WaitToReadAsync(connection.Stopping))
            {
                connection.Wakes.TryRead(out _);
                try
                {
                    if (!await DeliverAsync(room, connection))
                    {
                        return;
                    }
                }
                catch (SecureChatException fault)
                {
                    // Nothing was skipped: the next poll finds this connection behind and wakes it again.
                    LogDeliveryFailed(_logger, fault.Error.Code);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Left, or the host stops.
        }
        catch (TimeoutException)
        {
            LogSlowClient(_logger);
            connection.Abort();
        }
        catch (Exception fault)
        {
            LogConnectionFailed(_logger, fault.GetType().Name);
            connection.Abort();
        }
        finally
        {
            Detach(connection);
            connection.Dispose();
        }
    }

    /// <summary>Sends what is new. Answers <see langword="false"/> when the connection has no business here any more.</summary>
    private async ValueTask<bool> DeliverAsync(Room room, FeedConnection connection)
    {
        while (true)
        {
            bool isBehind = connection.LastSent < room.KnownLast;
            IReadOnlyList<ConversationEvent> events = isBehind ? room.After(connection.LastSent) : [];
            if (isBehind && events.Count == 0)
            {
                EventPage page = await _events.ListAsync(connection.ConversationId, connection.LastSent, Batch, connection.Stopping);
                if (page.IsDestroyed)
                {
                    await SendAsync(connection, FeedMethods.Removed, new RemovedFrame { Reason = RemovedFrame.Destroyed });
                    return false;
                }

                events = page.Events;
            }

            // Nothing to send and asked about a moment ago: what was just sent needs no second question.
            if (events.Count == 0 && !connection.Frames.TryPeek(out _) && _time.GetElapsedTime(connection.CheckedAt) < AccessInterval)
            {
                return true;
            }

            // Asked after the read: whatever was read was said while the conversation was still theirs.
            if (await RemovalAsync(connection) is { } reason)
            {
                await SendAsync(connection, FeedMethods.Removed, new RemovedFrame { Reason = reason });
                return false;
            }

            if (events.Count == 0)
            {
                break;
            }

            foreach (ConversationEvent conversationEvent in events)
            {
                await SendAsync(connection, FeedMethods.Event, conversationEvent);
                connection.LastSent = conversationEvent.Sequence;
                if (connection.Removal is not null && conversationEvent.Kind == ConversationEventKind.Closed)
                {
                    await SendAsync(connection, FeedMethods.Removed, new RemovedFrame { Reason = RemovedFrame.Closed });
                    return false;
                }
            }
        }

        while (connection.Frames.TryRead(out (string Method, object Frame) queued))
        {
            await SendAsync(connection, queued.Method, queued.Frame);
        }

        return true;
    }

    /// <summary>Why the connection has no business here any more. A question that cannot be answered throws, and nothing is sent.</summary>
    private async ValueTask<string?> RemovalAsync(FeedConnection connection)
    {
        if (connection.Removal is not { } removal)
        {
            return null;
        }

        long now = _time.GetTimestamp();
        string? reason = await _conversations.FindAsync(connection.ConversationId, connection.Stopping) is { } conversation
            ? await removal(conversation, connection.Stopping)
            : RemovedFrame.Reassigned;
        connection.CheckedAt = now;
        return reason;
    }

    private async ValueTask SendAsync(FeedConnection connection, string method, object frame) =>
        await connection.SendAsync(method, frame, connection.Stopping).WaitAsync(SendTimeout, _time, connection.Stopping);

    private void Queue(FeedConnection connection, string method, object frame)
    {
        if (!connection.TryQueue(method, frame) && connection.TryDrop())
        {
            _ = DropAsync(connection);
        }
    }

    /// <summary>A client that reads nothing is told where to go on, if it listens, and closed.</summary>
    private async Task DropAsync(FeedConnection connection)
    {
        LogSlowClient(_logger);
        try
        {
            await connection
                .SendAsync(FeedMethods.Resume, new ResumeFrame { After = connection.LastSent }, connection.Stopping)
                .WaitAsync(ResumeTimeout, _time, connection.Stopping);
        }
        catch (Exception fault) when (fault is TimeoutException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // It does not listen.
        }

        connection.Abort();
    }

    /// <summary>The connections of one conversation on this host, and its latest events.</summary>
    private sealed class Room
    {
        private readonly Lock _lock = new();
        private readonly List<ConversationEvent> _latest = [];
        private FeedConnection[] _members = [];
        private long _knownLast;
        private int _looks;

        /// <summary>Replaced as a whole; written under the feed's membership lock.</summary>
        public FeedConnection[] Members
        {
            get => Volatile.Read(ref _members);
            set => Volatile.Write(ref _members, value);
        }

        public long KnownLast => Volatile.Read(ref _knownLast);

        /// <summary>Whether nobody is about to look already.</summary>
        public bool TryBeginLook() => Interlocked.Exchange(ref _looks, 1) == 0;

        public void EndLook() => Volatile.Write(ref _looks, 0);

        public void Raise(long sequence)
        {
            lock (_lock)
            {
                _knownLast = Math.Max(_knownLast, sequence);
            }
        }

        public void Remember(ConversationEvent conversationEvent)
        {
            lock (_lock)
            {
                if (_latest.Count > 0 && conversationEvent.Sequence <= _latest[^1].Sequence)
                {
                    return;
                }

                // Only an unbroken run may stand in for the store. A re-mask empties it: the text before it must not be sent again.
                if (_latest.Count > 0 && conversationEvent.Sequence != _latest[^1].Sequence + 1
                    || conversationEvent.Kind == ConversationEventKind.MessageMasked)
                {
                    _latest.Clear();
                }

                if (_latest.Count == Batch)
                {
                    _latest.RemoveAt(0);
                }

                _latest.Add(conversationEvent);
                _knownLast = Math.Max(_knownLast, conversationEvent.Sequence);
            }
        }

        /// <summary>The remembered events right behind a sequence; empty when the store must be asked.</summary>
        public IReadOnlyList<ConversationEvent> After(long sequence)
        {
            lock (_lock)
            {
                return _latest.Count > 0 && _latest[0].Sequence <= sequence + 1
                    ? [.. _latest.Where(conversationEvent => conversationEvent.Sequence > sequence)]
                    : [];
            }
        }

        public void WakeAll()
        {
            foreach (FeedConnection member in Members)
            {
                member.Wake();
            }
        }
    }

    [LoggerMessage(EventId = 1060, EventName = "FeedPollFailed", Level = LogLevel.Warning,
        Message = "The tail of a conversation could not be read ({Code}); the next poll tries again.")]
    private static partial void LogPollFailed(ILogger logger, string code);

    [LoggerMessage(EventId = 1061, EventName = "FeedDeliveryFailed", Level = LogLevel.Warning,
        Message = "Events could not be read for a connection ({Code}); the next poll tries again.")]
    private static partial void LogDeliveryFailed(ILogger logger, string code);

    [LoggerMessage(EventId = 1062, EventName = "FeedSlowClient", Level = LogLevel.Information,
        Message = "A client took no frames in time and is disconnected; it goes on where it was when it returns.")]
    private static partial void LogSlowClient(ILogger logger);

    [LoggerMessage(EventId = 1063, EventName = "FeedConnectionFailed", Level = LogLevel.Warning,
        Message = "Sending to a connection failed ({Fault}).")]
    private static partial void LogConnectionFailed(ILogger logger, string fault);
}
