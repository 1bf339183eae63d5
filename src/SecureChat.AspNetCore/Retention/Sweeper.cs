namespace SecureChat.AspNetCore;

/// <summary>
/// The one sweeper: ends what time ended, finishes what a crash left, removes orphan keys. Safe with many hosts, because every step
/// is a compare-and-set or an idempotent delete. Reads expire lazily as well, so a sweeper that stops makes nothing visible.
/// </summary>
internal sealed partial class Sweeper(
    FormRecords forms,
    FormService formService,
    KeptValues kept,
    ReleaseKeys keys,
    Conversations conversations,
    ConversationEvents events,
    SecureChatStores stores,
    ClockWatch clock,
    SweepState state,
    SweepFailures failures,
    IOptions<SecureChatOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<Sweeper> logger) : BackgroundService
{
    /// <summary>How much of a kind is listed at once.</summary>
    private const int Batch = 250;

    /// <summary>Failures of a kind that get a line of their own in a round's log; the count tells of the rest.</summary>
    private const int LoggedFailures = 10;

    // Proofs, tickets, counters and who was here: they only have to be forgotten.
    private static readonly string[] Forgettable = [RecordKinds.SingleUse, RecordKinds.StepUp, RecordKinds.Attempts, RecordKinds.AgentPresence];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.WaitForStartAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.Lifetimes.SweepInterval, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // A store that is down must not end the sweeper; health shows what is overdue meanwhile (E57).
                LogSweepFailed(logger, (fault as SecureChatException)?.Error.Code ?? fault.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One round. Each item on its own: one that fails does not keep the others.</summary>
    public async ValueTask SweepAsync(CancellationToken cancellationToken)
    {
        // A store that cannot tell the time may still delete; the last measured difference stays.
        int failed = await TryAsync(() => clock.CheckAsync(cancellationToken), isLogged: true, cancellationToken) ? 0 : 1;

        // Read one by one: a row that cannot be read must not keep the others from being deleted (E57).
        int unreadable = 0;
        Dictionary<string, SweepFailure> known = await failures.LoadAsync(cancellationToken);
        await SettleAllAsync(stores.Data, RecordKinds.Form, forms.Read, form => formService.SettleAsync(form, cancellationToken));
        await SettleAllAsync(stores.Data, RecordKinds.KeptValue, kept.Read, value => kept.SettleAsync(value, cancellationToken));
        await SettleAllAsync(
            stores.Data,
            RecordKinds.Conversation,
            conversations.Read,
            conversation => conversations.RunDueAsync(conversation.Id, cancellationToken));
        await SettleAllAsync(
            stores.Keys, RecordKinds.ReleaseKey, static record => record.Key, key => SettleKeyAsync(key.Partition, key.Id, cancellationToken));

        failed += await TryAsync(() => events.ScrubOwedAsync(cancellationToken), isLogged: true, cancellationToken) ? 0 : 1;
        foreach (string kind in Forgettable)
        {
            await SettleAllAsync(
                stores.Data,
                kind,
                static record => record,
                async record => await stores.Data.DeleteAsync(record.Key, record.Version, cancellationToken));
        }

        failed += await TryAsync(() => ForgetEndedAsync(known, cancellationToken), isLogged: true, cancellationToken) ? 0 : 1;

        // What is still due after a round is overdue: count its age for the health check.
        DateTimeOffset? oldest = null;
        foreach ((GuardedRecordStore store, string kind) in new[]
            { (stores.Data, RecordKinds.Form), (stores.Data, RecordKinds.KeptValue), (stores.Data, RecordKinds.Conversation), (stores.Keys, RecordKinds.ReleaseKey) })
        {
            IReadOnlyList<StoreRecord> left = await store.ListDueAsync(
                new DueQuery { Kind = kind, Before = time.GetUtcNow(), Limit = 1 }, cancellationToken);
            oldest = left.Count > 0 && (oldest is null || left[0].DueAt < oldest) ? left[0].DueAt : oldest;
        }

        state.Report(time.GetUtcNow(), oldest, failed, unreadable, known.Values.Count(static failure => failure.IsIrrevocable));

        async ValueTask SettleAllAsync<T>(GuardedRecordStore store, string kind, Func<StoreRecord, T> read, Func<T, ValueTask> settle)
        {
            (int failures, int damaged) = await SettleKindAsync(store, kind, read, settle, known, cancellationToken);
            failed += failures;
            unreadable += damaged;
        }
    }

    /// <summary>
    /// Settles what is due of a kind; answers how many failed, and how many of those nobody can read. They stay due, so each page
    /// starts behind the one before: no number of items that can never be settled hides those behind them.
    /// </summary>
    private async ValueTask<(int Failed, int Unreadable)> SettleKindAsync<T>(
        GuardedRecordStore store, string kind, Func<StoreRecord, T> read, Func<T, ValueTask> settle, Dictionary<string, SweepFailure> known, CancellationToken cancellationToken)
    {
        // One moment for the whole round: what it puts off to later is not met again.
        DateTimeOffset before = time.GetUtcNow();
        int failed = 0, unreadable = 0;
        StoreRecord? last = null;
        IReadOnlyList<StoreRecord> page;
        do
        {
            page = await store.ListDueAsync(new DueQuery { Kind = kind, Before = before, After = last, Limit = Batch }, cancellationToken);
            foreach (StoreRecord record in page)
            {
                last = record;
                if (known.GetValueOrDefault(SweepFailures.NameOf(record.Key)) is { } failure && failure.NextAt > before)
                {
                    // It failed, and is tried again later; until then it counts as what it is.
                    failed++;
                    unreadable += failure.IsUnreadable ? 1 : 0;
                    continue;
                }

                bool isRead = false;
                string? fault = await FaultAsync(
                    () =>
                    {
                        T item = read(record);
                        isRead = true;
                        return settle(item);
                    },
                    failed < LoggedFailures,
                    cancellationToken);
                if (fault is null)
                {
                    continue;
                }

                failed++;
                unreadable += isRead ? 0 : 1;
                await TryAsync(() => failures.FailedAsync(known, record.Key, !isRead, fault, cancellationToken), isLogged: false, cancellationToken);
            }
        }
        while (page.Count == Batch);

        if (failed > 0)
        {
            LogItemsFailed(logger, failed, kind, unreadable);
        }

        return (failed, unreadable);
    }

    /// <summary>A key whose value no form names is an orphan of a crash between "keys put" and "form replaced".</summary>
    private async ValueTask SettleKeyAsync(string conversationId, string valueId, CancellationToken cancellationToken)
    {
        foreach (FormRecord form in await forms.ListAsync(conversationId, cancellationToken))
        {
            if (form.Value(valueId) is { State: not SealedValueState.Destroyed } value)
            {
                // In use: look again when its value must be gone.
                DateTimeOffset end = value.Claim?.Until ?? value.ExpiresAt + options.Value.Lifetimes.ViewingWindow;
                DateTimeOffset earliest = time.GetUtcNow() + ReleaseKeys.OrphanGrace;
                await keys.PostponeAsync(conversationId, valueId, end > earliest ? end : earliest, cancellationToken);
                return;
            }
        }

        if (await kept.NeededUntilAsync(conversationId, valueId, cancellationToken) is { } until)
        {
            DateTimeOffset earliest = time.GetUtcNow() + ReleaseKeys.OrphanGrace;
            await keys.PostponeAsync(conversationId, valueId, until > earliest ? until : earliest, cancellationToken);
            return;
        }

        if (await keys.DestroyAsync(conversationId, valueId, cancellationToken))
        {
            LogOrphanKey(logger);
        }
    }

    /// <summary>What failed and is settled since, not due any more, or gone, leaves the list.</summary>
    private async ValueTask ForgetEndedAsync(Dictionary<string, SweepFailure> known, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (SweepFailure failure in known.Values.Where(failure => failure.NextAt <= now).ToList())
        {
            GuardedRecordStore store = failure.Kind == RecordKinds.ReleaseKey ? stores.Keys : stores.Data;
            StoreRecord? record = await store.GetAsync(new RecordKey { Kind = failure.Kind, Partition = failure.Partition, Id = failure.Id }, cancellationToken);
            if (record is null || !(record.DueAt <= now))
            {
                await failures.ForgetAsync(known, failure, cancellationToken);
            }
        }
    }

    private async ValueTask<bool> TryAsync(Func<ValueTask> step, bool isLogged, CancellationToken cancellationToken) =>
        await FaultAsync(step, isLogged, cancellationToken) is null;

    /// <summary>What went wrong: a code of ours, or the name of an exception's type.</summary>
    private async ValueTask<string?> FaultAsync(Func<ValueTask> step, bool isLogged, CancellationToken cancellationToken)
    {
        try
        {
            await step();
            return null;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            string name = (fault as SecureChatException)?.Error.Code ?? fault.GetType().Name;
            if (isLogged)
            {
                LogItemFailed(logger, name);
            }

            return name;
        }
    }

    [LoggerMessage(1700, LogLevel.Error, "The retention sweep failed with {Fault} and will be tried again", EventName = "SweepFailed")]
    private static partial void LogSweepFailed(ILogger logger, string fault);

    [LoggerMessage(1701, LogLevel.Warning, "One item of the retention sweep failed with {Fault} and will be tried again", EventName = "SweepItemFailed")]
    private static partial void LogItemFailed(ILogger logger, string fault);

    [LoggerMessage(1702, LogLevel.Information, "Removed a release key that no form uses", EventName = "OrphanKeyRemoved")]
    private static partial void LogOrphanKey(ILogger logger);

    [LoggerMessage(1703, LogLevel.Error, "{Failed} due records of kind {Kind} could not be settled and were stepped over, {Unreadable} of them because nobody can read them", EventName = "SweepItemsFailed")]
    private static partial void LogItemsFailed(ILogger logger, int failed, string kind, int unreadable);
}
