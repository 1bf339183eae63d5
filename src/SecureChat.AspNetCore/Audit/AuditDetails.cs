using System.Security.Cryptography;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// The erasable half of the log. A row holds the detail and a random key; the entry holds HMAC-SHA256(key, detail). While the row
/// is there the log proves what it says; once it is erased the commitment that stays behind can be matched with nothing, not even
/// by somebody who guesses the text (a plain hash of a name could be). Erasing never touches the chain (E30, E52).
/// </summary>
internal sealed class AuditDetails(GuardedRecordStore store, AuditDetailSealing? sealing)
{
    /// <summary>Partition of details that belong to no conversation.</summary>
    public const string HostPartition = "host";

    private const int KeySize = 32;

    /// <summary>Stores a detail, before the entry that points to it: an entry never names a row that was not there.</summary>
    public async ValueTask<AuditDetailReference> InsertAsync(string? conversationId, AuditDetail detail, CancellationToken cancellationToken)
    {
        string id = SecureChatId.New();
        string partition = conversationId ?? HostPartition;
        byte[] plain = JsonSerializer.SerializeToUtf8Bytes(detail, SecureChatJson.Options);
        byte[] key = RandomNumberGenerator.GetBytes(KeySize);

        // The commitment's key is hidden with the detail: beside a commitment it lets a name or a reason be guessed.
        byte[] both = [.. key, .. plain];
        try
        {
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(
                new Row
                {
                    V = 1,
                    Key = sealing is null ? key : [],
                    IsSealed = sealing is not null,
                    Detail = sealing is null ? plain : await sealing.SealAsync(partition, id, both, cancellationToken),
                },
                SecureChatJson.Options);
            bool inserted = await store.InsertAsync(new StoreRecord { Key = KeyOf(partition, id), Body = body }, cancellationToken);
            return inserted
                ? new AuditDetailReference(id, Convert.ToHexStringLower(HMACSHA256.HashData(key, plain)))
                : throw new SecureChatException(SecureChatErrors.AuditUnavailable);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
            CryptographicOperations.ZeroMemory(both);
        }
    }

    /// <summary>The detail of an entry; <see langword="null"/> when it has none or it was erased.</summary>
    /// <exception cref="SecureChatException"><c>SC5003</c>: the row is not the one the entry commits to.</exception>
    public async ValueTask<AuditDetail?> FindAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        if (entry.DetailId is null)
        {
            return null;
        }

        string partition = entry.ConversationId ?? HostPartition;
        StoreRecord? record = await store.GetAsync(KeyOf(partition, entry.DetailId), cancellationToken);
        if (record is null)
        {
            return null;
        }

        byte[]? key = null, plain = null, both = null;
        try
        {
            Row row = JsonSerializer.Deserialize<Row>(record.Body.Span, SecureChatJson.Options) ?? throw new JsonException();
            key = row.Key;
            plain = row.Detail;
            if (row.IsSealed)
            {
                if (sealing is null)
                {
                    throw new SecureChatException(SecureChatErrors.KeyUnavailable);
                }

                if (await sealing.OpenAsync(partition, entry.DetailId, row.Detail, cancellationToken) is not { } opened)
                {
                    // The key went first; the row is on its way.
                    return null;
                }

                both = opened;
                key = both[..Math.Min(KeySize, both.Length)];
                plain = both[key.Length..];
            }

            if (row.V != 1
                || entry.DetailCommitment is null
                || !CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, plain), Convert.FromHexString(entry.DetailCommitment)))
            {
                throw new SecureChatException(SecureChatErrors.AuditBroken, $"(detail of entry {entry.Sequence})");
            }

            return JsonSerializer.Deserialize<AuditDetail>(plain, SecureChatJson.Options);
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            throw new SecureChatException(SecureChatErrors.AuditBroken, $"(detail of entry {entry.Sequence})");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
            CryptographicOperations.ZeroMemory(both);
        }
    }

    /// <summary>Erases the details of a conversation: the key first, which ends all copies, then the rows. Safe to repeat.</summary>
    public async ValueTask<int> EraseAsync(string? conversationId, CancellationToken cancellationToken)
    {
        string partition = conversationId ?? HostPartition;
        if (sealing?.EraseAsync is { } eraseKey)
        {
            await eraseKey(partition, cancellationToken);
        }

        return await store.DeletePartitionAsync(RecordKinds.AuditDetail, partition, cancellationToken);
    }

    private static RecordKey KeyOf(string partition, string id) => new() { Kind = RecordKinds.AuditDetail, Partition = partition, Id = id };

    private sealed class Row
    {
        public required int V { get; init; }

        public required byte[] Key { get; init; }

        public required bool IsSealed { get; init; }

        public required byte[] Detail { get; init; }

        public override string ToString() => nameof(Row);
    }
}

/// <summary>What an entry keeps of its detail.</summary>
internal sealed class AuditDetailReference(string id, string commitment)
{
    public string Id { get; } = id;

    public string Commitment { get; } = commitment;

    public override string ToString() => nameof(AuditDetailReference);
}
