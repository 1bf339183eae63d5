using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// Values between the masker and a consent: what a visitor wrote into the chat and a policy seals. Each lies in a record of its own, under a
/// release key of its own, so that no claim can name it: only a submission with the consent for its form opens it, and it dies with its
/// form, with its conversation, or when its time ends.
/// </summary>
internal sealed class KeptValues(
    SecureChatStores stores, ReleaseKeys keys, RecordMacs macs, ApplicationIdentity application, AuditLog audit, IOptions<SecureChatOptions> options, TimeProvider time)
{
    private readonly TimeSpan _life = options.Value.Lifetimes.KeptValue;

    /// <summary>Seals a piece for a field of an open form. What was kept for the field before is destroyed.</summary>
    public async ValueTask KeepAsync(FormRecord form, SecureFormField field, string preview, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        var kept = new KeptValue
        {
            ConversationId = form.ConversationId,
            RequestId = form.RequestId,
            ValueId = SecureChatId.New(),
            FieldKey = field.Key,
            DataClass = field.DataClass,
            Preview = preview,
            KeptAt = now,
            ExpiresAt = now + _life,
        };

        byte[] key = ReleaseKeys.New();
        try
        {
            // The key first, as for every sealed value: what a crash leaves is a key that opens nothing, which the sweeper removes.
            if (!await keys.PutAsync(kept.ConversationId, kept.ValueId, key, now + ReleaseKeys.OrphanGrace, cancellationToken))
            {
                throw new SecureChatStoreException(stores.Keys.Description.Name, "insert", isTransient: true);
            }

            // Before it can be handed over: a log that takes no entry keeps nothing.
            await audit.AppendAsync(FactOf(kept, AuditAction.ValueKept, ParticipantRole.Visitor, 1), cancellationToken);
            KeptValue complete = kept with { Ciphertext = ValueCipher.Seal(key, ContextOf(kept), value.Span) };
            if (time.GetUtcNow() - now > ReleaseKeys.OrphanGrace / 2 || !await stores.Data.InsertAsync(Write(complete, version: 0), cancellationToken))
            {
                throw new SecureChatStoreException(stores.Data.Description.Name, "insert", isTransient: true);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }

        // One stays, and for two messages at once the same one: all but the newest go.
        KeptValue[] all = [.. (await ListAllAsync(form.ConversationId, cancellationToken))
            .Where(other => IsOf(other, form.RequestId) && IsAnswer(other, field.Key) && other.Ciphertext is not null)
            .OrderBy(static other => other.KeptAt).ThenBy(static other => other.ValueId, StringComparer.Ordinal)];
        foreach (KeptValue older in all.SkipLast(1))
        {
            await DestroyAsync(older, DestroyReason.Replaced, cancellationToken);
        }
    }

    /// <summary>What is kept for a form now: at most one value for a field.</summary>
    public async ValueTask<IReadOnlyList<KeptValue>> ListAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        return [.. (await ListAllAsync(conversationId, cancellationToken))
            .Where(kept => IsOf(kept, requestId) && kept.Ciphertext is not null && kept.ExpiresAt > now)
            .GroupBy(static kept => kept.FieldKey, StringComparer.Ordinal)
            .Select(static group => group.OrderBy(static kept => kept.KeptAt).ThenBy(static kept => kept.ValueId, StringComparer.Ordinal).Last())];
    }

    /// <summary>The value, which the caller zeroes; <see langword="null"/> when it is gone. For the submission of its form alone, once the visitor agreed.</summary>
    public async ValueTask<byte[]?> OpenAsync(KeptValue kept, CancellationToken cancellationToken)
    {
        byte[]? key = await keys.FindAsync(kept.ConversationId, kept.ValueId, cancellationToken);
        if (key is null || kept.Ciphertext is null)
        {
            return null;
        }

        try
        {
            return ValueCipher.TryOpen(key, ContextOf(kept), kept.Ciphertext, out byte[] value) ? value : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Destroys what is kept for a form that is not open any more.</summary>
    public async ValueTask EndAsync(FormRecord form, CancellationToken cancellationToken)
    {
        DestroyReason reason = form.State switch
        {
            FormRequestState.Submitted => DestroyReason.Replaced,
            FormRequestState.Declined => DestroyReason.Withdrawn,
            FormRequestState.Cancelled => DestroyReason.Cancelled,
            _ => DestroyReason.Expired,
        };
        foreach (KeptValue kept in await ListAllAsync(form.ConversationId, cancellationToken))
        {
            if (IsOf(kept, form.RequestId) && kept.Ciphertext is not null)
            {
                await DestroyAsync(kept, reason, cancellationToken);
            }
        }
    }

    /// <summary>Destroys a value whose time ended, and finishes what a crash left of another end.</summary>
    public ValueTask SettleAsync(KeptValue due, CancellationToken cancellationToken) => DestroyAsync(due, DestroyReason.Expired, cancellationToken);

    /// <summary>Until when the key of a value that is kept is needed; <see langword="null"/> when no such value is kept.</summary>
    public async ValueTask<DateTimeOffset?> NeededUntilAsync(string conversationId, string valueId, CancellationToken cancellationToken) =>
        await stores.Data.GetAsync(KeyOf(conversationId, valueId), cancellationToken) is { } record && Read(record) is { Ciphertext: not null } kept ? kept.ExpiresAt : null;

    /// <summary>Destroys whatever is still kept in a conversation, and finishes what another end left.</summary>
    /// <exception cref="SecureChatStoreException"><c>SC3001</c>: one of them still owes its destruction.</exception>
    public async ValueTask EndAllAsync(string conversationId, CancellationToken cancellationToken)
    {
        foreach (KeptValue kept in await ListAllAsync(conversationId, cancellationToken))
        {
            await DestroyAsync(kept, DestroyReason.ConversationEnded, cancellationToken);
        }

        if ((await ListAllAsync(conversationId, cancellationToken)).Count > 0)
        {
            throw new SecureChatStoreException(stores.Data.Description.Name, "delete", isTransient: true);
        }
    }

    /// <summary>For <c>keys abandon</c>: forgets every record of a conversation whose keys are destroyed and told of, whether or not it can be read.</summary>
    public async ValueTask ForgetAllAsync(string conversationId, CancellationToken cancellationToken) =>
        await stores.Data.DeletePartitionAsync(RecordKinds.KeptValue, conversationId, cancellationToken);

    /// <summary>The value a record holds.</summary>
    /// <exception cref="SecureChatStoreException"><c>SC3001</c>: it holds none, or another place's.</exception>
    /// <exception cref="SecureChatException"><c>SC3009</c>: somebody else wrote it.</exception>
    public KeptValue Read(StoreRecord record)
    {
        KeptValue? kept;
        try
        {
            kept = JsonSerializer.Deserialize<KeptValue>(RecordMacs.Json(record.Body.Span), SecureChatJson.Options);
        }
        catch (JsonException fault)
        {
            throw new SecureChatStoreException("kept-value", "read", isTransient: false, fault);
        }

        if (kept is null
            || !string.Equals(kept.ConversationId, record.Key.Partition, StringComparison.Ordinal)
            || !string.Equals(kept.ValueId, record.Key.Id, StringComparison.Ordinal))
        {
            throw new SecureChatStoreException("kept-value", "read", isTransient: false);
        }

        macs.Check(record);
        return kept;
    }

    public override string ToString() => nameof(KeptValues);

    private static RecordKey KeyOf(string conversationId, string valueId) =>
        new() { Kind = RecordKinds.KeptValue, Partition = conversationId, Id = valueId };

    private static bool IsOf(KeptValue kept, string requestId) => string.Equals(kept.RequestId, requestId, StringComparison.Ordinal);

    private static bool IsAnswer(KeptValue kept, string fieldKey) => string.Equals(kept.FieldKey, fieldKey, StringComparison.Ordinal);

    private static AuditFact FactOf(KeptValue kept, AuditAction action, ParticipantRole actor, long number, DestroyReason? reason = null) => new()
    {
        Id = SecureChatId.Derive(kept.ValueId, number),
        Action = action,
        Outcome = AuditOutcome.Succeeded,
        Actor = actor,
        ConversationId = kept.ConversationId,
        RequestId = kept.RequestId,
        ValueIds = [kept.ValueId],
        Reason = reason,
    };

    private async ValueTask<List<KeptValue>> ListAllAsync(string conversationId, CancellationToken cancellationToken)
    {
        var found = new List<KeptValue>();
        string? after = null;
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await stores.Data.ListAsync(
                new RecordQuery { Kind = RecordKinds.KeptValue, Partition = conversationId, AfterId = after }, cancellationToken);
            if (page.Count == 0)
            {
                return found;
            }

            found.AddRange(page.Select(Read));
            after = page[^1].Key.Id;
        }
    }

    /// <summary>
    /// Ciphertext out of the record, key out of the key store, old copies out of the files, and only then the log says "destroyed" and the record
    /// goes. Every step may be repeated; until the last the record is due, so the sweeper finishes what is not.
    /// </summary>
    private async ValueTask DestroyAsync(KeptValue kept, DestroyReason reason, CancellationToken cancellationToken)
    {
        RecordKey key = KeyOf(kept.ConversationId, kept.ValueId);
        if (await stores.Data.GetAsync(key, cancellationToken) is not { } record)
        {
            return;
        }

        KeptValue stored = Read(record);
        reason = stored.Reason ?? reason;
        if (stored.Ciphertext is null && kept.Ciphertext is not null)
        {
            // Somebody else is at it, and would say it a second time.
            return;
        }

        if (stored.Ciphertext is not null
            && !await stores.Data.ReplaceAsync(Write(stored with { Ciphertext = null, Reason = reason }, record.Version), cancellationToken))
        {
            // Nobody rewrites these but another end, which is as good as this one and finishes itself.
            return;
        }

        await keys.DestroyAsync(kept.ConversationId, kept.ValueId, cancellationToken);
        ScrubResult keysScrubbed = await stores.Keys.ScrubAsync(cancellationToken);
        ScrubResult dataScrubbed = await stores.Data.ScrubAsync(cancellationToken);
        if (keysScrubbed != ScrubResult.Complete || dataScrubbed != ScrubResult.Complete)
        {
            return;
        }

        await audit.AppendAsync(FactOf(kept, AuditAction.ValuesDestroyed, ParticipantRole.System, 2, reason), cancellationToken);
        if (await stores.Data.GetAsync(key, cancellationToken) is { } left)
        {
            await stores.Data.DeleteAsync(key, left.Version, cancellationToken);
        }
    }

    // Another policy than that of a submitted value: a ciphertext that somebody puts into a form's record does not open there.
    private ValueContext ContextOf(KeptValue kept) => new()
    {
        ApplicationId = application.Value,
        ConversationId = kept.ConversationId,
        RequestId = kept.RequestId,
        ValueId = kept.ValueId,
        FieldKey = kept.FieldKey,
        DataClass = kept.DataClass,
        Policy = string.Create(CultureInfo.InvariantCulture, $"{kept.ExpiresAt.ToUnixTimeMilliseconds()}/kept"),
    };

    private StoreRecord Write(KeptValue kept, long version) => new()
    {
        Key = KeyOf(kept.ConversationId, kept.ValueId),
        Version = version,

        // What is being destroyed is the sweeper's when a crash came between.
        DueAt = kept.Ciphertext is null ? time.GetUtcNow() + FormStateMachine.Grace : kept.ExpiresAt,
        Body = macs.Write(KeyOf(kept.ConversationId, kept.ValueId), JsonSerializer.SerializeToUtf8Bytes(kept, SecureChatJson.Options)),
    };
}
