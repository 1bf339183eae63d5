using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// The key-encryption keys. Each is 32 random bytes, wrapped by the <see cref="IKeyEncryptionProvider"/> in the key store; release
/// keys, conversation keys and pseudonym keys are wrapped under the newest one. Opened at start, kept in pinned memory, and opened
/// again by <see cref="KeyRefresher"/>: a host never holds keys longer than the key service lets it.
/// </summary>
/// <remarks>A key is minted only when there is neither a canary nor a key (<see cref="KeyCanary"/>), and by <c>keys rotate</c>.</remarks>
internal sealed partial class KeyRing(
    SecureChatStores stores,
    KeyRecords records,
    KeyProviders providers,
    KeyCanary canary,
    IOptions<SecureChatOptions> options,
    TimeProvider time,
    ILogger<KeyRing> logger) : IDisposable
{
    public const int KeyLength = WrappedKey.KeyLength;

    internal const string HostPartition = "host";

    /// <summary>How often a host looks for versions that others made, disabled or destroyed.</summary>
    internal static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a new version waits before it wraps: four looks, so that every host can open what the first one wraps under it, also
    /// with clocks that differ by as much as a start allows (<see cref="StoreClock"/>).
    /// </summary>
    internal static readonly TimeSpan Propagation = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _opening = new(1, 1);
    private Dictionary<int, HeldKey> _keys = [];
    private HashSet<int> _destroyed = [];
    private HashSet<int> _living = [];

    // Versions that are missing and were said to be: told once, not at every look. Used by who holds _opening only.
    private readonly HashSet<int> _saidMissing = [];
    private SecureChatError _missing = SecureChatErrors.KeyUnavailable;
    private int _current;
    private bool _disposed;

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

    /// <summary>Whether the version that wraps is held now.</summary>
    public bool HoldsCurrent
    {
        get
        {
            lock (_lock)
            {
                return _keys.ContainsKey(_current);
            }
        }
    }

    /// <summary>Opens the ring, or makes it at the very first start. Call before anything is sealed. A repeat does nothing.</summary>
    /// <exception cref="SecureChatConfigurationException"><c>SC1005</c>: key store or key ring are not those that made the stored values.</exception>
    /// <exception cref="SecureChatException"><c>SC3002</c>: the provider failed, hung or answered nonsense; nothing was minted. <c>SC3010</c>: it refused.</exception>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (CurrentVersion != 0)
            {
                return;
            }

            // In this order: a canary that another host plants while this one starts is planted behind its key.
            int? planted = await canary.FindVersionAsync(cancellationToken);
            List<KeyRecord> known = await records.ListAsync(cancellationToken);
            if (known.TrueForAll(static key => key.IsDestroyed))
            {
                if (planted is not null)
                {
                    throw Lost("the key store holds no key, but values were sealed with one");
                }

                await MintAsync(known.Select(static key => key.Version).DefaultIfEmpty().Max() + 1, activeFrom: null, cancellationToken);

                // Read back in any case: another host may have been first, and what counts is what is stored.
                known = await records.ListAsync(cancellationToken);
                if (known.TrueForAll(static key => key.IsDestroyed))
                {
                    throw new SecureChatException(SecureChatErrors.KeyUnavailable, "(the key that was just stored is not there)");
                }
            }

            var opened = new Dictionary<int, HeldKey>();
            try
            {
                foreach (KeyRecord key in known.Where(static key => key is { IsDestroyed: false, IsDisabled: false }))
                {
                    opened.Add(key.Version, new HeldKey(await providers.UnwrapAsync(key, cancellationToken), time.GetUtcNow()));
                }

                int current = KeyRecord.CurrentOf(known, time.GetUtcNow());
                if (current == 0)
                {
                    throw Lost("every key version is disabled: `keys enable VERSION`");
                }

                if (planted is null)
                {
                    await canary.PlantAsync(current, opened[current].Key, cancellationToken);
                }

                await canary.CheckAsync(opened.ToDictionary(static key => key.Key, static key => key.Value.Key), cancellationToken);
                Install(opened, known);
                LogOpened(opened.Count, current, providers.Name);
            }
            catch
            {
                Zero(opened);
                throw;
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>
    /// Learns what other hosts made, disabled or destroyed, and opens again what this one has held for half of
    /// <see cref="SecureChatStorageOptions.KeyLifetime"/>. A key that the service refuses is dropped at once, one that it does not answer for
    /// when its time is over; what it wrapped then neither opens nor is sealed (<c>SC3010</c>, <c>SC3002</c>) until the service answers.
    /// </summary>
    /// <returns>Whether every usable version is held, and not older than it should be.</returns>
    public async ValueTask<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            List<KeyRecord> known = await records.ListAsync(cancellationToken);
            TimeSpan lifetime = options.Value.Storage.KeyLifetime;
            var next = new Dictionary<int, HeldKey>();
            SecureChatError? missing = null;
            bool isFresh = true;
            foreach (KeyRecord key in known.Where(static key => key is { IsDestroyed: false, IsDisabled: false }))
            {
                DateTimeOffset now = time.GetUtcNow();
                HeldKey? held = Held(key.Version);
                if (held is not null && now - held.OpenedAt < lifetime / 2)
                {
                    next.Add(key.Version, held);
                    continue;
                }

                try
                {
                    next.Add(key.Version, new HeldKey(await providers.UnwrapAsync(key, cancellationToken), now));
                    _saidMissing.Remove(key.Version);
                    if (held is null)
                    {
                        LogLearned(key.Version);
                    }
                }
                catch (SecureChatException fault) when (!cancellationToken.IsCancellationRequested)
                {
                    isFresh = false;
                    bool mayPass = fault.Error == SecureChatErrors.KeyUnavailable;
                    if (mayPass && held is not null && now - held.OpenedAt < lifetime)
                    {
                        next.Add(key.Version, held);
                        LogNotRefreshed(key.Version, fault.Error.Code);
                    }
                    else
                    {
                        missing = missing == SecureChatErrors.KeyAccessDenied || mayPass ? missing ?? fault.Error : SecureChatErrors.KeyAccessDenied;
                        if (_saidMissing.Add(key.Version))
                        {
                            LogDropped(key.Version, fault.Error.Code);
                        }
                    }
                }
            }

            Install(next, known, missing);
            return isFresh;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Wraps 32 bytes under the newest key. The format is in docs/cryptography.md, "Wrapped keys".</summary>
    public byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> associatedData)
    {
        Span<byte> nonce = stackalloc byte[WrappedKey.NonceLength];
        RandomNumberGenerator.Fill(nonce);
        int version = CurrentVersion;
        Span<byte> keyEncryptionKey = stackalloc byte[KeyLength];
        try
        {
            return TryCopyKey(version, keyEncryptionKey)
                ? WrappedKey.Wrap(keyEncryptionKey, version, nonce, key, associatedData)
                : throw Missing(version);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyEncryptionKey);
        }
    }

    /// <summary>Unwraps 32 bytes. The caller zeroes them.</summary>
    /// <exception cref="SecureChatException">
    /// <c>SC3002</c>, <c>SC3010</c>: this host does not have the key-encryption key. <c>SC3006</c>: it has, and the bytes do not open.
    /// </exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData) =>
        TryUnwrap(wrapped, associatedData, out byte[] key) ? key : throw new SecureChatException(SecureChatErrors.Undecryptable);

    /// <summary>
    /// Unwraps 32 bytes, or false when these bytes can never be opened: tampered with, moved, malformed, or wrapped under a key that was
    /// destroyed or given up.
    /// </summary>
    /// <exception cref="SecureChatException"><c>SC3002</c>, <c>SC3010</c>: this host does not have the key-encryption key; another may.</exception>
    public bool TryUnwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, out byte[] key)
    {
        key = [];
        if (!WrappedKey.TryReadVersion(wrapped, out int version))
        {
            return false;
        }

        Span<byte> keyEncryptionKey = stackalloc byte[KeyLength];
        try
        {
            return TryCopyKey(version, keyEncryptionKey)
                ? WrappedKey.TryUnwrap(keyEncryptionKey, wrapped, associatedData, out key)
                : IsDestroyed(version) ? false : throw Missing(version);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyEncryptionKey);
        }
    }

    /// <summary>The same 32 bytes under the newest key; null when they never open, the bytes themselves when it wraps them already.</summary>
    /// <exception cref="SecureChatException"><c>SC3002</c>, <c>SC3010</c>: this host does not have the key-encryption key.</exception>
    public byte[]? Rewrap(byte[] wrapped, ReadOnlySpan<byte> associatedData)
    {
        if (!TryUnwrap(wrapped, associatedData, out byte[] key))
        {
            return null;
        }

        byte[] again = [];
        try
        {
            if (WrappedKey.TryReadVersion(wrapped, out int version) && version == CurrentVersion)
            {
                return wrapped;
            }

            byte[] rewrapped = Wrap(key, associatedData);
            return TryUnwrap(rewrapped, associatedData, out again) && CryptographicOperations.FixedTimeEquals(key, again)
                ? rewrapped
                : throw new SecureChatException(SecureChatErrors.KeyUnavailable, "(what was wrapped anew does not open)");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(again);
        }
    }

    /// <summary>
    /// The key that authenticates records, of one version; the caller zeroes it. Null when that version was destroyed or given up, or never was.
    /// </summary>
    /// <exception cref="SecureChatException"><c>SC3002</c>, <c>SC3010</c>: this host does not have the key-encryption key; another may.</exception>
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

            return NeverWas(version) || IsDestroyed(version) ? null : throw Missing(version);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyEncryptionKey);
        }
    }

    /// <summary>Whether these bytes were wrapped under a key that is gone for good, on every host.</summary>
    public bool IsAbandoned(ReadOnlySpan<byte> wrapped) => WrappedKey.TryReadVersion(wrapped, out int version) && IsDestroyed(version);

    /// <summary>Makes the next version. Hosts learn of it at once and wrap under it from <see cref="KeyRecord.ActiveFrom"/> on.</summary>
    public async ValueTask<KeyRecord> RotateAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            List<KeyRecord> known = await records.ListAsync(cancellationToken);
            DateTimeOffset now = time.GetUtcNow();
            if (known.Find(key => key is { IsDestroyed: false, IsDisabled: false } && key.ActiveFrom > now) is { } pending)
            {
                // A repeat after a lost answer, or a second operator: one new version is enough.
                return pending;
            }

            int version = known.Max(static key => key.Version) + 1;
            await MintAsync(version, now + Propagation, cancellationToken);
            return (await records.ListAsync(cancellationToken)).Single(key => key.Version == version);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Makes the canary anew under the newest key, so that no older version is needed to start.</summary>
    public async ValueTask ReplantCanaryAsync(CancellationToken cancellationToken)
    {
        int version = CurrentVersion;
        byte[] key = GC.AllocateUninitializedArray<byte>(KeyLength, pinned: true);
        try
        {
            if (!TryCopyKey(version, key))
            {
                throw Missing(version);
            }

            await canary.ReplantAsync(version, key, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>
    /// Gives up every key-encryption key that exists, so that the next start makes a new one. Everything wrapped so far is
    /// unreadable for good: the caller marks values destroyed and audits it. Other hosts must be stopped; they hold the keys in
    /// memory until they are. Safe to repeat after a crash.
    /// </summary>
    public async ValueTask AbandonAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            // Versions are never used twice: a key wrapped under abandoned version 1 must be known as abandoned, not tried
            // against a new version 1. When the key store itself was lost, the canary still knows the version.
            int last = await records.GiveUpAllAsync(await canary.FindVersionAsync(cancellationToken) ?? 0, providers.Name, cancellationToken);

            // Pseudonym keys cannot be opened either; without them the host makes new ones instead of failing for ever.
            await stores.Keys.DeletePartitionAsync(RecordKinds.PseudonymKey, HostPartition, cancellationToken);

            // The canary last: a crash before this line leaves a host that refuses to start, never one that mints beside old keys.
            await canary.DeleteAsync(cancellationToken);

            Clear();
            LogAbandoned(last);
        }
        finally
        {
            _opening.Release();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        Clear();
        _opening.Dispose();
    }

    public override string ToString() => nameof(KeyRing);

    internal static SecureChatConfigurationException Lost(string detail, Exception? inner = null) =>
        new(SecureChatErrors.KeyRingLost, $"({detail})", inner);

    private static void Zero(Dictionary<int, HeldKey> keys)
    {
        foreach (HeldKey held in keys.Values)
        {
            CryptographicOperations.ZeroMemory(held.Key);
        }
    }

    private async ValueTask MintAsync(int version, DateTimeOffset? activeFrom, CancellationToken cancellationToken)
    {
        byte[] key = GC.AllocateUninitializedArray<byte>(KeyLength, pinned: true);
        try
        {
            RandomNumberGenerator.Fill(key);
            byte[] wrapped = await providers.WrapAsync(key, version, cancellationToken);
            var record = new KeyRecord { Version = version, Provider = providers.Name, Wrapped = wrapped, ActiveFrom = activeFrom };
            if (await records.InsertAsync(record, cancellationToken))
            {
                LogMinted(version, providers.Name);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private SecureChatException Missing(int version)
    {
        lock (_lock)
        {
            return new SecureChatException(_missing, $"(key-encryption key version {version})");
        }
    }

    private bool IsDestroyed(int version)
    {
        lock (_lock)
        {
            return _destroyed.Contains(version);
        }
    }

    /// <summary>A version newer than all that are known may be another host's; one below them without a record was never made.</summary>
    private bool NeverWas(int version)
    {
        lock (_lock)
        {
            return version <= 0 || (version < _living.DefaultIfEmpty().Max() && !_living.Contains(version) && !_destroyed.Contains(version));
        }
    }

    private HeldKey? Held(int version)
    {
        lock (_lock)
        {
            return _keys.GetValueOrDefault(version);
        }
    }

    private void Install(Dictionary<int, HeldKey> keys, List<KeyRecord> known, SecureChatError? missing = null)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                Zero(keys);
                throw new SecureChatException(SecureChatErrors.KeyUnavailable);
            }

            foreach ((int version, HeldKey held) in _keys)
            {
                if (!ReferenceEquals(keys.GetValueOrDefault(version), held))
                {
                    CryptographicOperations.ZeroMemory(held.Key);
                }
            }

            _keys = keys;
            _destroyed = [.. known.Where(static key => key.IsDestroyed).Select(static key => key.Version)];
            _living = [.. known.Where(static key => !key.IsDestroyed).Select(static key => key.Version)];
            _missing = missing ?? SecureChatErrors.KeyUnavailable;
            _current = KeyRecord.CurrentOf(known, time.GetUtcNow());
        }
    }

    private void Clear()
    {
        lock (_lock)
        {
            Zero(_keys);
            _keys = [];
            _current = 0;
        }
    }

    /// <summary>Copies under the lock: a key that is being zeroed by another thread must not be used, it would be all zeros.</summary>
    private bool TryCopyKey(int version, Span<byte> destination)
    {
        lock (_lock)
        {
            if (_disposed || !_keys.TryGetValue(version, out HeldKey? held))
            {
                return false;
            }

            held.Key.CopyTo(destination);
            return true;
        }
    }

    [LoggerMessage(EventId = 1200, EventName = "KeyMinted", Level = LogLevel.Information, Message = "Made key-encryption key version {Version}, wrapped by {Provider}.")]
    private partial void LogMinted(int version, string provider);

    [LoggerMessage(EventId = 1201, EventName = "KeyRingOpened", Level = LogLevel.Information, Message = "Opened {Count} key-encryption keys, newest version {Version}, by {Provider}.")]
    private partial void LogOpened(int count, int version, string provider);

    [LoggerMessage(EventId = 1202, EventName = "KeyRingAbandoned", Level = LogLevel.Warning, Message = "Abandoned all key-encryption keys up to version {Version}; what they wrapped is unreadable.")]
    private partial void LogAbandoned(int version);

    [LoggerMessage(EventId = 1203, EventName = "KeyLearned", Level = LogLevel.Information, Message = "Opened key-encryption key version {Version}, which is new or was enabled.")]
    private partial void LogLearned(int version);

    [LoggerMessage(EventId = 1204, EventName = "KeyNotRefreshed", Level = LogLevel.Warning, Message = "Key-encryption key version {Version} could not be opened again ({Code}); it is used until its time is over.")]
    private partial void LogNotRefreshed(int version, string code);

    [LoggerMessage(EventId = 1205, EventName = "KeyDropped", Level = LogLevel.Critical, Message = "Dropped key-encryption key version {Version} ({Code}); what it wrapped does not open until the key service answers.")]
    private partial void LogDropped(int version, string code);

    /// <summary>A key in pinned memory, and when the provider last opened it.</summary>
    private sealed class HeldKey(byte[] key, DateTimeOffset openedAt)
    {
        public byte[] Key { get; } = key;

        public DateTimeOffset OpenedAt { get; } = openedAt;

        public override string ToString() => nameof(HeldKey);
    }
}
