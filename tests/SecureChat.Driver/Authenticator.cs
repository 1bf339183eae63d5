using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace SecureChat.Driver;

/// <summary>An authenticator app: RFC 6238 with SHA-1, six digits, thirty seconds.</summary>
public static class Authenticator
{
    public static string Code(string base32Secret, DateTimeOffset at, int stepOffset = 0)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, (at.ToUnixTimeSeconds() / 30) + stepOffset);
        #pragma warning disable CA5350 // RFC 6238 names HMAC-SHA-1, and authenticator apps speak nothing else.
        byte[] hash = HMACSHA1.HashData(Base32(base32Secret), counter);
        #pragma warning restore CA5350
        int offset = hash[^1] & 15;
        int number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(offset)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Base32(string text)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bytes = new List<byte>();
        int buffer = 0, bits = 0;
        foreach (char character in text.ToUpperInvariant())
        {
            int value = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (value < 0)
            {
                continue;
            }

            buffer = (buffer << 5) | value;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
                buffer &= (1 << bits) - 1;
            }
        }

        return [.. bytes];
    }
}
