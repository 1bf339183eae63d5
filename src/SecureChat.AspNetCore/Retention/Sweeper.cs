namespace SecureChat.AspNetCore;

/// <summary>
/// The one sweeper: ends what time ended, finishes what a crash left, removes orphan keys. Safe with many hosts, because every step
/// is a compare-and-set or an idempotent delete. Reads expire lazily as well, so a sweeper that stops makes nothing visible.
/// </summary>
internal sealed partial class Sweeper(
    FormRecords forms,
    FormService formService,
    ReleaseKeys keys,
    Conversations conversations,
    ConversationEvents events,
    SecureChatStores stores,
    ClockWatch clock,
    SweepState state,
    IOptions<SecureChatOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<Sweeper> logger) : BackgroundService
{
    /// <summary>The most a store lists at once: items that keep failing must not hide the others behind them.</summary>
    private const int Batch = 1000;

    /// <summary>The most a store hands out at once.</summary>
    private const int MaxBatch = 1000;

    // Proofs, tickets and counters that only have to be forgotten.
    private static readonly string[] Forgettable = [RecordKinds.SingleUse, RecordKinds.StepUp, RecordKinds.Attempts];

    private readonly Dictionary<string, int> _failed = new(StringComparer.Ordinal);

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
        int failed = await TryAsync(() => clock.CheckAsync(cancellationToken), cancellationToken) ? 0 : 1;

        // Read one by one: a row that cannot be read must not keep the others from being deleted (E57).
        failed += await SettleAllAsync(
            RecordKinds.Form,
            limit => DueAsync(RecordKinds.Form, limit, cancellationToken),
            record => formService.SettleAsync(FormRecords.Read(record), cancellationToken),
            cancellationToken);
        failed += await SettleAllAsync(
            RecordKinds.Conversation,
            limit => DueAsync(RecordKinds.Conversation, limit, cancellationToken),
            record => conversations.RunDueAsync(record, cancellationToken),
            cancellationToken);
        failed += await SettleAllAsync(
            RecordKinds.ReleaseKey,
            limit => keys.ListDueAsync(time.GetUtcNow(), limit, cancellationToken),
            key => SettleKeyAsync(key.ConversationId, key.ValueId, cancellationToken),
            cancellationToken);

        failed += await TryAsync(() => events.ScrubOwedAsync(cancellationToken), cancellationToken) ? 0 : 1;
        foreach (string kind in Forgettable)
        {
            failed += await SettleAllAsync(
                kind,
                limit => DueAsync(kind, limit, cancellationToken),
                async record => await stores.Data.DeleteAsync(record.Key, record.Version, cancellationToken),
                cancellationToken);
        }

        // What is still due after a round is overdue: count its age for the health check.
        DateTimeOffset? oldest = null;
        foreach ((GuardedRecordStore store, string kind) in new[]
            { (stores.Data, RecordKinds.Form), (stores.Data, RecordKinds.Conversation), (stores.Keys, RecordKinds.ReleaseKey) })
        {
            IReadOnlyList<StoreRecord> left = await store.ListDueAsync(
                new DueQuery { Kind = kind, Before = time.GetUtcNow(), Limit = 1 }, cancellationToken);
            oldest = left.Count > 0 && (oldest is null || left[0].DueAt < oldest) ? left[0].DueAt : oldest;
        }

        state.Report(time.GetUtcNow(), oldest, failed);
    }

    /// <summary>
    /// Settles what is due of a kind; answers how many failed. Those stay at the head of the list, so the next round looks so much
    /// further: items that can never be settled must not hide those behind them.
    /// </summary>
    private async ValueTask<int> SettleAllAsync<T>(
        string kind, Func<int, ValueTask<IReadOnlyList<T>>> list, Func<T, ValueTask> settle, CancellationToken cancellationToken)
    {
        int failed = 0;
        foreach (T item in await list(Math.Min(MaxBatch, Batch + _failed.GetValueOrDefault(kind))))
        {
            if (!await TryAsync(() => settle(item), cancellationToken))
            {
                failed++;
            }
        }

        _failed[kind] = failed;
        return failed;
    }

    private ValueTask<IReadOnlyList<StoreRecord>> DueAsync(string kind, int limit, CancellationToken cancellationToken) =>
        stores.Data.ListDueAsync(new DueQuery { Kind = kind, Before = time.GetUtcNow(), Limit = limit }, cancellationToken);

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

        if (await keys.DestroyAsync(conversationId, valueId, cancellationToken))
        {
            LogOrphanKey(logger);
        }
    }

    private async ValueTask<bool> TryAsync(Func<ValueTask> step, CancellationToken cancellationToken)
    {
        try
        {
            await step();
            return true;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            LogItemFailed(logger, (fault as SecureChatException)?.Error.Code ?? fault.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(1700, LogLevel.Error, "The retention sweep failed with {Fault} and will be tried again", EventName = "SweepFailed")]
    private static partial void LogSweepFailed(ILogger logger, string fault);

    [LoggerMessage(1701, LogLevel.Warning, "One item of the retention sweep failed with {Fault} and will be tried again", EventName = "SweepItemFailed")]
    private static partial void LogItemFailed(ILogger logger, string fault);

    [LoggerMessage(1702, LogLevel.Information, "Removed a release key that no form uses", EventName = "OrphanKeyRemoved")]
    private static partial void LogOrphanKey(ILogger logger);
}
