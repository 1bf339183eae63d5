namespace SecureChat.AspNetCore;

/// <summary>A form while one command is decided. Lives inside <see cref="FormStateMachine.Apply"/> only.</summary>
internal sealed class FormDraft
{
    private readonly FormRecord _stored;
    private readonly DateTimeOffset _now;
    private readonly List<string> _destroyedNow = [];

    public FormDraft(FormRecord stored, DateTimeOffset now)
    {
        _stored = stored;
        _now = now;
        Record = stored;
    }

    public FormRecord Record { get; private set; }

    public bool IsChanged => !ReferenceEquals(Record, _stored);

    public IReadOnlyList<string> DestroyedNow => _destroyedNow;

    public IReadOnlyList<FormFact> ToldNow { get; private set; } = [];

    public void LetTimePass()
    {
        if (Record.IsOpen && _now >= Record.ExpiresAt)
        {
            Record = Record with { State = FormRequestState.Expired };
            if (Record.IsConfirmed)
            {
                Tell(AuditAction.FormExpired, ParticipantRole.System);
            }
        }

        if (Record.TokenHash is not null && _now >= Record.TokenEndsAt)
        {
            Record = Record with { TokenHash = null };
        }

        DestroyWhere(
            value => value.State == SealedValueState.Sealed && _now >= value.ExpiresAt,
            static _ => DestroyReason.Expired,
            ParticipantRole.System);

        // A window that ended counts as seen if the value was handed out, and as forfeited if it never was (E4).
        DestroyWhere(
            value => value.State == SealedValueState.Claimed && _now >= value.Claim!.Until,
            ReasonAfterClaim,
            ParticipantRole.System);
    }

    /// <summary>
    /// One revision never looks two ways: who holds two cards of a form, an event's and an answer's, keeps the newer of them by it.
    /// What is told has its number already; a key that is gone is seen ("deleted at") and not a fact of its own.
    /// </summary>
    public void NumberWhatIsSeen()
    {
        if (IsChanged && Record.Revision == _stored.Revision && !LooksAlike(Record, _stored))
        {
            Record = Record with { Revision = Record.Revision + 1 };
        }

        static bool LooksAlike(FormRecord left, FormRecord right) =>
            left.State == right.State
            && left.ExpiresAt == right.ExpiresAt
            && left.Values.Select(SeenOf).SequenceEqual(right.Values.Select(SeenOf));

        static (string, SealedValueState, DateTimeOffset, DateTimeOffset?, AgentRole?, DateTimeOffset?, DestroyReason?) SeenOf(FormValue value) =>
            (value.ValueId, value.State, value.ExpiresAt, value.Claim?.At, value.Claim?.Role, value.KeyDestroyedAt, value.Reason);
    }

    public FormOutcome Confirm()
    {
        if (!Record.IsOpen)
        {
            return FormOutcome.NotOpen;
        }

        if (Record.IsConfirmed)
        {
            return FormOutcome.Already;
        }

        Record = Record with { IsConfirmed = true };
        Tell(AuditAction.FormRequested, Record.RequestedBy, Record.RequestedById);
        return FormOutcome.Done;
    }

    public FormOutcome Open()
    {
        if (!Record.IsOpen || !Record.IsConfirmed)
        {
            return FormOutcome.NotOpen;
        }

        if (Record.State == FormRequestState.Opened)
        {
            return FormOutcome.Already;
        }

        Record = Record with { State = FormRequestState.Opened, OpenedAt = _now };
        Tell(AuditAction.FormOpened, ParticipantRole.Visitor);
        return FormOutcome.Done;
    }

    public FormOutcome Grant(FormCommand.Grant command)
    {
        if (!Record.IsOpen || !Record.IsConfirmed)
        {
            return FormOutcome.NotOpen;
        }

        Record = Record with { TokenHash = command.TokenHash };
        return FormOutcome.Done;
    }

    public FormOutcome Extend(FormCommand.Extend command)
    {
        if (!Record.IsOpen || !Record.IsConfirmed || Record.Extensions >= command.Most)
        {
            return FormOutcome.NotOpen;
        }

        DateTimeOffset until = _now + command.Life;
        if (until <= Record.ExpiresAt)
        {
            return FormOutcome.Already;
        }

        Record = Record with { ExpiresAt = until, Extensions = Record.Extensions + 1 };
        Tell(AuditAction.FormExtended, ParticipantRole.Visitor);
        return FormOutcome.Done;
    }

    public FormOutcome Submit(FormCommand.Submit command)
    {
        if (Record.State == FormRequestState.Submitted)
        {
            // Same id: a repeat, whose content the vault compares by fingerprint. Other id: another tab or another try (E17, E20).
            return string.Equals(Record.SubmissionId, command.SubmissionId, StringComparison.Ordinal)
                ? FormOutcome.Already
                : FormOutcome.OtherSubmission;
        }

        if (!Record.IsOpen || !Record.IsConfirmed)
        {
            return FormOutcome.NotOpen;
        }

        Record = Record with
        {
            State = FormRequestState.Submitted,
            SubmittedAt = _now,
            SubmissionId = command.SubmissionId,
            ConsentId = command.ConsentId,
            IsExternal = command.IsExternal,
            Values = command.Values,
        };
        Tell(AuditAction.FormSubmitted, ParticipantRole.Visitor, valueIds: [.. command.Values.Select(static value => value.ValueId)]);
        return FormOutcome.Done;
    }

    public FormOutcome Decline()
    {
        if (Record.State == FormRequestState.Declined)
        {
            return FormOutcome.Already;
        }

        if (!Record.IsOpen || !Record.IsConfirmed)
        {
            return FormOutcome.NotOpen;
        }

        Record = Record with { State = FormRequestState.Declined };
        Tell(AuditAction.FormDeclined, ParticipantRole.Visitor);
        return FormOutcome.Done;
    }

    public FormOutcome Cancel(FormCommand.Cancel command)
    {
        if (Record.State == FormRequestState.Cancelled)
        {
            return FormOutcome.Already;
        }

        if (!Record.IsOpen)
        {
            return FormOutcome.NotOpen;
        }

        Record = Record with { State = FormRequestState.Cancelled };
        if (Record.IsConfirmed)
        {
            Tell(AuditAction.FormCancelled, command.Actor, command.ActorId);
        }

        return FormOutcome.Done;
    }

    public FormOutcome Withdraw(FormCommand.Withdraw command)
    {
        if (Record.ConsentId is null)
        {
            return FormOutcome.NotOpen;
        }

        if (Record.WithdrawnAt is not null)
        {
            return FormOutcome.Already;
        }

        // Nothing is left to fill in, to repeat or to wait for: the token goes with what it was for.
        Record = Record with { WithdrawnAt = _now, TokenHash = null };
        Tell(AuditAction.ConsentWithdrawn, command.Actor, command.ActorId);
        DestroyWhere(
            static value => value.State == SealedValueState.Sealed,
            static _ => DestroyReason.Withdrawn,
            command.Actor,
            command.ActorId);
        return FormOutcome.Done;
    }

    public FormOutcome Claim(FormCommand.Claim command)
    {
        if (command.ValueIds.Count == 0 || command.Window <= TimeSpan.Zero)
        {
            return FormOutcome.NotFound;
        }

        var wanted = new List<FormValue>(command.ValueIds.Count);
        foreach (string valueId in command.ValueIds.Distinct(StringComparer.Ordinal))
        {
            if (Record.Value(valueId) is not { } value)
            {
                return FormOutcome.NotFound;
            }

            wanted.Add(value);
        }

        // A value that another claim took, even if it is destroyed since, is "opened by someone else": the caller must learn of it.
        if (wanted.Any(value => value.Claim is { } held && !IsHeldBy(held, command)))
        {
            return FormOutcome.TakenByOther;
        }

        if (wanted.Any(static value => value.State == SealedValueState.Destroyed))
        {
            return FormOutcome.Gone;
        }

        if (wanted.All(static value => value.State == SealedValueState.Claimed))
        {
            return FormOutcome.Already;
        }

        if (wanted.Any(static value => value.State == SealedValueState.Claimed)
            || Record.Values.Any(value => string.Equals(value.Claim?.ClaimId, command.ClaimId, StringComparison.Ordinal)))
        {
            // One claim id, one set of values: widening a claim would stretch one step-up over values it was not given for.
            return FormOutcome.TakenByOther;
        }

        var claim = new FormClaim
        {
            ClaimId = command.ClaimId,
            AgentId = command.AgentId,
            Role = command.Role,
            SessionId = command.SessionId,
            KeyThumbprint = command.KeyThumbprint,
            At = _now,
            Until = _now + command.Window,
        };
        Change(wanted.Contains, value => value with { State = SealedValueState.Claimed, Claim = claim });
        Tell(AuditAction.RevealOutcome, RoleOf(command.Role), command.AgentId, [.. wanted.Select(static value => value.ValueId)]);
        return FormOutcome.Done;
    }

    public (FormOutcome Outcome, IReadOnlyList<FormValue> Released) Release(FormCommand.Release command)
    {
        List<FormValue> claimed = HeldUnder(command.ClaimId);
        if (claimed.Count == 0)
        {
            return (FormOutcome.NotFound, []);
        }

        if (claimed.Any(value =>
            !IsBy(value.Claim!, command.AgentId, command.SessionId)
            || !string.Equals(value.Claim!.KeyThumbprint, command.KeyThumbprint, StringComparison.Ordinal)))
        {
            return (FormOutcome.Elsewhere, []);
        }

        List<FormValue> open = [.. claimed.Where(static value => value.State == SealedValueState.Claimed)];
        if (open.Count == 0)
        {
            return (FormOutcome.Gone, []);
        }

        // Recorded before the bytes leave: what may have been seen never goes back (E4).
        HashSet<string> ids = [.. open.Select(static value => value.ValueId)];
        Change(
            value => ids.Contains(value.ValueId) && value.Claim!.ReleasedAt is null,
            value => value with { Claim = value.Claim! with { ReleasedAt = _now } });

        // Taken and destroyed in one step: the change that hands a card code out is the change that removes it (P7).
        DestroyWhere(
            value => value.SingleDelivery && ids.Contains(value.ValueId),
            static _ => DestroyReason.Viewed,
            RoleOf(open[0].Claim!.Role),
            open[0].Claim!.AgentId);
        return (FormOutcome.Done, open);
    }

    public FormOutcome Acknowledge(FormCommand.Acknowledge command)
    {
        List<FormValue> claimed = HeldUnder(command.ClaimId);
        if (claimed.Count == 0)
        {
            return FormOutcome.NotFound;
        }

        if (claimed.Any(value => !IsBy(value.Claim!, command.AgentId, command.SessionId)))
        {
            return FormOutcome.Elsewhere;
        }

        bool changed = DestroyWhere(
            value => value.State == SealedValueState.Claimed && string.Equals(value.Claim!.ClaimId, command.ClaimId, StringComparison.Ordinal),
            ReasonAfterClaim,
            RoleOf(claimed[0].Claim!.Role),
            command.AgentId);
        return changed ? FormOutcome.Done : FormOutcome.Already;
    }

    public FormOutcome Destroy(FormCommand.Destroy command)
    {
        if (command.ValueIds is { } ids && ids.Any(id => Record.Value(id) is null))
        {
            return FormOutcome.NotFound;
        }

        bool changed = DestroyWhere(
            value => value.State != SealedValueState.Destroyed
                && (command.ValueIds is null || command.ValueIds.Contains(value.ValueId, StringComparer.Ordinal))
                && !(command.UnopenedOnly && value.State == SealedValueState.Claimed),
            _ => command.Reason,
            ParticipantRole.System);
        return changed ? FormOutcome.Done : FormOutcome.Already;
    }

    public FormOutcome KeysDestroyed(FormCommand.KeysDestroyed command)
    {
        bool changed = Change(
            value => value.NeedsKeyDestruction && command.ValueIds.Contains(value.ValueId, StringComparer.Ordinal),
            value => value with { KeyDestroyedAt = _now });
        return changed ? FormOutcome.Done : FormOutcome.Already;
    }

    public FormOutcome Told(FormCommand.Told command)
    {
        List<FormFact> left = [.. Record.Pending.Where(fact => fact.Number > command.Number)];
        if (left.Count == Record.Pending.Count)
        {
            return FormOutcome.Already;
        }

        ToldNow = [.. Record.Pending.Where(fact => fact.Number <= command.Number)];
        Record = Record with { Pending = left };
        return FormOutcome.Done;
    }

    public FormOutcome Mirror(FormCommand.Mirror command)
    {
        if (!Record.IsExternal)
        {
            return FormOutcome.Already;
        }

        foreach (SealedValue seen in command.Values.Where(static value => value.State == SealedValueState.Destroyed))
        {
            DestroyWhere(
                value => value.State != SealedValueState.Destroyed && string.Equals(value.ValueId, seen.ValueId, StringComparison.Ordinal),
                _ => seen.DestroyReason ?? DestroyReason.Erased,
                ParticipantRole.System);
            if (seen.KeyDestroyedAt is { } at)
            {
                Change(
                    value => value.KeyDestroyedAt is null && string.Equals(value.ValueId, seen.ValueId, StringComparison.Ordinal),
                    value => value with { KeyDestroyedAt = at });
            }
        }

        return IsChanged ? FormOutcome.Done : FormOutcome.Already;
    }

    private static DestroyReason ReasonAfterClaim(FormValue value) =>
        value.Claim!.ReleasedAt is null ? DestroyReason.Forfeited : DestroyReason.Viewed;

    private static bool IsHeldBy(FormClaim claim, FormCommand.Claim command) =>
        string.Equals(claim.ClaimId, command.ClaimId, StringComparison.Ordinal)
        && IsBy(claim, command.AgentId, command.SessionId)
        && string.Equals(claim.KeyThumbprint, command.KeyThumbprint, StringComparison.Ordinal);

    private static bool IsBy(FormClaim claim, string agentId, string sessionId) =>
        string.Equals(claim.AgentId, agentId, StringComparison.Ordinal)
        && string.Equals(claim.SessionId, sessionId, StringComparison.Ordinal);

    private static ParticipantRole RoleOf(AgentRole role) =>
        role == AgentRole.Supervisor ? ParticipantRole.Supervisor : ParticipantRole.Agent;

    private List<FormValue> HeldUnder(string claimId) =>
        [.. Record.Values.Where(value => string.Equals(value.Claim?.ClaimId, claimId, StringComparison.Ordinal))];

    private bool DestroyWhere(Func<FormValue, bool> where, Func<FormValue, DestroyReason> reason, ParticipantRole actor, string? actorId = null)
    {
        List<FormValue> gone = [.. Record.Values.Where(value => value.State != SealedValueState.Destroyed && where(value))];
        if (gone.Count == 0)
        {
            return false;
        }

        Change(gone.Contains, value => value with
        {
            State = SealedValueState.Destroyed,
            Ciphertext = null,
            Fingerprint = null,
            DestroyedAt = _now,
            Reason = reason(value),
        });
        foreach (IGrouping<DestroyReason, FormValue> group in gone.GroupBy(reason))
        {
            string[] ids = [.. group.Select(static value => value.ValueId)];
            _destroyedNow.AddRange(ids);
            Tell(AuditAction.ValuesDestroyed, actor, actorId, ids, group.Key);
        }

        return true;
    }

    private bool Change(Func<FormValue, bool> where, Func<FormValue, FormValue> change)
    {
        bool changed = false;
        var values = new List<FormValue>(Record.Values.Count);
        foreach (FormValue value in Record.Values)
        {
            bool applies = where(value);
            changed |= applies;
            values.Add(applies ? change(value) : value);
        }

        if (changed)
        {
            Record = Record with { Values = values };
        }

        return changed;
    }

    private void Tell(AuditAction action, ParticipantRole actor, string? actorId = null, IReadOnlyList<string>? valueIds = null, DestroyReason? reason = null)
    {
        long number = Record.Revision + 1;
        Record = Record with
        {
            Revision = number,
            Pending =
            [
                .. Record.Pending,
                new FormFact { Number = number, Action = action, At = _now, Actor = actor, ActorId = actorId, ValueIds = valueIds ?? [], Reason = reason },
            ],
        };
    }
}
