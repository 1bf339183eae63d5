using System.Security.Cryptography;

namespace SecureChat;

/// <summary>
/// The P-256 public key that a claiming browser made for one claim: an uncompressed SEC 1 point (65 bytes, first byte 4).
/// Only its SHA-256 is stored. Immutable; made and checked by SecureChat.
/// </summary>
public sealed class ClaimKey
{
    /// <summary>Length of an uncompressed P-256 point.</summary>
    public const int Length = 65;

    internal ClaimKey(ReadOnlyMemory<byte> publicKey)
    {
        PublicKey = publicKey;
        Thumbprint = Convert.ToHexStringLower(SHA256.HashData(publicKey.Span));
    }

    /// <summary>The point.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>SHA-256 of the point, lower-case hexadecimal.</summary>
    public string Thumbprint { get; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(ClaimKey);
}
