using System.Globalization;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>The versions of the key-encryption key in the key store: one record each, named by its number, changed by compare-and-set.</summary>
internal sealed class KeyRecords(SecureChatStores stores)
{
    private const int MaxConflicts = 16;

    /// <summary>All versions, destroyed ones included, oldest first.</summary>
    /// <exception cref="SecureChatConfigurationException"><c>SC1005</c>: a record is damaged.</exception>
    public async ValueTask<List<KeyRecord>> ListAsync(CancellationToken cancellationToken) => [.. (await ListStoredAsync(cancellationToken)).Select(Read)];

    public ValueTask<bool> InsertAsync(KeyRecord key, CancellationToken cancellationToken) =>
        stores.Keys.InsertAsync(new StoreRecord { Key = KeyOf(key.Version), Body = Serialize(key) }, cancellationToken);

    /// <summary>Changes a version; answers what is stored now, or null when there is no such version.</summary>
    public async ValueTask<KeyRecord?> ChangeAsync(int version, Func<KeyRecord, KeyRecord> change, CancellationToken cancellationToken)
    {
        for (int i = 0; i < MaxConflicts; i++)
        {
            if (await stores.Keys.GetAsync(KeyOf(version), cancellationToken) is not { } stored)
            {
                return null;
            }

            KeyRecord changed = change(Read(stored));
            if (await stores.Keys.ReplaceAsync(new StoreRecord { Key = stored.Key, Version = stored.Version, Body = Serialize(changed) }, cancellationToken))
            {
                return changed;
            }
        }

        throw new SecureChatStoreException(stores.Keys.Description.Name, "replace", isTransient: true);
    }

    /// <summary>
    /// Takes the bytes of every version, damaged ones too; what is left marks the versions as used. Answers the newest, which may be the
    /// one that is only known from elsewhere (the key store itself was lost).
    /// </summary>
    public async ValueTask<int> GiveUpAllAsync(int known, string provider, CancellationToken cancellationToken)
    {
        List<StoreRecord> stored = await ListStoredAsync(cancellationToken);
        int last = stored.Select(VersionOf).Append(known).Max();
        foreach (StoreRecord record in stored)
        {
            int version = VersionOf(record);
            if (version <= 0)
            {
                await DeleteAsync(record, cancellationToken);
            }
            else
            {
                await GiveUpAsync(record, new KeyRecord { Version = version, Provider = provider }, cancellationToken);
            }
        }

        if (last > 0 && stored.TrueForAll(record => VersionOf(record) != last))
        {
            await InsertAsync(new KeyRecord { Version = last, Provider = provider }, cancellationToken);
        }

        return last;
    }

    public override string ToString() => nameof(KeyRecords);

    private static RecordKey KeyOf(int version) =>
        new() { Kind = RecordKinds.KeyEncryptionKey, Partition = KeyRing.HostPartition, Id = SequenceId.Format(version) };

    private static byte[] Serialize(KeyRecord key) => JsonSerializer.SerializeToUtf8Bytes(key, SecureChatJson.Options);

    private static int VersionOf(StoreRecord record) =>
        int.TryParse(record.Key.Id, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;

    private static KeyRecord Read(StoreRecord record)
    {
        KeyRecord? key = null;
        try
        {
            key = JsonSerializer.Deserialize<KeyRecord>(record.Body.Span, SecureChatJson.Options);
        }
        catch (JsonException)
        {
            // Said below.
        }

        return key is { Version: > 0 } && key.Version == VersionOf(record) ? key : throw KeyRing.Lost("a record of the key store is damaged");
    }

    private async ValueTask<List<StoreRecord>> ListStoredAsync(CancellationToken cancellationToken)
    {
        const int Page = 100;
        var records = new List<StoreRecord>();
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await stores.Keys.ListAsync(
                new RecordQuery
                {
                    Kind = RecordKinds.KeyEncryptionKey,
                    Partition = KeyRing.HostPartition,
                    AfterId = records.Count == 0 ? null : records[^1].Key.Id,
                    Limit = Page,
                },
                cancellationToken);
            records.AddRange(page);
            if (page.Count < Page)
            {
                return records;
            }
        }
    }

    private async ValueTask GiveUpAsync(StoreRecord record, KeyRecord marker, CancellationToken cancellationToken)
    {
        StoreRecord? current = record;
        for (int i = 0; current is not null && i < MaxConflicts; i++)
        {
            if (await stores.Keys.ReplaceAsync(new StoreRecord { Key = current.Key, Version = current.Version, Body = Serialize(marker) }, cancellationToken))
            {
                return;
            }

            current = await stores.Keys.GetAsync(record.Key, cancellationToken);
        }

        if (current is not null)
        {
            throw new SecureChatStoreException(stores.Keys.Description.Name, "replace", isTransient: true);
        }
    }

    private async ValueTask DeleteAsync(StoreRecord? record, CancellationToken cancellationToken)
    {
        for (int i = 0; record is not null && i < MaxConflicts; i++)
        {
            if (await stores.Keys.DeleteAsync(record.Key, record.Version, cancellationToken))
            {
                return;
            }

            record = await stores.Keys.GetAsync(record.Key, cancellationToken);
        }

        if (record is not null)
        {
            throw new SecureChatStoreException(stores.Keys.Description.Name, "delete", isTransient: true);
        }
    }
}
