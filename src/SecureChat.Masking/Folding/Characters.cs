using System.Text;

namespace SecureChat.Masking;

/// <summary>Classes of characters that the detectors share. Thread-safe.</summary>
internal static class Characters
{
    /// <summary>What a masked character becomes.</summary>
    public const char Mask = '\u2022';

    // Latin letters with marks to their base letter, so that one spelling of a context word is enough.
    private static readonly char[] BaseLetters = LatinBaseLetters();

    /// <summary>A character that hides another: never a separator, so that masked text is not put together again.</summary>
    public static bool IsMask(char c) => c >= Mask && c is Mask or '\u25CF' or '\u2587' or '\u2588' or '\u26AB' or '\u2B24';

    /// <summary>A character that may stand between the digits of one number.</summary>
    public static bool IsSeparator(char c) => !char.IsLetterOrDigit(c) && !IsMask(c) && c is not ('@' or '$' or '\u20AC' or '\u00A3' or '%');

    /// <summary>An accented Latin letter without its mark; any other character as it is.</summary>
    public static char BaseLetter(char c) => c is >= '\u00C0' and < '\u0250' ? BaseLetters[c - '\u00C0'] : c;

    private static char[] LatinBaseLetters()
    {
        var letters = new char[0x250 - 0xC0];
        for (int i = 0; i < letters.Length; i++)
        {
            char c = (char)(0xC0 + i);
            string decomposed = c.ToString().Normalize(NormalizationForm.FormD);
            letters[i] = c == '\u00DF' ? 's' : char.IsAsciiLetter(decomposed[0]) ? decomposed[0] : c;
        }

        return letters;
    }
}
