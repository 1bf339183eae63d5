using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>Seals and opens one value under its release key. The format is in docs/cryptography.md, "Sealed values".</summary>
internal static class ValueCipher
{
    public const int ReleaseKeyLength = 32;
    public const int SaltLength = 32;
    public const int FingerprintLength = 32;

    /// <summary>
    /// Plaintext is padded to a multiple of this: the length of the ciphertext must not tell a three-digit code from a
    /// four-digit one, or one issuer's card numbers from another's.
    /// </summary>
    public const int PaddingBlock = 64;

    private const int StackLimit = 1024;

    internal static ReadOnlySpan<byte> Magic => "SCV1"u8;

    public static byte[] Seal(ReadOnlySpan<byte> releaseKey, ValueContext context, ReadOnlySpan<byte> value)
    {
        Span<byte> salt = stackalloc byte[SaltLength];
        RandomNumberGenerator.Fill(salt);
        return Seal(releaseKey, context, value, salt);
    }

    /// <summary>With a given salt: for known answers only, a salt must never be used twice.</summary>
    internal static byte[] Seal(ReadOnlySpan<byte> releaseKey, ValueContext context, ReadOnlySpan<byte> value, ReadOnlySpan<byte> salt)
    {
        CheckKey(releaseKey);
        int paddedLength = checked(sizeof(int) + value.Length + PaddingBlock - 1) / PaddingBlock * PaddingBlock;
        byte[]? rented = paddedLength > StackLimit ? new byte[paddedLength] : null;
        Span<byte> padded = rented ?? stackalloc byte[paddedLength];
        try
        {
            padded.Clear();
            BinaryPrimitives.WriteInt32BigEndian(padded, value.Length);
            value.CopyTo(padded[sizeof(int)..]);
            return CommittedAead.Seal(Magic, salt, releaseKey, context.ForValue, padded);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    /// <summary>
    /// Opens a sealed value. False, with an empty value, for any tampering and for any other key or context. The caller zeroes
    /// <paramref name="value"/>.
    /// </summary>
    public static bool TryOpen(ReadOnlySpan<byte> releaseKey, ValueContext context, ReadOnlySpan<byte> sealedValue, out byte[] value)
    {
        CheckKey(releaseKey);
        value = [];
        int paddedLength = CommittedAead.PlaintextLength(SaltLength, sealedValue.Length);
        if (paddedLength <= 0 || paddedLength % PaddingBlock != 0)
        {
            return false;
        }

        byte[]? rented = paddedLength > StackLimit ? new byte[paddedLength] : null;
        Span<byte> padded = rented ?? stackalloc byte[paddedLength];
        try
        {
            if (!CommittedAead.TryOpen(Magic, SaltLength, releaseKey, context.ForValue, sealedValue, padded))
            {
                return false;
            }

            int length = BinaryPrimitives.ReadInt32BigEndian(padded);
            if (length < 0 || length > padded.Length - sizeof(int) || padded[(sizeof(int) + length)..].ContainsAnyExcept((byte)0))
            {
                return false;
            }

            value = padded.Slice(sizeof(int), length).ToArray();
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    /// <summary>
    /// Recognises the same value again without keeping it. Keyed by the release key, so that it says nothing once that key is
    /// destroyed and cannot be searched by trying card numbers (E55).
    /// </summary>
    public static byte[] Fingerprint(ReadOnlySpan<byte> releaseKey, ValueContext context, ReadOnlySpan<byte> value)
    {
        CheckKey(releaseKey);
        Span<byte> key = stackalloc byte[32];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, releaseKey, key, salt: [], context.ForFingerprint);
            return HMACSHA256.HashData(key, value);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static void CheckKey(ReadOnlySpan<byte> releaseKey)
    {
        // A short or empty key here is a bug that would seal under something guessable.
        if (releaseKey.Length != ReleaseKeyLength)
        {
            throw new SecureChatException(SecureChatErrors.KeyUnavailable);
        }
    }
}
