namespace SecureChat.AspNetCore;

/// <summary>
/// Every rule about a form and its values as one pure function: (record, command, now) -> (record', outcome). Saved by one
/// compare-and-set; on a conflict the caller reads again and decides again, so two callers can never both be told they won.
/// </summary>
/// <remarks>
/// Time takes effect first, inside the same decision: a reveal that races with an expiry has one winner, and a late write cannot
/// bring an expired value back (E6).
/// </remarks>
internal static class FormStateMachine
{
    /// <summary>How long a change may stay untold before the sweeper takes over from the host that made it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>How long behind the end of a form its token still reads the state and repeats the submission: a tunnel, not a day.</summary>
    public static readonly TimeSpan TokenGrace = TimeSpan.FromMinutes(10);

    public static FormTransition Apply(FormRecord stored, FormCommand command, DateTimeOffset now)
    {
        var draft = new FormDraft(stored, now);
        draft.LetTimePass();
        (FormOutcome outcome, IReadOnlyList<FormValue> released) = command switch
        {
            FormCommand.Confirm => (draft.Confirm(), []),
            FormCommand.Open => (draft.Open(), []),
            FormCommand.Grant grant => (draft.Grant(grant), []),
            FormCommand.Extend extend => (draft.Extend(extend), []),
            FormCommand.Submit submit => (draft.Submit(submit), []),
            FormCommand.Decline => (draft.Decline(), []),
            FormCommand.Cancel cancel => (draft.Cancel(cancel), []),
            FormCommand.Withdraw withdraw => (draft.Withdraw(withdraw), []),
            FormCommand.Claim claim => (draft.Claim(claim), []),
            FormCommand.Release release => draft.Release(release),
            FormCommand.Acknowledge acknowledge => (draft.Acknowledge(acknowledge), []),
            FormCommand.Destroy destroy => (draft.Destroy(destroy), []),
            FormCommand.Settle => (draft.IsChanged ? FormOutcome.Done : FormOutcome.Already, []),
            FormCommand.KeysDestroyed keys => (draft.KeysDestroyed(keys), []),
            FormCommand.Told told => (draft.Told(told), []),
            FormCommand.Mirror mirror => (draft.Mirror(mirror), []),
            _ => throw new InvalidOperationException("Unknown form command."),
        };

        draft.NumberWhatIsSeen();
        return new FormTransition
        {
            Outcome = outcome,
            Record = draft.Record,
            IsChanged = draft.IsChanged,
            Released = released,
            Destroyed = draft.DestroyedNow,
            Told = draft.ToldNow,
        };
    }

    /// <summary>When somebody must look at the record next: an end that comes by itself, keys to destroy, facts to tell.</summary>
    public static DateTimeOffset? DueAt(FormRecord record, DateTimeOffset now)
    {
        DateTimeOffset? due = null;
        if (record.IsOpen)
        {
            due = Earlier(due, record.ExpiresAt);
        }

        if (!record.IsConfirmed || record.Pending.Count > 0)
        {
            due = Earlier(due, now + Grace);
        }

        if (record.TokenHash is not null)
        {
            due = Earlier(due, record.TokenEndsAt);
        }

        foreach (FormValue value in record.Values)
        {
            due = value.State switch
            {
                SealedValueState.Sealed => Earlier(due, value.ExpiresAt),
                SealedValueState.Claimed => Earlier(due, value.Claim!.Until),
                _ when value.NeedsKeyDestruction => Earlier(due, now + Grace),
                _ => due,
            };
        }

        return due;

        static DateTimeOffset Earlier(DateTimeOffset? left, DateTimeOffset right) => left is { } known && known < right ? known : right;
    }
}
