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
    SecureChatStores stores,
    ClockWatch clock,
    SweepState state,
    IOptions<SecureChatOptions> options,
    TimeProvider time,
    ILogger<Sweeper> logger) : BackgroundService
{
    /// <summary>The most a store lists at once: items that keep failing must not hide the others behind them.</summary>
    private const int Batch = 1000;

    // Proofs, tickets and counters that only have to be forgotten.
    private static readonly string[] Forgettable = [RecordKinds.SingleUse, RecordKinds.StepUp, RecordKinds.Attempts];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
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
        int failed = 0;
        DateTimeOffset? oldest = null;

        await clock.CheckAsync(cancellationToken);
        foreach (FormRecord form in await forms.ListDueAsync(Batch, cancellationToken))
        {
            if (!await TryAsync(() => formService.SettleAsync(form, cancellationToken), cancellationToken))
            {
                failed++;
            }
        }

        foreach (StoreRecord conversation in await stores.Data.ListDueAsync(
            new DueQuery { Kind = RecordKinds.Conversation, Before = time.GetUtcNow(), Limit = Batch }, cancellationToken))
        {
            if (!await TryAsync(() => conversations.RunDueAsync(conversation, cancellationToken), cancellationToken))
            {
                failed++;
            }
        }

        foreach ((string conversationId, string valueId) in await keys.ListDueAsync(time.GetUtcNow(), Batch, cancellationToken))
        {
            if (!await TryAsync(() => SettleKeyAsync(conversationId, valueId, cancellationToken), cancellationToken))
            {
                failed++;
            }
        }

        foreach (string kind in Forgettable)
        {
            foreach (StoreRecord record in await stores.Data.ListDueAsync(
                new DueQuery { Kind = kind, Before = time.GetUtcNow(), Limit = Batch }, cancellationToken))
            {
                await stores.Data.DeleteAsync(record.Key, record.Version, cancellationToken);
            }
        }

        // What is still due after a round is overdue: count its age for the health check.
        IReadOnlyList<StoreRecord> left = await stores.Data.ListDueAsync(
            new DueQuery { Kind = RecordKinds.Form, Before = time.GetUtcNow(), Limit = 1 }, cancellationToken);
        oldest = left.Count == 0 ? null : left[0].DueAt;
        state.Report(time.GetUtcNow(), oldest, failed);
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
