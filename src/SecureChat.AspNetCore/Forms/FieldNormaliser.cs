using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary>
/// Brings an answer into the one spelling that is sealed. Never fails: what cannot be understood is left as it is, and
/// <see cref="FieldAnswerValidator"/> refuses it. Applying it twice changes nothing.
/// </summary>
internal static class FieldNormaliser
{
    /// <summary>How much longer a normalised answer can be than the typed one: "129" becomes "01/29".</summary>
    public const int Growth = 8;

    /// <summary>Writes the normalised answer and returns its length. <paramref name="destination"/> has room for the text and <see cref="Growth"/> more.</summary>
    public static int Normalise(FormFieldType type, ReadOnlySpan<char> text, Span<char> destination, DateTimeOffset now) => type switch
    {
        FormFieldType.CardNumber or FormFieldType.CardLastFour or FormFieldType.SecurityCode => Compact(text, destination, upper: false),
        FormFieldType.Iban => Compact(text, destination, upper: true),
        FormFieldType.CardExpiry => Expiry(text, destination, now),
        FormFieldType.Phone => Phone(text, destination),
        FormFieldType.Number => Number(text, destination),
        FormFieldType.Date => Digits(text, destination),
        FormFieldType.HealthNote => Lines(text, destination),
        _ => Copy(text, destination),
    };

    /// <summary>Month and year of an expiry as people write it: 03/29, 3/29, 03/2029, 0329, 032029, 2029-03, with any separator.</summary>
    public static bool TryReadExpiry(ReadOnlySpan<char> text, DateTimeOffset now, out int month, out int year)
    {
        month = 0;
        year = 0;
        int first = 0, second = 0, firstLength = 0, secondLength = 0;
        bool separated = false;
        foreach (char character in text)
        {
            if (AsciiDigit(character) is { } digit)
            {
                if (separated)
                {
                    second = (second * 10) + (digit - '0');
                    secondLength++;
                }
                else
                {
                    first = (first * 10) + (digit - '0');
                    firstLength++;
                }

                if (firstLength > 6 || secondLength > 4)
                {
                    return false;
                }
            }
            else if (IsSeparator(character))
            {
                // Separators inside the second part ("03 / 20 29") mean something else.
                if (secondLength > 0)
                {
                    return false;
                }

                separated = firstLength > 0;
            }
            else if (!IsInvisible(character))
            {
                return false;
            }
        }

        (month, year, int yearLength) = (firstLength, secondLength) switch
        {
            (1 or 2, 2 or 4) => (first, second, secondLength),
            (4, 2) => (second, first, 4),
            (4, 0) => (first / 100, first % 100, 2),
            (6, 0) => (first / 10_000, first % 10_000, 4),
            _ => (0, 0, 0),
        };
        if (yearLength == 2)
        {
            year = NearYear(year, now);
        }

        return month is >= 1 and <= 12 && year >= 1900;
    }

    /// <summary>Two digits mean the century that lies near: in 2098, "02" is 2102.</summary>
    private static int NearYear(int twoDigits, DateTimeOffset now)
    {
        int year = (now.Year / 100 * 100) + twoDigits;
        return year < now.Year - 50 ? year + 100 : year;
    }

    private static int Copy(ReadOnlySpan<char> text, Span<char> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }

    private static int Compact(ReadOnlySpan<char> text, Span<char> destination, bool upper)
    {
        int length = 0;
        foreach (char character in text)
        {
            if (IsSeparator(character) || IsInvisible(character))
            {
                continue;
            }

            destination[length++] = AsciiDigit(character) ?? (upper && char.IsAsciiLetterLower(character) ? (char)(character - 32) : character);
        }

        return length;
    }

    private static int Digits(ReadOnlySpan<char> text, Span<char> destination)
    {
        int length = 0;
        foreach (char character in text)
        {
            if (!IsInvisible(character))
            {
                destination[length++] = AsciiDigit(character) ?? character;
            }
        }

        return length;
    }

    private static int Number(ReadOnlySpan<char> text, Span<char> destination)
    {
        int length = Digits(text, destination);

        // A plus says nothing; taken off once per sign, so that "++1" stays refused.
        if (length > 1 && destination[0] == '+' && char.IsAsciiDigit(destination[1]))
        {
            destination[1..length].CopyTo(destination);
            length--;
        }
        else if (length > 0 && destination[0] == '\u2212')
        {
            destination[0] = '-';
        }

        return length;
    }

    private static int Phone(ReadOnlySpan<char> text, Span<char> destination)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            // "+44 (0)20 ...": the trunk prefix is not dialled from abroad.
            if (length > 0 && text[i..].StartsWith("(0)", StringComparison.Ordinal))
            {
                i += 2;
                continue;
            }

            char character = text[i];
            if (!IsSeparator(character) && !IsInvisible(character) && character is not ('(' or ')'))
            {
                destination[length++] = AsciiDigit(character) ?? (character == '\uFF0B' ? '+' : character);
            }
        }

        // The international prefix of most of the world; the length never grows.
        if (length > 2 && destination[0] == '0' && destination[1] == '0')
        {
            destination[0] = '+';
            destination[2..length].CopyTo(destination[1..]);
            length--;
        }

        return length;
    }

    private static int Expiry(ReadOnlySpan<char> text, Span<char> destination, DateTimeOffset now)
    {
        // A year that two digits cannot say is left as typed and refused, not folded into another century.
        if (!TryReadExpiry(text, now, out int month, out int year) || NearYear(year % 100, now) != year)
        {
            return Digits(text, destination);
        }

        destination[0] = (char)('0' + (month / 10));
        destination[1] = (char)('0' + (month % 10));
        destination[2] = '/';
        destination[3] = (char)('0' + (year % 100 / 10));
        destination[4] = (char)('0' + (year % 10));
        return 5;
    }

    private static int Lines(ReadOnlySpan<char> text, Span<char> destination)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\r')
            {
                destination[length++] = '\n';
                if (i + 1 < text.Length && text[i + 1] == '\n')
                {
                    i++;
                }
            }
            else
            {
                destination[length++] = text[i];
            }
        }

        return length;
    }

    /// <summary>Visitors type digits of their own script (Arabic-Indic, Devanagari, full width); agents and payment systems read ASCII.</summary>
    private static char? AsciiDigit(char character)
    {
        if (char.IsAsciiDigit(character))
        {
            return character;
        }

        int value = character < 0x80 || CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.DecimalDigitNumber
            ? -1
            : CharUnicodeInfo.GetDecimalDigitValue(character);
        return value < 0 ? null : (char)('0' + value);
    }

    private static bool IsSeparator(char character) =>
        char.IsWhiteSpace(character)
        || character is '-' or '.' or '/' or '_' or '\u00AD' or '\u2212'
        || CharUnicodeInfo.GetUnicodeCategory(character) == UnicodeCategory.DashPunctuation;

    /// <summary>What comes along when a number is copied from a page: direction marks, zero-width spaces, byte order marks.</summary>
    private static bool IsInvisible(char character) => character >= 0x80 && CharUnicodeInfo.GetUnicodeCategory(character) == UnicodeCategory.Format;
}
