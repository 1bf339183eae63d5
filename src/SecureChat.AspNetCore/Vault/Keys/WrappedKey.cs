using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// The form in which 32-byte keys lie in the key store: magic, version of the key-encryption key, nonce, key, tag. Described in
/// docs/cryptography.md, "Wrapped keys".
/// </summary>
internal static class WrappedKey
{
    public const int KeyLength = 32;

    /// <summary>Magic, version, nonce, key, tag.</summary>
    public const int Length = HeaderLength + NonceLength + KeyLength + TagLength;

    public const int NonceLength = 12;

    private const int HeaderLength = 8;
    private const int TagLength = 16;

    private static ReadOnlySpan<byte> Magic => "SCK1"u8;

    /// <summary>The version of the key-encryption key that these bytes name. It is authenticated when they are opened, not here.</summary>
    public static bool TryReadVersion(ReadOnlySpan<byte> wrapped, out int version)
    {
        version = 0;
        if (wrapped.Length != Length || !wrapped.StartsWith(Magic))
        {
            return false;
        }

        version = BinaryPrimitives.ReadInt32BigEndian(wrapped[Magic.Length..]);
        return true;
    }

    /// <summary>With a given nonce: for known answers, and for <see cref="KeyRing"/>, which draws it.</summary>
    public static byte[] Wrap(
        ReadOnlySpan<byte> keyEncryptionKey, int version, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key, ReadOnlySpan<byte> associatedData)
    {
        if (key.Length != KeyLength)
        {
            throw new ArgumentException("A wrapped key is 32 bytes.", nameof(key));
        }

        byte[] output = new byte[Length];
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

    /// <summary>The key, in pinned memory, which the caller zeroes; false when these bytes do not open.</summary>
    public static bool TryUnwrap(ReadOnlySpan<byte> keyEncryptionKey, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, out byte[] key)
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
}
