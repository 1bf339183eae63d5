using System.Text;

namespace SecureChat.AspNetCore;

/// <summary>
/// The one release function: every value that leaves does so through <see cref="RevealAsync"/>, in this order: authorise, consume
/// the step-up, append the audit intent, claim, release encrypted to the claiming browser, audit the outcome. An architecture
/// test forbids another caller of the vault's release (E13).
/// </summary>
internal sealed partial class RevealService(
    Conversations conversations,
    FormService formService,
    FormRecords forms,
    GuardedVault vault,
    GuardedConsentStore consents,
    GuardedMasker masker,
    StepUpService stepUp,
    AuditLog audit,
    FormNotifier notifier,
    ClockWatch clock,
    RateLimits limits,
    ApplicationIdentity application,
    IOptions<SecureChatOptions> options,
    TimeProvider time,
    ILogger<RevealService> logger)
{
    public const int MinReason = 3;
    public const int MaxReason = 500;

    public async ValueTask<Outcome<RevealAnswer>> RevealAsync(
        Agent agent, string conversationId, string requestId, RevealCommand command, CancellationToken cancellationToken)
    {
        if (!SecureChatId.IsClientId(command.ClaimId)
            || command.ValueIds is not { Count: >= 1 and <= StepUpService.MaxValues } named
            || named.Any(static id => id is not { Length: > 0 and <= 64 })
            || !TryParseKey(command.PublicKey, out ClaimKey? key))
        {
            return SecureChatErrors.InvalidRequest;
        }

        // Named twice is meant once, for the record too.
        string[] valueIds = [.. named.Distinct(StringComparer.Ordinal)];
        if (limits.TryClaim(agent.Id) is { } wait)
        {
            return RateLimits.Refuse<RevealAnswer>(wait);
        }

        // An id is not authority (P9): the same answer after the same work for unknown, foreign and unassigned (E50). Who tries is
        // on record; of the ids only those that name something, because the others are the caller's own text.
        Conversation? conversation = await conversations.FindAsync(conversationId, cancellationToken);
        FormRecord? form = await formService.FindAsync(conversationId, requestId, cancellationToken);
        if (conversation is null
            || !(agent.IsAgent || agent.IsSupervisor)
            || !Conversations.IsAssignedTo(agent, conversation)
            || form is not { State: FormRequestState.Submitted }
            || valueIds.Any(id => form.Value(id) is null))
        {
            string[] known = [.. valueIds.Where(id => form?.Value(id) is not null)];
            return await DeniedAsync(
                new RevealFacts(agent, conversation?.Id, form?.RequestId, known), SecureChatErrors.NotFound, form: null, cancellationToken);
        }

        var facts = new RevealFacts(agent, conversationId, requestId, valueIds);

        // The end of a conversation destroys its values, opened ones too. From its first step on nothing is released any more, even
        // if a crash keeps the destruction waiting.
        if (!conversation.IsOpen)
        {
            return await DeniedAsync(facts, SecureChatErrors.ValueGone, form, cancellationToken);
        }

        if (clock.RefusesReveals)
        {
            return await DeniedAsync(facts, SecureChatErrors.ClockSkew, form, cancellationToken);
        }

        return IsRepeat(form, agent, command, key!)
            ? await ReleaseAgainAsync(facts, command, key!, form, cancellationToken)
            : await ClaimAndReleaseAsync(facts, command, key!, form, cancellationToken);
    }

    /// <summary>Refuses a signed-in caller whose role never sees values, and puts it on record.</summary>
    public async ValueTask<Outcome<RevealAnswer>> RefuseRoleAsync(Agent caller, CancellationToken cancellationToken) =>
        limits.TryClaim(caller.Id) is { } wait
            ? RateLimits.Refuse<RevealAnswer>(wait)
            : await DeniedAsync(new RevealFacts(caller, null, null, []), SecureChatErrors.Forbidden, form: null, cancellationToken);

    /// <summary>"Seen": destroys the values of the claim. Idempotent.</summary>
    public async ValueTask<Outcome<FormCard>> AcknowledgeAsync(
        Agent agent, string conversationId, string requestId, string claimId, CancellationToken cancellationToken)
    {
        if (!SecureChatId.IsClientId(claimId))
        {
            return SecureChatErrors.InvalidRequest;
        }

        // No assignment needed: whoever holds the claim may always end it, also after a transfer.
        FormRecord? form = await formService.FindAsync(conversationId, requestId, cancellationToken);
        if (form is null || !form.Values.Any(value => value.Claim is { } claim
            && string.Equals(claim.ClaimId, claimId, StringComparison.Ordinal)
            && string.Equals(claim.AgentId, agent.Id, StringComparison.Ordinal)))
        {
            return SecureChatErrors.NotFound;
        }

        if (form.IsExternal)
        {
            // Ours first: "seen" holds even while the vault is down, and what it still has is destroyed when it is back.
            FormTransition? ours = await forms.ApplyAsync(
                conversationId,
                requestId,
                new FormCommand.Acknowledge { ClaimId = claimId, AgentId = agent.Id, SessionId = agent.SessionId },
                cancellationToken);
            if (ours?.Outcome is not (FormOutcome.Done or FormOutcome.Already))
            {
                return SecureChatErrors.OpenedElsewhere;
            }
        }

        DestroyResult result = await vault.AcknowledgeAsync(
            new AcknowledgeRequest
            {
                ConversationId = conversationId,
                RequestId = requestId,
                ClaimId = claimId,
                AgentId = agent.Id,
                SessionId = agent.SessionId,
            },
            cancellationToken);
        if (!result.Found && !form.IsExternal)
        {
            return SecureChatErrors.OpenedElsewhere;
        }

        return await formService.ToldAsync(conversationId, requestId, cancellationToken);
    }

    private static bool TryParseKey(string? text, out ClaimKey? key)
    {
        Span<byte> point = stackalloc byte[ClaimKey.Length];
        key = null;
        return text is { Length: <= 100 }
            && System.Buffers.Text.Base64Url.DecodeFromChars(text, point, out _, out int length) == System.Buffers.OperationStatus.Done
            && length == ClaimKey.Length
            && Hpke.TryParseClaimKey(point, out key);
    }

    private static AgentRole RoleOf(Agent agent) => agent.IsSupervisor ? AgentRole.Supervisor : AgentRole.Agent;

    private static bool IsGivenTo(FormValue value, string claimId) =>
        value.State == SealedValueState.Claimed && string.Equals(value.Claim!.ClaimId, claimId, StringComparison.Ordinal);

    private static bool IsRepeat(FormRecord form, Agent agent, RevealCommand command, ClaimKey key)
    {
        List<FormValue> held = [.. form.Values.Where(value => string.Equals(value.Claim?.ClaimId, command.ClaimId, StringComparison.Ordinal))];
        return held.Count > 0 && held.All(value =>
            string.Equals(value.Claim!.AgentId, agent.Id, StringComparison.Ordinal)
            && string.Equals(value.Claim.SessionId, agent.SessionId, StringComparison.Ordinal)
            && string.Equals(value.Claim.KeyThumbprint, key.Thumbprint, StringComparison.Ordinal));
    }

    private async ValueTask<Outcome<RevealAnswer>> ClaimAndReleaseAsync(
        RevealFacts facts, RevealCommand command, ClaimKey key, FormRecord form, CancellationToken cancellationToken)
    {
        string reason = command.Reason?.Trim() ?? "";
        if (reason.Length is < MinReason or > MaxReason || reason.Any(char.IsControl) || MessageText.HasLoneSurrogate(reason))
        {
            return SecureChatErrors.ReasonInvalid;
        }

        // A cheap look before a step-up is spent; the claim below decides.
        if (RefusalOf(form, facts.ValueIds, facts.Agent, command.ClaimId) is { } early)
        {
            return await DeniedAsync(facts, early, form, cancellationToken);
        }

        if (!await IsConsentedAsync(form, cancellationToken))
        {
            return await DeniedAsync(facts, SecureChatErrors.ValueGone, form, cancellationToken);
        }

        // Before the step-up is spent as well: a masker that fails must not cost a second factor.
        MaskedMessage masked = await masker.MaskAsync(new MaskRequest { Text = reason, Sender = ParticipantRole.Agent }, cancellationToken);
        if (!await stepUp.ConsumeAsync(facts.Agent, facts.RequestId, command.ClaimId, facts.ValueIds, cancellationToken))
        {
            return await DeniedAsync(facts, SecureChatErrors.StepUpRequired, form, cancellationToken);
        }

        AuditReceipt intent = await audit.AppendAsync(
            facts.Fact(
                AuditAction.RevealIntent,
                AuditOutcome.Intended,
                detail: new AuditDetail { ActorName = facts.Agent.DisplayName, Reason = masked.Text }),
            cancellationToken);

        // Masker, step-up, log and sinks took their time; the conversation may have been handed on or closed meanwhile.
        Conversation? current = await conversations.FindAsync(facts.ConversationId, cancellationToken);
        if (current is null || !Conversations.IsAssignedTo(facts.Agent, current))
        {
            return await DeniedAsync(facts, SecureChatErrors.NotFound, form: null, cancellationToken);
        }

        if (!current.IsOpen)
        {
            return await DeniedAsync(facts, SecureChatErrors.ValueGone, form, cancellationToken);
        }

        TimeSpan window = options.Value.Lifetimes.ViewingWindow;
        if (form.IsExternal)
        {
            // A replaced vault decides too, but first our own compare-and-set: two viewers are impossible whatever it answers.
            FormTransition? ours = await forms.ApplyAsync(
                facts.ConversationId,
                facts.RequestId,
                new FormCommand.Claim
                {
                    ValueIds = facts.ValueIds,
                    ClaimId = command.ClaimId,
                    AgentId = facts.Agent.Id,
                    Role = RoleOf(facts.Agent),
                    SessionId = facts.Agent.SessionId,
                    KeyThumbprint = key.Thumbprint,
                    Window = window,
                    Intent = intent,
                },
                cancellationToken);
            if (ours?.Outcome is not (FormOutcome.Done or FormOutcome.Already))
            {
                return await DeniedAsync(facts, RefusalOf(ours?.Record ?? form, facts.ValueIds, facts.Agent, command.ClaimId) ?? SecureChatErrors.ValueGone, ours?.Record ?? form, cancellationToken);
            }
        }

        return await ClaimInVaultAsync(facts, command, key, form, window, intent, cancellationToken) ?? await ReleaseAsync(facts, command, key, cancellationToken);
    }

    /// <summary>The vault's own decision; <see langword="null"/> when the claim holds there.</summary>
    private async ValueTask<Outcome<RevealAnswer>?> ClaimInVaultAsync(
        RevealFacts facts, RevealCommand command, ClaimKey key, FormRecord form, TimeSpan window, AuditReceipt intent, CancellationToken cancellationToken)
    {
        ClaimResult claim = await vault.ClaimAsync(
            new ClaimRequest
            {
                ConversationId = facts.ConversationId,
                RequestId = facts.RequestId,
                ValueIds = facts.ValueIds,
                ClaimId = command.ClaimId,
                AgentId = facts.Agent.Id,
                Role = RoleOf(facts.Agent),
                SessionId = facts.Agent.SessionId,
                Key = key,
                Window = window,
                Intent = intent,
            },
            cancellationToken);
        if (claim.Outcome is not (ClaimOutcome.Claimed or ClaimOutcome.AlreadyYours))
        {
            if (form.IsExternal)
            {
                await formService.ToldAsync(facts.ConversationId, facts.RequestId, cancellationToken);
            }

            FormRecord now = await formService.FindAsync(facts.ConversationId, facts.RequestId, cancellationToken) ?? form;
            SecureChatError error = claim.Outcome switch
            {
                ClaimOutcome.TakenByOther => RefusalOf(now, facts.ValueIds, facts.Agent, command.ClaimId) ?? SecureChatErrors.AlreadyOpened,
                ClaimOutcome.Gone => SecureChatErrors.ValueGone,
                _ => SecureChatErrors.NotFound,
            };
            return await DeniedAsync(facts, error, now, cancellationToken);
        }

        return null;
    }

    /// <summary>The claiming browser asks again inside its window: a lost answer or a reload (E2, E3). Audited before it is answered.</summary>
    private async ValueTask<Outcome<RevealAnswer>> ReleaseAgainAsync(
        RevealFacts facts, RevealCommand command, ClaimKey key, FormRecord form, CancellationToken cancellationToken)
    {
        FormValue[] held = [.. form.Values.Where(value => IsGivenTo(value, command.ClaimId))];
        if (held.Length == 0)
        {
            return await DeniedAsync(facts, SecureChatErrors.ValueGone, form, cancellationToken);
        }

        // A withdrawal cannot make anybody unsee, but it ends further use (E27).
        if (!await IsConsentedAsync(form, cancellationToken))
        {
            return await DeniedAsync(facts, SecureChatErrors.ValueGone, form, cancellationToken);
        }

        // A repeat is about what the claim holds, whatever else it names.
        facts = new RevealFacts(facts.Agent, facts.ConversationId, facts.RequestId, [.. held.Select(static value => value.ValueId)]);
        if (form.IsExternal && held[0].Claim!.ReleasedAt is null)
        {
            // Our record gave the values to this claim, and the vault's answer to it was lost: nothing was released yet.
            AuditReceipt intent = await audit.AppendAsync(facts.Fact(AuditAction.RevealIntent, AuditOutcome.Intended), cancellationToken);
            TimeSpan left = held[0].Claim!.Until - time.GetUtcNow();
            if (await ClaimInVaultAsync(facts, command, key, form, left, intent, cancellationToken) is { } denied)
            {
                return denied;
            }
        }
        else
        {
            await audit.AppendAsync(facts.Fact(AuditAction.ReleaseRepeated, AuditOutcome.Intended), cancellationToken);
        }

        return await ReleaseAsync(facts, command, key, cancellationToken);
    }

    private async ValueTask<Outcome<RevealAnswer>> ReleaseAsync(
        RevealFacts facts, RevealCommand command, ClaimKey key, CancellationToken cancellationToken)
    {
        FormRecord? form = await forms.FindAsync(facts.ConversationId, facts.RequestId, cancellationToken);

        // The assignment lies in another record than the claim, and no compare-and-set covers both (E12). So it is asked again now that
        // the claim holds: whoever passes held both at one moment. Handed on before that moment, the claim is never released; nobody
        // sees the values, and they are forfeited when the window ends.
        Conversation? current = await conversations.FindAsync(facts.ConversationId, cancellationToken);
        if (current is null || !Conversations.IsAssignedTo(facts.Agent, current))
        {
            return await DeniedAsync(facts, SecureChatErrors.NotFound, form: null, cancellationToken);
        }

        if (!current.IsOpen)
        {
            return await DeniedAsync(facts, SecureChatErrors.ValueGone, form, cancellationToken);
        }

        IReadOnlyList<FormValue> given = [.. (form?.Values ?? []).Where(value => IsGivenTo(value, command.ClaimId))];
        if (form is { IsExternal: true })
        {
            FormTransition? ours = await forms.ApplyAsync(
                facts.ConversationId,
                facts.RequestId,
                new FormCommand.Release
                {
                    ClaimId = command.ClaimId,
                    AgentId = facts.Agent.Id,
                    SessionId = facts.Agent.SessionId,
                    KeyThumbprint = key.Thumbprint,
                },
                cancellationToken);
            if (ours?.Outcome != FormOutcome.Done)
            {
                return await DeniedAsync(facts, SecureChatErrors.ValueGone, form, cancellationToken);
            }

            // What an earlier answer took (single delivery) may still lie in a vault that failed to give that answer (P7).
            string[] taken = [.. form.Values.Where(static value => value.NeedsKeyDestruction).Select(static value => value.ValueId)];
            if (taken.Length > 0)
            {
                await vault.DestroyAsync(
                    new DestroyRequest { ConversationId = facts.ConversationId, RequestId = facts.RequestId, ValueIds = taken, Reason = DestroyReason.Viewed },
                    cancellationToken);
            }

            given = ours.Released;
        }

        ReleaseResult result = await vault.ReleaseAsync(
            new ReleaseRequest
            {
                ConversationId = facts.ConversationId,
                RequestId = facts.RequestId,
                ClaimId = command.ClaimId,
                AgentId = facts.Agent.Id,
                SessionId = facts.Agent.SessionId,
                Key = key,
                Sealer = new ReleaseSealer(key, application.Value, facts.ConversationId, facts.RequestId, command.ClaimId),
            },
            given.ToDictionary(static value => value.ValueId, static value => value.FieldKey, StringComparer.Ordinal),
            cancellationToken);
        if (result.Outcome != ReleaseOutcome.Released)
        {
            SecureChatError error = result.Outcome switch
            {
                ReleaseOutcome.Elsewhere => SecureChatErrors.OpenedElsewhere,
                ReleaseOutcome.Gone => SecureChatErrors.ValueGone,
                ReleaseOutcome.Undecryptable => SecureChatErrors.Undecryptable,
                _ => SecureChatErrors.NotFound,
            };
            await formService.ToldAsync(facts.ConversationId, facts.RequestId, cancellationToken);
            return await DeniedAsync(facts, error, form, cancellationToken);
        }

        // The outcome is audited before the answer leaves; if it cannot be, nothing leaves, and the same browser may ask again.
        await formService.ToldAsync(facts.ConversationId, facts.RequestId, cancellationToken);
        return new RevealAnswer
        {
            ApplicationId = application.Value,
            Until = given[0].Claim!.Until,
            Values = [.. result.Values.Select(static value => new RevealedEnvelope
            {
                ValueId = value.ValueId,
                FieldKey = value.FieldKey,
                EncapsulatedKey = System.Buffers.Text.Base64Url.EncodeToString(value.Envelope.EncapsulatedKey.Span),
                Ciphertext = System.Buffers.Text.Base64Url.EncodeToString(value.Envelope.Ciphertext.Span),
            })],
            DestroyedValueIds = result.DestroyedValueIds,
        };
    }

    private async ValueTask<bool> IsConsentedAsync(FormRecord form, CancellationToken cancellationToken) =>
        form is { ConsentId: not null, WithdrawnAt: null }
        && await consents.FindAsync(form.ConversationId, form.ConsentId, cancellationToken) is { WithdrawnAt: null };

    private static SecureChatError? RefusalOf(FormRecord form, IReadOnlyList<string> valueIds, Agent agent, string claimId)
    {
        FormValue[] values = [.. valueIds.Select(id => form.Value(id)!)];
        if (values.FirstOrDefault(static value => value.Claim is not null)?.Claim is { } claim)
        {
            // The same agent in another browser, or with another claim, learns that it was they who opened it (E3).
            return string.Equals(claim.AgentId, agent.Id, StringComparison.Ordinal) ? SecureChatErrors.OpenedElsewhere : SecureChatErrors.AlreadyOpened;
        }

        return values.Any(static value => value.State == SealedValueState.Destroyed) ? SecureChatErrors.ValueGone : null;
    }

    private async ValueTask<Outcome<RevealAnswer>> DeniedAsync(
        RevealFacts facts, SecureChatError error, FormRecord? form, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(facts.Fact(AuditAction.RevealOutcome, AuditOutcome.Denied, error), cancellationToken);
        if (form is not null && (error == SecureChatErrors.AlreadyOpened || error == SecureChatErrors.OpenedElsewhere))
        {
            LogOpenedElsewhere(logger, form.RequestId, error.Code);
            notifier.Alarm(form, facts.ValueIds, facts.Agent.Id);
        }

        FormClaim? claim = form?.Values
            .FirstOrDefault(value => facts.ValueIds.Contains(value.ValueId, StringComparer.Ordinal) && value.Claim is not null)?.Claim;
        Dictionary<string, object?>? extensions = claim is null || error == SecureChatErrors.StepUpRequired
            ? null
            : new Dictionary<string, object?> { ["openedByRole"] = claim.Role, ["openedAt"] = claim.At };
        return Outcome<RevealAnswer>.Refused(error, extensions);
    }

    [LoggerMessage(EventId = 1220, EventName = "OpenedElsewhere", Level = LogLevel.Warning, Message = "An agent asked for values of form request {Request} that were opened elsewhere and was refused with {Code}")]
    private static partial void LogOpenedElsewhere(ILogger logger, string request, string code);

    private sealed class RevealFacts(Agent agent, string? conversationId, string? requestId, IReadOnlyList<string> valueIds)
    {
        public Agent Agent => agent;

        // Null only on the way to a denial.
        public string ConversationId => conversationId!;

        public string RequestId => requestId!;

        public IReadOnlyList<string> ValueIds => valueIds;

        public AuditFact Fact(AuditAction action, AuditOutcome outcome, SecureChatError? error = null, AuditDetail? detail = null) => new()
        {
            Action = action,
            Outcome = outcome,
            Actor = agent.Role,
            ActorId = agent.Id,
            ConversationId = conversationId,
            RequestId = requestId,
            ValueIds = valueIds,
            Error = error,
            Detail = detail,
        };
    }
}
