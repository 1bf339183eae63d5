using System.Security.Cryptography;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// Random bytes in the data store, in clear and wrapped: proves at every start, on every host, that key store and key ring are the ones
/// that made what is stored. Without it a host that lost its ring would quietly mint new keys and every earlier value would be
/// unreadable, or worse: two hosts with different rings would seal what the other cannot open.
/// </summary>
internal sealed class KeyCanary(SecureChatStores stores, ApplicationIdentity application)
{
    internal const string Id = "canary";

    private const int MaxConflicts = 16;

    internal static RecordKey Key { get; } = new() { Kind = RecordKinds.Canary, Partition = KeyRing.HostPartition, Id = Id };

    private byte[] Data => AssociatedData.Build("SecureChat canary v1", application.Value);

    /// <summary>The version it was made under; null when there is none, 0 when it is damaged.</summary>
    /// <exception cref="SecureChatConfigurationException"><c>SC1005</c>: the stores belong to another application.</exception>
    public async ValueTask<int?> FindVersionAsync(CancellationToken cancellationToken)
    {
        StoreRecord? record = await stores.Data.GetAsync(Key, cancellationToken);
        CanaryBody? canary = Read(record);
        if (canary is not null && !string.Equals(canary.Application, application.Value, StringComparison.Ordinal))
        {
            throw KeyRing.Lost($"the stores belong to application '{canary.Application}', this host is '{application.Value}': set SecureChatOptions.ApplicationId");
        }

        return record is null ? null : canary?.Version ?? 0;
    }

    /// <summary>Plants it if there is none. Another host may be faster: then that host's must open with the key this host has.</summary>
    public async ValueTask PlantAsync(int version, byte[] keyEncryptionKey, CancellationToken cancellationToken) =>
        await stores.Data.InsertAsync(new StoreRecord { Key = Key, Body = Make(version, keyEncryptionKey) }, cancellationToken);

    /// <summary>Makes it anew under another version.</summary>
    public async ValueTask ReplantAsync(int version, byte[] keyEncryptionKey, CancellationToken cancellationToken)
    {
        for (int i = 0; i < MaxConflicts; i++)
        {
            StoreRecord? record = await stores.Data.GetAsync(Key, cancellationToken);
            if (Read(record)?.Version == version
                || (record is null
                    ? await stores.Data.InsertAsync(new StoreRecord { Key = Key, Body = Make(version, keyEncryptionKey) }, cancellationToken)
                    : await stores.Data.ReplaceAsync(new StoreRecord { Key = Key, Version = record.Version, Body = Make(version, keyEncryptionKey) }, cancellationToken)))
            {
                return;
            }
        }

        throw new SecureChatStoreException(stores.Data.Description.Name, "replace", isTransient: true);
    }

    /// <summary>Refuses keys that did not make what is stored.</summary>
    /// <exception cref="SecureChatConfigurationException"><c>SC1005</c>.</exception>
    public async ValueTask CheckAsync(IReadOnlyDictionary<int, byte[]> keys, CancellationToken cancellationToken)
    {
        StoreRecord record = await stores.Data.GetAsync(Key, cancellationToken)
            ?? throw new SecureChatException(SecureChatErrors.KeyUnavailable, "(the canary that was just stored is not there)");
        await FindVersionAsync(cancellationToken);
        CanaryBody canary = Read(record) ?? throw KeyRing.Lost("the canary in the data store is damaged");
        if (!keys.TryGetValue(canary.Version, out byte[]? key))
        {
            throw KeyRing.Lost($"the key store does not hold key version {canary.Version}");
        }

        byte[] value = [];
        try
        {
            if (!WrappedKey.TryReadVersion(canary.Check, out _)
                || !WrappedKey.TryUnwrap(key, canary.Check, Data, out value)
                || !CryptographicOperations.FixedTimeEquals(value, canary.Value))
            {
                throw KeyRing.Lost($"key version {canary.Version} is not the key that the stored values were sealed with");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    public async ValueTask DeleteAsync(CancellationToken cancellationToken)
    {
        for (int i = 0; i < MaxConflicts; i++)
        {
            StoreRecord? record = await stores.Data.GetAsync(Key, cancellationToken);
            if (record is null || await stores.Data.DeleteAsync(Key, record.Version, cancellationToken))
            {
                return;
            }
        }

        throw new SecureChatStoreException(stores.Data.Description.Name, "delete", isTransient: true);
    }

    public override string ToString() => nameof(KeyCanary);

    private static CanaryBody? Read(StoreRecord? record)
    {
        try
        {
            return record is null ? null : JsonSerializer.Deserialize<CanaryBody>(record.Body.Span, SecureChatJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private byte[] Make(int version, byte[] keyEncryptionKey)
    {
        byte[] value = RandomNumberGenerator.GetBytes(WrappedKey.KeyLength);
        byte[] nonce = RandomNumberGenerator.GetBytes(WrappedKey.NonceLength);
        return JsonSerializer.SerializeToUtf8Bytes(
            new CanaryBody { Version = version, Application = application.Value, Value = value, Check = WrappedKey.Wrap(keyEncryptionKey, version, nonce, value, Data) },
            SecureChatJson.Options);
    }

    private sealed class CanaryBody
    {
        public required int Version { get; init; }

        public required string Application { get; init; }

        public required byte[] Value { get; init; }

        public required byte[] Check { get; init; }

        public override string ToString() => nameof(CanaryBody);
    }
}
