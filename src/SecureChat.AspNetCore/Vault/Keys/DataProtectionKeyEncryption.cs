using Microsoft.AspNetCore.DataProtection;

namespace SecureChat.AspNetCore;

/// <summary>
/// Wraps key-encryption keys with the host's ASP.NET Core Data Protection. The context is a sub-purpose, so a key wrapped for one
/// application and version does not unwrap for another. Thread-safe.
/// </summary>
internal sealed class DataProtectionKeyEncryption(IDataProtectionProvider dataProtection) : IKeyEncryptionProvider
{
    public const string Purpose = "SecureChat.KeyEncryption.v1";

    public string Name => "data-protection";

    public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] copy = key.ToArray();
        try
        {
            return ValueTask.FromResult(dataProtection.CreateProtector(Purpose, context).Protect(copy));
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(copy);
        }
    }

    public ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(dataProtection.CreateProtector(Purpose, context).Unprotect(wrapped.ToArray()));
    }
}
