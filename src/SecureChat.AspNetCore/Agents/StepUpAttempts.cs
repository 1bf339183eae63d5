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
            bool isAhead = body.At.Any(at => at > now);
            DateTimeOffset[] recent = [.. body.At.Select(at => at > now ? now : at).Where(at => at > now - options.StepUpAttemptWindow)];
            bool isLocked = recent.Length >= options.StepUpAttempts;
            if (isLocked && body.IsAnnounced && !isAhead)
            {
                return Locked(recent, now, isFirst: false);
            }

            var next = new StepUpAttemptsBody { At = isLocked ? recent : [.. recent, now], IsAnnounced = isLocked };
            if (await SaveAsync(key, stored, next, cancellationToken))
            {
                return isLocked ? Locked(recent, now, isFirst: !body.IsAnnounced) : new StepUpAttempt { IsAllowed = true };
            }
        }

        throw new SecureChatStoreException(store.Description.Name, "replace", isTransient: true);
    }

    /// <summary>Forgets the attempts of an agent who has proved the factor. When others keep trying meanwhile, the count stays: the safe side.</summary>
    public async ValueTask ResetAsync(string agentRef, CancellationToken cancellationToken)
    {
        RecordKey key = KeyOf(agentRef);
        for (int conflict = 0; conflict < 4; conflict++)
        {
            StoreRecord? stored = await store.GetAsync(key, cancellationToken);
            if (stored is null || await store.DeleteAsync(key, stored.Version, cancellationToken))
            {
                return;
            }
        }
    }

    private StepUpAttempt Locked(DateTimeOffset[] recent, DateTimeOffset now, bool isFirst) => new()
    {
        IsAllowed = false,
        RetryAfter = recent[^options.StepUpAttempts] + options.StepUpAttemptWindow - now,
        IsFirstRefusal = isFirst,
    };

    private async ValueTask<bool> SaveAsync(RecordKey key, StoreRecord? stored, StepUpAttemptsBody body, CancellationToken cancellationToken)
    {
        var record = new StoreRecord
        {
            Key = key,
            Version = stored?.Version ?? 0,
            DueAt = body.At[^1] + options.StepUpAttemptWindow,
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

    public TimeSpan RetryAfter { get; init; }

    /// <summary>The first refusal of this lock, on all hosts: the one that is audited.</summary>
    public bool IsFirstRefusal { get; init; }
}
