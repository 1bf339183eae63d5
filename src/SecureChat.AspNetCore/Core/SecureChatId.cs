using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SecureChat.AspNetCore;

/// <summary>Random ids: 128 bits, 26 characters of lower-case Crockford base 32, safe in URLs, file names and logs.</summary>
internal static class SecureChatId
{
    public const int Length = 26;

    private const int Bytes = 16;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private static readonly SearchValues<char> AlphabetValues = SearchValues.Create(Alphabet);

    public static string New()
    {
        Span<byte> random = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(random);
        return Format(random);
    }

    /// <summary>The one id of the <paramref name="number"/>th thing that happened to what <paramref name="id"/> names: whoever makes it, and however often.</summary>
    public static string Derive(string id, long number)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}/{number}")), hash);
        return Format(hash[..Bytes]);
    }

    /// <summary>Whether a caller's text can be an id of ours. Ids that browsers choose (claims, submissions, messages) are checked by <see cref="IsClientId"/>.</summary>
    public static bool IsValid(string? id) => id is { Length: Length } && !id.AsSpan().ContainsAnyExcept(AlphabetValues);

    /// <summary>
    /// Ids chosen by a browser: 16 to 64 characters of A-Z a-z 0-9 - _, a letter among them. They are stored and sent in clear, so a
    /// number of the visitor's (card, phone, social security) must not pass for one; a random id has a letter. One UUID in 2.7 million
    /// has none (RFC 9562, version 4: 30 free hexadecimal digits and one of 8, 9, a, b): its shape is what tells it from a number.
    /// </summary>
    public static bool IsClientId(string? id)
    {
        if (id is not { Length: >= 16 and <= 64 })
        {
            return false;
        }

        bool hasLetter = false;
        foreach (char character in id)
        {
            hasLetter |= char.IsAsciiLetter(character);
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_'))
            {
                return false;
            }
        }

        return hasLetter || Guid.TryParseExact(id, "D", out _);
    }

    private static string Format(ReadOnlySpan<byte> bytes) => string.Create(Length, bytes, static (characters, bytes) =>
    {
        int buffer = 0, bits = 0, at = 0;
        foreach (byte value in bytes)
        {
            buffer = (buffer << 8) | value;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                characters[at++] = Alphabet[(buffer >> bits) & 31];
            }
        }

        characters[at] = Alphabet[(buffer << (5 - bits)) & 31];
    });
}
