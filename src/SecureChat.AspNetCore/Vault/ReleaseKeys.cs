using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// The release keys: 32 bytes per sealed value, in the key store, apart from the ciphertext. Destroying one makes every copy of
/// its value unreadable, backups of the data store included (E45). The caller scrubs the key store after a destruction.
/// </summary>
internal sealed class ReleaseKeys(SecureChatStores stores, KeyRing ring, ApplicationIdentity application)
{
    /// <summary>
    /// How long a key may lie in the key store before the sweeper asks whether a form uses it: longer than any submission takes,
    /// short enough that the key of a crashed one does not linger.
    /// </summary>
    public static readonly TimeSpan OrphanGrace = TimeSpan.FromMinutes(1);

    private const int MaxConflicts = 16;

    /// <summary>Stores a key if there is none for the value. False: there is one, and it was not changed.</summary>
    public ValueTask<bool> PutAsync(
        string conversationId, string valueId, ReadOnlyMemory<byte> key, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        stores.Keys.InsertAsync(
            new StoreRecord
            {
                Key = KeyOf(conversationId, valueId),
                DueAt = dueAt,
                Body = ring.Wrap(key.Span, DataOf(conversationId, valueId)),
            },
            cancellationToken);

    /// <summary>The key, which the caller zeroes, or null when there is none. Null is said only of a key that is gone.</summary>
    /// <exception cref="SecureChatStoreException"><c>SC3001</c>: the store failed; whether there is a key is unknown (E5).</exception>
    /// <exception cref="SecureChatException"><c>SC3002</c>: the key-encryption key is not on this host. <c>SC3006</c>: the record does not open.</exception>
    public async ValueTask<byte[]?> FindAsync(string conversationId, string valueId, CancellationToken cancellationToken)
    {
        StoreRecord? record = await stores.Keys.GetAsync(KeyOf(conversationId, valueId), cancellationToken);
        return record is null ? null : ring.Unwrap(record.Body.Span, DataOf(conversationId, valueId));
    }

    /// <summary>Destroys a key. True when this call did it, false when it was gone before; either way it is gone afterwards.</summary>
    public async ValueTask<bool> DestroyAsync(string conversationId, string valueId, CancellationToken cancellationToken)
    {
        RecordKey key = KeyOf(conversationId, valueId);
        for (int i = 0; i < MaxConflicts; i++)
        {
            StoreRecord? record = await stores.Keys.GetAsync(key, cancellationToken);
            if (record is null)
            {
                return false;
            }

            if (await stores.Keys.DeleteAsync(key, record.Version, cancellationToken))
            {
                return true;
            }
        }

        // Nobody rewrites release keys, so a conflict means "deleted by another host", and the next read says so. A store that
        // keeps answering otherwise is broken, and a key that may still be there must not be called destroyed.
        throw new SecureChatStoreException(stores.Keys.Description.Name, "delete", isTransient: true);
    }

    /// <summary>Destroys every release key of a conversation.</summary>
    public async ValueTask DestroyAllAsync(string conversationId, CancellationToken cancellationToken) =>
        await stores.Keys.DeletePartitionAsync(RecordKinds.ReleaseKey, conversationId, cancellationToken);

    /// <summary>Sets when the sweeper asks about a key again. The key itself stays as it is; one that is gone stays gone.</summary>
    public async ValueTask PostponeAsync(string conversationId, string valueId, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        StoreRecord? record = await stores.Keys.GetAsync(KeyOf(conversationId, valueId), cancellationToken);
        if (record is not null)
        {
            // A lost race is another host's answer to the same question, or the key's destruction.
            await stores.Keys.ReplaceAsync(
                new StoreRecord { Key = record.Key, Version = record.Version, DueAt = dueAt, Body = record.Body }, cancellationToken);
        }
    }

    /// <summary>A new release key in pinned memory. The caller zeroes it.</summary>
    public static byte[] New()
    {
        byte[] key = GC.AllocateUninitializedArray<byte>(KeyRing.KeyLength, pinned: true);
        RandomNumberGenerator.Fill(key);
        return key;
    }

    public override string ToString() => nameof(ReleaseKeys);

    private static RecordKey KeyOf(string conversationId, string valueId) =>
        new() { Kind = RecordKinds.ReleaseKey, Partition = conversationId, Id = valueId };

    internal byte[] DataOf(string conversationId, string valueId) =>
        AssociatedData.Build("SecureChat release key v1", application.Value, valueId, conversationId);
}
