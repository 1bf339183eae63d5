using System.Globalization;
using System.Text;

namespace SecureChat.Masking;

/// <summary>
/// What a character outside ASCII stands for when detectors look at it. Computed page by page of 256 characters when a page is first
/// met, because most hosts meet few of them. Thread-safe: two threads that compute a page compute the same one.
/// </summary>
internal static class FoldTable
{
    /// <summary>Belongs to the character before it, as a combining mark does.</summary>
    public const char Extend = '\uD800';

    /// <summary>Not there.</summary>
    public const char Drop = '\uD801';

    /// <summary>Half of a pair: the pair must be looked at whole. No character folds to any of these three.</summary>
    public const char Half = '\uD802';

    /// <summary>Any picture of a telephone: it says what the number beside it is.</summary>
    public const char Telephone = '\u260E';

    private static readonly char[]?[] Pages = new char[256][];

    /// <summary>First halves of pairs that stand for digits.</summary>
    internal static ReadOnlySpan<char> DigitLeads =>
        "\uD800\uD801\uD802\uD803\uD804\uD805\uD806\uD807\uD818\uD81A\uD81B\uD833\uD834\uD835\uD838\uD839\uD83A\uD83B\uD83C\uD83E";

    /// <summary>The folded character, or <see cref="Extend"/>, <see cref="Drop"/> or <see cref="Half"/>.</summary>
    public static char Of(char c) => (Pages[c >> 8] ?? Compute(c >> 8))[c & 0xFF];

    /// <summary>The folded character of a pair, or <see cref="Extend"/> or <see cref="Drop"/>.</summary>
    public static char Of(Rune rune)
    {
        int value = rune.Value;
        if (value < 0x80)
        {
            return (char)value;
        }

        if (value is >= 0xFF01 and <= 0xFF5E)
        {
            return (char)(value - 0xFEE0);
        }

        UnicodeCategory category = Rune.GetUnicodeCategory(rune);

        // Digits, circled and superscript ones included; ideographs for numbers are words.
        if (category is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherNumber
            && Rune.GetNumericValue(rune) is var digit and >= 0 and <= 9 && digit == Math.Floor(digit))
        {
            return (char)('0' + (int)digit);
        }

        switch (value)
        {
            case 0x00B7 or 0x2027 or 0x30FB or 0xFE52 or 0x2024 or 0x3002 or 0xFF61:
                return '.';
            case 0x2212 or 0xFE63 or 0x2043:
                return '-';
            case 0x2044 or 0x2215:
                return '/';
            case 0xFE6B:
                return '@';
            case 0x260E or 0x260F or 0x2706 or 0x1F4DE or 0x1F4DF or 0x1F4F1 or 0x1F4F2 or 0x1F57D or 0x1F57F:
                return Telephone;
            case 0x200C or 0x200D or (>= 0xE0020 and <= 0xE007F):
                return Extend;
        }

        return category switch
        {
            UnicodeCategory.Format => Drop,
            UnicodeCategory.Control => value < 0xA0 && value != 0x85 ? Drop : '\n',
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => Extend,
            UnicodeCategory.SpaceSeparator => ' ',
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => '\n',
            UnicodeCategory.DashPunctuation => '-',

            // A letter outside the first plane stands as some letter, anything else there as some sign: one folded character each.
            _ => rune.IsBmp ? Characters.BaseLetter((char)value) : Rune.IsLetter(rune) ? 'x' : '\uFFFC',
        };
    }

    /// <summary>False: the character is no digit, no at sign and no first half of one.</summary>
    public static bool MayBeDigit(char c)
    {
        char folded = Of(c);
        return char.IsAsciiDigit(folded) || folded == '@' || (folded == Half && DigitLeads.Contains(c));
    }

    /// <summary>Whether a digit or at sign stands at a place.</summary>
    public static bool IsCandidateAt(ReadOnlySpan<char> text, int at)
    {
        if (!char.IsSurrogate(text[at]))
        {
            return MayBeDigit(text[at]);
        }

        return Rune.DecodeFromUtf16(text[at..], out Rune rune, out _) == System.Buffers.OperationStatus.Done && char.IsAsciiDigit(Of(rune));
    }

    private static char[] Compute(int page)
    {
        var folded = new char[256];
        for (int i = 0; i < folded.Length; i++)
        {
            char c = (char)((page << 8) + i);
            folded[i] = char.IsSurrogate(c) ? Half : Of(new Rune(c));
        }

        Pages[page] = folded;
        return folded;
    }
}
