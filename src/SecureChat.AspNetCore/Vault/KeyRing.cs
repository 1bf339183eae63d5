using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// The key-encryption keys. Each is 32 random bytes, wrapped by the <see cref="IKeyEncryptionProvider"/> in the key store; release
/// keys, conversation keys and pseudonym keys are wrapped under the newest one. Opened once, at start, and kept in pinned memory.
/// </summary>
/// <remarks>
/// A canary in the data store proves at every start, on every host, that key store and key ring are the ones that made what is
/// stored. Without it a host that lost its ring would quietly mint new keys and every earlier value would be unreadable, or
/// worse: two hosts with different rings would seal what the other cannot open. A key is minted only when there is neither a
/// canary nor a key.
/// </remarks>
internal sealed partial class KeyRing(
    SecureChatStores stores,
    IKeyEncryptionProvider provider,
    ApplicationIdentity application,
    IOptions<SecureChatOptions> options,
    TimeProvider time,
    ILogger<KeyRing> logger) : IDisposable
{
    public const int KeyLength = 32;

    /// <summary>Magic, version, nonce, key, tag.</summary>
    public const int WrappedLength = HeaderLength + NonceLength + KeyLength + TagLength;

    internal const string HostPartition = "host";
    internal const string CanaryId = "canary";

    private const int HeaderLength = 8;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int MaxConflicts = 16;

    /// <summary>A provider's answer longer than this is nonsense; Data Protection and cloud services stay below 1 KiB.</summary>
    private const int MaxProviderAnswer = 16 * 1024;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly ForeignCalls _providerCalls = new();
    private Dictionary<int, byte[]> _keys = [];
    private HashSet<int> _abandoned = [];
    private int _current;
    private bool _disposed;

    private static ReadOnlySpan<byte> Magic => "SCK1"u8;

    /// <summary>Version that new keys are wrapped under; 0 before <see cref="StartAsync"/>.</summary>
    public int CurrentVersion
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>Opens the ring, or makes it at the very first start. Call before anything is sealed. A repeat does nothing.</summary>
    /// <exception cref="SecureChatConfigurationException"><c>SC1005</c>: key store or key ring are not those that made the stored values.</exception>
    /// <exception cref="SecureChatException"><c>SC3002</c>: the provider failed, hung or answered nonsense; nothing was minted.</exception>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (CurrentVersion != 0)
            {
                return;
            }

            Opened? opened = null;
            try
            {
                opened = await OpenAsync(cancellationToken);
                Install(opened);
                int count = opened.Keys.Count;
                opened = null;
                LogOpened(count, CurrentVersion, provider.Name);
            }
            finally
            {
                opened?.Zero();
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Wraps 32 bytes under the newest key. The format is in docs/cryptography.md, "Wrapped keys".</summary>
    public byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> associatedData)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        RandomNumberGenerator.Fill(nonce);
        int version = CurrentVersion;
        Span<byte> keyEncryptionKey = stackalloc byte[KeyLength];
        try
        {
            if (!TryCopyKey(version, keyEncryptionKey))
            {
                throw new SecureChatException(SecureChatErrors.KeyUnavailable);
            }

            return Wrap(keyEncryptionKey, version, nonce, key, associatedData);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyEncryptionKey);
        }
    }

    /// <summary>Unwraps 32 bytes. The caller zeroes them.</summary>
    /// <exception cref="SecureChatException">
    /// <c>SC3002</c>: this host does not have the key-encryption key. <c>SC3006</c>: it has, and the bytes do not open.
    /// </exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData) =>
        TryUnwrap(wrapped, associatedData, out byte[] key) ? key : throw new SecureChatException(SecureChatErrors.Undecryptable);

    /// <summary>
    /// Unwraps 32 bytes, or false when these bytes can never be opened: tampered with, moved, malformed, or wrapped under an
    /// abandoned key.
    /// </summary>
    /// <exception cref="SecureChatException"><c>SC3002</c>: this host does not have the key-encryption key; another may.</exception>
    public bool TryUnwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, out byte[] key)
    {
        key = [];
        if (wrapped.Length != WrappedLength || !wrapped.StartsWith(Magic))
        {
            return false;
        }

        int version = BinaryPrimitives.ReadInt32BigEndian(wrapped[Magic.Length..]);
        Span<byte> keyEncryptionKey = stackalloc byte[KeyLength];
        try
        {
            if (!TryCopyKey(version, keyEncryptionKey))
            {
                lock (_lock)
                {
                    if (_abandoned.Contains(version))
                    {
                        return false;
                    }
                }

                throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(key-encryption key version {version})");
            }

            return TryUnwrap(keyEncryptionKey, wrapped, associatedData, out key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyEncryptionKey);
        }
    }

    /// <summary>
    /// The key that authenticates records, of one version; the caller zeroes it. Null when that version was given up, or never was.
    /// </summary>
    /// <exception cref="SecureChatException"><c>SC3002</c>: this host does not have the key-encryption key; another may.</exception>
    public byte[]? DeriveRecordKey(int version, string applicationId)
    {
        Span<byte> keyEncryptionKey = stackalloc byte[KeyLength];
        try
        {
            if (TryCopyKey(version, keyEncryptionKey))
            {
                byte[] key = GC.AllocateUninitializedArray<byte>(KeyLength, pinned: true);
                HKDF.DeriveKey(HashAlgorithmName.SHA256, keyEncryptionKey, key, salt: [], AssociatedData.Build("SecureChat record key v1", applicationId));
                return key;
            }

            // A version that is newer than ours may have been made by another host; an older one that is not here was given up.
            return version > 0 && version <= CurrentVersion ? null : throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(key-encryption key version {version})");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyEncryptionKey);
        }
    }

    /// <summary>Whether these bytes were wrapped under a key that an operator gave up: gone for good, on every host.</summary>
    public bool IsAbandoned(ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length != WrappedLength || !wrapped.StartsWith(Magic))
        {
            return false;
        }

        lock (_lock)
        {
            return _abandoned.Contains(BinaryPrimitives.ReadInt32BigEndian(wrapped[Magic.Length..]));
        }
    }

    /// <summary>
    /// Gives up every key-encryption key that exists, so that the next start makes a new one. Everything wrapped so far is
    /// unreadable for good: the caller marks values destroyed and audits it. Other hosts must be stopped; they hold the keys in
    /// memory until they are. Safe to repeat after a crash.
    /// </summary>
    public async ValueTask AbandonAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            // Versions are never used twice: a key wrapped under abandoned version 1 must be known as abandoned, not tried
            // against a new version 1. So a key's record stays as a marker without its bytes. When the key store itself was
            // lost, the canary still knows the version.
            StoreRecord? canaryRecord = await stores.Data.GetAsync(CanaryKey, cancellationToken);
            List<StoreRecord> records = await ListKeysAsync(cancellationToken);
            int last = ReadCanary(canaryRecord)?.Version ?? 0;
            foreach (StoreRecord record in records)
            {
                last = Math.Max(last, VersionOf(record));
            }

            foreach (StoreRecord record in records)
            {
                await AbandonKeyAsync(record, VersionOf(record), cancellationToken);
            }

            if (last > 0 && records.TrueForAll(record => VersionOf(record) != last))
            {
                await stores.Keys.InsertAsync(
                    new StoreRecord { Key = KeyOf(last), Body = Serialize(new KeyBody { Version = last, Provider = provider.Name }) }, cancellationToken);
            }

            // Pseudonym keys cannot be opened either; without them the host makes new ones instead of failing for ever.
            await stores.Keys.DeletePartitionAsync(RecordKinds.PseudonymKey, HostPartition, cancellationToken);

            // The canary last: a crash before this line leaves a host that refuses to start, never one that mints beside old keys.
            await DeleteAsync(stores.Data, canaryRecord, cancellationToken);

            Clear();
            LogAbandoned(last);
        }
        finally
        {
            _starting.Release();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        Clear();
        _starting.Dispose();
    }

    public override string ToString() => nameof(KeyRing);

    /// <summary>With a given key and nonce: for known answers, and for the canary before the ring is installed.</summary>
    internal static byte[] Wrap(
        ReadOnlySpan<byte> keyEncryptionKey, int version, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key, ReadOnlySpan<byte> associatedData)
    {
        if (key.Length != KeyLength)
        {
            throw new ArgumentException("A wrapped key is 32 bytes.", nameof(key));
        }

        byte[] output = new byte[WrappedLength];
        Magic.CopyTo(output);
        BinaryPrimitives.WriteInt32BigEndian(output.AsSpan(Magic.Length), version);
        nonce.CopyTo(output.AsSpan(HeaderLength));

        Span<byte> wrappingKey = stackalloc byte[KeyLength];
        byte[] bound = Bind(output.AsSpan(0, HeaderLength), associatedData);
        try
        {
            DeriveWrappingKey(keyEncryptionKey, associatedData, wrappingKey);
            using var aes = new AesGcm(wrappingKey, TagLength);
            aes.Encrypt(nonce, key, output.AsSpan(HeaderLength + NonceLength, KeyLength), output.AsSpan(HeaderLength + NonceLength + KeyLength), bound);
            return output;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrappingKey);
        }
    }

    internal static bool TryUnwrap(ReadOnlySpan<byte> keyEncryptionKey, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, out byte[] key)
    {
        key = [];
        byte[] opened = GC.AllocateUninitializedArray<byte>(KeyLength, pinned: true);
        Span<byte> wrappingKey = stackalloc byte[KeyLength];
        byte[] bound = Bind(wrapped[..HeaderLength], associatedData);
        try
        {
            DeriveWrappingKey(keyEncryptionKey, associatedData, wrappingKey);
            using var aes = new AesGcm(wrappingKey, TagLength);
            aes.Decrypt(
                wrapped.Slice(HeaderLength, NonceLength),
                wrapped.Slice(HeaderLength + NonceLength, KeyLength),
                wrapped[(HeaderLength + NonceLength + KeyLength)..],
                opened,
                bound);
            key = opened;
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(opened);
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrappingKey);
        }
    }

    private static void DeriveWrappingKey(ReadOnlySpan<byte> keyEncryptionKey, ReadOnlySpan<byte> associatedData, Span<byte> wrappingKey) =>

        // A random 96-bit nonce on one shared key is good for 2^32 wraps only. Every name gets a wrapping key of its own, so the
        // limit counts wraps of one value's or one conversation's key, which is one or two.
        HKDF.DeriveKey(HashAlgorithmName.SHA256, keyEncryptionKey, wrappingKey, salt: [], associatedData);

    private static byte[] Bind(ReadOnlySpan<byte> header, ReadOnlySpan<byte> associatedData)
    {
        byte[] bound = new byte[header.Length + associatedData.Length];
        header.CopyTo(bound);
        associatedData.CopyTo(bound.AsSpan(header.Length));
        return bound;
    }

    private static RecordKey CanaryKey { get; } = new() { Kind = RecordKinds.Canary, Partition = HostPartition, Id = CanaryId };

    private static RecordKey KeyOf(int version) =>
        new() { Kind = RecordKinds.KeyEncryptionKey, Partition = HostPartition, Id = SequenceId.Format(version) };

    private static byte[] Serialize<T>(T body) => JsonSerializer.SerializeToUtf8Bytes(body, SecureChatJson.Options);

    private static CanaryBody? ReadCanary(StoreRecord? record) => record is null ? null : TryRead<CanaryBody>(record);

    private static T? TryRead<T>(StoreRecord record)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(record.Body.Span, SecureChatJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int VersionOf(StoreRecord record) =>
        int.TryParse(record.Key.Id, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;

    private static SecureChatConfigurationException Lost(string detail, Exception? inner = null) =>
        new(SecureChatErrors.KeyRingLost, $"({detail})", inner);

    private async ValueTask<Opened> OpenAsync(CancellationToken cancellationToken)
    {
        StoreRecord? canary = await stores.Data.GetAsync(CanaryKey, cancellationToken);
        CheckOwner(canary);

        Opened opened = await OpenKeysAsync(cancellationToken);
        try
        {
            if (opened.Keys.Count == 0)
            {
                if (canary is not null)
                {
                    throw Lost("the key store holds no key, but values were sealed with one");
                }

                await MintAsync(opened.Abandoned.Count == 0 ? 1 : opened.Abandoned.Max() + 1, cancellationToken);

                // Read back in any case: another host may have been first, and what counts is what is stored.
                opened.Zero();
                opened = await OpenKeysAsync(cancellationToken);
                if (opened.Keys.Count == 0)
                {
                    throw new SecureChatException(SecureChatErrors.KeyUnavailable, "(the key that was just stored is not there)");
                }
            }

            canary ??= await PlantCanaryAsync(opened, cancellationToken);
            CheckCanary(canary, opened);
            return opened;
        }
        catch
        {
            opened.Zero();
            throw;
        }
    }

    private async ValueTask<Opened> OpenKeysAsync(CancellationToken cancellationToken)
    {
        var opened = new Opened();
        try
        {
            foreach (StoreRecord record in await ListKeysAsync(cancellationToken))
            {
                int version = VersionOf(record);
                KeyBody? body = TryRead<KeyBody>(record);
                if (body is null || version <= 0 || body.Version != version)
                {
                    throw Lost("a record of the key store is damaged");
                }

                if (body.Wrapped is null)
                {
                    opened.Abandoned.Add(version);
                    continue;
                }

                if (!string.Equals(body.Provider, provider.Name, StringComparison.Ordinal))
                {
                    throw Lost($"key version {version} was wrapped by provider '{body.Provider}', this host uses '{provider.Name}'");
                }

                opened.Keys.Add(version, await UnwrapByProviderAsync(body.Wrapped, version, cancellationToken));
            }

            return opened;
        }
        catch
        {
            opened.Zero();
            throw;
        }
    }

    private async ValueTask MintAsync(int version, CancellationToken cancellationToken)
    {
        byte[] key = GC.AllocateUninitializedArray<byte>(KeyLength, pinned: true);
        byte[]? again = null;
        try
        {
            RandomNumberGenerator.Fill(key);
            byte[]? wrapped = await CallProviderAsync(token => provider.WrapAsync(key, ContextOf(version), token), cancellationToken);

            // An answer that is empty, absurdly long or simply the key itself must not reach the store.
            if (wrapped is not { Length: > KeyLength and <= MaxProviderAnswer } || wrapped.AsSpan().IndexOf(key) >= 0)
            {
                throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(provider '{provider.Name}' answered nonsense)");
            }

            // A provider that wraps and cannot unwrap is found out now and not at the next start, when values hang on it.
            try
            {
                again = await UnwrapByProviderAsync(wrapped, version, cancellationToken);
            }
            catch (SecureChatConfigurationException fault)
            {
                throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(provider '{provider.Name}' cannot unwrap what it wrapped)", fault);
            }

            if (!CryptographicOperations.FixedTimeEquals(key, again))
            {
                throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(provider '{provider.Name}' unwraps to another key)");
            }

            var body = new KeyBody { Version = version, Provider = provider.Name, Wrapped = wrapped };
            if (await stores.Keys.InsertAsync(new StoreRecord { Key = KeyOf(version), Body = Serialize(body) }, cancellationToken))
            {
                LogMinted(version, provider.Name);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(again);
        }
    }

    private async ValueTask<StoreRecord> PlantCanaryAsync(Opened opened, CancellationToken cancellationToken)
    {
        int version = opened.Keys.Keys.Max();
        byte[] value = RandomNumberGenerator.GetBytes(KeyLength);
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var body = new CanaryBody
        {
            Version = version,
            Application = application.Value,
            Value = value,
            Check = Wrap(opened.Keys[version], version, nonce, value, CanaryData),
        };

        await stores.Data.InsertAsync(new StoreRecord { Key = CanaryKey, Body = Serialize(body) }, cancellationToken);

        // Ours or the one of a host that was faster: it must open with the key this host has, else the hosts do not share a key store.
        StoreRecord canary = await stores.Data.GetAsync(CanaryKey, cancellationToken)
            ?? throw new SecureChatException(SecureChatErrors.KeyUnavailable, "(the canary that was just stored is not there)");
        CheckOwner(canary);
        return canary;
    }

    private void CheckOwner(StoreRecord? record)
    {
        if (ReadCanary(record) is { } canary && !string.Equals(canary.Application, application.Value, StringComparison.Ordinal))
        {
            throw Lost($"the stores belong to application '{canary.Application}', this host is '{application.Value}': set SecureChatOptions.ApplicationId");
        }
    }

    private void CheckCanary(StoreRecord record, Opened opened)
    {
        CanaryBody canary = ReadCanary(record) ?? throw Lost("the canary in the data store is damaged");
        if (!opened.Keys.TryGetValue(canary.Version, out byte[]? key))
        {
            throw Lost($"the key store does not hold key version {canary.Version}");
        }

        byte[] value = [];
        try
        {
            if (canary.Check.Length != WrappedLength
                || !canary.Check.AsSpan().StartsWith(Magic)
                || !TryUnwrap(key, canary.Check, CanaryData, out value)
                || !CryptographicOperations.FixedTimeEquals(value, canary.Value))
            {
                throw Lost($"key version {canary.Version} is not the key that the stored values were sealed with");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    private byte[] CanaryData => AssociatedData.Build("SecureChat canary v1", application.Value);

    // The version has digits only, so the two parts cannot be read another way.
    private string ContextOf(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"SecureChat key-encryption key:{version}:{application.Value}");

    /// <summary>Into pinned memory; the provider's own array is zeroed.</summary>
    private async ValueTask<byte[]> UnwrapByProviderAsync(byte[] wrapped, int version, CancellationToken cancellationToken)
    {
        byte[]? answer = null;
        try
        {
            answer = await CallProviderAsync(token => provider.UnwrapAsync(wrapped, ContextOf(version), token), cancellationToken);
            if (answer is not { Length: KeyLength } || !answer.AsSpan().ContainsAnyExcept((byte)0))
            {
                throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(provider '{provider.Name}' answered nonsense)");
            }

            byte[] key = GC.AllocateUninitializedArray<byte>(KeyLength, pinned: true);
            answer.CopyTo(key, 0);
            return key;
        }
        catch (SecureChatException fault) when (fault.InnerException is CryptographicException)
        {
            // The provider works and says that these bytes are not its own: that is a lost ring, and trying again does not help.
            throw Lost($"provider '{provider.Name}' cannot unwrap key version {version}", fault.InnerException);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(answer);
        }
    }

    private ValueTask<byte[]> CallProviderAsync(Func<CancellationToken, ValueTask<byte[]>> call, CancellationToken cancellationToken) =>

        // Always on a thread of its own, the built-in provider too: Data Protection reads files or the network synchronously.
        Guard.CallAsync(
            _providerCalls,
            call,
            options.Value.Storage.KeyProviderTimeout,
            time,
            fault => new SecureChatException(SecureChatErrors.KeyUnavailable, $"(provider '{provider.Name}')", fault),
            cancellationToken);

    private async ValueTask<List<StoreRecord>> ListKeysAsync(CancellationToken cancellationToken)
    {
        const int Page = 100;
        var records = new List<StoreRecord>();
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await stores.Keys.ListAsync(
                new RecordQuery
                {
                    Kind = RecordKinds.KeyEncryptionKey,
                    Partition = HostPartition,
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

    /// <summary>Leaves the version as a marker without the wrapped bytes; a record whose id is no version is deleted.</summary>
    private async ValueTask AbandonKeyAsync(StoreRecord record, int version, CancellationToken cancellationToken)
    {
        if (version <= 0)
        {
            await DeleteAsync(stores.Keys, record, cancellationToken);
            return;
        }

        StoreRecord? current = record;
        for (int i = 0; current is not null && i < MaxConflicts; i++)
        {
            var marker = new StoreRecord
            {
                Key = current.Key,
                Version = current.Version,
                Body = Serialize(new KeyBody { Version = version, Provider = provider.Name }),
            };
            if (await stores.Keys.ReplaceAsync(marker, cancellationToken))
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

    private static async ValueTask DeleteAsync(GuardedRecordStore store, StoreRecord? record, CancellationToken cancellationToken)
    {
        for (int i = 0; record is not null && i < MaxConflicts; i++)
        {
            if (await store.DeleteAsync(record.Key, record.Version, cancellationToken))
            {
                return;
            }

            record = await store.GetAsync(record.Key, cancellationToken);
        }

        if (record is not null)
        {
            throw new SecureChatStoreException(store.Description.Name, "delete", isTransient: true);
        }
    }

    private void Install(Opened opened)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                opened.Zero();
                throw new SecureChatException(SecureChatErrors.KeyUnavailable);
            }

            _keys = opened.Keys;
            _abandoned = opened.Abandoned;
            _current = opened.Keys.Keys.Max();
        }
    }

    private void Clear()
    {
        lock (_lock)
        {
            foreach (byte[] key in _keys.Values)
            {
                CryptographicOperations.ZeroMemory(key);
            }

            _keys = [];
            _current = 0;
        }
    }

    /// <summary>Copies under the lock: a key that is being zeroed by another thread must not be used, it would be all zeros.</summary>
    private bool TryCopyKey(int version, Span<byte> destination)
    {
        lock (_lock)
        {
            if (_disposed || !_keys.TryGetValue(version, out byte[]? key))
            {
                return false;
            }

            key.CopyTo(destination);
            return true;
        }
    }

    [LoggerMessage(EventId = 1200, EventName = "KeyMinted", Level = LogLevel.Information, Message = "Made key-encryption key version {Version}, wrapped by {Provider}.")]
    private partial void LogMinted(int version, string provider);

    [LoggerMessage(EventId = 1201, EventName = "KeyRingOpened", Level = LogLevel.Information, Message = "Opened {Count} key-encryption keys, newest version {Version}, by {Provider}.")]
    private partial void LogOpened(int count, int version, string provider);

    [LoggerMessage(EventId = 1202, EventName = "KeyRingAbandoned", Level = LogLevel.Warning, Message = "Abandoned all key-encryption keys up to version {Version}; what they wrapped is unreadable.")]
    private partial void LogAbandoned(int version);

    /// <summary>Keys that were opened and are not installed yet.</summary>
    private sealed class Opened
    {
        public Dictionary<int, byte[]> Keys { get; } = [];

        public HashSet<int> Abandoned { get; } = [];

        public void Zero()
        {
            foreach (byte[] key in Keys.Values)
            {
                CryptographicOperations.ZeroMemory(key);
            }
        }
    }

    /// <summary>A key-encryption key in the key store; without <see cref="Wrapped"/> it is abandoned and marks its version as used.</summary>
    private sealed class KeyBody
    {
        public required int Version { get; init; }

        public required string Provider { get; init; }

        public byte[]? Wrapped { get; init; }

        public override string ToString() => nameof(KeyBody);
    }

    /// <summary>The canary in the data store: random bytes, in clear and wrapped.</summary>
    private sealed class CanaryBody
    {
        public required int Version { get; init; }

        public required string Application { get; init; }

        public required byte[] Value { get; init; }

        public required byte[] Check { get; init; }

        public override string ToString() => nameof(CanaryBody);
    }
}
