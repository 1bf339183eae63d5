using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>Reads forms and saves what the state machine decides: one compare-and-set, read again on a conflict.</summary>
internal sealed class FormRecords(SecureChatStores stores, RecordMacs macs, TimeProvider time)
{
    // Far beyond any honest contention (a few writers per form); a store that never lets a write through must not spin for ever.
    private const int MaxConflicts = 256;

    public static RecordKey KeyOf(string conversationId, string requestId) =>
        new() { Kind = RecordKinds.Form, Partition = conversationId, Id = requestId };

    public async ValueTask<FormRecord?> FindAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        await stores.Data.GetAsync(KeyOf(conversationId, requestId), cancellationToken) is { } record ? Read(record) : null;

    /// <summary>All forms of a conversation, tombstones included.</summary>
    public async ValueTask<IReadOnlyList<FormRecord>> ListAsync(string conversationId, CancellationToken cancellationToken)
    {
        var forms = new List<FormRecord>();
        string? after = null;
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await stores.Data.ListAsync(
                new RecordQuery { Kind = RecordKinds.Form, Partition = conversationId, AfterId = after }, cancellationToken);
            if (page.Count == 0)
            {
                return forms;
            }

            forms.AddRange(page.Select(Read));
            after = page[^1].Key.Id;
        }
    }

    /// <summary>For <c>keys abandon</c>: writes every form of a conversation anew, under the key that is left. Idempotent.</summary>
    public async ValueTask RewriteAllAsync(string conversationId, CancellationToken cancellationToken)
    {
        string? after = null;
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await stores.Data.ListAsync(
                new RecordQuery { Kind = RecordKinds.Form, Partition = conversationId, AfterId = after }, cancellationToken);
            if (page.Count == 0)
            {
                return;
            }

            foreach (StoreRecord record in page)
            {
                after = record.Key.Id;
                try
                {
                    await stores.Data.ReplaceAsync(Write(Read(record), record.Version), cancellationToken);
                }
                catch (SecureChatStoreException fault) when (fault.InnerException is JsonException || fault.Operation == "read")
                {
                    // Counted where it was met before.
                }
            }
        }
    }

    public ValueTask<bool> InsertAsync(FormRecord form, CancellationToken cancellationToken) =>
        stores.Data.InsertAsync(Write(form, version: 0), cancellationToken);

    /// <summary>Removes a request that lost its place before it became visible.</summary>
    public async ValueTask RemoveUnconfirmedAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        StoreRecord? stored = await stores.Data.GetAsync(KeyOf(conversationId, requestId), cancellationToken);
        if (stored is not null && !Read(stored).IsConfirmed)
        {
            await stores.Data.DeleteAsync(stored.Key, stored.Version, cancellationToken);
        }
    }

    /// <summary>Deletes the forms of a conversation and the places they held.</summary>
    /// <exception cref="SecureChatStoreException"><c>SC3001</c>: one of them still owes the destruction of a key, or a fact.</exception>
    public async ValueTask DeleteAllAsync(string conversationId, CancellationToken cancellationToken)
    {
        foreach (FormRecord form in await ListAsync(conversationId, cancellationToken))
        {
            if (form.Pending.Count > 0 || form.Values.Any(static value => value.NeedsKeyDestruction || value.State != SealedValueState.Destroyed))
            {
                throw new SecureChatStoreException(stores.Data.Description.Name, "delete", isTransient: true);
            }
        }

        await stores.Data.DeletePartitionAsync(RecordKinds.OpenForm, conversationId, cancellationToken);
        await stores.Data.DeletePartitionAsync(RecordKinds.Form, conversationId, cancellationToken);
    }

    /// <summary>
    /// Decides and saves. <paramref name="before"/> runs before each save with the decision about to be saved, and may veto it by
    /// throwing; it must be repeatable.
    /// </summary>
    public async ValueTask<FormTransition?> ApplyAsync(
        string conversationId,
        string requestId,
        FormCommand command,
        CancellationToken cancellationToken,
        Func<FormTransition, ValueTask<bool>>? before = null)
    {
        RecordKey key = KeyOf(conversationId, requestId);
        for (int attempt = 0; attempt < MaxConflicts; attempt++)
        {
            StoreRecord? stored = await stores.Data.GetAsync(key, cancellationToken);
            if (stored is null)
            {
                return null;
            }

            FormTransition transition = FormStateMachine.Apply(Read(stored), command, time.GetUtcNow());
            if (before is not null && !await before(transition))
            {
                return transition;
            }

            if (!transition.IsChanged || await stores.Data.ReplaceAsync(Write(transition.Record, stored.Version), cancellationToken))
            {
                return transition;
            }
        }

        throw new SecureChatStoreException(stores.Data.Description.Name, "replace-contended", isTransient: true);
    }

    /// <summary>The form a record holds.</summary>
    /// <exception cref="SecureChatStoreException"><c>SC3001</c>: it holds none, or another place's.</exception>
    /// <exception cref="SecureChatException"><c>SC3009</c>: somebody else wrote it.</exception>
    public FormRecord Read(StoreRecord record)
    {
        FormRecord? form;
        try
        {
            form = JsonSerializer.Deserialize<FormRecord>(RecordMacs.Json(record.Body.Span), SecureChatJson.Options);
        }
        catch (JsonException fault)
        {
            throw new SecureChatStoreException("form", "read", isTransient: false, fault);
        }

        // A row copied to another conversation or request must not speak for it (E54).
        if (form is null
            || !string.Equals(form.ConversationId, record.Key.Partition, StringComparison.Ordinal)
            || !string.Equals(form.RequestId, record.Key.Id, StringComparison.Ordinal))
        {
            throw new SecureChatStoreException("form", "read", isTransient: false);
        }

        macs.Check(record);
        return form;
    }

    private StoreRecord Write(FormRecord form, long version) => new()
    {
        Key = KeyOf(form.ConversationId, form.RequestId),
        Version = version,
        DueAt = FormStateMachine.DueAt(form, time.GetUtcNow()),
        Body = macs.Write(KeyOf(form.ConversationId, form.RequestId), JsonSerializer.SerializeToUtf8Bytes(form, SecureChatJson.Options)),
    };
}
