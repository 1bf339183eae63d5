using System.Buffers;
using System.Globalization;
using System.Text;

namespace SecureChat.Masking;

/// <summary>Classes of characters that the detectors share. Thread-safe.</summary>
internal static class Characters
{
    /// <summary>What a masked character becomes.</summary>
    public const char Mask = '\u2022';

    /// <summary>
    /// Every value of every kind holds a digit of some script, or an at sign, or an HTML entity that stands for one. A text without
    /// any of them is clean: one vectorised look, no allocation. The surrogates lead blocks that hold digits.
    /// </summary>
    public static readonly SearchValues<char> Gate = SearchValues.Create(GateCharacters());

    /// <summary>ASCII characters that begin an HTML entity, a URL escape or a tag.</summary>
    public static readonly SearchValues<char> Escapes = SearchValues.Create("&%<");

    // Latin letters with marks to their base letter, so that one spelling of a context word is enough.
    private static readonly char[] BaseLetters = LatinBaseLetters();

    /// <summary>A character that hides another: never a separator, so that masked text is not put together again.</summary>
    public static bool IsMask(char c) => c is Mask or '\u25CF' or '\u2587' or '\u2588' or '\u26AB' or '\u2B24';

    /// <summary>A character that may stand between the digits of one number.</summary>
    public static bool IsSeparator(char c) => !char.IsLetterOrDigit(c) && !IsMask(c) && c is not ('@' or '$' or '\u20AC' or '\u00A3' or '%');

    /// <summary>An accented Latin letter without its mark; any other character as it is.</summary>
    public static char BaseLetter(char c) => c is >= '\u00C0' and < '\u0250' ? BaseLetters[c - '\u00C0'] : c;

    private static string GateCharacters()
    {
        var gate = new StringBuilder("0123456789@&\uFF20\uFE6B");
        for (int c = 0x80; c <= char.MaxValue; c++)
        {
            if (CharUnicodeInfo.GetDigitValue((char)c) >= 0)
            {
                gate.Append((char)c);
            }
        }

        foreach (int lead in (ReadOnlySpan<int>)[0xD801, 0xD803, 0xD804, 0xD805, 0xD806, 0xD807, 0xD81A, 0xD833, 0xD835, 0xD838, 0xD839, 0xD83A, 0xD83C, 0xD83E])
        {
            gate.Append((char)lead);
        }

        return gate.ToString();
    }

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
