using System.Globalization;
using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// One key per conversation, in the key store, and the encryption of message bodies under it. Destroying the key destroys the
/// transcript, in every copy of the data store. The caller scrubs the key store after a destruction.
/// </summary>
/// <remarks>
/// The path of a message is hot, so keys stay in memory for at most ten seconds (<see cref="ConversationKeyCache"/>). Destruction
/// is immediate in the key store and on the host that does it. Another host that used the key in the last ten seconds can open
/// that conversation's messages until its copy runs out, and a message it seals in that time is unreadable from birth; both end
/// ten seconds after the key was last read, without any message between hosts.
/// </remarks>
internal sealed class ConversationKeys(SecureChatStores stores, KeyRing ring, ApplicationIdentity application, TimeProvider time) : IDisposable
{
    public const int SaltLength = 16;

    private const string KeyId = "key";
    private const int MaxConflicts = 16;

    private readonly ConversationKeyCache _cache = new(time);

    internal static ReadOnlySpan<byte> Magic => "SCM1"u8;

    internal ConversationKeyCache Cache => _cache;

    /// <summary>Makes the conversation's key if it has none. Safe to repeat.</summary>
    public async ValueTask CreateAsync(string conversationId, CancellationToken cancellationToken)
    {
        byte[] key = ReleaseKeys.New();
        try
        {
            await stores.Keys.InsertAsync(
                new StoreRecord { Key = KeyOf(conversationId), Body = ring.Wrap(key, KeyDataOf(conversationId)) }, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Whether the conversation has a key that opens: not after its destruction, nor after its key-encryption key was abandoned.</summary>
    public async ValueTask<bool> ExistsAsync(string conversationId, CancellationToken cancellationToken)
    {
        StoreRecord? record = await stores.Keys.GetAsync(KeyOf(conversationId), cancellationToken);
        if (record is null || !ring.TryUnwrap(record.Body.Span, KeyDataOf(conversationId), out byte[] key))
        {
            return false;
        }

        CryptographicOperations.ZeroMemory(key);
        return true;
    }

    /// <summary>Seals one message body.</summary>
    /// <exception cref="SecureChatException"><c>SC3002</c>: the conversation has no key (never made, or destroyed); <c>SC3006</c>: its key does not open.</exception>
    public ValueTask<byte[]> SealAsync(string conversationId, long sequence, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Span<byte> key = stackalloc byte[KeyRing.KeyLength];
        try
        {
            return _cache.TryCopy(conversationId, key)
                ? ValueTask.FromResult(Seal(key, conversationId, sequence, body.Span))
                : LoadAndSealAsync(conversationId, sequence, body, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Opens one message body. Null when the conversation's key is destroyed: the transcript is gone.</summary>
    /// <exception cref="SecureChatException"><c>SC3006</c>: there is a key, and the body does not open with it.</exception>
    /// <exception cref="SecureChatStoreException"><c>SC3001</c>: the store failed; whether there is a key is unknown.</exception>
    public ValueTask<byte[]?> TryOpenAsync(string conversationId, long sequence, ReadOnlyMemory<byte> sealedBody, CancellationToken cancellationToken)
    {
        Span<byte> key = stackalloc byte[KeyRing.KeyLength];
        try
        {
            return _cache.TryCopy(conversationId, key)
                ? ValueTask.FromResult<byte[]?>(Open(key, conversationId, sequence, sealedBody.Span))
                : LoadAndOpenAsync(conversationId, sequence, sealedBody, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Destroys the conversation's key. Safe to repeat.</summary>
    public async ValueTask DestroyAsync(string conversationId, CancellationToken cancellationToken)
    {
        RecordKey key = KeyOf(conversationId);
        try
        {
            for (int i = 0; i < MaxConflicts; i++)
            {
                StoreRecord? record = await stores.Keys.GetAsync(key, cancellationToken);
                if (record is null || await stores.Keys.DeleteAsync(key, record.Version, cancellationToken))
                {
                    return;
                }
            }

            throw new SecureChatStoreException(stores.Keys.Description.Name, "delete", isTransient: true);
        }
        finally
        {
            // After the store and in any case: when the outcome is unknown, the next use asks the store.
            _cache.Remove(conversationId);
        }
    }

    public void Dispose() => _cache.Dispose();

    public override string ToString() => nameof(ConversationKeys);

    /// <summary>With a given salt: for known answers only, a salt must never be used twice.</summary>
    internal static byte[] Seal(
        ReadOnlySpan<byte> key, string applicationId, string conversationId, long sequence, ReadOnlySpan<byte> body, ReadOnlySpan<byte> salt) =>
        CommittedAead.Seal(Magic, salt, key, MessageDataOf(applicationId, conversationId, sequence), body);

    private static RecordKey KeyOf(string conversationId) =>
        new() { Kind = RecordKinds.ConversationKey, Partition = conversationId, Id = KeyId };

    private static byte[] MessageDataOf(string applicationId, string conversationId, long sequence) =>
        AssociatedData.Build("SecureChat message v1", applicationId, conversationId, sequence.ToString(CultureInfo.InvariantCulture));

    private byte[] Seal(ReadOnlySpan<byte> key, string conversationId, long sequence, ReadOnlySpan<byte> body) =>
        CommittedAead.Seal(Magic, SaltLength, key, MessageDataOf(application.Value, conversationId, sequence), body);

    private byte[] Open(ReadOnlySpan<byte> key, string conversationId, long sequence, ReadOnlySpan<byte> sealedBody)
    {
        int length = CommittedAead.PlaintextLength(SaltLength, sealedBody.Length);
        if (length >= 0)
        {
            byte[] body = new byte[length];
            if (CommittedAead.TryOpen(Magic, SaltLength, key, MessageDataOf(application.Value, conversationId, sequence), sealedBody, body))
            {
                return body;
            }
        }

        throw new SecureChatException(SecureChatErrors.Undecryptable);
    }

    private async ValueTask<byte[]> LoadAndSealAsync(string conversationId, long sequence, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        byte[] key = await LoadAsync(conversationId, cancellationToken)
            ?? throw new SecureChatException(SecureChatErrors.KeyUnavailable, "(the conversation has no key)");
        try
        {
            return Seal(key, conversationId, sequence, body.Span);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private async ValueTask<byte[]?> LoadAndOpenAsync(string conversationId, long sequence, ReadOnlyMemory<byte> sealedBody, CancellationToken cancellationToken)
    {
        byte[]? key = await LoadAsync(conversationId, cancellationToken);
        try
        {
            return key is null ? null : Open(key, conversationId, sequence, sealedBody.Span);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private async ValueTask<byte[]?> LoadAsync(string conversationId, CancellationToken cancellationToken)
    {
        long removals = _cache.Removals;
        StoreRecord? record = await stores.Keys.GetAsync(KeyOf(conversationId), cancellationToken);
        if (record is null)
        {
            return null;
        }

        // A key whose key-encryption key was abandoned is as destroyed as one that was deleted; one that was tampered with is a fault.
        if (ring.IsAbandoned(record.Body.Span))
        {
            return null;
        }

        byte[] key = ring.Unwrap(record.Body.Span, KeyDataOf(conversationId));
        _cache.Add(conversationId, key, removals);
        return key;
    }

    internal byte[] KeyDataOf(string conversationId) =>
        AssociatedData.Build("SecureChat conversation key v1", application.Value, conversationId);
}
