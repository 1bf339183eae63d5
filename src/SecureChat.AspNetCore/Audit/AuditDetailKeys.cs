using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// One key per partition of detail rows (a conversation's, or the host's), in the key store. Not the conversation's own: a transcript may
/// be destroyed long before the record of who asked for what, and why. Destroying one erases the rows in every copy of the data store,
/// backups included (E30). Keys are not cached: a detail is written a few times in a conversation.
/// </summary>
internal sealed class AuditDetailKeys(SecureChatStores stores, KeyRing ring, ApplicationIdentity application)
{
    public const int SaltLength = 16;

    private const string KeyId = "key";
    private const int MaxConflicts = 16;

    internal static ReadOnlySpan<byte> Magic => "SCA1"u8;

    public AuditDetailSealing ToSealing() => new() { SealAsync = SealAsync, OpenAsync = OpenAsync, EraseAsync = EraseAsync };

    public override string ToString() => nameof(AuditDetailKeys);

    /// <summary>With a given salt: for known answers only, a salt must never be used twice.</summary>
    internal static byte[] Seal(
        ReadOnlySpan<byte> key, string applicationId, string partition, string rowId, ReadOnlySpan<byte> detail, ReadOnlySpan<byte> salt) =>
        CommittedAead.Seal(Magic, salt, key, RowDataOf(applicationId, partition, rowId), detail);

    private static RecordKey KeyOf(string partition) => new() { Kind = RecordKinds.AuditDetailKey, Partition = partition, Id = KeyId };

    private static byte[] RowDataOf(string applicationId, string partition, string rowId) =>
        AssociatedData.Build("SecureChat audit detail v1", applicationId, partition, rowId);

    private async ValueTask<byte[]> SealAsync(string partition, string rowId, ReadOnlyMemory<byte> detail, CancellationToken cancellationToken)
    {
        byte[] key = await TakeAsync(partition, cancellationToken);
        try
        {
            return CommittedAead.Seal(Magic, SaltLength, key, RowDataOf(application.Value, partition, rowId), detail.Span);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private async ValueTask<byte[]?> OpenAsync(string partition, string rowId, ReadOnlyMemory<byte> sealedDetail, CancellationToken cancellationToken)
    {
        StoreRecord? record = await stores.Keys.GetAsync(KeyOf(partition), cancellationToken);
        if (record is null)
        {
            return null;
        }

        byte[] key = ring.Unwrap(record.Body.Span, KeyDataOf(partition));
        try
        {
            int length = CommittedAead.PlaintextLength(SaltLength, sealedDetail.Length);
            byte[] detail = length < 0 ? [] : new byte[length];
            return length >= 0 && CommittedAead.TryOpen(Magic, SaltLength, key, RowDataOf(application.Value, partition, rowId), sealedDetail.Span, detail)
                ? detail
                : throw new SecureChatException(SecureChatErrors.Undecryptable);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private async ValueTask EraseAsync(string partition, CancellationToken cancellationToken) =>
        await stores.Keys.DeletePartitionAsync(RecordKinds.AuditDetailKey, partition, cancellationToken);

    /// <summary>The partition's key, made when it has none. The caller zeroes it.</summary>
    private async ValueTask<byte[]> TakeAsync(string partition, CancellationToken cancellationToken)
    {
        for (int i = 0; i < MaxConflicts; i++)
        {
            StoreRecord? record = await stores.Keys.GetAsync(KeyOf(partition), cancellationToken);
            if (record is not null && ring.TryUnwrap(record.Body.Span, KeyDataOf(partition), out byte[] known))
            {
                return known;
            }

            // None yet, or one that nobody can open any more (`keys abandon`): what it sealed is lost, and the log must go on.
            byte[] fresh = ReleaseKeys.New();
            var wrapped = new StoreRecord { Key = KeyOf(partition), Version = record?.Version ?? 0, Body = ring.Wrap(fresh, KeyDataOf(partition)) };
            bool isStored = false;
            try
            {
                isStored = record is null
                    ? await stores.Keys.InsertAsync(wrapped, cancellationToken)
                    : await stores.Keys.ReplaceAsync(wrapped, cancellationToken);
                if (isStored)
                {
                    return fresh;
                }
            }
            finally
            {
                if (!isStored)
                {
                    CryptographicOperations.ZeroMemory(fresh);
                }
            }
        }

        throw new SecureChatStoreException(stores.Keys.Description.Name, "insert", isTransient: true);
    }

    internal byte[] KeyDataOf(string partition) => AssociatedData.Build("SecureChat audit detail key v1", application.Value, partition);
}
