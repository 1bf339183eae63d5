using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SecureChat.AspNetCore;

/// <summary>
/// Time-based one-time passwords (RFC 6238): HMAC-SHA-1, 30 seconds, 6 digits, which is what every authenticator app speaks.
/// One step either side is accepted; ASP.NET Core Identity's own provider takes two, and takes a code again and again.
/// </summary>
internal static class Totp
{
    public const int Digits = 6;

    private const int StepSeconds = 30;
    private const int Tolerance = 1;
    private const int Modulus = 1_000_000;

    /// <summary>Longest response that is looked at; room for six digits with separators in any script.</summary>
    private const int MaxResponseLength = 64;

    public static long StepAt(DateTimeOffset time) => Math.DivRem(time.ToUnixTimeSeconds(), StepSeconds).Quotient;

    /// <summary>The time step whose code was entered, or <see langword="null"/>. The step, not the spelling, names the evidence.</summary>
    public static long? FindStep(ReadOnlySpan<byte> key, string response, DateTimeOffset now)
    {
        Span<byte> entered = stackalloc byte[Digits];
        Span<byte> candidate = stackalloc byte[Digits];
        try
        {
            if (!TryNormalise(response, entered))
            {
                return null;
            }

            // All candidates are computed and compared in full whatever matches, so that time tells nothing. Should two steps share
            // a code, the later one counts: the same code then names the same step as long as it is accepted.
            long current = StepAt(now);
            long? found = null;
            for (long step = current - Tolerance; step <= current + Tolerance; step++)
            {
                Compute(key, step, candidate);
                found = CryptographicOperations.FixedTimeEquals(candidate, entered) ? step : found;
            }

            return found;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(entered);
            CryptographicOperations.ZeroMemory(candidate);
        }
    }

    /// <summary>Names a code that was accepted, in the ledger of used evidence. The user and the step, not the spelling.</summary>
    public static string ProofId(string userId, long step) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"totp:{userId}:{step}");

    /// <summary>The code of a step as ASCII digits.</summary>
    public static void Compute(ReadOnlySpan<byte> key, long step, Span<byte> digits)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238: authenticator apps compute HMAC-SHA-1; collisions of SHA-1 do not touch an HMAC.
        HMACSHA1.HashData(key, counter, mac);
#pragma warning restore CA5350
        int offset = mac[^1] & 0x0F;
        int code = (BinaryPrimitives.ReadInt32BigEndian(mac[offset..]) & int.MaxValue) % Modulus;
        for (int at = Digits - 1; at >= 0; at--, code /= 10)
        {
            digits[at] = (byte)('0' + (code % 10));
        }

        CryptographicOperations.ZeroMemory(mac);
    }

    /// <summary>
    /// Reads a code in any spelling people and keyboards produce: decimal digits of every script, with spaces, dashes and invisible
    /// characters between. Anything else is no code.
    /// </summary>
    public static bool TryNormalise(string response, Span<byte> digits)
    {
        int count = 0;
        if (response.Length > MaxResponseLength)
        {
            return false;
        }

        foreach (Rune rune in response.EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case System.Globalization.UnicodeCategory.DecimalDigitNumber:
                    if (count == Digits)
                    {
                        return false;
                    }

                    digits[count++] = (byte)('0' + (int)Rune.GetNumericValue(rune));
                    break;
                case System.Globalization.UnicodeCategory.SpaceSeparator:
                case System.Globalization.UnicodeCategory.DashPunctuation:
                case System.Globalization.UnicodeCategory.Format:
                    break;
                default:
                    // Tab and line breaks come along when a code is pasted; U+2212 is the minus sign.
                    if (rune.Value is not ('\t' or '\r' or '\n' or 0x2212))
                    {
                        return false;
                    }

                    break;
            }
        }

        return count == Digits;
    }

    /// <summary>Decodes Base32 (RFC 4648) as Identity and people write it: either case, spaces, with or without padding.</summary>
    /// <returns>The key, to be zeroed by the caller; <see langword="null"/> when the text is no key of 80 bits or more.</returns>
    public static byte[]? TryDecodeKey(string text)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        byte[] buffer = new byte[text.Length * 5 / 8];
        int written = 0, pending = 0, bits = 0;
        foreach (char character in text.AsSpan().TrimEnd('='))
        {
            if (character is ' ' or '-')
            {
                continue;
            }

            int value = Alphabet.IndexOf(char.ToUpperInvariant(character), StringComparison.Ordinal);
            if (value < 0)
            {
                CryptographicOperations.ZeroMemory(buffer);
                return null;
            }

            pending = ((pending << 5) | value) & 0xFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                buffer[written++] = (byte)(pending >> bits);
            }
        }

        byte[]? key = written >= 10 ? buffer[..written] : null;
        CryptographicOperations.ZeroMemory(buffer);
        return key;
    }
}
