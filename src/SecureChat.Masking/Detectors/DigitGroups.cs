using System.Buffers;

namespace SecureChat.Masking;

/// <summary>A run of digits without anything between them, in folded offsets.</summary>
internal readonly record struct DigitGroup(int Start, int End, int FirstDigit, bool IsJoined)
{
    public int Length => End - Start;
}

/// <summary>
/// All digits of a text, in groups, each with whether only separators part it from the group before. Lies in the caller's memory, and in
/// pooled memory, wiped on return, when there is more.
/// </summary>
internal ref struct DigitGroups
{
    /// <summary>Room for the groups of an ordinary message.</summary>
    public const int UsualGroups = 8;

    /// <summary>Room for the digits of an ordinary message.</summary>
    public const int UsualDigits = 32;

    // "4242 **4242** 4242", a quoted line break: up to four characters part two groups of one number.
    private const int LongestGap = 4;

    private readonly Span<DigitGroup> _groups;
    private readonly Span<char> _digits;
    private DigitGroup[]? _rentedGroups;
    private char[]? _rentedDigits;

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="groups">Room; when it is too little, pooled memory is taken instead.</param>
    /// <param name="digits">Room as well.</param>
    public DigitGroups(ReadOnlySpan<char> text, Span<DigitGroup> groups, Span<char> digits)
    {
        int count = 0;
        int digitCount = 0;
        int previousEnd = -1;
        for (int i = text.IndexOfAnyInRange('0', '9'); i >= 0 && i < text.Length;)
        {
            int end = i + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (count == groups.Length)
            {
                _rentedGroups = ArrayPool<DigitGroup>.Shared.Rent((text.Length / 2) + 1);
                groups[..count].CopyTo(_rentedGroups);
                groups = _rentedGroups;
            }

            if (digitCount + end - i > digits.Length)
            {
                _rentedDigits = ArrayPool<char>.Shared.Rent(text.Length);
                digits[..digitCount].CopyTo(_rentedDigits);
                digits = _rentedDigits;
            }

            bool joined = previousEnd >= 0 && IsGap(text[previousEnd..i]);
            groups[count++] = new DigitGroup(i, end, digitCount, joined);
            text[i..end].CopyTo(digits[digitCount..]);
            digitCount += end - i;
            previousEnd = end;

            // Most often the next group is near.
            for (i = end + 1; i < text.Length && i < end + LongestGap; i++)
            {
                if (char.IsAsciiDigit(text[i]))
                {
                    break;
                }
            }

            if (i >= text.Length || !char.IsAsciiDigit(text[i]))
            {
                int next = i < text.Length ? text[i..].IndexOfAnyInRange('0', '9') : -1;
                i = next < 0 ? text.Length : i + next;
            }
        }

        _groups = groups[..count];
        _digits = digits[..digitCount];
    }

    public readonly ReadOnlySpan<DigitGroup> Groups => _groups;

    public readonly ReadOnlySpan<char> Digits => _digits;

    public void Dispose()
    {
        if (_rentedGroups is not null)
        {
            ArrayPool<DigitGroup>.Shared.Return(_rentedGroups);
            _rentedGroups = null;
        }

        if (_rentedDigits is not null)
        {
            ArrayPool<char>.Shared.Return(_rentedDigits, clearArray: true);
            _rentedDigits = null;
        }
    }

    private static bool IsGap(ReadOnlySpan<char> gap)
    {
        if (gap.Length > LongestGap)
        {
            return false;
        }

        // One space or dash, nearly always.
        if (gap.Length == 1)
        {
            return Characters.IsSeparator(gap[0]);
        }

        // Three stars or more are somebody's mask, not a separator.
        if (gap.IndexOf("***") >= 0)
        {
            return false;
        }

        foreach (char c in gap)
        {
            if (!Characters.IsSeparator(c))
            {
                return false;
            }
        }

        return true;
    }
}
