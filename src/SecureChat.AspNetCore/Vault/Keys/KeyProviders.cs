using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace SecureChat.AspNetCore;

/// <summary>
/// The provider that wraps key-encryption keys, and those that wrapped older ones: what a host used before it named another opens
/// until <c>keys rewrap</c> and <c>keys destroy</c> have made it needless. Every call is bounded in time, and what it answers is checked.
/// </summary>
internal sealed class KeyProviders
{
    /// <summary>A provider's answer longer than this is nonsense; Data Protection and cloud services stay below 1 KiB.</summary>
    private const int MaxAnswer = 16 * 1024;

    private readonly ApplicationIdentity _application;
    private readonly IOptions<SecureChatOptions> _options;
    private readonly TimeProvider _time;
    private readonly List<(IKeyEncryptionProvider Provider, ForeignCalls Calls)> _providers;

    public KeyProviders(
        IEnumerable<IKeyEncryptionProvider> providers,
        ApplicationIdentity application,
        IOptions<SecureChatOptions> options,
        TimeProvider time,
        IDataProtectionProvider? dataProtection = null)
    {
        _application = application;
        _options = options;
        _time = time;

        // The last one that was named wraps. Data Protection, the default, opens what it wrapped before another was named.
        _providers = [.. providers.Reverse().Select(static provider => (provider, new ForeignCalls()))];
        if (dataProtection is not null && !_providers.Exists(static one => one.Provider is DataProtectionKeyEncryption))
        {
            _providers.Add((new DataProtectionKeyEncryption(dataProtection), new ForeignCalls()));
        }
    }

    /// <summary>Name of the provider that wraps.</summary>
    public string Name => _providers[0].Provider.Name;

    /// <summary>Wraps a new key and unwraps it again: a provider that cannot is found out now and not at the next start, when values hang on it.</summary>
    /// <exception cref="SecureChatException"><c>SC3002</c>, <c>SC3010</c>: it failed, hung, refused or answered nonsense.</exception>
    public async ValueTask<byte[]> WrapAsync(byte[] key, int version, CancellationToken cancellationToken)
    {
        (IKeyEncryptionProvider provider, ForeignCalls calls) = _providers[0];
        byte[]? wrapped = await CallAsync(provider, calls, token => provider.WrapAsync(key, ContextOf(version), token), cancellationToken);

        // An answer that is empty, absurdly long or simply the key itself must not reach the store.
        if (wrapped is not { Length: > WrappedKey.KeyLength and <= MaxAnswer } || wrapped.AsSpan().IndexOf(key) >= 0)
        {
            throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(provider '{provider.Name}' answered nonsense)");
        }

        byte[]? again = null;
        try
        {
            again = await UnwrapAsync(new KeyRecord { Version = version, Provider = provider.Name, Wrapped = wrapped }, cancellationToken);
            return CryptographicOperations.FixedTimeEquals(key, again)
                ? wrapped
                : throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(provider '{provider.Name}' unwraps to another key)");
        }
        catch (SecureChatConfigurationException fault)
        {
            throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(provider '{provider.Name}' cannot unwrap what it wrapped)", fault);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(again);
        }
    }

    /// <summary>The key, in pinned memory; the provider's own array is zeroed.</summary>
    /// <exception cref="SecureChatConfigurationException"><c>SC1005</c>: the provider answers that these bytes are not its own, or is not here.</exception>
    /// <exception cref="SecureChatException"><c>SC3002</c>: it failed, hung or answered nonsense. <c>SC3010</c>: it refused.</exception>
    public async ValueTask<byte[]> UnwrapAsync(KeyRecord record, CancellationToken cancellationToken)
    {
        (IKeyEncryptionProvider? provider, ForeignCalls calls) = _providers.Find(one => string.Equals(one.Provider.Name, record.Provider, StringComparison.Ordinal));
        if (provider is null)
        {
            throw KeyRing.Lost($"key version {record.Version} was wrapped by provider '{record.Provider}', this host uses '{Name}'");
        }

        byte[]? answer = null;
        try
        {
            answer = await CallAsync(provider, calls, token => provider.UnwrapAsync(record.Wrapped, ContextOf(record.Version), token), cancellationToken);
            if (answer is not { Length: WrappedKey.KeyLength } || !answer.AsSpan().ContainsAnyExcept((byte)0))
            {
                throw new SecureChatException(SecureChatErrors.KeyUnavailable, $"(provider '{provider.Name}' answered nonsense)");
            }

            byte[] key = GC.AllocateUninitializedArray<byte>(WrappedKey.KeyLength, pinned: true);
            answer.CopyTo(key, 0);
            return key;
        }
        catch (SecureChatException fault) when (fault.InnerException is CryptographicException)
        {
            // The provider works and says that these bytes are not its own: that is a lost ring, and trying again does not help.
            throw KeyRing.Lost($"provider '{provider.Name}' cannot unwrap key version {record.Version}", fault.InnerException);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(answer);
        }
    }

    public override string ToString() => nameof(KeyProviders);

    // The version has digits only, so the two parts cannot be read another way.
    private string ContextOf(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"SecureChat key-encryption key:{version}:{_application.Value}");

    private ValueTask<byte[]> CallAsync(
        IKeyEncryptionProvider provider, ForeignCalls calls, Func<CancellationToken, ValueTask<byte[]>> call, CancellationToken cancellationToken) =>

        // Always on a thread of its own, the built-in providers too: Data Protection reads files or the network synchronously.
        Guard.CallAsync(
            calls,
            call,
            _options.Value.Storage.KeyProviderTimeout,
            _time,
            fault => new SecureChatException(
                fault is UnauthorizedAccessException ? SecureChatErrors.KeyAccessDenied : SecureChatErrors.KeyUnavailable, $"(provider '{provider.Name}')", fault),
            cancellationToken);
}
