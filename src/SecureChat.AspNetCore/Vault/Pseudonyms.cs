using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// Names people and addresses in records without naming them: HMAC-SHA256 under a random key per purpose, 128 bits, lower-case
/// hexadecimal. The same id has the same pseudonym on every host, unrelated ones for different purposes, and cannot be found by
/// trying ids without the key. Thread-safe.
/// </summary>
internal sealed class Pseudonyms(SecureChatStores stores, KeyRing ring, ApplicationIdentity application) : IDisposable
{
    private const int PseudonymBytes = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private bool _disposed;

    /// <summary>The pseudonym of an id.</summary>
    /// <param name="purpose">A name in code, never a caller's text: every purpose keeps a key.</param>
    /// <param name="id">What is to be named.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<string> ForAsync(string purpose, string id, CancellationToken cancellationToken)
    {
        Span<byte> key = stackalloc byte[KeyRing.KeyLength];
        try
        {
            return TryCopy(purpose, key)
                ? ValueTask.FromResult(Compute(key, application.Value, purpose, id))
                : LoadAndComputeAsync(purpose, id, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (byte[] key in _keys.Values)
            {
                CryptographicOperations.ZeroMemory(key);
            }

            _keys.Clear();
        }
    }

    public override string ToString() => nameof(Pseudonyms);

    internal static string Compute(ReadOnlySpan<byte> key, string applicationId, string purpose, string id)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, AssociatedData.Build("SecureChat pseudonym v1", applicationId, purpose, id), hash);
        return Convert.ToHexStringLower(hash[..PseudonymBytes]);
    }

    private async ValueTask<string> LoadAndComputeAsync(string purpose, string id, CancellationToken cancellationToken)
    {
        byte[] key = await LoadAsync(purpose, cancellationToken);
        try
        {
            string pseudonym = Compute(key, application.Value, purpose, id);
            lock (_lock)
            {
                if (!_disposed && _keys.TryAdd(purpose, key))
                {
                    key = [];
                }
            }

            return pseudonym;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private async ValueTask<byte[]> LoadAsync(string purpose, CancellationToken cancellationToken)
    {
        var recordKey = new RecordKey { Kind = RecordKinds.PseudonymKey, Partition = KeyRing.HostPartition, Id = purpose };
        byte[] data = KeyDataOf(purpose);

        StoreRecord? record = await stores.Keys.GetAsync(recordKey, cancellationToken);
        if (record is null)
        {
            byte[] fresh = ReleaseKeys.New();
            try
            {
                await stores.Keys.InsertAsync(new StoreRecord { Key = recordKey, Body = ring.Wrap(fresh, data) }, cancellationToken);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(fresh);
            }

            // Ours or another host's: all must use the one that is stored.
            record = await stores.Keys.GetAsync(recordKey, cancellationToken)
                ?? throw new SecureChatException(SecureChatErrors.KeyUnavailable, "(the pseudonym key that was just stored is not there)");
        }

        return ring.Unwrap(record.Body.Span, data);
    }

    internal byte[] KeyDataOf(string purpose) => AssociatedData.Build("SecureChat pseudonym key v1", application.Value, purpose);

    private bool TryCopy(string purpose, Span<byte> key)
    {
        lock (_lock)
        {
            if (!_keys.TryGetValue(purpose, out byte[]? cached))
            {
                return false;
            }

            cached.CopyTo(key);
            return true;
        }
    }
}
