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

    /// <summary>Whether offsets are those of the original.</summary>
    public readonly bool IsInPlace => _starts is null;

    /// <summary>Looks at the text in place.</summary>
    public static FoldedText InPlace(ReadOnlySpan<char> text) => new(text, null, null, null);

    /// <summary>
    /// Folds a text. URL escapes are ambiguous ("100%4000..." is no at sign), so a text that has them is looked at both ways.
    /// </summary>
    public static FoldedText Create(ReadOnlySpan<char> text, bool readUrlEscapes)
    {
        if (Gate.IsPlain(text))
        {
            return InPlace(text);
        }

        char[] buffer = ArrayPool<char>.Shared.Rent(text.Length);
        int[] starts = ArrayPool<int>.Shared.Rent(text.Length);
        int[] ends = ArrayPool<int>.Shared.Rent(text.Length);
        int length = 0;
        for (int i = 0; i < text.Length;)
        {
            char folded = text[i];
            int taken = 1;
            if (folded >= 0x80)
            {
                folded = FoldTable.Of(folded);
                if (folded == FoldTable.Half)
                {
                    folded = FoldPair(text[i..], out taken);
                }
            }
            else if (folded is '&' or '<' or '%')
            {
                folded = ReadEscape(text[i..], readUrlEscapes, out taken);
            }

            if (folded is not (FoldTable.Extend or FoldTable.Drop))
            {
                buffer[length] = folded;
                starts[length] = i;
                ends[length] = i + taken;
                length++;
            }
            else if (folded == FoldTable.Extend && length > 0 && ends[length - 1] == i)
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

    private static char FoldPair(ReadOnlySpan<char> text, out int taken)
    {
        if (Rune.DecodeFromUtf16(text, out Rune rune, out taken) == OperationStatus.Done)
        {
            return FoldTable.Of(rune);
        }

        taken = 1;
        return '\uFFFD';
    }

    // An entity, URL escape or tag at the start of the text, or else its first character.
    private static char ReadEscape(ReadOnlySpan<char> text, bool readUrlEscapes, out int taken)
    {
        char folded = default;
        taken = text[0] switch
        {
            '&' => ReadEntity(text, out folded),
            '%' => readUrlEscapes ? ReadUrlEscape(text, out folded) : 0,
            _ => ReadTag(text, out folded),
        };
        if (taken > 0)
        {
            return folded;
        }

        taken = 1;
        return text[0];
    }

    private static int ReadEntity(ReadOnlySpan<char> text, out char folded)
    {
        const int Longest = 12;
        folded = default;
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

            folded = FoldTable.Of(new Rune(value));
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
            "shy" or "zwj" or "zwnj" or "lrm" or "rlm" => FoldTable.Drop,
            "quot" => '"',
            "apos" => '\'',
            "lt" => '<',
            "gt" => '>',
            _ => default,
        };
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
}
