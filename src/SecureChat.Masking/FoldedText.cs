using System.Buffers;
using System.Globalization;
using System.Text;

namespace SecureChat.Masking;

/// <summary>
/// The copy of a text that the detectors look at: digits of any script as ASCII, separators as space, dash or dot, invisible
/// characters dropped, HTML entities read, with the way back to the offsets of the original. The original is never changed by it:
/// joiners are legitimate in many scripts and stay in what is stored. Plain ASCII text is looked at in place.
/// </summary>
internal ref struct FoldedText
{
    private readonly ReadOnlySpan<char> _chars;
    private char[]? _buffer;
    private int[]? _starts;
    private int[]? _ends;

    private FoldedText(ReadOnlySpan<char> chars, char[]? buffer, int[]? starts, int[]? ends)
    {
        _chars = chars;
        _buffer = buffer;
        _starts = starts;
        _ends = ends;
    }

    /// <summary>The folded characters.</summary>
    public readonly ReadOnlySpan<char> Chars => _chars;

    /// <summary>First code unit of the original that folded character <paramref name="index"/> stands for.</summary>
    public readonly int StartOf(int index) => _starts is null ? index : _starts[index];

    /// <summary>First code unit of the original after folded character <paramref name="index"/> and the marks that sit on it.</summary>
    public readonly int EndOf(int index) => _ends is null ? index + 1 : _ends[index];

    /// <summary>Looks at the text in place.</summary>
    public static FoldedText InPlace(ReadOnlySpan<char> text) => new(text, null, null, null);

    /// <summary>
    /// Folds a text. URL escapes are ambiguous ("100%4000..." is no at sign), so a text that has them is looked at both ways.
    /// </summary>
    public static FoldedText Create(ReadOnlySpan<char> text, bool readUrlEscapes)
    {
        if (Ascii.IsValid(text) && !text.ContainsAny(Characters.Escapes))
        {
            return InPlace(text);
        }

        char[] buffer = ArrayPool<char>.Shared.Rent(text.Length);
        int[] starts = ArrayPool<int>.Shared.Rent(text.Length);
        int[] ends = ArrayPool<int>.Shared.Rent(text.Length);
        int length = 0;
        for (int i = 0; i < text.Length;)
        {
            int taken = Fold(text[i..], readUrlEscapes, out char folded, out Fate fate);
            if (fate == Fate.Keep)
            {
                buffer[length] = folded;
                starts[length] = i;
                ends[length] = i + taken;
                length++;
            }
            else if (fate == Fate.Extend && length > 0 && ends[length - 1] == i)
            {
                ends[length - 1] = i + taken;
            }

            i += taken;
        }

        return new FoldedText(buffer.AsSpan(0, length), buffer, starts, ends);
    }

    /// <summary>Gives the buffers back, wiped: they held what was said.</summary>
    public void Dispose()
    {
        if (_buffer is not null)
        {
            ArrayPool<char>.Shared.Return(_buffer, clearArray: true);
            ArrayPool<int>.Shared.Return(_starts!);
            ArrayPool<int>.Shared.Return(_ends!);
            _buffer = null;
            _starts = null;
            _ends = null;
        }
    }

    // Folds the character at the start of the text; returns how many code units it took.
    private static int Fold(ReadOnlySpan<char> text, bool readUrlEscapes, out char folded, out Fate fate)
    {
        char c = text[0];
        fate = Fate.Keep;
        folded = c;
        if (c < 0x80)
        {
            int taken = c switch
            {
                '&' => ReadEntity(text, out folded, out fate),
                '%' when readUrlEscapes => ReadUrlEscape(text, out folded),
                '<' => ReadTag(text, out folded),
                _ => 0,
            };
            if (taken > 0)
            {
                return taken;
            }

            folded = c;
            fate = Fate.Keep;
            return 1;
        }

        if (Rune.DecodeFromUtf16(text, out Rune rune, out int consumed) != OperationStatus.Done)
        {
            folded = '\uFFFD';
            return 1;
        }

        FoldRune(rune, out folded, out fate);
        return consumed;
    }

    private static void FoldRune(Rune rune, out char folded, out Fate fate)
    {
        fate = Fate.Keep;
        int value = rune.Value;
        if (value < 0x80)
        {
            folded = (char)value;
            return;
        }

        if (value is >= 0xFF01 and <= 0xFF5E)
        {
            folded = (char)(value - 0xFEE0);
            return;
        }

        double digit = Rune.GetNumericValue(rune);
        if (digit is >= 0 and <= 9 && digit == Math.Floor(digit) && IsSingleDigit(rune))
        {
            folded = (char)('0' + (int)digit);
            return;
        }

        switch (value)
        {
            case 0x00B7 or 0x2027 or 0x30FB or 0xFE52 or 0x2024 or 0x3002 or 0xFF61:
                folded = '.';
                return;
            case 0x2212 or 0xFE63 or 0x2043:
                folded = '-';
                return;
            case 0x2044 or 0x2215:
                folded = '/';
                return;
            case 0xFE6B:
                folded = '@';
                return;
            case 0x200C or 0x200D or (>= 0xE0020 and <= 0xE007F):
                folded = default;
                fate = Fate.Extend;
                return;
        }

        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.Format:
            case UnicodeCategory.Control when value < 0xA0 && value != 0x85:
                folded = default;
                fate = Fate.Drop;
                return;
            case UnicodeCategory.NonSpacingMark:
            case UnicodeCategory.EnclosingMark:
                folded = default;
                fate = Fate.Extend;
                return;
            case UnicodeCategory.SpaceSeparator:
                folded = ' ';
                return;
            case UnicodeCategory.LineSeparator:
            case UnicodeCategory.ParagraphSeparator:
            case UnicodeCategory.Control:
                folded = '\n';
                return;
            case UnicodeCategory.DashPunctuation:
                folded = '-';
                return;
        }

        // A letter outside the first plane stands as some letter, anything else there as some sign: one folded character each.
        folded = rune.IsBmp ? Characters.BaseLetter((char)value) : Rune.IsLetter(rune) ? 'x' : '\uFFFC';
    }

    // Digits, circled and superscript ones included; ideographs for numbers are words.
    private static bool IsSingleDigit(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherNumber;

    private static int ReadEntity(ReadOnlySpan<char> text, out char folded, out Fate fate)
    {
        const int Longest = 12;
        folded = default;
        fate = Fate.Keep;
        int end = text[..Math.Min(text.Length, Longest)].IndexOf(';');
        if (end < 3)
        {
            return 0;
        }

        ReadOnlySpan<char> name = text[1..end];
        if (name[0] == '#')
        {
            bool hex = name[1] is 'x' or 'X';
            ReadOnlySpan<char> number = name[(hex ? 2 : 1)..];
            if (!int.TryParse(number, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out int value) || !Rune.IsValid(value))
            {
                return 0;
            }

            FoldRune(new Rune(value), out folded, out fate);
            return end + 1;
        }

        folded = name switch
        {
            "nbsp" or "ensp" or "emsp" or "thinsp" or "numsp" or "puncsp" or "hairsp" or "Tab" => ' ',
            "NewLine" => '\n',
            "ndash" or "mdash" or "hyphen" or "dash" or "minus" => '-',
            "period" or "middot" => '.',
            "sol" => '/',
            "commat" => '@',
            "plus" => '+',
            "lowbar" => '_',
            "amp" => '&',
            "bull" => Characters.Mask,
            "shy" or "zwj" or "zwnj" or "lrm" or "rlm" => '\u200B',
            "quot" => '"',
            "apos" => '\'',
            "lt" => '<',
            "gt" => '>',
            _ => default,
        };
        fate = folded == '\u200B' ? Fate.Drop : Fate.Keep;
        return folded == default ? 0 : end + 1;
    }

    private static int ReadUrlEscape(ReadOnlySpan<char> text, out char folded)
    {
        folded = default;
        if (text.Length < 3 || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
        {
            return 0;
        }

        int value = (Nibble(text[1]) * 16) + Nibble(text[2]);
        if (value is 0xC2 && text.Length >= 6 && text[3] == '%' && (text[4] | 0x20) == 'a' && text[5] == '0')
        {
            folded = ' ';
            return 6;
        }

        folded = (char)value;
        return value is >= 0x20 and < 0x7F or '\t' or '\n' or '\r' ? 3 : 0;
    }

    private static int Nibble(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;

    // <br>, </b>: mark-up without content stands for a gap. Tags with attributes may hold the value itself and stay.
    private static int ReadTag(ReadOnlySpan<char> text, out char folded)
    {
        const int Longest = 12;
        folded = ' ';
        int end = text[..Math.Min(text.Length, Longest)].IndexOf('>');
        if (end < 2)
        {
            return 0;
        }

        ReadOnlySpan<char> name = text[1..end].Trim(" /");
        if (name.Length is 0 or > 8 || !char.IsAsciiLetter(name[0]))
        {
            return 0;
        }

        foreach (char c in name[1..])
        {
            // One digit at most (<h1>): more could be part of a value.
            if (!char.IsAsciiLetter(c) && !(name.Length == 2 && char.IsAsciiDigit(c)))
            {
                return 0;
            }
        }

        return end + 1;
    }

    private enum Fate
    {
        // Stands in the folded text.
        Keep,

        // Belongs to the character before it, as a combining mark does.
        Extend,

        // Not there.
        Drop,
    }
}
