using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// Requests, submits and ends forms. Authority over the conversation is the caller's proof (a visitor's token, an agent's
/// assignment), checked where the caller is known; what is checked here holds for everybody.
/// </summary>
internal sealed class FormService(
    FormCatalog catalog,
    NoticeCatalog notices,
    FormRecords forms,
    FormTeller teller,
    GuardedVault vault,
    GuardedConsentStore consents,
    Conversations conversations,
    AuditLog audit,
    SecureChatStores stores,
    AnswerValidator answers,
    KeptValues kept,
    IOptions<SecureChatOptions> options,
    TimeProvider time) : IConversationEnded
{
    private const int MaxConflicts = 64;

    public async ValueTask<Outcome<FormRequestResult>> RequestAsync(
        string conversationId, string formKey, ParticipantRole actor, string? actorId, CancellationToken cancellationToken)
    {
        if (catalog.Find(formKey) is not { } definition)
        {
            return SecureChatErrors.NotFound;
        }

        if (await conversations.FindAsync(conversationId, cancellationToken) is not { } conversation)
        {
            return SecureChatErrors.NotFound;
        }

        if (!conversation.IsOpen)
        {
            return SecureChatErrors.ConversationClosed;
        }

        DateTimeOffset now = time.GetUtcNow();
        var form = new FormRecord
        {
            ConversationId = conversationId,
            RequestId = SecureChatId.New(),
            FormKey = definition.Key,
            FormVersion = definition.Version,
            Title = definition.Title,
            Purpose = definition.Purpose,
            NoticeKey = definition.NoticeKey,
            RequestedBy = actor,
            RequestedById = actorId,
            RequestedAt = now,
            ExpiresAt = now + options.Value.Lifetimes.FormOpen,
        };
        if (await FindOpenAsync(conversationId, formKey, cancellationToken) is { } existing)
        {
            return await ExistingAsync(existing);
        }

        // The record first, unconfirmed and invisible; then the one place of this form in this conversation decides (E16).
        await forms.InsertAsync(form, cancellationToken);
        string winner = await TakePlaceAsync(form, cancellationToken);
        if (!string.Equals(winner, form.RequestId, StringComparison.Ordinal))
        {
            await forms.RemoveUnconfirmedAsync(conversationId, form.RequestId, cancellationToken);
            return await forms.FindAsync(conversationId, winner, cancellationToken) is { } other ? await ExistingAsync(other) : SecureChatErrors.FormNotOpen;
        }

        return await TryConfirmAsync(form, cancellationToken)
            ? new FormRequestResult { RequestId = form.RequestId, IsNew = true, ExpiresAt = form.ExpiresAt }
            : SecureChatErrors.ConversationClosed;

        // Who asked first may have died before saying so, or is about to: the answer must name a request that can be filled in, and was told.
        async ValueTask<Outcome<FormRequestResult>> ExistingAsync(FormRecord open) =>
            (open.IsConfirmed && open.Pending.Count == 0) || await TryConfirmAsync(open, cancellationToken)
                ? new FormRequestResult { RequestId = open.RequestId, IsNew = false, ExpiresAt = open.ExpiresAt }
                : SecureChatErrors.ConversationClosed;
    }

    /// <summary>The form as its visitor fills it in: definition, notice and state. <see langword="null"/> when there is none.</summary>
    public async ValueTask<FormView?> ViewAsync(
        string conversationId, string requestId, IReadOnlyList<string> languages, CancellationToken cancellationToken)
    {
        if (await FindAsync(conversationId, requestId, cancellationToken) is not { } form || catalog.Find(form.FormKey) is not { } definition)
        {
            return null;
        }

        return new FormView
        {
            Form = FormTeller.CardOf(form),
            Definition = definition,
            Notice = notices.Current(form.NoticeKey, languages),
            Kept = form.IsOpen && catalog.TakesFromText ? await KeptForAsync(form, cancellationToken) : [],
            ExtensionsLeft = form.IsOpen ? Math.Max(0, options.Value.Limits.FormExtensions - form.Extensions) : null,
        };
    }

    public async ValueTask<FormStatus?> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        if (await FindAsync(conversationId, requestId, cancellationToken) is not { } form)
        {
            return null;
        }

        return new FormStatus
        {
            ConversationId = form.ConversationId,
            RequestId = form.RequestId,
            FormKey = form.FormKey,
            State = form.State,
            RequestedAt = form.RequestedAt,
            ExpiresAt = form.ExpiresAt,
            SubmittedAt = form.SubmittedAt,
            Values = [.. form.Values.Select(static value => value.Describe())],
        };
    }

    public ValueTask<Outcome<FormCard>> OpenAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        ChangeAsync(conversationId, requestId, new FormCommand.Open(), cancellationToken);

    /// <summary>A new token for an open form. The one before opens nothing from now on: only the place that took the form last submits (E20).</summary>
    public async ValueTask<Outcome<FormTokenView>> GrantAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        string token = FormToken.New(conversationId, requestId, out byte[] hash);
        Outcome<FormCard> granted = await ChangeAsync(conversationId, requestId, new FormCommand.Grant { TokenHash = hash }, cancellationToken);
        return granted.IsSuccess
            ? new FormTokenView { Token = token, ExpiresAt = granted.Value.ExpiresAt }
            : Outcome<FormTokenView>.Refused(granted.Error, granted.Facts);
    }

    /// <summary>The form that a token opens. Unknown, another form's, replaced and outlived are one answer (E50).</summary>
    public async ValueTask<Outcome<FormRecord>> AuthorizeAsync(string token, CancellationToken cancellationToken)
    {
        FormRecord? form = FormToken.TryParse(token, out string? conversationId, out string? requestId, out string? secret)
            ? await FindAsync(conversationId, requestId, cancellationToken)
            : null;
        return ConversationToken.Matches(secret, form?.TokenHash) ? form! : SecureChatErrors.FormTokenInvalid;
    }

    /// <summary>
    /// More time for who fills the form in. Ends no later than the conversation would: the change is an event in it, from which its idle
    /// time counts again.
    /// </summary>
    public ValueTask<Outcome<FormCard>> ExtendAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        SecureChatLifetimes lifetimes = options.Value.Lifetimes;
        TimeSpan life = lifetimes.FormOpen < lifetimes.IdleConversation ? lifetimes.FormOpen : lifetimes.IdleConversation;
        return ChangeAsync(
            conversationId, requestId, new FormCommand.Extend { Life = life, Most = options.Value.Limits.FormExtensions }, cancellationToken);
    }

    public ValueTask<Outcome<FormCard>> DeclineAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        ChangeAsync(conversationId, requestId, new FormCommand.Decline(), cancellationToken);

    /// <summary>Takes an open request back, or destroys what was submitted and nobody has opened.</summary>
    public async ValueTask<Outcome<FormCard>> CancelAsync(
        string conversationId, string requestId, ParticipantRole actor, string? actorId, CancellationToken cancellationToken)
    {
        Outcome<FormCard> cancelled = await ChangeAsync(
            conversationId, requestId, new FormCommand.Cancel { Actor = actor, ActorId = actorId }, cancellationToken);
        return cancelled.Error == SecureChatErrors.FormNotOpen
            ? await DestroyForAsync(conversationId, requestId, DestroyReason.Cancelled, unopenedOnly: true, actor, actorId, cancellationToken)
            : cancelled;
    }

    /// <summary>Consent is checked, recorded, and only then is anything sealed (P5).</summary>
    public async ValueTask<Outcome<FormCard>> SubmitAsync(
        string conversationId, string requestId, FormSubmission submission, CancellationToken cancellationToken)
    {
        FormRecord? form = await FindAsync(conversationId, requestId, cancellationToken);
        if (form is null || !form.IsConfirmed || catalog.Find(form.FormKey) is not { } definition)
        {
            return SecureChatErrors.NotFound;
        }

        if (!SecureChatId.IsClientId(submission.SubmissionId))
        {
            return SecureChatErrors.InvalidRequest;
        }

        // Another submission stands (E17). Said before anything is sealed: a vault of somebody else might take a second set, for which
        // no consent is on record.
        bool isRepeat = form.State == FormRequestState.Submitted;
        if (isRepeat && !string.Equals(form.SubmissionId, submission.SubmissionId, StringComparison.Ordinal))
        {
            return SecureChatErrors.SubmissionMismatch;
        }

        if (!isRepeat && !form.IsOpen)
        {
            return Refused(SecureChatErrors.FormNotOpen, form);
        }

        if (submission.Consent is not { Given: true } consent)
        {
            return SecureChatErrors.ConsentMissing;
        }

        // What was shown must be a text of ours and the current one in its language; a repeat of an accepted submission may name
        // the text that was current then (E28).
        PrivacyNotice? current = notices.Current(form.NoticeKey, consent.Language);
        if (!isRepeat && (current is null
            || !string.Equals(current.Version, consent.Version, StringComparison.Ordinal)
            || !string.Equals(current.Language, consent.Language, StringComparison.Ordinal)
            || !string.Equals(current.Sha256, consent.Sha256, StringComparison.Ordinal)))
        {
            return Outcome<FormCard>.Refused(
                SecureChatErrors.NoticeMismatch,
                new Dictionary<string, object?> { ["noticeKey"] = form.NoticeKey, ["version"] = current?.Version, ["language"] = current?.Language });
        }

        if (isRepeat && submission.Kept.Count > 0)
        {
            // What was kept went with the first of both, which answers for its content by its id.
            return await ToldAsync(conversationId, requestId, cancellationToken);
        }

        if (await AddKeptAsync(form, definition, submission, cancellationToken) is { } missing)
        {
            // Another submission may have taken it a moment ago: a try of the same one that is still under way, or another window's.
            if (await FindAsync(conversationId, requestId, cancellationToken) is { IsOpen: false } now)
            {
                return now.State != FormRequestState.Submitted ? Refused(SecureChatErrors.FormNotOpen, now)
                    : string.Equals(now.SubmissionId, submission.SubmissionId, StringComparison.Ordinal) ? await ToldAsync(conversationId, requestId, cancellationToken)
                    : SecureChatErrors.SubmissionMismatch;
            }

            return Outcome<FormCard>.Refused(SecureChatErrors.ValidationFailed, new Dictionary<string, object?> { ["fields"] = new[] { missing } });
        }

        using AnswerResult accepted = answers.Validate(definition, submission.Fields);
        if (accepted.Refusals.Count > 0)
        {
            return Outcome<FormCard>.Refused(
                SecureChatErrors.ValidationFailed, new Dictionary<string, object?> { ["fields"] = accepted.Refusals });
        }

        IReadOnlyList<SealField> fields = submission.Kept.Count == 0 ? accepted.Fields : [.. accepted.Fields.Select(field => ShortLived(field, definition))];
        string consentId = ConsentIdOf(requestId, submission.SubmissionId);
        if (!isRepeat)
        {
            // An end that comes later cancels this form, on whose record the submission below decides.
            if (await conversations.FindAsync(conversationId, cancellationToken) is not { IsOpen: true } conversation)
            {
                return SecureChatErrors.ConversationClosed;
            }

            await consents.RecordAsync(
                new ConsentRecord
                {
                    ConsentId = consentId,
                    ConversationId = conversationId,
                    RequestId = requestId,
                    SubjectRef = conversation.SubjectRef,
                    Purpose = form.Purpose,
                    NoticeKey = form.NoticeKey,
                    NoticeVersion = consent.Version,
                    Language = consent.Language,
                    NoticeSha256 = consent.Sha256,
                    DataClasses = [.. definition.Fields.Select(static field => field.DataClass).Distinct().Order()],
                    GivenAt = time.GetUtcNow(),
                },
                cancellationToken);

            // Before anything is sealed, like the consent itself: a caller who goes away now leaves no submission whose consent the log
            // does not know.
            await audit.AppendAsync(
                new AuditFact
                {
                    Id = SecureChatId.Derive(consentId, 1),
                    Action = AuditAction.ConsentGiven,
                    Outcome = AuditOutcome.Succeeded,
                    Actor = ParticipantRole.Visitor,
                    ConversationId = conversationId,
                    RequestId = requestId,
                },
                cancellationToken);
        }
        else if (vault.IsExternal && form.Values.All(static value => value.State == SealedValueState.Destroyed))
        {
            // There is nothing left to compare a repeat with, and a vault that has forgotten what it destroyed would seal it anew.
            return await ToldAsync(conversationId, requestId, cancellationToken);
        }

        SealResult result = await vault.SealAsync(
            new SealRequest
            {
                ConversationId = conversationId,
                RequestId = requestId,
                SubmissionId = submission.SubmissionId,
                ConsentId = consentId,
                Fields = fields,
            },
            cancellationToken);

        switch (result.Outcome)
        {
            case SealOutcome.Mismatch:
                return SecureChatErrors.SubmissionMismatch;
            case SealOutcome.Refused:
                return Refused(SecureChatErrors.FormNotOpen, await FindAsync(conversationId, requestId, cancellationToken) ?? form);
            case SealOutcome.Sealed when isRepeat:
                await DestroyAtVaultAsync(form, result, cancellationToken);
                throw new SecureChatException(SecureChatErrors.VaultFailed);
        }

        if (isRepeat)
        {
            return await ToldAsync(conversationId, requestId, cancellationToken);
        }

        // Also when the vault has them already: then a crash came between its answer and our record.
        if (vault.IsExternal
            && await MirrorSubmissionAsync(form, submission.SubmissionId, consentId, fields, result, cancellationToken) is { } refused)
        {
            return refused;
        }

        return await ToldAsync(conversationId, requestId, cancellationToken);
    }

    /// <summary>
    /// Withdraws consent. The force lies in the compare-and-set that destroys what nobody has opened (E26); the record of consent and
    /// the audit follow it, by whoever tells it.
    /// </summary>
    public async ValueTask<Outcome<FormCard>> WithdrawAsync(
        string conversationId, string requestId, ParticipantRole actor, string? actorId, CancellationToken cancellationToken)
    {
        FormRecord? form = await FindAsync(conversationId, requestId, cancellationToken);
        if (form is null)
        {
            return SecureChatErrors.NotFound;
        }

        if (form.ConsentId is null)
        {
            return await ChangeAsync(conversationId, requestId, new FormCommand.Decline(), cancellationToken);
        }

        // What has begun is finished even when the visitor goes away: values destroyed for a withdrawal that is on no record would be
        // worse than either alone.
        cancellationToken.ThrowIfCancellationRequested();
        await forms.ApplyAsync(conversationId, requestId, new FormCommand.Withdraw { Actor = actor, ActorId = actorId }, CancellationToken.None);
        return await DestroyAsync(conversationId, requestId, DestroyReason.Withdrawn, unopenedOnly: true, CancellationToken.None);
    }

    /// <summary>
    /// Destroys values on somebody's word. Who it was is audited before anything is destroyed: the change itself, which time may also
    /// make, names nobody.
    /// </summary>
    public async ValueTask<Outcome<FormCard>> DestroyForAsync(
        string conversationId,
        string requestId,
        DestroyReason reason,
        bool unopenedOnly,
        ParticipantRole actor,
        string? actorId,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(conversationId, requestId, cancellationToken) is not { } form)
        {
            return SecureChatErrors.NotFound;
        }

        string[] concerned = [.. form.Values
            .Where(value => value.State == SealedValueState.Sealed || (!unopenedOnly && value.State == SealedValueState.Claimed))
            .Select(static value => value.ValueId)];
        if (concerned.Length > 0)
        {
            await audit.AppendAsync(
                new AuditFact
                {
                    Action = AuditAction.ValuesDestroyed,
                    Outcome = AuditOutcome.Intended,
                    Actor = actor,
                    ActorId = actorId,
                    ConversationId = conversationId,
                    RequestId = requestId,
                    ValueIds = concerned,
                    Reason = reason,
                },
                cancellationToken);
        }

        return await DestroyAsync(conversationId, requestId, reason, unopenedOnly, cancellationToken);
    }

    private async ValueTask<Outcome<FormCard>> DestroyAsync(
        string conversationId, string requestId, DestroyReason reason, bool unopenedOnly, CancellationToken cancellationToken)
    {
        DestroyResult result = await DestroyValuesAsync(
            new DestroyRequest { ConversationId = conversationId, RequestId = requestId, Reason = reason, UnopenedOnly = unopenedOnly },
            cancellationToken);
        if (!result.Found)
        {
            return SecureChatErrors.NotFound;
        }

        return await ToldAsync(conversationId, requestId, cancellationToken);
    }

    /// <summary>The conversation ended: open requests are cancelled, every value is destroyed, opened ones too.</summary>
    public async ValueTask ConversationEndedAsync(string conversationId, CancellationToken cancellationToken)
    {
        // What is sealed first: a fault on the way then leaves open requests, which hold nothing.
        foreach (FormRecord form in (await forms.ListAsync(conversationId, cancellationToken)).OrderBy(static form => form.IsOpen))
        {
            await EndAsync(conversationId, form.RequestId, cancellationToken);
        }
    }

    /// <summary>
    /// The transcript's time is over, and with it that of the forms in it: previews, who opened what and in which session are in
    /// their records too. What a form still owes (a key, a fact to tell) is finished first.
    /// </summary>
    public async ValueTask TranscriptEndedAsync(string conversationId, CancellationToken cancellationToken)
    {
        foreach (FormRecord form in await forms.ListAsync(conversationId, cancellationToken))
        {
            await EndAsync(conversationId, form.RequestId, cancellationToken);
        }

        await kept.EndAllAsync(conversationId, cancellationToken);
        await forms.DeleteAllAsync(conversationId, cancellationToken);
    }

    /// <summary>Lets time take effect on one due form and finishes what a crash left of it.</summary>
    public async ValueTask SettleAsync(FormRecord due, CancellationToken cancellationToken)
    {
        if (!due.IsConfirmed)
        {
            // What a crash left of a request: finished if it won its place in a conversation that goes on, removed otherwise.
            RecordKey place = PlaceOf(due.ConversationId, due.FormKey);
            StoreRecord? taken = await stores.Data.GetAsync(place, cancellationToken);
            bool won = taken is not null && string.Equals(ReadPlace(taken), due.RequestId, StringComparison.Ordinal);
            if (!won && due.RequestedAt + FormStateMachine.Grace <= time.GetUtcNow())
            {
                await forms.RemoveUnconfirmedAsync(due.ConversationId, due.RequestId, cancellationToken);
            }

            if (!won || !await TryConfirmAsync(due, cancellationToken))
            {
                return;
            }
        }

        FormTransition? settled = await forms.ApplyAsync(due.ConversationId, due.RequestId, new FormCommand.Settle(), cancellationToken);
        await ForgetUnsubmittedAsync(settled?.Record, DestroyReason.Expired, cancellationToken);
        await DestroyValuesAsync(
            new DestroyRequest { ConversationId = due.ConversationId, RequestId = due.RequestId, Reason = DestroyReason.Expired, DueOnly = true },
            cancellationToken);
        await ToldAsync(due.ConversationId, due.RequestId, cancellationToken);
    }

    /// <summary>Copies what a replaced vault says, then tells what is untold.</summary>
    public async ValueTask<Outcome<FormCard>> ToldAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        FormRecord? form = await forms.FindAsync(conversationId, requestId, cancellationToken);
        if (form is { IsExternal: true })
        {
            IReadOnlyList<SealedValue> values = await vault.DescribeAsync(conversationId, requestId, cancellationToken);
            await forms.ApplyAsync(conversationId, requestId, new FormCommand.Mirror { Values = values }, cancellationToken);
        }

        // Before it is told: what is untold keeps the form due, so a crash in between is made good in seconds.
        if (catalog.TakesFromText && form is { IsOpen: false })
        {
            await kept.EndAsync(form, cancellationToken);
        }

        form = await teller.TellAsync(conversationId, requestId, cancellationToken);
        return form is null ? SecureChatErrors.NotFound : FormTeller.CardOf(form);
    }

    /// <summary>The form with time taken into account, whether or not the sweeper was here (lazy expiry).</summary>
    public async ValueTask<FormRecord?> FindAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        if (!SecureChatId.IsValid(requestId) || !SecureChatId.IsValid(conversationId))
        {
            return null;
        }

        FormRecord? form = await forms.FindAsync(conversationId, requestId, cancellationToken);
        return form is null ? null : FormStateMachine.Apply(form, new FormCommand.Settle(), time.GetUtcNow()).Record;
    }

    /// <summary>
    /// Makes a request that holds its place visible, unless its conversation has ended. The end cancels the forms it finds, and it is
    /// looked for after the insert of this one: of an end and a request at the same moment, at least one sees the other.
    /// </summary>
    private async ValueTask<bool> TryConfirmAsync(FormRecord form, CancellationToken cancellationToken)
    {
        bool isOpen = await IsOpenAsync(form.ConversationId, cancellationToken);
        FormTransition? confirmed = isOpen
            ? await forms.ApplyAsync(form.ConversationId, form.RequestId, new FormCommand.Confirm(), cancellationToken)
            : null;
        if (isOpen && confirmed is null)
        {
            // So slow a store that the sweeper took the record for what a crash left. The place it holds is taken over by the next try.
            throw new SecureChatStoreException(stores.Data.Description.Name, "insert", isTransient: true);
        }

        if (confirmed?.Record.IsConfirmed != true)
        {
            await forms.RemoveUnconfirmedAsync(form.ConversationId, form.RequestId, cancellationToken);
            return false;
        }

        await teller.TellAsync(form.ConversationId, form.RequestId, cancellationToken);
        return true;
    }

    /// <summary>The same submission gets the same consent, so that a retry does not record a second one.</summary>
    private static string ConsentIdOf(string requestId, string submissionId) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{requestId}/{submissionId}")))[..32];

    private static Outcome<FormCard> Refused(SecureChatError error, FormRecord form) =>
        Outcome<FormCard>.Refused(error, new Dictionary<string, object?> { ["state"] = form.State });

    private async ValueTask<IReadOnlyList<KeptValueView>> KeptForAsync(FormRecord form, CancellationToken cancellationToken) =>
        [.. (await kept.ListAsync(form.ConversationId, form.RequestId, cancellationToken))
            .Select(static value => new KeptValueView { ValueId = value.ValueId, FieldKey = value.FieldKey, Preview = value.Preview, ExpiresAt = value.ExpiresAt })];

    /// <summary>
    /// Puts what was kept out of messages where the visitor says so. Only now, behind the check of the consent, is it opened; from here it is an
    /// answer like one that was typed.
    /// </summary>
    private async ValueTask<FieldRefusal?> AddKeptAsync(FormRecord form, SecureForm definition, FormSubmission submission, CancellationToken cancellationToken)
    {
        if (submission.Kept.Count == 0)
        {
            return null;
        }

        IReadOnlyList<KeptValue> all = await kept.ListAsync(form.ConversationId, form.RequestId, cancellationToken);
        foreach (string? id in submission.Kept.Distinct(StringComparer.Ordinal))
        {
            // By its own id: a message in between may have put another value in its place, which nobody agreed to.
            KeptValue? value = all.FirstOrDefault(value => string.Equals(value.ValueId, id, StringComparison.Ordinal));
            if (value is null || await kept.OpenAsync(value, cancellationToken) is not { } opened)
            {
                return new FieldRefusal { Field = value?.FieldKey ?? FieldRefusal.NoField, Code = RefusalCodes.NotKept, Message = "What you wrote in the chat is not kept any more. Fill in this field." };
            }

            submission.Fields.Add(value.FieldKey, opened);
        }

        return null;
    }

    /// <summary>What came out of a message lives no longer with a consent than it did without one.</summary>
    private SealField ShortLived(SealField field, SecureForm definition)
    {
        TimeSpan longest = options.Value.Lifetimes.KeptValue;
        return definition.Fields.All(one => one.TakesFromText.Count == 0 || !string.Equals(one.Key, field.FieldKey, StringComparison.Ordinal)) || field.LivesFor <= longest ? field : new SealField
        {
            FieldKey = field.FieldKey,
            Label = field.Label,
            DataClass = field.DataClass,
            Value = field.Value,
            MaskedPreview = field.MaskedPreview,
            LivesFor = longest,
            SingleDelivery = field.SingleDelivery,
        };
    }

    private async ValueTask EndAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        await forms.ApplyAsync(conversationId, requestId, new FormCommand.Cancel { Actor = ParticipantRole.System }, cancellationToken);
        await DestroyValuesAsync(
            new DestroyRequest { ConversationId = conversationId, RequestId = requestId, Reason = DestroyReason.ConversationEnded },
            cancellationToken);
        await ToldAsync(conversationId, requestId, cancellationToken);
    }

    /// <summary>
    /// Destroys values. With a replaced vault our own record goes first: its compare-and-set decides what nobody will see any more (E26),
    /// and what the vault still owes is asked of it again by the sweeper.
    /// </summary>
    private async ValueTask<DestroyResult> DestroyValuesAsync(DestroyRequest request, CancellationToken cancellationToken)
    {
        if (!vault.IsExternal || await forms.FindAsync(request.ConversationId, request.RequestId, cancellationToken) is not { IsExternal: true })
        {
            return await vault.DestroyAsync(request, cancellationToken);
        }

        FormTransition? ours = await forms.ApplyAsync(
            request.ConversationId,
            request.RequestId,
            request.DueOnly ? new FormCommand.Settle() : new FormCommand.Destroy { Reason = request.Reason, UnopenedOnly = request.UnopenedOnly },
            cancellationToken);
        string[] owed = [.. ours?.Record.Values.Where(static value => value.NeedsKeyDestruction).Select(static value => value.ValueId) ?? []];
        return owed.Length == 0
            ? new DestroyResult()
            : await vault.DestroyAsync(
                new DestroyRequest { ConversationId = request.ConversationId, RequestId = request.RequestId, ValueIds = owed, Reason = request.Reason },
                cancellationToken);
    }

    /// <summary>A replaced vault may hold values of a form that ended without a submission: the answer to their sealing was lost.</summary>
    private async ValueTask ForgetUnsubmittedAsync(FormRecord? form, DestroyReason reason, CancellationToken cancellationToken)
    {
        if (vault.IsExternal && form is { IsOpen: false, State: not FormRequestState.Submitted })
        {
            await vault.DestroyAsync(
                new DestroyRequest { ConversationId = form.ConversationId, RequestId = form.RequestId, Reason = reason }, cancellationToken);
        }
    }

    /// <summary>Takes back what a vault of somebody else holds of one answer of its own.</summary>
    private async ValueTask DestroyAtVaultAsync(FormRecord form, SealResult result, CancellationToken cancellationToken) =>
        await vault.DestroyAsync(
            new DestroyRequest
            {
                ConversationId = form.ConversationId,
                RequestId = form.RequestId,
                ValueIds = [.. result.Values.Select(static value => value.ValueId)],
                Reason = DestroyReason.Cancelled,
            },
            cancellationToken);

    private static RecordKey PlaceOf(string conversationId, string formKey) =>
        new() { Kind = RecordKinds.OpenForm, Partition = conversationId, Id = formKey };

    private async ValueTask<bool> IsOpenAsync(string conversationId, CancellationToken cancellationToken) =>
        await conversations.FindAsync(conversationId, cancellationToken) is { IsOpen: true };

    private static string? ReadPlace(StoreRecord place) => JsonSerializer.Deserialize<string>(place.Body.Span, SecureChatJson.Options);

    private async ValueTask<Outcome<FormCard>> ChangeAsync(
        string conversationId, string requestId, FormCommand command, CancellationToken cancellationToken)
    {
        if (!SecureChatId.IsValid(conversationId)
            || !SecureChatId.IsValid(requestId)
            || await forms.ApplyAsync(conversationId, requestId, command, cancellationToken) is not { } transition
            || (!transition.Record.IsConfirmed && command is not FormCommand.Cancel))
        {
            return SecureChatErrors.NotFound;
        }

        await ForgetUnsubmittedAsync(transition.Record, DestroyReason.Cancelled, cancellationToken);
        Outcome<FormCard> card = await ToldAsync(conversationId, requestId, cancellationToken);
        return transition.Outcome is FormOutcome.Done or FormOutcome.Already ? card : Refused(SecureChatErrors.FormNotOpen, transition.Record);
    }

    private async ValueTask<FormRecord?> FindOpenAsync(string conversationId, string formKey, CancellationToken cancellationToken)
    {
        StoreRecord? place = await stores.Data.GetAsync(PlaceOf(conversationId, formKey), cancellationToken);
        if (place is null || ReadPlace(place) is not { } requestId)
        {
            return null;
        }

        FormRecord? form = await FindAsync(conversationId, requestId, cancellationToken);
        return form is { IsOpen: true } ? form : null;
    }

    /// <summary>Takes the place of this form in this conversation, unless an open request holds it. Answers who holds it.</summary>
    private async ValueTask<string> TakePlaceAsync(FormRecord form, CancellationToken cancellationToken)
    {
        RecordKey key = PlaceOf(form.ConversationId, form.FormKey);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(form.RequestId, SecureChatJson.Options);
        for (int attempt = 0; attempt < MaxConflicts; attempt++)
        {
            StoreRecord? place = await stores.Data.GetAsync(key, cancellationToken);
            if (place is null)
            {
                if (await stores.Data.InsertAsync(new StoreRecord { Key = key, Body = body }, cancellationToken))
                {
                    return form.RequestId;
                }

                continue;
            }

            if (ReadPlace(place) is { } holder
                && await FindAsync(form.ConversationId, holder, cancellationToken) is { IsOpen: true })
            {
                return holder;
            }

            if (await stores.Data.ReplaceAsync(new StoreRecord { Key = key, Version = place.Version, Body = body }, cancellationToken))
            {
                return form.RequestId;
            }
        }

        throw new SecureChatStoreException(stores.Data.Description.Name, "replace-contended", isTransient: true);
    }

    private async ValueTask<SecureChatError?> MirrorSubmissionAsync(
        FormRecord form,
        string submissionId,
        string consentId,
        IReadOnlyList<SealField> fields,
        SealResult result,
        CancellationToken cancellationToken)
    {
        // Only the id and the life are the vault's to say. What is shown beside a value is ours: a vault that answers with the value
        // itself as its preview must not put it into the transcript.
        List<FormValue> values = [.. fields.Select(field =>
        {
            SealedValue value = result.Values.First(value => string.Equals(value.FieldKey, field.FieldKey, StringComparison.Ordinal));
            return new FormValue
            {
                ValueId = value.ValueId,
                FieldKey = field.FieldKey,
                Label = field.Label,
                DataClass = field.DataClass,
                Preview = field.MaskedPreview,
                ExpiresAt = value.ExpiresAt,
                SingleDelivery = field.SingleDelivery,
            };
        })];
        FormTransition? transition = await forms.ApplyAsync(
            form.ConversationId,
            form.RequestId,
            new FormCommand.Submit { SubmissionId = submissionId, ConsentId = consentId, Values = values, IsExternal = true },
            cancellationToken);
        if (transition?.Outcome is FormOutcome.Done or FormOutcome.Already)
        {
            return null;
        }

        // The form was cancelled or expired, or another submission won, while the vault sealed: what it holds of this one must not
        // outlive the refusal, and what it holds of the other one must.
        await DestroyAtVaultAsync(form, result, CancellationToken.None);
        return transition?.Outcome == FormOutcome.OtherSubmission ? SecureChatErrors.SubmissionMismatch : SecureChatErrors.FormNotOpen;
    }
}
