using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// Counts step-up attempts of an agent over all hosts, by compare-and-set in the data store. An attempt is taken before the
/// verifier is asked, so guesses sent in parallel, or to several hosts, cannot overtake the count (E51). A store fault is an
/// exception: without a count there is no attempt.
/// </summary>
internal sealed class StepUpAttempts(GuardedRecordStore store, SecureChatAgentOptions options, TimeProvider time)
{
    public const string Partition = "step-up";

    /// <summary>
    /// Within a window at most one write per attempt, one that announces the lock and a few resets can win, so a healthy store
    /// never comes near this. A store whose compare-and-set never wins must not hold the request for ever.
    /// </summary>
    private const int MaxConflicts = 64;

    /// <summary>
    /// What a window forgets: a thief of a session who guesses slowly has this many failures a day, whatever the agent proves meanwhile.
    /// </summary>
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>Takes one attempt, or says how long the agent has to wait.</summary>
    public async ValueTask<StepUpAttempt> TakeAsync(string agentRef, CancellationToken cancellationToken)
    {
        RecordKey key = KeyOf(agentRef);
        for (int conflict = 0; conflict < MaxConflicts; conflict++)
        {
            StoreRecord? stored = await store.GetAsync(key, cancellationToken);
            StepUpAttemptsBody body = stored is null ? new StepUpAttemptsBody { At = [] } : Read(stored);
            DateTimeOffset now = time.GetUtcNow();

            // A clock that was ahead for a moment must not lock the agent out until that time comes: such attempts count as made now.
            bool isAhead = body.At.Concat(body.Failed).Any(at => at > now);
            DateTimeOffset[] recent = Since(body.At, now, options.StepUpAttemptWindow);
            DateTimeOffset[] failed = Since(body.Failed, now, Day);
            TimeSpan wait = Wait(recent, options.StepUpAttempts, options.StepUpAttemptWindow, now);
            TimeSpan dayWait = Wait(failed, options.StepUpFailuresPerDay, Day, now);
            wait = dayWait > wait ? dayWait : wait;
            bool isLocked = wait > TimeSpan.Zero;
            var refusal = new StepUpAttempt { IsAllowed = false, At = now, RetryAfter = wait, IsFirstRefusal = !body.IsAnnounced };
            if (isLocked && body.IsAnnounced && !isAhead)
            {
                return refusal;
            }

            // Counted as failed until it is proved: one that is never answered has failed.
            var next = isLocked
                ? new StepUpAttemptsBody { At = recent, Failed = failed, IsAnnounced = true }
                : new StepUpAttemptsBody { At = [.. recent, now], Failed = [.. failed, now] };
            if (await SaveAsync(key, stored, next, cancellationToken))
            {
                return isLocked ? refusal : new StepUpAttempt { IsAllowed = true, At = now };
            }
        }

        throw new SecureChatStoreException(store.Description.Name, "replace", isTransient: true);
    }

    /// <summary>
    /// Takes an attempt out of the failures of the day. One that proved the factor forgets those of the window as well, and no other
    /// failure of the day. When others keep trying meanwhile, the count stays: the safe side.
    /// </summary>
    public async ValueTask GiveBackAsync(string agentRef, DateTimeOffset at, bool proven, CancellationToken cancellationToken)
    {
        RecordKey key = KeyOf(agentRef);
        for (int conflict = 0; conflict < 4; conflict++)
        {
            if (await store.GetAsync(key, cancellationToken) is not { } stored)
            {
                return;
            }

            StepUpAttemptsBody body = Read(stored);
            List<DateTimeOffset> failed = [.. body.Failed];
            failed.Remove(at);
            var next = new StepUpAttemptsBody { At = proven ? [] : body.At, Failed = failed, IsAnnounced = body.IsAnnounced && !proven };
            if (next.At.Count + next.Failed.Count == 0
                ? await store.DeleteAsync(key, stored.Version, cancellationToken)
                : await SaveAsync(key, stored, next, cancellationToken))
            {
                return;
            }
        }
    }

    private static DateTimeOffset[] Since(IReadOnlyList<DateTimeOffset> times, DateTimeOffset now, TimeSpan span) =>
        [.. times.Select(at => at > now ? now : at).Where(at => at > now - span)];

    /// <summary>How long until there is room for one more, zero when there is.</summary>
    private static TimeSpan Wait(DateTimeOffset[] times, int limit, TimeSpan span, DateTimeOffset now) =>
        times.Length < limit ? TimeSpan.Zero : times[^limit] + span - now;

    private async ValueTask<bool> SaveAsync(RecordKey key, StoreRecord? stored, StepUpAttemptsBody body, CancellationToken cancellationToken)
    {
        var record = new StoreRecord
        {
            Key = key,
            Version = stored?.Version ?? 0,
            DueAt = body.Failed.Count > 0 ? body.Failed[^1] + Day : body.At[^1] + options.StepUpAttemptWindow,
            Body = JsonSerializer.SerializeToUtf8Bytes(body, SecureChatJson.Options),
        };
        return stored is null
            ? await store.InsertAsync(record, cancellationToken)
            : await store.ReplaceAsync(record, cancellationToken);
    }

    private StepUpAttemptsBody Read(StoreRecord record)
    {
        try
        {
            return JsonSerializer.Deserialize<StepUpAttemptsBody>(record.Body.Span, SecureChatJson.Options)
                ?? throw new SecureChatStoreException(store.Description.Name, "get", isTransient: false);
        }
        catch (JsonException fault)
        {
            // A count that cannot be read is not zero.
            throw new SecureChatStoreException(store.Description.Name, "get", isTransient: false, fault);
        }
    }

    private static RecordKey KeyOf(string agentRef) => new() { Kind = RecordKinds.Attempts, Partition = Partition, Id = agentRef };
}

/// <summary>Whether an attempt may go on to the verifier.</summary>
internal readonly struct StepUpAttempt
{
    public required bool IsAllowed { get; init; }

    /// <summary>When it was taken: how it is named when it is given back.</summary>
    public required DateTimeOffset At { get; init; }

    public TimeSpan RetryAfter { get; init; }

    /// <summary>The first refusal of this lock, on all hosts: the one that is audited.</summary>
    public bool IsFirstRefusal { get; init; }
}
