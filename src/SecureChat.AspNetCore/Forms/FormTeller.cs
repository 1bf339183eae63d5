namespace SecureChat.AspNetCore;

/// <summary>
/// Tells what happened to a form: transcript, audit, listeners, in this order. Takes its facts from the record itself, so a crash
/// at any point loses none; what is told again the transcript and the log know by its number, and the listeners never get.
/// </summary>
internal sealed partial class FormTeller(
    FormRecords forms,
    ConversationEvents events,
    GuardedConsentStore consents,
    AuditLog audit,
    FormNotifier notifier,
    TimeProvider time,
    ILogger<FormTeller> logger)
{
    // Two requests that change one form on one host would both tell the same facts; striped, so memory is bounded.
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1, 1))];

    /// <summary>Tells what is untold. Facts about destroyed values wait until their keys are gone: nothing says "deleted" before.</summary>
    public async ValueTask<FormRecord?> TellAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        SemaphoreSlim gate = _locks[(uint)StringComparer.Ordinal.GetHashCode(requestId) % (uint)_locks.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            FormRecord? form = await forms.FindAsync(conversationId, requestId, cancellationToken);
            if (form is null)
            {
                return null;
            }

            List<FormFact> facts = [.. form.Pending.TakeWhile(fact => fact.Action != AuditAction.ValuesDestroyed || KeysAreGone(form, fact))];
            if (facts.Count == 0)
            {
                return form;
            }

            if (form is { ConsentId: { } consentId, WithdrawnAt: { } withdrawnAt }
                && facts.Any(static fact => fact.Action == AuditAction.ConsentWithdrawn))
            {
                // The record of consent says so before anybody is told.
                await consents.WithdrawAsync(form.ConversationId, consentId, withdrawnAt, cancellationToken);
            }

            await AppendCardAsync(form, facts, cancellationToken);
            foreach (FormFact fact in facts)
            {
                await audit.AppendAsync(
                    new AuditFact
                    {
                        Id = SecureChatId.Derive(form.RequestId, fact.Number),
                        Action = fact.Action,
                        Outcome = AuditOutcome.Succeeded,
                        Actor = fact.Actor,
                        ActorId = fact.ActorId,
                        ConversationId = form.ConversationId,
                        RequestId = form.RequestId,
                        ValueIds = fact.ValueIds,
                        Reason = fact.Reason,
                    },
                    cancellationToken);
            }

            FormTransition? told = await forms.ApplyAsync(
                conversationId, requestId, new FormCommand.Told { Number = facts[^1].Number }, cancellationToken);

            // Another host may have told the same; who took the fact off the list hands it to the listeners, so that they get it once.
            foreach (FormFact fact in told?.Told ?? [])
            {
                notifier.Notify(form, fact);
            }

            return told?.Record ?? form;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The form as a visitor or agent sees it in the transcript.</summary>
    public static FormCard CardOf(FormRecord form) => new()
    {
        RequestId = form.RequestId,
        FormKey = form.FormKey,
        Title = form.Title,
        Revision = form.Revision,
        State = form.State,
        ExpiresAt = form.ExpiresAt,
        Values = [.. form.Values.Select(static value => new FormCardValue
        {
            ValueId = value.ValueId,
            FieldKey = value.FieldKey,
            Label = value.Label,
            Preview = value.Preview,
            State = value.State,
            ExpiresAt = value.ExpiresAt,
            OpenedAt = value.Claim?.At,
            OpenedByRole = value.Claim?.Role,
            DeletedAt = value.KeyDestroyedAt,
            Reason = value.KeyDestroyedAt is null ? null : value.Reason,
        })],
    };

    private static bool KeysAreGone(FormRecord form, FormFact fact) =>
        fact.ValueIds.All(id => form.Value(id) is { NeedsKeyDestruction: false });

    private async ValueTask AppendCardAsync(FormRecord form, List<FormFact> facts, CancellationToken cancellationToken)
    {
        long number = facts[^1].Number;
        bool aboutValues = facts.All(static fact => fact.Action is AuditAction.RevealOutcome or AuditAction.ValuesDestroyed);

        // The client id names the fact, so a crash between the event and its note cannot put the card into the transcript twice.
        bool appended = await events.TryAppendOnceAsync(
            form.ConversationId,
            $"{form.RequestId}-{number}",
            sequence => new ConversationEvent
            {
                Sequence = sequence,
                Kind = aboutValues ? ConversationEventKind.ValueChanged : ConversationEventKind.FormChanged,
                At = time.GetUtcNow(),
                Actor = facts[^1].Actor,
                ClientId = $"{form.RequestId}-{number}",
                Form = CardOf(form),
            },
            cancellationToken);
        if (!appended)
        {
            LogNoTranscript(logger);
        }
    }

    [LoggerMessage(1310, LogLevel.Debug, "A form changed after its transcript was destroyed; the audit log has the change", EventName = "FormWithoutTranscript")]
    private static partial void LogNoTranscript(ILogger logger);
}
