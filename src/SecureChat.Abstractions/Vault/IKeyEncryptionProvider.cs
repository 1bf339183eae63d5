namespace SecureChat;

/// <summary>
/// Protects key-encryption keys (32 random bytes per version), and nothing else: release keys and conversation keys are wrapped
/// under the cached key-encryption key. The default is the host's ASP.NET Core Data Protection.
/// </summary>
/// <remarks>
/// A fault throws and nothing is sealed or released (<c>SC3002</c>); a provider must never fall back to another key or make a
/// new one. Must not log keys. Thread-safe.
/// </remarks>
public interface IKeyEncryptionProvider
{
    /// <summary>Short technology name, for example <c>data-protection</c>. Stored beside each wrapped key.</summary>
    string Name { get; }

    /// <summary>Wraps 32 bytes. <paramref name="context"/> names application and key version, and must be bound to the result where the service can.</summary>
    ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken);

    /// <summary>Unwraps what <see cref="WrapAsync"/> gave for the same context.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// The service answers, and these bytes are not its own: its keys were lost or are others. SecureChat then refuses to start
    /// (<c>SC1005</c>). Every other exception, a time-out included, is an outage (<c>SC3002</c>).
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">
    /// The service answers, and denies the key: no right, or the key is disabled. SecureChat stops using the key at once (<c>SC3010</c>). A service
    /// that is busy or throttles has not denied anything; that is an outage.
    /// </exception>
    ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken);
}
