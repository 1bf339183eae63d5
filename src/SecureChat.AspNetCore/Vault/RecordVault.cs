using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// The default vault: ciphertext in the form's record, one release key per value in the key store. Two stores, so there is no
/// transaction over them; every step is idempotent, and the sweeper finishes what a crash left.
/// </summary>
internal sealed class RecordVault(
    FormRecords forms, ReleaseKeys keys, SecureChatStores stores, ApplicationIdentity application, TimeProvider time) : IVault
{
    public async ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        FormRecord? form = await forms.FindAsync(request.ConversationId, request.RequestId, cancellationToken);
        if (form is null)
        {
            return new SealResult { Outcome = SealOutcome.Refused };
        }

        // Decided once without keys, so that a repeat or a late submission leaves no key behind.
        DateTimeOffset now = time.GetUtcNow();
        SealResult? early = await AnswerAsync(FormStateMachine.Apply(form, Submit(request, []), now), request, cancellationToken);
        if (early is not null)
        {
            return early;
        }

        List<FormValue> values = [];
        FormTransition? transition = null;
        try
        {
            // Keys first: a crash after this leaves orphan keys, which open nothing and are swept. The other order could leave a
            // submission that was acknowledged and cannot be opened.
            foreach (SealField field in request.Fields)
            {
                values.Add(await SealFieldAsync(request, field, now, cancellationToken));
            }

            transition = await forms.ApplyAsync(
                request.ConversationId,
                request.RequestId,
                Submit(request, values),
                cancellationToken,
                _ =>
                {
                    // A sweeper may take keys for orphans once their grace is over: what took too long is tried again with new ones.
                    ThrowIf(time.GetUtcNow() - now > ReleaseKeys.OrphanGrace / 2, "put-slow");
                    return ValueTask.FromResult(true);
                });
        }
        finally
        {
            // Null also after a fault: then the outcome of the last write is unknown, the keys may be needed, and the sweeper decides.
            if (transition is not null && transition.Outcome != FormOutcome.Done)
            {
                foreach (FormValue value in values)
                {
                    await keys.DestroyAsync(request.ConversationId, value.ValueId, CancellationToken.None);
                }
            }
        }

        return await AnswerAsync(transition, request, cancellationToken)
            ?? new SealResult { Outcome = SealOutcome.Sealed, Values = Describe(transition!.Record) };
    }

    public async ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        // A receipt for other values is no receipt (P4).
        if (request.Intent.Action != AuditAction.RevealIntent
            || !string.Equals(request.Intent.RequestId, request.RequestId, StringComparison.Ordinal)
            || request.ValueIds.Any(id => !request.Intent.ValueIds.Contains(id, StringComparer.Ordinal)))
        {
            throw new SecureChatException(SecureChatErrors.AuditUnavailable);
        }

        FormTransition? transition = await forms.ApplyAsync(
            request.ConversationId,
            request.RequestId,
            new FormCommand.Claim
            {
                ValueIds = request.ValueIds,
                ClaimId = request.ClaimId,
                AgentId = request.AgentId,
                Role = request.Role,
                SessionId = request.SessionId,
                KeyThumbprint = request.Key.Thumbprint,
                Window = request.Window,
                Intent = request.Intent,
            },
            cancellationToken);
        if (transition is null)
        {
            return new ClaimResult { Outcome = ClaimOutcome.NotFound };
        }

        List<FormValue> values = [.. transition.Record.Values.Where(value => request.ValueIds.Contains(value.ValueId, StringComparer.Ordinal))];
        return new ClaimResult
        {
            Outcome = transition.Outcome switch
            {
                FormOutcome.Done => ClaimOutcome.Claimed,
                FormOutcome.Already => ClaimOutcome.AlreadyYours,
                FormOutcome.TakenByOther => ClaimOutcome.TakenByOther,
                FormOutcome.Gone => ClaimOutcome.Gone,
                _ => ClaimOutcome.NotFound,
            },
            Until = transition.Outcome is FormOutcome.Done or FormOutcome.Already ? values[0].Claim!.Until : null,
            Values = [.. values.Select(static value => value.Describe())],
        };
    }

    public async ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var envelopes = new Dictionary<string, ReleasedValue>(StringComparer.Ordinal);
        string? broken = null;
        FormTransition? transition = await forms.ApplyAsync(
            request.ConversationId,
            request.RequestId,
            new FormCommand.Release
            {
                ClaimId = request.ClaimId,
                AgentId = request.AgentId,
                SessionId = request.SessionId,
                KeyThumbprint = request.Key.Thumbprint,
            },
            cancellationToken,
            async decision =>
            {
                // Opened before the change is saved: a key store that is down must not cost the value. Nothing leaves this method
                // before the change is saved.
                foreach (FormValue value in decision.Released)
                {
                    if (!envelopes.ContainsKey(value.ValueId))
                    {
                        ReleasedValue? released = await OpenAsync(request, value, cancellationToken);
                        if (released is null)
                        {
                            broken = value.ValueId;
                            return false;
                        }

                        envelopes.Add(value.ValueId, released);
                    }
                }

                return true;
            });

        if (transition is null)
        {
            return new ReleaseResult { Outcome = ReleaseOutcome.NotFound };
        }

        if (broken is not null)
        {
            await DestroyAsync(
                new DestroyRequest
                {
                    ConversationId = request.ConversationId,
                    RequestId = request.RequestId,
                    ValueIds = [broken],
                    Reason = DestroyReason.Undecryptable,
                },
                cancellationToken);

            // A key that was not there may have gone with an end at the same moment: the record knows why, and only one of both is a fault.
            FormRecord? settled = await forms.FindAsync(request.ConversationId, request.RequestId, cancellationToken);
            return settled?.Value(broken) is { Reason: not DestroyReason.Undecryptable }
                ? new ReleaseResult { Outcome = ReleaseOutcome.Gone }
                : new ReleaseResult { Outcome = ReleaseOutcome.Undecryptable, DestroyedValueIds = [broken] };
        }

        switch (transition.Outcome)
        {
            case FormOutcome.NotFound:
                return new ReleaseResult { Outcome = ReleaseOutcome.NotFound };
            case FormOutcome.Elsewhere:
                return new ReleaseResult { Outcome = ReleaseOutcome.Elsewhere };
            case FormOutcome.Gone:
                return new ReleaseResult { Outcome = ReleaseOutcome.Gone };
        }

        // Single delivery: the key is destroyed before the answer leaves, so that there is no second answer to be had (P7).
        if (transition.Destroyed.Count > 0)
        {
            await FinishDestructionAsync(transition.Record, cancellationToken);
        }

        return new ReleaseResult
        {
            Outcome = ReleaseOutcome.Released,
            Values = [.. transition.Released.Select(value => envelopes[value.ValueId])],
            DestroyedValueIds = transition.Destroyed,
            Until = transition.Released[0].Claim!.Until,
        };
    }

    public async ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        FormTransition? transition = await forms.ApplyAsync(
            request.ConversationId,
            request.RequestId,
            new FormCommand.Acknowledge { ClaimId = request.ClaimId, AgentId = request.AgentId, SessionId = request.SessionId },
            cancellationToken);
        return await EndAsync(transition, cancellationToken);
    }

    public async ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        FormCommand command = request.DueOnly
            ? new FormCommand.Settle()
            : new FormCommand.Destroy { Reason = request.Reason, ValueIds = request.ValueIds, UnopenedOnly = request.UnopenedOnly };
        FormTransition? transition = await forms.ApplyAsync(request.ConversationId, request.RequestId, command, cancellationToken);
        return await EndAsync(transition, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        FormRecord? form = await forms.FindAsync(conversationId, requestId, cancellationToken);
        return form is null ? [] : Describe(FormStateMachine.Apply(form, new FormCommand.Settle(), time.GetUtcNow()).Record);
    }

    private static FormCommand.Submit Submit(SealRequest request, IReadOnlyList<FormValue> values) =>
        new() { SubmissionId = request.SubmissionId, ConsentId = request.ConsentId, Values = values };

    private static SealedValue[] Describe(FormRecord form) => [.. form.Values.Select(static value => value.Describe())];

    private ValueContext ContextOf(string conversationId, string requestId, FormValue value) => new()
    {
        ApplicationId = application.Value,
        ConversationId = conversationId,
        RequestId = requestId,
        ValueId = value.ValueId,
        FieldKey = value.FieldKey,
        DataClass = value.DataClass,

        // Life and delivery are part of what is authenticated: whoever edits the row cannot lengthen the one or repeat the other.
        Policy = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{value.ExpiresAt.ToUnixTimeMilliseconds()}/{(value.SingleDelivery ? "single" : "window")}"),
    };

    private async ValueTask<FormValue> SealFieldAsync(SealRequest request, SealField field, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var value = new FormValue
        {
            ValueId = SecureChatId.New(),
            FieldKey = field.FieldKey,
            Label = field.Label,
            DataClass = field.DataClass,
            Preview = field.MaskedPreview,
            ExpiresAt = now + field.LivesFor,
            SingleDelivery = field.SingleDelivery || field.DataClass == DataClass.AuthenticationData,
        };
        ValueContext context = ContextOf(request.ConversationId, request.RequestId, value);
        byte[] key = ReleaseKeys.New();
        try
        {
            // Due soon: until the form's record names the value, its key counts as an orphan; the sweeper looks before it acts.
            bool isPut = await keys.PutAsync(request.ConversationId, value.ValueId, key, now + ReleaseKeys.OrphanGrace, cancellationToken);

            // The id is new and random, so a store that has it already has another key for it, or does not tell the truth.
            ThrowIf(!isPut, "insert");
            return value with
            {
                Ciphertext = ValueCipher.Seal(key, context, field.Value.Span),
                Fingerprint = ValueCipher.Fingerprint(key, context, field.Value.Span),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The value, encrypted to the claiming browser; <see langword="null"/> when it can never be opened. A fault that may pass throws (E5).</summary>
    private async ValueTask<ReleasedValue?> OpenAsync(ReleaseRequest request, FormValue value, CancellationToken cancellationToken)
    {
        // The claim in the record is not authenticated, the life of the value is: a window that somebody wrote longer ends here.
        if (time.GetUtcNow() >= value.ExpiresAt + SecureChatLifetimes.LongestViewingWindow)
        {
            return null;
        }

        byte[]? key = await FindKeyAsync(request.ConversationId, value.ValueId, cancellationToken);
        if (key is null || value.Ciphertext is null)
        {
            return null;
        }

        byte[] plaintext = [];
        try
        {
            if (!ValueCipher.TryOpen(key, ContextOf(request.ConversationId, request.RequestId, value), value.Ciphertext, out plaintext))
            {
                return null;
            }

            return new ReleasedValue
            {
                ValueId = value.ValueId,
                FieldKey = value.FieldKey,
                Envelope = request.Sealer.Seal(value.ValueId, value.FieldKey, plaintext),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>The release key; <see langword="null"/> when it is gone or will never unwrap, which for its value is the same.</summary>
    private async ValueTask<byte[]?> FindKeyAsync(string conversationId, string valueId, CancellationToken cancellationToken)
    {
        try
        {
            return await keys.FindAsync(conversationId, valueId, cancellationToken);
        }
        catch (SecureChatException fault) when (fault.Error == SecureChatErrors.Undecryptable)
        {
            return null;
        }
    }

    private void ThrowIf(bool failed, string operation)
    {
        if (failed)
        {
            throw new SecureChatStoreException(stores.Keys.Description.Name, operation, isTransient: true);
        }
    }

    /// <summary>The answer to a submission that is not accepted now; <see langword="null"/> when it is (or would be).</summary>
    private async ValueTask<SealResult?> AnswerAsync(FormTransition? transition, SealRequest request, CancellationToken cancellationToken) =>
        transition?.Outcome switch
        {
            FormOutcome.Done => null,
            FormOutcome.Already => new SealResult
            {
                Outcome = await IsSameAsync(transition.Record, request, cancellationToken) ? SealOutcome.AlreadySealed : SealOutcome.Mismatch,
                Values = Describe(transition.Record),
            },
            FormOutcome.OtherSubmission => new SealResult { Outcome = SealOutcome.Mismatch },
            _ => new SealResult { Outcome = SealOutcome.Refused },
        };

    /// <summary>
    /// Compares a repeat with what is sealed, by fingerprint. A value whose key is destroyed cannot be compared any more and counts
    /// as equal: the repeat stores nothing and is answered with the tombstone.
    /// </summary>
    private async ValueTask<bool> IsSameAsync(FormRecord form, SealRequest request, CancellationToken cancellationToken)
    {
        if (form.Values.Count != request.Fields.Count)
        {
            return false;
        }

        foreach (FormValue value in form.Values)
        {
            SealField? field = request.Fields.FirstOrDefault(candidate => string.Equals(candidate.FieldKey, value.FieldKey, StringComparison.Ordinal));
            if (field is null)
            {
                return false;
            }

            if (value.Fingerprint is null || await FindKeyAsync(form.ConversationId, value.ValueId, cancellationToken) is not { } key)
            {
                continue;
            }

            try
            {
                byte[] fingerprint = ValueCipher.Fingerprint(key, ContextOf(form.ConversationId, form.RequestId, value), field.Value.Span);
                if (!CryptographicOperations.FixedTimeEquals(fingerprint, value.Fingerprint))
                {
                    return false;
                }
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
            }
        }

        return true;
    }

    private async ValueTask<DestroyResult> EndAsync(FormTransition? transition, CancellationToken cancellationToken)
    {
        if (transition is null || transition.Outcome is FormOutcome.NotFound or FormOutcome.Elsewhere)
        {
            return new DestroyResult { Found = false };
        }

        FormRecord form = await FinishDestructionAsync(transition.Record, cancellationToken);
        return new DestroyResult
        {
            Destroyed = [.. form.Values
                .Where(value => transition.Destroyed.Contains(value.ValueId, StringComparer.Ordinal))
                .Select(static value => value.Describe())],
            StillOpen = [.. form.Values.Where(static value => value.State == SealedValueState.Claimed).Select(static value => value.ValueId)],
            IsComplete = !form.Values.Any(static value => value.NeedsKeyDestruction),
        };
    }

    /// <summary>
    /// Ciphertext is gone from the record; now the keys, then the files, and only then <c>KeyDestroyedAt</c>. Until that is set
    /// nothing says "deleted", and the record stays due.
    /// </summary>
    private async ValueTask<FormRecord> FinishDestructionAsync(FormRecord form, CancellationToken cancellationToken)
    {
        string[] ids = [.. form.Values.Where(static value => value.NeedsKeyDestruction).Select(static value => value.ValueId)];
        if (ids.Length == 0)
        {
            return form;
        }

        foreach (string id in ids)
        {
            await keys.DestroyAsync(form.ConversationId, id, cancellationToken);
        }

        // Both are tried even if the first is busy: each truncation that succeeds is one copy less.
        ScrubResult keysScrubbed = await stores.Keys.ScrubAsync(cancellationToken);
        ScrubResult dataScrubbed = await stores.Data.ScrubAsync(cancellationToken);
        if (keysScrubbed != ScrubResult.Complete || dataScrubbed != ScrubResult.Complete)
        {
            return form;
        }

        FormTransition? transition = await forms.ApplyAsync(
            form.ConversationId, form.RequestId, new FormCommand.KeysDestroyed { ValueIds = ids }, cancellationToken);
        return transition?.Record ?? form;
    }
}
