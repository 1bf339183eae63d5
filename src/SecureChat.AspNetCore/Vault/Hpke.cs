using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// HPKE (RFC 9180) in base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, on the base class library. Single-shot
/// only: a context seals one message and is gone, so a nonce counter that could repeat does not exist.
/// </summary>
internal static class Hpke
{
    internal const ushort Aes128Gcm = 0x0001;
    internal const ushort Aes256Gcm = 0x0002;

    private const ushort KemId = 0x0010;
    private const ushort KdfId = 0x0001;
    private const int HashLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int ContextLength = 1 + HashLength + HashLength;
    private const int StackLimit = 512;

    /// <summary>A claiming browser's key, or false when it is not an uncompressed point on the curve.</summary>
    public static bool TryParseClaimKey(ReadOnlySpan<byte> point, [NotNullWhen(true)] out ClaimKey? key)
    {
        key = P256Point.IsValid(point) ? new ClaimKey(point.ToArray()) : null;
        return key is not null;
    }

    /// <summary>Encrypts to a public key under a fresh ephemeral key.</summary>
    /// <exception cref="CryptographicException">The recipient's point is not on the curve.</exception>
    public static ReleaseEnvelope Seal(
        ReadOnlySpan<byte> recipientPublicPoint65, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext)
    {
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Seal(ephemeral, recipientPublicPoint65, info, aad, plaintext);
    }

    /// <summary>With a given ephemeral key and AEAD: for published vectors only, an ephemeral key must never be used twice.</summary>
    internal static ReleaseEnvelope Seal(
        ECDiffieHellman ephemeral,
        ReadOnlySpan<byte> recipientPublicPoint65,
        ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> aad,
        ReadOnlySpan<byte> plaintext,
        ushort aead = Aes256Gcm)
    {
        using ECDiffieHellman recipient = P256Point.Import(recipientPublicPoint65);
        byte[] enc = new byte[P256Point.Length];
        P256Point.Export(ephemeral, enc);

        int keyLength = KeyLength(aead);
        Span<byte> material = stackalloc byte[keyLength + NonceLength];
        try
        {
            Schedule(ephemeral, recipient, enc, recipientPublicPoint65, info, aead, material);
            byte[] output = new byte[plaintext.Length + TagLength];
            using var aes = new AesGcm(material[..keyLength], TagLength);
            aes.Encrypt(material[keyLength..], plaintext, output.AsSpan(0, plaintext.Length), output.AsSpan(plaintext.Length), aad);
            return new ReleaseEnvelope(enc, output);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    /// <summary>Decrypts with a private key. The caller zeroes the answer.</summary>
    /// <exception cref="CryptographicException">Anything does not fit: encapsulated key, info, associated data, ciphertext.</exception>
    public static byte[] Open(
        ECDiffieHellman recipient, ReadOnlySpan<byte> enc, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> ciphertext) =>
        Open(recipient, enc, info, aad, ciphertext, Aes256Gcm);

    internal static byte[] Open(
        ECDiffieHellman recipient, ReadOnlySpan<byte> enc, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> ciphertext, ushort aead)
    {
        if (ciphertext.Length < TagLength)
        {
            throw new CryptographicException("The ciphertext is shorter than its tag.");
        }

        using ECDiffieHellman sender = P256Point.Import(enc);
        Span<byte> recipientPoint = stackalloc byte[P256Point.Length];
        P256Point.Export(recipient, recipientPoint);

        int keyLength = KeyLength(aead);
        Span<byte> material = stackalloc byte[keyLength + NonceLength];
        try
        {
            Schedule(recipient, sender, enc, recipientPoint, info, aead, material);
            byte[] output = new byte[ciphertext.Length - TagLength];
            using var aes = new AesGcm(material[..keyLength], TagLength);
            aes.Decrypt(material[keyLength..], ciphertext[..output.Length], ciphertext[output.Length..], output, aad);
            return output;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    /// <summary>Encap or Decap, then the key schedule: writes key and base nonce of the first, and only, message.</summary>
    private static void Schedule(
        ECDiffieHellman own,
        ECDiffieHellman other,
        ReadOnlySpan<byte> enc,
        ReadOnlySpan<byte> recipientPoint,
        ReadOnlySpan<byte> info,
        ushort aead,
        Span<byte> material)
    {
        Span<byte> kem = stackalloc byte[5];
        "KEM"u8.CopyTo(kem);
        BinaryPrimitives.WriteUInt16BigEndian(kem[3..], KemId);

        Span<byte> suite = stackalloc byte[10];
        "HPKE"u8.CopyTo(suite);
        BinaryPrimitives.WriteUInt16BigEndian(suite[4..], KemId);
        BinaryPrimitives.WriteUInt16BigEndian(suite[6..], KdfId);
        BinaryPrimitives.WriteUInt16BigEndian(suite[8..], aead);

        Span<byte> kemContext = stackalloc byte[P256Point.Length * 2];
        enc.CopyTo(kemContext);
        recipientPoint.CopyTo(kemContext[P256Point.Length..]);

        Span<byte> context = stackalloc byte[ContextLength];
        Span<byte> secret = stackalloc byte[HashLength];
        Span<byte> shared = stackalloc byte[HashLength];
        byte[]? agreement = null;
        try
        {
            using ECDiffieHellmanPublicKey otherPublic = other.PublicKey;
            agreement = own.DeriveRawSecretAgreement(otherPublic);

            // Both points are on a curve of prime order and the scalar is not zero, so the result is never the point at infinity.
            LabeledExtract(kem, salt: [], "eae_prk"u8, agreement, secret);
            LabeledExpand(kem, secret, "shared_secret"u8, kemContext, shared);

            context[0] = 0x00; // mode_base
            LabeledExtract(suite, salt: [], "psk_id_hash"u8, [], context.Slice(1, HashLength));
            LabeledExtract(suite, salt: [], "info_hash"u8, info, context[(1 + HashLength)..]);
            LabeledExtract(suite, shared, "secret"u8, [], secret);
            LabeledExpand(suite, secret, "key"u8, context, material[..^NonceLength]);
            LabeledExpand(suite, secret, "base_nonce"u8, context, material[^NonceLength..]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreement);
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(shared);
        }
    }

    private static void LabeledExtract(
        ReadOnlySpan<byte> suite, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> inputKey, Span<byte> output)
    {
        int length = 7 + suite.Length + label.Length + inputKey.Length;
        Span<byte> labeled = length > StackLimit ? new byte[length] : stackalloc byte[length];
        try
        {
            "HPKE-v1"u8.CopyTo(labeled);
            suite.CopyTo(labeled[7..]);
            label.CopyTo(labeled[(7 + suite.Length)..]);
            inputKey.CopyTo(labeled[(7 + suite.Length + label.Length)..]);
            HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, output);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(labeled);
        }
    }

    private static void LabeledExpand(
        ReadOnlySpan<byte> suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, Span<byte> output)
    {
        Span<byte> labeled = stackalloc byte[2 + 7 + suite.Length + label.Length + context.Length];
        BinaryPrimitives.WriteUInt16BigEndian(labeled, (ushort)output.Length);
        "HPKE-v1"u8.CopyTo(labeled[2..]);
        suite.CopyTo(labeled[9..]);
        label.CopyTo(labeled[(9 + suite.Length)..]);
        context.CopyTo(labeled[(9 + suite.Length + label.Length)..]);
        HKDF.Expand(HashAlgorithmName.SHA256, key, output, labeled);
    }

    private static int KeyLength(ushort aead) => aead switch
    {
        Aes128Gcm => 16,
        Aes256Gcm => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(aead)),
    };
}
