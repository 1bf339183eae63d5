using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// The event log: per conversation one gap-free sequence, kept by inserting at the next sequence and retrying behind the winner.
/// Bodies are ciphertext under the conversation's key. Thread-safe, in any number of processes on one store.
/// </summary>
internal sealed class ConversationEvents(
    SecureChatStores stores, EventBodies bodies, IOptions<SecureChatOptions> options, TimeProvider time)
{
    /// <summary>Conversations whose tail is remembered; the others are read again from the store.</summary>
    private const int TailCapacity = 1024;

    /// <summary>Every lost race is another writer's success, so the log moves on; this many in a row means something else is wrong.</summary>
    private const int MaxAttempts = 1000;

    private const int PageSize = 500;

    private readonly BoundedCache<string, ConversationTail> _tails = new(TailCapacity, StringComparer.Ordinal);
    private readonly GuardedRecordStore _store = stores.Data;
    private readonly int _recentLimit = options.Value.Masking.RecentMessages;

    // Rewrites that were scrubbed after. One is owed at start: what a crash cut short.
    private long _rewrites = 1;
    private long _scrubbed;

    /// <summary>Raised for each event this process adds or finds. A hint: handlers must be quick and must not throw.</summary>
    public event Action<string, ConversationEvent>? Observed;

    /// <summary>Raised for each event this process adds, after <see cref="Observed"/>: what other hosts do not know of. As quick, and as quiet.</summary>
    public event Action<string>? Appended;

    /// <summary>Appends one event. <paramref name="make"/> may be called again with a later sequence when another writer was first.</summary>
    public async ValueTask<ConversationEvent> AppendAsync(
        string conversationId, Func<long, ConversationEvent> make, CancellationToken cancellationToken) =>
        (await AppendAsync(conversationId, make, static _ => true, cancellationToken))!;

    /// <summary>Appends the event that ends the conversation, unless one is there already; then answers <see langword="null"/>.</summary>
    public ValueTask<ConversationEvent?> AppendClosedAsync(
        string conversationId, Func<long, ConversationEvent> make, CancellationToken cancellationToken) =>
        AppendAsync(conversationId, make, static tail => !tail.IsClosed, cancellationToken);

    /// <summary>Removes old pages and log frames of bodies that were masked again, unless that is done. The sweeper repeats it until it is.</summary>
    public async ValueTask ScrubOwedAsync(CancellationToken cancellationToken)
    {
        long owed = Volatile.Read(ref _rewrites);
        if (owed != Volatile.Read(ref _scrubbed) && await _store.ScrubAsync(cancellationToken) == ScrubResult.Complete)
        {
            Volatile.Write(ref _scrubbed, owed);
        }
    }

    /// <summary>
    /// Appends a card once per client id. <see langword="false"/>: the transcript takes no more, because its key is destroyed; the
    /// audit log still does.
    /// </summary>
    public async ValueTask<bool> TryAppendOnceAsync(
        string conversationId, string clientId, Func<long, ConversationEvent> make, CancellationToken cancellationToken)
    {
        if (!await bodies.HasKeyAsync(conversationId, cancellationToken))
        {
            return false;
        }

        await AppendAsync(conversationId, make, tail => !tail.TryFindClient(ParticipantRole.System, clientId, out _), cancellationToken);
        return true;
    }

    /// <summary>
    /// Appends one message, exactly once per client id among the latest <see cref="ConversationTail.Window"/> events, however many
    /// callers in however many processes retry it: all of them insert at the same next sequence, one wins, and each loser reads the
    /// winner before it tries again. For the same reason <paramref name="prepare"/> (the masking) has always seen every message
    /// before the one it masks; it is called again when another writer was first.
    /// </summary>
    public async ValueTask<Outcome<ConversationEvent>> AppendMessageAsync(
        string conversationId,
        ParticipantRole sender,
        string? senderName,
        string clientId,
        bool isOpen,
        Func<IReadOnlyList<RecentMessage>, CancellationToken, ValueTask<MaskedMessage>> prepare,
        CancellationToken cancellationToken)
    {
        ConversationTail tail = _tails.GetOrAdd(conversationId, static _ => new ConversationTail());
        await tail.Gate.WaitAsync(cancellationToken);
        try
        {
            await LoadAsync(conversationId, tail, cancellationToken);
            for (int attempt = 0; attempt < MaxAttempts; attempt++)
            {
                // A retry of what is stored gets its receipt, even after the end.
                if (tail.TryFindClient(sender, clientId, out long sequence))
                {
                    return await FindAsync(conversationId, sequence, cancellationToken) is { } existing ? existing : SecureChatErrors.ConversationClosed;
                }

                if (tail.IsClosed || !isOpen)
                {
                    return SecureChatErrors.ConversationClosed;
                }

                MaskedMessage message = await prepare([.. tail.Recent], cancellationToken);
                if (message.BlockedKinds.Count > 0)
                {
                    // Nothing is stored, so what it would have completed is not complete either.
                    return Outcome<ConversationEvent>.Refused(SecureChatErrors.MessageBlocked, new Dictionary<string, object?> { ["kinds"] = message.BlockedKinds });
                }

                // Earlier messages are masked before the last part of a split number is stored, so the whole number never is.
                bool isBehind = false;
                foreach (MaskedAmendment amendment in message.Amendments)
                {
                    ConversationEvent? masked = await TryInsertAsync(
                        conversationId,
                        tail,
                        next => new ConversationEvent
                        {
                            Sequence = next,
                            Kind = ConversationEventKind.MessageMasked,
                            At = time.GetUtcNow(),
                            Actor = ParticipantRole.System,
                            Amends = amendment.Sequence,
                            Text = amendment.Text,
                            MaskedKinds = amendment.Kinds,
                        },
                        cancellationToken);
                    if (masked is null)
                    {
                        isBehind = true;
                        break;
                    }

                    await RewriteAsync(conversationId, masked, cancellationToken);
                }

                if (message.Amendments.Count > 0)
                {
                    // Old pages and log frames of the replaced bodies. A busy answer is the sweeper's to repeat.
                    Interlocked.Increment(ref _rewrites);
                    await ScrubOwedAsync(cancellationToken);
                }

                ConversationEvent? added = isBehind ? null : await TryInsertAsync(
                    conversationId,
                    tail,
                    next => new ConversationEvent
                    {
                        Sequence = next,
                        Kind = ConversationEventKind.MessageAdded,
                        At = time.GetUtcNow(),
                        Actor = sender,
                        ActorName = senderName,
                        ClientId = clientId,
                        Text = message.Text,
                        MaskedKinds = message.Kinds.Count == 0 ? null : message.Kinds,
                        WarnedKinds = message.WarnedKinds.Count == 0 ? null : message.WarnedKinds,
                    },
                    cancellationToken);
                if (added is not null)
                {
                    return added;
                }

                await CatchUpAsync(conversationId, tail, cancellationToken);
            }

            throw new SecureChatStoreException(_store.Description.Name, "append", isTransient: true);
        }
        finally
        {
            tail.Gate.Release();
        }
    }

    /// <summary>Events after a sequence, oldest first, from the store.</summary>
    public async ValueTask<EventPage> ListAsync(string conversationId, long after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoreRecord> records = await _store.ListAsync(Query(conversationId, after, limit), cancellationToken);
        var events = new List<ConversationEvent>(records.Count);
        foreach (StoreRecord record in records)
        {
            if (await DecodeAsync(conversationId, record, cancellationToken) is not { } conversationEvent)
            {
                return EventPage.Destroyed;
            }

            events.Add(conversationEvent);
        }

        return new EventPage { Events = events };
    }

    /// <summary>The greatest sequence in the store; 0 when there is none. <paramref name="known"/> must exist, or be 0.</summary>
    public async ValueTask<long> LastSequenceAsync(string conversationId, long known, CancellationToken cancellationToken)
    {
        known = Math.Max(known, _tails.TryGet(conversationId, out ConversationTail? tail) && tail.IsLoaded ? tail.Last : 0);
        if (known > 0)
        {
            IReadOnlyList<StoreRecord> beyond = await _store.ListAsync(Query(conversationId, known, 32), cancellationToken);
            if (beyond.Count < 32)
            {
                return beyond.Count == 0 ? known : SequenceId.Parse(beyond[^1].Key.Id);
            }
        }

        StoreRecord? last = await SequenceId.FindLastAsync(_store, RecordKinds.ConversationEvent, conversationId, known, cancellationToken);
        return last is null ? known : SequenceId.Parse(last.Key.Id);
    }

    /// <summary>When the last event happened, or <see langword="null"/> when nothing can be read.</summary>
    public async ValueTask<DateTimeOffset?> LastActivityAsync(string conversationId, CancellationToken cancellationToken)
    {
        long last = await LastSequenceAsync(conversationId, known: 0, cancellationToken);
        return last == 0 ? null : (await FindAsync(conversationId, last, cancellationToken))?.At;
    }

    /// <summary>Deletes the ciphertext of a transcript whose key is destroyed.</summary>
    public async ValueTask DeleteAllAsync(string conversationId, CancellationToken cancellationToken)
    {
        await _store.DeletePartitionAsync(RecordKinds.ConversationEvent, conversationId, cancellationToken);
        _tails.Remove(conversationId);
    }

    private static RecordQuery Query(string conversationId, long after, int limit) => new()
    {
        Kind = RecordKinds.ConversationEvent,
        Partition = conversationId,
        AfterId = after <= 0 ? null : SequenceId.Format(after),
        Limit = limit,
    };

    private static RecordKey Key(string conversationId, long sequence) => new()
    {
        Kind = RecordKinds.ConversationEvent,
        Partition = conversationId,
        Id = SequenceId.Format(sequence),
    };

    private async ValueTask<ConversationEvent?> AppendAsync(
        string conversationId, Func<long, ConversationEvent> make, Func<ConversationTail, bool> isWanted, CancellationToken cancellationToken)
    {
        ConversationTail tail = _tails.GetOrAdd(conversationId, static _ => new ConversationTail());
        await tail.Gate.WaitAsync(cancellationToken);
        try
        {
            await LoadAsync(conversationId, tail, cancellationToken);
            for (int attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (!isWanted(tail))
                {
                    return null;
                }

                if (await TryInsertAsync(conversationId, tail, make, cancellationToken) is { } added)
                {
                    return added;
                }

                await CatchUpAsync(conversationId, tail, cancellationToken);
            }

            throw new SecureChatStoreException(_store.Description.Name, "append", isTransient: true);
        }
        finally
        {
            tail.Gate.Release();
        }
    }

    /// <summary>Inserts right behind the known tail, or answers <see langword="null"/> when another writer was there first.</summary>
    private async ValueTask<ConversationEvent?> TryInsertAsync(
        string conversationId, ConversationTail tail, Func<long, ConversationEvent> make, CancellationToken cancellationToken)
    {
        long next = tail.Last + 1;
        ConversationEvent conversationEvent = make(next);
        if (conversationEvent.Sequence != next)
        {
            throw new InvalidOperationException("An event must carry the sequence it was made for.");
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(conversationEvent, SecureChatJson.Options);
        var record = new StoreRecord
        {
            Key = Key(conversationId, next),
            Body = await bodies.SealAsync(conversationId, next, body, cancellationToken),
        };
        if (!await _store.InsertAsync(record, cancellationToken))
        {
            return null;
        }

        tail.Add(conversationEvent, _recentLimit);
        Observed?.Invoke(conversationId, conversationEvent);
        Appended?.Invoke(conversationId);
        return conversationEvent;
    }

    private async ValueTask LoadAsync(string conversationId, ConversationTail tail, CancellationToken cancellationToken)
    {
        if (tail.IsLoaded)
        {
            return;
        }

        StoreRecord? last = await SequenceId.FindLastAsync(_store, RecordKinds.ConversationEvent, conversationId, known: 0, cancellationToken);
        if (last is not null)
        {
            tail.Skip(Math.Max(tail.Last, SequenceId.Parse(last.Key.Id) - ConversationTail.Window));
            await CatchUpAsync(conversationId, tail, cancellationToken);
        }

        tail.IsLoaded = true;
    }

    /// <summary>Reads what other writers appended behind the known tail.</summary>
    private async ValueTask CatchUpAsync(string conversationId, ConversationTail tail, CancellationToken cancellationToken)
    {
        Dictionary<long, ConversationEvent>? masked = null;
        while (true)
        {
            IReadOnlyList<StoreRecord> records = await _store.ListAsync(Query(conversationId, tail.Last, PageSize), cancellationToken);
            foreach (StoreRecord record in records)
            {
                if (await DecodeAsync(conversationId, record, cancellationToken) is not { } conversationEvent)
                {
                    tail.Skip(SequenceId.Parse(record.Key.Id));
                    continue;
                }

                tail.Add(conversationEvent, _recentLimit);
                Observed?.Invoke(conversationId, conversationEvent);
                if (conversationEvent is { Kind: ConversationEventKind.MessageMasked, Amends: { } target })
                {
                    (masked ??= [])[target] = conversationEvent;
                }
            }

            if (records.Count < PageSize)
            {
                break;
            }
        }

        // A writer that died between the event and the rewritten body is finished here.
        foreach (ConversationEvent conversationEvent in masked?.Values ?? Enumerable.Empty<ConversationEvent>())
        {
            await RewriteAsync(conversationId, conversationEvent, cancellationToken);
        }
    }

    /// <summary>
    /// Replaces the stored body of the message that <paramref name="masked"/> amends. Only a later amendment may follow an earlier
    /// one, whoever comes late.
    /// </summary>
    private async ValueTask RewriteAsync(string conversationId, ConversationEvent masked, CancellationToken cancellationToken)
    {
        long target = masked.Amends!.Value;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            StoreRecord? record = await _store.GetAsync(Key(conversationId, target), cancellationToken);
            if (record is null
                || await DecodeAsync(conversationId, record, cancellationToken) is not { Kind: ConversationEventKind.MessageAdded } message
                || message.AmendedBy >= masked.Sequence)
            {
                return;
            }

            var rewritten = new ConversationEvent
            {
                Sequence = message.Sequence,
                Kind = message.Kind,
                At = message.At,
                Actor = message.Actor,
                ActorName = message.ActorName,
                ClientId = message.ClientId,
                Text = masked.Text,
                MaskedKinds = [.. (message.MaskedKinds ?? []).Union(masked.MaskedKinds ?? [], StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                AmendedBy = masked.Sequence,
            };
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(rewritten, SecureChatJson.Options);
            var replacement = new StoreRecord
            {
                Key = record.Key,
                Version = record.Version,
                DueAt = record.DueAt,
                Body = await bodies.SealAsync(conversationId, target, body, cancellationToken),
            };
            if (await _store.ReplaceAsync(replacement, cancellationToken))
            {
                return;
            }
        }

        throw new SecureChatStoreException(_store.Description.Name, "replace", isTransient: true);
    }

    private async ValueTask<ConversationEvent?> FindAsync(string conversationId, long sequence, CancellationToken cancellationToken) =>
        await _store.GetAsync(Key(conversationId, sequence), cancellationToken) is { } record
            ? await DecodeAsync(conversationId, record, cancellationToken)
            : null;

    private async ValueTask<ConversationEvent?> DecodeAsync(string conversationId, StoreRecord record, CancellationToken cancellationToken)
    {
        long sequence = SequenceId.Parse(record.Key.Id);
        byte[]? body = await bodies.TryOpenAsync(conversationId, sequence, record.Body, cancellationToken);
        if (body is null)
        {
            return null;
        }

        ConversationEvent? conversationEvent;
        try
        {
            conversationEvent = JsonSerializer.Deserialize<ConversationEvent>(body, SecureChatJson.Options);
        }
        catch (JsonException fault)
        {
            throw new SecureChatStoreException(_store.Description.Name, "decode", isTransient: false, fault);
        }

        // A row that a store hands out under another number is a fault, never history.
        return conversationEvent is not null && conversationEvent.Sequence == sequence
            ? conversationEvent
            : throw new SecureChatStoreException(_store.Description.Name, "decode", isTransient: false);
    }
}
