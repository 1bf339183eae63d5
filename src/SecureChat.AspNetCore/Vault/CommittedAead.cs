using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// AES-256-GCM that commits to its key: <c>magic || salt || commitment || ciphertext || tag</c>, where key, nonce and commitment
/// are HKDF-SHA256(input key, salt, associated data). Shared by values and messages.
/// </summary>
/// <remarks>
/// Every salt makes a key of its own that encrypts once, so no nonce can repeat short of a collision of random salts, however
/// many values one input key seals. AES-GCM alone does not bind a ciphertext to one key (two keys can be found under which it
/// opens to two texts); the commitment, a hash of the input key, salt and associated data, does.
/// </remarks>
internal static class CommittedAead
{
    public const int MagicLength = 4;
    public const int CommitmentLength = 32;
    public const int TagLength = 16;

    private const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int MaterialLength = KeyLength + NonceLength + CommitmentLength;

    public static int Overhead(int saltLength) => MagicLength + saltLength + CommitmentLength + TagLength;

    /// <summary>Seals under a random salt.</summary>
    public static byte[] Seal(
        ReadOnlySpan<byte> magic, int saltLength, ReadOnlySpan<byte> inputKey, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        Span<byte> salt = stackalloc byte[saltLength];
        RandomNumberGenerator.Fill(salt);
        return Seal(magic, salt, inputKey, associatedData, plaintext);
    }

    /// <summary>Seals under a given salt: for known answers only, a salt must never be used twice.</summary>
    public static byte[] Seal(
        ReadOnlySpan<byte> magic, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> inputKey, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        byte[] output = new byte[Overhead(salt.Length) + plaintext.Length];
        Span<byte> rest = output;
        magic.CopyTo(rest);
        rest = rest[MagicLength..];
        salt.CopyTo(rest);
        rest = rest[salt.Length..];

        Span<byte> material = stackalloc byte[MaterialLength];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, inputKey, material, salt, associatedData);
            material[(KeyLength + NonceLength)..].CopyTo(rest);
            rest = rest[CommitmentLength..];
            using var aes = new AesGcm(material[..KeyLength], TagLength);
            aes.Encrypt(material.Slice(KeyLength, NonceLength), plaintext, rest[..plaintext.Length], rest[plaintext.Length..], associatedData);
            return output;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    /// <summary>Opens into <paramref name="plaintext"/>, which has the length <see cref="PlaintextLength"/> gave. False for any change to key, data or bytes.</summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> magic, int saltLength, ReadOnlySpan<byte> inputKey, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedBytes, Span<byte> plaintext)
    {
        if (sealedBytes.Length - Overhead(saltLength) != plaintext.Length || !sealedBytes.StartsWith(magic))
        {
            return false;
        }

        ReadOnlySpan<byte> salt = sealedBytes.Slice(MagicLength, saltLength);
        ReadOnlySpan<byte> commitment = sealedBytes.Slice(MagicLength + saltLength, CommitmentLength);
        ReadOnlySpan<byte> ciphertext = sealedBytes.Slice(MagicLength + saltLength + CommitmentLength, plaintext.Length);
        ReadOnlySpan<byte> tag = sealedBytes[^TagLength..];

        Span<byte> material = stackalloc byte[MaterialLength];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, inputKey, material, salt, associatedData);
            if (!CryptographicOperations.FixedTimeEquals(commitment, material[(KeyLength + NonceLength)..]))
            {
                return false;
            }

            using var aes = new AesGcm(material[..KeyLength], TagLength);
            aes.Decrypt(material.Slice(KeyLength, NonceLength), ciphertext, tag, plaintext, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(plaintext);
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    /// <summary>Length of what is inside, negative when the bytes are too short to be sealed ones.</summary>
    public static int PlaintextLength(int saltLength, int sealedLength) => sealedLength - Overhead(saltLength);
}
