using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureChat.Unit.Tests.Vault;

/// <summary>
/// Builds one AES-256-GCM ciphertext and tag that authenticate under two keys: GHASH is linear, so one free block solves for
/// equal tags. This is the attack that a key commitment stops.
/// </summary>
internal static class TwoKeyCiphertext
{
    /// <summary>Each key material is 32 bytes of key and 12 of nonce, then anything.</summary>
    public static byte[] Build(byte[] first, byte[] second, byte[] associatedData, out byte[] tag)
    {
        byte[] ciphertext = RandomNumberGenerator.GetBytes(64);
        ciphertext.AsSpan(48).Clear();

        (UInt128 h1, UInt128 mask1) = HashKeyAndMask(first);
        (UInt128 h2, UInt128 mask2) = HashKeyAndMask(second);
        UInt128 rest1 = Hash(h1, associatedData, ciphertext) ^ mask1;
        UInt128 rest2 = Hash(h2, associatedData, ciphertext) ^ mask2;

        // The last block of the ciphertext is multiplied by H squared.
        UInt128 free = Multiply(rest1 ^ rest2, Inverse(Multiply(h1, h1) ^ Multiply(h2, h2)));
        BinaryPrimitives.WriteUInt128BigEndian(ciphertext.AsSpan(48), free);
        tag = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(tag, Hash(h1, associatedData, ciphertext) ^ mask1);
        return ciphertext;
    }

    public static byte[] OpenWithoutCommitment(byte[] material, byte[] ciphertext, byte[] tag, byte[] associatedData)
    {
        byte[] plaintext = new byte[ciphertext.Length];
        using var aes = new AesGcm(material.AsSpan(0, 32), 16);
        aes.Decrypt(material.AsSpan(32, 12), ciphertext, tag, plaintext, associatedData);
        return plaintext;
    }

    private static (UInt128 HashKey, UInt128 Mask) HashKeyAndMask(byte[] material)
    {
        using var aes = Aes.Create();
        aes.Key = material[..32];
        byte[] counter = [.. material.AsSpan(32, 12), 0, 0, 0, 1];
        return (
            BinaryPrimitives.ReadUInt128BigEndian(aes.EncryptEcb(new byte[16], PaddingMode.None)),
            BinaryPrimitives.ReadUInt128BigEndian(aes.EncryptEcb(counter, PaddingMode.None)));
    }

    private static UInt128 Hash(UInt128 key, byte[] associatedData, byte[] ciphertext)
    {
        UInt128 hash = 0;
        foreach (byte[] part in new[] { associatedData, ciphertext })
        {
            byte[] padded = new byte[(part.Length + 15) / 16 * 16];
            part.CopyTo(padded, 0);
            for (int i = 0; i < padded.Length; i += 16)
            {
                hash = Multiply(hash ^ BinaryPrimitives.ReadUInt128BigEndian(padded.AsSpan(i)), key);
            }
        }

        return Multiply(hash ^ new UInt128((ulong)associatedData.Length * 8, (ulong)ciphertext.Length * 8), key);
    }

    private static UInt128 Multiply(UInt128 left, UInt128 right)
    {
        UInt128 result = 0;
        UInt128 reduction = (UInt128)0xe1 << 120;
        for (int bit = 127; bit >= 0; bit--)
        {
            if (((left >> bit) & 1) == 1)
            {
                result ^= right;
            }

            right = (right & 1) == 1 ? (right >> 1) ^ reduction : right >> 1;
        }

        return result;
    }

    private static UInt128 Inverse(UInt128 value)
    {
        // value to the power 2^128 - 2
        UInt128 result = (UInt128)1 << 127;
        UInt128 power = value;
        for (int i = 1; i < 128; i++)
        {
            power = Multiply(power, power);
            result = Multiply(result, power);
        }

        return result;
    }
}
