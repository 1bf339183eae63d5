namespace SecureChat.AspNetCore;

/// <summary>
/// Brings everything that hangs on a key-encryption key under the newest one: wrapped keys in the key store, MACs of records in the data
/// store, the canary. Row by row by compare-and-set, each read back and opened, while hosts work; what a crash leaves undone the next run does.
/// </summary>
/// <remarks>
/// A store lists what is due, and what lies in a partition. All that lives is due once; a conversation that is over and forgotten is not, but
/// the audit log names it, so both together name every conversation there is.
/// </remarks>
internal sealed class KeyRewrap(
    SecureChatStores stores, KeyRing ring, RecordMacs macs, ReleaseKeys releaseKeys, ConversationKeys conversationKeys, AuditDetailKeys detailKeys, Pseudonyms pseudonyms, AuditLog audit)
{
    private const int MaxConflicts = 64;

    private static readonly string[] DataKinds = [RecordKinds.Conversation, RecordKinds.Form, RecordKinds.KeptValue];
    private static readonly string[] KeyKinds = [RecordKinds.ConversationKey, RecordKinds.ReleaseKey, RecordKinds.AuditDetailKey];

    /// <summary>How many rows each version holds. Rows of a version that is destroyed open nothing and hold nothing.</summary>
    public async ValueTask<SortedDictionary<int, long>> CountAsync(CommandProgress? progress, CancellationToken cancellationToken)
    {
        var rows = new SortedDictionary<int, long>();
        await foreach ((GuardedRecordStore _, StoreRecord record) in WalkAsync(progress, cancellationToken))
        {
            if (VersionOf(record) is { } version)
            {
                rows[version] = rows.GetValueOrDefault(version) + 1;
            }
        }

        return rows;
    }

    /// <summary>Rewraps what is not under the newest version.</summary>
    /// <returns>How many rows were changed, and how many cannot be opened and stay as they are.</returns>
    public async ValueTask<(long Changed, long Unreadable)> RunAsync(CommandProgress? progress, CancellationToken cancellationToken)
    {
        long changed = 0, unreadable = 0;
        await foreach ((GuardedRecordStore store, StoreRecord record) in WalkAsync(progress, cancellationToken))
        {
            switch (await RewrapAsync(store, record, cancellationToken))
            {
                case true:
                    changed++;
                    break;
                case null:
                    unreadable++;
                    break;
            }
        }

        await ring.ReplantCanaryAsync(cancellationToken);
        return (changed, unreadable);
    }

    /// <summary>
    /// Rewraps what the hosts themselves need to work: canary, pseudonym keys, the key of details without a conversation. Without them nothing
    /// can be audited, and so nothing done.
    /// </summary>
    public async ValueTask RewrapHostAsync(CancellationToken cancellationToken)
    {
        await ring.ReplantCanaryAsync(cancellationToken);
        await foreach (StoreRecord record in HostRecordsAsync(cancellationToken))
        {
            await RewrapAsync(stores.Keys, record, cancellationToken);
        }
    }

    public override string ToString() => nameof(KeyRewrap);

    private static bool IsMac(string kind) => kind is RecordKinds.Conversation or RecordKinds.Form or RecordKinds.KeptValue or RecordKinds.StepUp;

    private static int? VersionOf(StoreRecord record) =>
        IsMac(record.Key.Kind) ? RecordMacs.VersionOf(record.Body.Span) : WrappedKey.TryReadVersion(record.Body.Span, out int version) ? version : null;

    private static string NameOf(StoreRecord record) => $"{record.Key.Kind}/{record.Key.Partition}/{record.Key.Id}";

    private byte[] DataOf(RecordKey key) => key.Kind switch
    {
        RecordKinds.ReleaseKey => releaseKeys.DataOf(key.Partition, key.Id),
        RecordKinds.ConversationKey => conversationKeys.KeyDataOf(key.Partition),
        RecordKinds.AuditDetailKey => detailKeys.KeyDataOf(key.Partition),
        _ => pseudonyms.KeyDataOf(key.Id),
    };

    /// <summary>True: changed and read back. False: nothing to do. Null: nobody can open it.</summary>
    private async ValueTask<bool?> RewrapAsync(GuardedRecordStore store, StoreRecord record, CancellationToken cancellationToken)
    {
        StoreRecord? current = record;
        for (int i = 0; i < MaxConflicts; i++)
        {
            if (current is null || VersionOf(current) == ring.CurrentVersion)
            {
                // Deleted meanwhile, or written anew by a host: both are as good.
                return false;
            }

            if (Anew(current) is not { } body)
            {
                return null;
            }

            if (await store.ReplaceAsync(new StoreRecord { Key = current.Key, Version = current.Version, DueAt = current.DueAt, Body = body }, cancellationToken))
            {
                // A host may have written since; what it wrote is under the newest version too.
                StoreRecord? stored = await store.GetAsync(current.Key, cancellationToken);
                return stored is null || (VersionOf(stored) == ring.CurrentVersion && Opens(stored))
                    ? true
                    : throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(what was written does not open: {NameOf(stored)})");
            }

            current = await store.GetAsync(current.Key, cancellationToken);
        }

        throw new SecureChatStoreException(store.Description.Name, "replace-contended", isTransient: true);
    }

    private byte[]? Anew(StoreRecord record)
    {
        if (!IsMac(record.Key.Kind))
        {
            return ring.Rewrap(record.Body.ToArray(), DataOf(record.Key));
        }

        return Opens(record) ? macs.Write(record.Key, RecordMacs.Json(record.Body.Span)) : null;
    }

    private bool Opens(StoreRecord record)
    {
        if (IsMac(record.Key.Kind))
        {
            try
            {
                macs.Check(record);
                return true;
            }
            catch (SecureChatException fault) when (fault.Error == SecureChatErrors.RecordChanged)
            {
                return false;
            }
        }

        bool opens = ring.TryUnwrap(record.Body.Span, DataOf(record.Key), out byte[] key);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        return opens;
    }

    /// <summary>Every row that hangs on a key-encryption key, once or more.</summary>
    private async IAsyncEnumerable<(GuardedRecordStore Store, StoreRecord Record)> WalkAsync(
        CommandProgress? progress, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<string> conversations = await ConversationsAsync(cancellationToken);
        long done = 0;
        foreach (string conversation in conversations)
        {
            foreach ((GuardedRecordStore store, string[] kinds) in new[] { (stores.Data, DataKinds), (stores.Keys, KeyKinds) })
            {
                foreach (string kind in kinds)
                {
                    await foreach (StoreRecord record in PartitionAsync(store, kind, conversation, cancellationToken))
                    {
                        yield return (store, record);
                    }
                }
            }

            progress?.Report(++done, conversations.Count);
        }

        await foreach (StoreRecord ticket in LivingRecords.ListAsync(stores.Data, RecordKinds.StepUp, cancellationToken))
        {
            yield return (stores.Data, ticket);
        }

        await foreach (StoreRecord record in HostRecordsAsync(cancellationToken))
        {
            yield return (stores.Keys, record);
        }
    }

    private async IAsyncEnumerable<StoreRecord> HostRecordsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string kind in new[] { RecordKinds.PseudonymKey, RecordKinds.AuditDetailKey })
        {
            await foreach (StoreRecord record in PartitionAsync(stores.Keys, kind, KeyRing.HostPartition, cancellationToken))
            {
                yield return record;
            }
        }
    }

    private async ValueTask<HashSet<string>> ConversationsAsync(CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach ((GuardedRecordStore store, string kind) in new[]
            { (stores.Data, RecordKinds.Conversation), (stores.Data, RecordKinds.Form), (stores.Data, RecordKinds.KeptValue), (stores.Keys, RecordKinds.ReleaseKey) })
        {
            await foreach (StoreRecord record in LivingRecords.ListAsync(store, kind, cancellationToken))
            {
                found.Add(record.Key.Partition);
            }
        }

        const int Page = 1000;
        long last = 0;
        IReadOnlyList<AuditEntry> entries;
        do
        {
            entries = await audit.ListAsync(last, Page, cancellationToken);
            found.UnionWith(entries.Select(static entry => entry.ConversationId).OfType<string>());
            last = entries.Count > 0 ? entries[^1].Sequence : last;
        }
        while (entries.Count == Page);
        return found;
    }

    private static async IAsyncEnumerable<StoreRecord> PartitionAsync(
        GuardedRecordStore store, string kind, string partition, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await store.ListAsync(new RecordQuery { Kind = kind, Partition = partition, AfterId = after }, cancellationToken);
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (StoreRecord record in page)
            {
                yield return record;
            }

            after = page[^1].Key.Id;
        }
    }
}
