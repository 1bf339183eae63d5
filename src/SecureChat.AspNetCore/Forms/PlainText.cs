using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary>What counts as clean text, in definitions and in answers.</summary>
internal static class PlainText
{
    /// <summary>Whether a text is a key: <c>a-z 0-9 -</c>, and <c>. _</c> where allowed.</summary>
    public static bool IsKey(string? text, int maxLength, bool allowDotsAndUnderscores = false)
    {
        if (string.IsNullOrEmpty(text) || text.Length > maxLength)
        {
            return false;
        }

        foreach (char character in text)
        {
            bool allowed = char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-'
                || (allowDotsAndUnderscores && character is '.' or '_');
            if (!allowed)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One line of clean text that is not blank. For labels: text that reorders itself is refused, since what is read is what is agreed to (E22).</summary>
    public static bool IsLine(string? text, int minLength, int maxLength) =>
        text is not null
        && text.Length >= minLength
        && text.Length <= maxLength
        && (minLength == 0 || !string.IsNullOrWhiteSpace(text))
        && IsClean(text, allowLineBreaks: false)
        && !HasBidiOverride(text);

    /// <summary>Clean text of several lines.</summary>
    public static bool IsText(string text) => IsClean(text, allowLineBreaks: true) && !HasBidiOverride(text);

    /// <summary>Whether a text has no control characters, no line separators (unless allowed) and no lone surrogates.</summary>
    public static bool IsClean(ReadOnlySpan<char> text, bool allowLineBreaks)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            if (char.IsControl(character) || character is '\u2028' or '\u2029')
            {
                if (!allowLineBreaks || character is not ('\n' or '\r'))
                {
                    return false;
                }
            }
            else if (char.IsSurrogate(character))
            {
                if (!char.IsHighSurrogate(character) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    /// <summary>A developer's name for a thing, cut and cleaned so that it can stand in an error message.</summary>
    public static string Quote(string? name)
    {
        if (name is null)
        {
            return "(null)";
        }

        ReadOnlySpan<char> shown = name.AsSpan(0, Math.Min(name.Length, 64));
        return string.Create(shown.Length + 2, name, static (target, source) =>
        {
            target[0] = '"';
            target[^1] = '"';
            for (int i = 0; i < target.Length - 2; i++)
            {
                char character = source[i];
                bool unsafeToShow = char.IsControl(character) || char.IsSurrogate(character)
                    || CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
                target[i + 1] = unsafeToShow ? '?' : character;
            }
        });
    }

    private static bool HasBidiOverride(string text)
    {
        foreach (char character in text)
        {
            if (character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
            {
                return true;
            }
        }

        return false;
    }
}
