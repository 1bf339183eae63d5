using System.Buffers;
using System.Threading.Channels;

namespace SecureChat.AspNetCore;

/// <summary>
/// The one log: numbers facts without gaps, hashes them into a chain, keeps them as immutable pages on the data store, and hands
/// them to the sinks. Thread-safe; several hosts and processes append to the same log.
/// </summary>
/// <remarks>
/// <para>Callers put facts into a queue; one writer per process takes what is there (up to 256) and inserts it as one page, so a
/// store that can do a hundred durable writes a second carries thousands of entries. A caller who finds nobody writing writes itself, so
/// an idle log costs one write of delay and no change of threads.</para>
/// <para>Between processes the insert is the lock: the page is named by the number of its first entry and is inserted if absent.
/// Who loses reads on behind the winner, checking the chain on the way, and takes new numbers.</para>
/// <para>An append that throws may still have left its entry in the log, when the store's answer was lost, a required sink
/// failed, or the caller gave up: an intent without an outcome, which is what it is. The opposite does not happen: a receipt is
/// made only for an entry that is in the log and that every required sink has.</para>
/// </remarks>
internal sealed class AuditLog : IAsyncDisposable, IDisposable
{
    public const int MaxValueIds = 256;

    private const int QueueLength = 4096;

    /// <summary>Losing a race means that somebody else appended; that many in a row means that the store contradicts itself.</summary>
    private const int MaxAttempts = 64;

    private const int PagesPerCatchUp = 32;

    private readonly GuardedRecordStore _store;
    private readonly Func<string, string, CancellationToken, ValueTask<string>> _pseudonym;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AuditDetails _details;
    private readonly AuditSinkPump[] _sinks;
    private readonly AuditSinkPump[] _required;
    private readonly TimeSpan _limit;
    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Task _writer;

    // Used by who holds _writing only.
    private readonly RecentEntries _recent = new();

    // Only who holds _writing writes it; everything up to here has been verified or written by this process.
    private volatile AuditTail? _tail;

    public AuditLog(
        SecureChatStores stores,
        Pseudonyms pseudonyms,
        IEnumerable<AuditSinkRegistration> sinks,
        IEnumerable<IAuditSink> plain,
        IOptions<SecureChatOptions> options,
        TimeProvider time,
        ILogger<AuditLog> logger,
        AuditDetailSealing? sealing = null)
        : this(stores.Data, pseudonyms.ForAsync, [.. sinks, .. plain.Select(Required)], options.Value, time, logger, sealing)
    {
    }

    internal AuditLog(
        GuardedRecordStore store,
        Func<string, string, CancellationToken, ValueTask<string>> pseudonym,
        IEnumerable<AuditSinkRegistration> sinks,
        SecureChatOptions options,
        TimeProvider time,
        ILogger logger,
        AuditDetailSealing? sealing = null)
    {
        _store = store;
        _pseudonym = pseudonym;
        _time = time;
        _logger = logger;
        _details = new AuditDetails(store, sealing);

        // One write and one read of the store, one hanging call of a sink and one's own. What takes longer is refused (P4).
        _limit = (options.Storage.OperationTimeout * 2) + (options.Audit.SinkTimeout * 2);

        var registrations = new List<AuditSinkRegistration>(sinks);
        if (options.Audit.JsonLinesFolder is { Length: > 0 } folder)
        {
            registrations.Add(new AuditSinkRegistration { Sink = new JsonLinesAuditSink(folder, time), Name = nameof(JsonLinesAuditSink) });
        }

        // The writer and the pumps live as long as the host: they must not carry the first caller's request context.
        using (ExecutionContext.SuppressFlow())
        {
            _sinks = [.. registrations.Select(registration => new AuditSinkPump(registration, options.Audit.SinkTimeout, time, logger))];
            _required = [.. _sinks.Where(static sink => sink.IsRequired)];
            _writer = Task.Run(RunAsync);
        }
    }

    /// <summary>Facts that wait for the writer.</summary>
    public int Queued => _queue.Reader.Count;

    /// <summary>Appends a fact and answers when it is in the log and every required sink has it.</summary>
    /// <exception cref="SecureChatException">
    /// <c>SC5001</c>: the log did not take it in time. <c>SC5002</c>: a required sink did not take it, although the log has it.
    /// Either way the action must not be done.
    /// </exception>
    /// <exception cref="ArgumentException">An id is not one: entries hold random ids only, so that they never hold personal data.</exception>
    public async ValueTask<AuditReceipt> AppendAsync(AuditFact fact, CancellationToken cancellationToken)
    {
        Check(fact);
        cancellationToken.ThrowIfCancellationRequested();
        Pending? pending = null;
        try
        {
            string? actorRef = fact.ActorId is null ? null : await _pseudonym("audit-actor", fact.ActorId, cancellationToken);
            if (fact.ActorId is not null && string.IsNullOrEmpty(actorRef))
            {
                throw new SecureChatException(SecureChatErrors.AuditUnavailable);
            }

            AuditDetailReference? detail = fact.Detail is null ? null : await _details.InsertAsync(fact.ConversationId, fact.Detail, cancellationToken);
            pending = new Pending(fact, actorRef, detail);
            return await EnqueueAsync(pending, cancellationToken).WaitAsync(_limit, _time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            pending?.Abandon();
            throw;
        }
        catch (SecureChatException fault) when (fault.Error == SecureChatErrors.AuditUnavailable || fault.Error == SecureChatErrors.AuditSinkFailed)
        {
            throw;
        }
        catch (Exception fault)
        {
            pending?.Abandon();
            AuditTelemetry.EntriesRefused(1);
            AuditTelemetry.AppendRefused(_logger, 1, fault.GetType().Name);
            throw new SecureChatException(SecureChatErrors.AuditUnavailable, null, fault);
        }
    }

    /// <summary>Entries after a number, in order, as they stand in the store.</summary>
    /// <param name="after">0 for the first.</param>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SecureChatException"><c>SC5003</c>: a page is not what the log wrote.</exception>
    public async ValueTask<IReadOnlyList<AuditEntry>> ListAsync(long after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        var found = new List<AuditEntry>(limit);
        var entries = new List<AuditEntry>();

        // The page that holds the next entry begins at most one page length before it.
        long from = after + 1 - AuditPage.MaxEntries;
        string? afterId = from < 1 ? null : SequenceId.Format(from);
        AuditTail? tail = null;
        while (true)
        {
            const int PagesPerRead = 8;
            IReadOnlyList<StoreRecord> pages = await _store.ListAsync(PagesAfter(afterId, PagesPerRead), cancellationToken);
            foreach (StoreRecord page in pages)
            {
                entries.Clear();
                tail = AuditPage.Read(page, tail, entries, out AuditBreak? broken);
                if (broken is not null)
                {
                    throw new SecureChatException(SecureChatErrors.AuditBroken, $"({broken})");
                }

                found.AddRange(entries.Where(entry => entry.Sequence > after).Take(limit - found.Count));
                afterId = page.Key.Id;
                if (found.Count == limit)
                {
                    return found;
                }
            }

            if (pages.Count < PagesPerRead)
            {
                return found;
            }
        }
    }

    /// <summary>The end of the log as the store has it now, whoever appended it.</summary>
    public async ValueTask<AuditHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        AuditTail tail = await FindTailAsync(_tail?.PageId ?? 0, cancellationToken);
        return new AuditHead { Sequence = tail.Sequence, ChainHash = Convert.ToHexStringLower(tail.Chain), At = _time.GetUtcNow() };
    }

    /// <summary>The personal part of an entry; <see langword="null"/> when it has none or it was erased.</summary>
    /// <exception cref="SecureChatException"><c>SC5003</c>: the row is not the one the entry commits to.</exception>
    public ValueTask<AuditDetail?> FindDetailAsync(AuditEntry entry, CancellationToken cancellationToken) => _details.FindAsync(entry, cancellationToken);

    /// <summary>
    /// Erases the personal part of a conversation's entries (<see langword="null"/>: of the entries without one) and answers how
    /// many rows that were. The log stays whole and verifies. The caller scrubs both stores afterwards, once for all it deletes.
    /// </summary>
    public ValueTask<int> EraseDetailsAsync(string? conversationId, CancellationToken cancellationToken) => _details.EraseAsync(conversationId, cancellationToken);

    /// <summary>Takes no more facts, writes what is queued, and waits for the sinks, for a bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        Complete();
        try
        {
            await _writer.WaitAsync(_limit, _time);
        }
        catch (TimeoutException)
        {
            // The store or a sink hangs. Who waits gets its refusal from its own time limit; the host must be able to stop.
        }
    }

    public void Dispose() => Complete();

    /// <summary>A sink that was put into the services without <c>AddAuditSink</c>. Nobody said that it may be missed, so it may not.</summary>
    private static AuditSinkRegistration Required(IAuditSink sink) => new() { Sink = sink, Name = sink.GetType().Name };

    private static void Check(AuditFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        if ((fact.Id is not null && !SecureChatId.IsValid(fact.Id))
            || (fact.ConversationId is not null && !SecureChatId.IsValid(fact.ConversationId))
            || (fact.RequestId is not null && !SecureChatId.IsValid(fact.RequestId))
            || fact.ValueIds.Count > MaxValueIds
            || !fact.ValueIds.All(IsValueId))
        {
            throw new ArgumentException("Audit entries hold random ids only.", nameof(fact));
        }
    }

    /// <summary>A replaced vault chooses its own ids; what could be a card, phone or social security number, a name or an address is none.</summary>
    internal static bool IsValueId(string? id) => SecureChatId.IsValid(id) || SecureChatId.IsClientId(id);

    private static RecordQuery PagesAfter(string? afterId, int limit) =>
        new() { Kind = RecordKinds.AuditPage, Partition = AuditPage.Partition, AfterId = afterId, Limit = limit };

    private void Complete()
    {
        _queue.Writer.TryComplete();
        _wakes.Writer.TryComplete();
    }

    private async Task<AuditReceipt> EnqueueAsync(Pending pending, CancellationToken cancellationToken)
    {
        // A caller that stops waiting here has abandoned its fact; should it reach the queue later, the writer passes over it.
        if (!_queue.Writer.TryWrite(pending))
        {
            _wakes.Writer.TryWrite(true);
            await _queue.Writer.WriteAsync(pending, cancellationToken);
        }

        if (_writing.Wait(0, CancellationToken.None))
        {
            try
            {
                await WriteBatchAsync();
            }
            finally
            {
                _writing.Release();
            }
        }

        // Who came meanwhile found somebody writing, and waits. Looked at after the release: before it, one could slip in between.
        if (_queue.Reader.TryPeek(out _))
        {
            _wakes.Writer.TryWrite(true);
        }

        return await pending.Done.Task;
    }

    private async Task RunAsync()
    {
        bool isOpen;
        do
        {
            isOpen = await _wakes.Reader.WaitToReadAsync();
            _wakes.Reader.TryRead(out _);
            await _writing.WaitAsync();
            try
            {
                while (await WriteBatchAsync())
                {
                }
            }
            finally
            {
                _writing.Release();
            }
        }
        while (isOpen);

        foreach (AuditSinkPump sink in _sinks)
        {
            sink.Complete();
        }

        await Task.WhenAll(_sinks.Select(static sink => sink.Completion));
    }

    /// <summary>Writes what is queued, up to one page's worth of facts. False when nothing was.</summary>
    private async Task<bool> WriteBatchAsync()
    {
        var batch = new List<Pending>();
        bool isEmpty = true;
        while (batch.Count < AuditPage.MaxEntries && _queue.Reader.TryRead(out Pending? pending))
        {
            isEmpty = false;
            if (pending.TryTake(_time.GetUtcNow()))
            {
                batch.Add(pending);
            }
        }

        int written = 0;
        try
        {
            while (written < batch.Count)
            {
                written += await WritePageAsync(batch, written);
            }
        }
        catch (Exception fault)
        {
            // Whatever it was, these callers are refused and the next batch is tried anew.
            int count = batch.Count - written;
            AuditTelemetry.EntriesRefused(count);
            AuditTelemetry.AppendRefused(_logger, count, (fault.InnerException ?? fault).GetType().Name);
            foreach (Pending pending in batch.Skip(written))
            {
                pending.Fail(new SecureChatException(SecureChatErrors.AuditUnavailable, null, fault));
            }
        }

        return !isEmpty;
    }

    /// <summary>Writes one page from the batch and answers how many entries went into it.</summary>
    private async Task<int> WritePageAsync(List<Pending> batch, int from)
    {
        AuditTail tail = _tail ??= await JoinAsync(0);
        if (FinishRepeats(batch, from) is > 0 and int repeats)
        {
            return repeats;
        }

        bool triedAgain = false;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // The same facts behind the same tail always make the same bytes. That is what makes it safe to try again after an
            // unknown outcome: whether the first insert landed, lands late or never does, the log holds these bytes once.
            Page page = Build(batch, from, tail);
            Exception? unknown = null;
            bool inserted = false;
            try
            {
                inserted = await _store.InsertAsync(page.Record, CancellationToken.None);
            }
            catch (SecureChatException fault)
            {
                unknown = fault;
            }

            if (!inserted)
            {
                StoreRecord? there = await _store.GetAsync(page.Record.Key, CancellationToken.None);
                if (there is null)
                {
                    // "There is one" and "there is none" is nonsense. After a fault one more try is fair, unless the store hangs.
                    if (unknown is null or SecureChatStoreException { InnerException: TimeoutException } || triedAgain)
                    {
                        throw new SecureChatException(SecureChatErrors.AuditUnavailable, null, unknown);
                    }

                    triedAgain = true;
                    continue;
                }

                if (!there.Body.Span.SequenceEqual(page.Record.Body.Span))
                {
                    // What others appended meanwhile may be what is told here.
                    _tail = tail = await CatchUpAsync(tail);
                    if (FinishRepeats(batch, from) is > 0 and int already)
                    {
                        return already;
                    }

                    continue;
                }
            }

            _tail = page.Tail;
            _recent.Add(page.Entries);
            AuditTelemetry.EntriesAppended(page.Entries.Length);
            Finish([.. batch.Skip(from).Take(page.Entries.Length)], page.Entries);
            return page.Entries.Length;
        }

        throw new SecureChatException(SecureChatErrors.AuditUnavailable);
    }

    /// <summary>
    /// Passes over the facts from here on that the log has already; answers how many it moved past. The receipt is that of the entry
    /// there is, and the sinks get it again: whoever appended it may have ended before they had it.
    /// </summary>
    private int FinishRepeats(List<Pending> batch, int from)
    {
        // Those that are new keep their order behind them.
        int passed = 0;
        for (int i = from; i < batch.Count; i++)
        {
            // The same id and the same fact: an entry that somebody planted under a fact's id must not stand in its place.
            if (_recent.Find(batch[i].GivenId) is { } entry && batch[i].IsOf(entry))
            {
                Pending repeat = batch[i];
                batch.RemoveAt(i);
                batch.Insert(from + passed, repeat);
                passed++;
                Finish([repeat], [entry]);
            }
        }

        return passed;
    }

    private static Page Build(List<Pending> batch, int from, AuditTail tail)
    {
        var body = new ArrayBufferWriter<byte>(512 * (batch.Count - from));
        var lines = new List<(CanonicalEntry Entry, int Start, int End, byte[] Chain)>();
        byte[] chain = tail.Chain;
        long sequence = tail.Sequence;
        for (int i = from; i < batch.Count; i++)
        {
            // One fact twice in a batch: the next page meets the first of both in the log.
            if (batch[i].GivenId is { } id && lines.Exists(line => string.Equals(line.Entry.Id, id, StringComparison.Ordinal)))
            {
                break;
            }

            int start = body.WrittenCount;
            CanonicalEntry entry = batch[i].ToCanonical(sequence + 1);
            byte[] next = AuditFormat.WriteLine(body, entry, chain);
            if (body.WrittenCount > StoreRecord.MaxBodyBytes && i > from)
            {
                break;
            }

            sequence++;
            chain = next;
            lines.Add((entry, start, body.WrittenCount, next));
        }

        ReadOnlyMemory<byte> bytes = body.WrittenMemory[..lines[^1].End];
        int around = AuditFormat.LineOverhead;
        int offset = AuditFormat.CanonicalOffset;
        return new Page(
            new StoreRecord { Key = AuditPage.KeyOf(tail.Sequence + 1), Body = bytes },
            [.. lines.Select(line => AuditFormat.ToEntry(line.Entry, bytes.Slice(line.Start + offset, line.End - line.Start - around), line.Chain))],
            new AuditTail { Sequence = sequence, Chain = chain, PageId = tail.Sequence + 1 });
    }

    /// <summary>Hands entries to all sinks and completes the callers when the required ones have answered. The writer goes on meanwhile.</summary>
    private void Finish(Pending[] callers, AuditEntry[] entries)
    {
        // Best-effort sinks are sent to as well, and not waited for: one that hangs must not slow a reveal.
        List<(string Name, Task<bool> Taken)>? waiting = null;
        foreach (AuditSinkPump sink in _sinks)
        {
            Task<bool> taken = sink.SendAsync(entries);
            if (sink.IsRequired)
            {
                (waiting ??= new(_required.Length)).Add((sink.Name, taken));
            }
        }

        if (waiting is null)
        {
            for (int i = 0; i < callers.Length; i++)
            {
                callers[i].Succeed(entries[i]);
            }
        }
        else
        {
            _ = FinishAsync(callers, entries, waiting);
        }
    }

    private static async Task FinishAsync(Pending[] callers, AuditEntry[] entries, List<(string Name, Task<bool> Taken)> waiting)
    {
        var failed = new List<string>();
        foreach ((string name, Task<bool> taken) in waiting)
        {
            if (!await taken)
            {
                failed.Add(name);
            }
        }

        for (int i = 0; i < callers.Length; i++)
        {
            if (failed.Count == 0)
            {
                callers[i].Succeed(entries[i]);
            }
            else
            {
                callers[i].Fail(new SecureChatException(SecureChatErrors.AuditSinkFailed, $"(sink: {string.Join(", ", failed)})"));
            }
        }
    }

    /// <summary>Reads on behind a tail we have verified, checking every page that others appended.</summary>
    private async Task<AuditTail> CatchUpAsync(AuditTail tail)
    {
        IReadOnlyList<StoreRecord> pages = await _store.ListAsync(
            PagesAfter(tail.PageId == 0 ? null : SequenceId.Format(tail.PageId), PagesPerCatchUp), CancellationToken.None);
        var entries = new List<AuditEntry>();
        foreach (StoreRecord page in pages)
        {
            tail = AuditPage.Read(page, tail, entries, out AuditBreak? broken);
            ThrowIfBroken(broken);
        }

        _recent.Add(entries);

        // A host that was idle while others worked does not read all of it in a caller's time; `audit verify` does.
        return pages.Count < PagesPerCatchUp ? tail : await JoinAsync(tail.PageId);
    }

    /// <summary>The end of the log, for who begins to append there, and what was appended last before it.</summary>
    private async Task<AuditTail> JoinAsync(long knownPage)
    {
        AuditTail tail = await FindTailAsync(knownPage, CancellationToken.None);
        _recent.Add(await ListAsync(Math.Max(0, tail.Sequence - RecentEntries.Count), RecentEntries.Count, CancellationToken.None));
        return tail;
    }

    private async ValueTask<AuditTail> FindTailAsync(long knownPage, CancellationToken cancellationToken)
    {
        StoreRecord? last = await SequenceId.FindLastAsync(_store, RecordKinds.AuditPage, AuditPage.Partition, knownPage, cancellationToken);
        if (last is null)
        {
            // Pages are never deleted: if one we have seen is gone, the log was cut while we ran.
            ThrowIfBroken(knownPage == 0 ? null : new AuditBreak { Sequence = knownPage, Fault = AuditFault.TailCut });
            return AuditTail.Empty;
        }

        // Nothing is appended to a tail that cannot be read: that would bury the damage.
        AuditTail tail = AuditPage.Read(last, before: null, entries: null, out AuditBreak? broken);
        ThrowIfBroken(broken);
        return tail;
    }

    private void ThrowIfBroken(AuditBreak? broken)
    {
        if (broken is not null)
        {
            AuditTelemetry.LogBroken(_logger, broken.Sequence, broken.Why);
            throw new SecureChatException(SecureChatErrors.AuditBroken, $"({broken})");
        }
    }

    private sealed record Page(StoreRecord Record, AuditEntry[] Entries, AuditTail Tail);

    /// <summary>A fact on its way into the log.</summary>
    private sealed class Pending(AuditFact fact, string? actorRef, AuditDetailReference? detail)
    {
        private const int Queued = 0;
        private const int Taken = 1;
        private const int Abandoned = 2;

        private readonly string _id = fact.Id ?? SecureChatId.New();

        /// <summary>The id of a fact that may be told again; others cannot be in the log before.</summary>
        public string? GivenId => fact.Id;
        private DateTimeOffset _at;
        private int _state = Queued;

        /// <summary>Whether an entry says what this fact says.</summary>
        public bool IsOf(AuditEntry entry) =>
            entry.Action == fact.Action
            && entry.Outcome == fact.Outcome
            && entry.Actor == fact.Actor
            && entry.Reason == fact.Reason
            && string.Equals(entry.Code, fact.Error?.Code, StringComparison.Ordinal)
            && string.Equals(entry.ActorRef, actorRef, StringComparison.Ordinal)
            && string.Equals(entry.ConversationId, fact.ConversationId, StringComparison.Ordinal)
            && string.Equals(entry.RequestId, fact.RequestId, StringComparison.Ordinal)
            && entry.ValueIds.SequenceEqual(fact.ValueIds, StringComparer.Ordinal);

        public TaskCompletionSource<AuditReceipt> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The writer takes it, at this time; from here it may reach the log. Not when its caller has given up before.</summary>
        public bool TryTake(DateTimeOffset now)
        {
            _at = now;
            return Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;
        }

        public void Abandon() => Interlocked.CompareExchange(ref _state, Abandoned, Queued);

        public CanonicalEntry ToCanonical(long sequence) => new()
        {
            V = AuditFormat.Version,
            Id = _id,
            Seq = sequence,
            At = _at.ToUnixTimeMilliseconds(),
            Action = (int)fact.Action,
            Outcome = (int)fact.Outcome,
            Actor = (int)fact.Actor,
            ActorRef = actorRef,
            Conversation = fact.ConversationId,
            Request = fact.RequestId,
            Values = fact.ValueIds,
            Code = fact.Error?.Code,
            Reason = (int?)fact.Reason,
            Detail = detail?.Id,
            Commitment = detail?.Commitment,
        };

        public void Succeed(AuditEntry entry) => Done.TrySetResult(new AuditReceipt(entry));

        public void Fail(SecureChatException fault)
        {
            Done.TrySetException(fault);
            _ = Done.Task.Exception; // Seen, even when the caller has stopped waiting.
        }
    }
}
