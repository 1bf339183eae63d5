using System.Buffers;

namespace SecureChat.Masking;

/// <summary>A run of digits without anything between them, in folded offsets.</summary>
internal readonly record struct DigitGroup(int Start, int End, int FirstDigit, bool IsJoined)
{
    public int Length => End - Start;
}

/// <summary>All digits of a text, in groups, each with whether only separators part it from the group before. Pooled memory, wiped on return.</summary>
internal ref struct DigitGroups
{
    // "4242 **4242** 4242", a quoted line break: up to four characters part two groups of one number.
    private const int LongestGap = 4;

    private DigitGroup[]? _groups;
    private char[]? _digits;
    private int _count;
    private int _digitCount;

    public readonly ReadOnlySpan<DigitGroup> Groups => _groups.AsSpan(0, _count);

    public readonly ReadOnlySpan<char> Digits => _digits.AsSpan(0, _digitCount);

    public static DigitGroups Read(ReadOnlySpan<char> text)
    {
        DigitGroups result = default;
        int i = text.IndexOfAnyInRange('0', '9');
        if (i < 0)
        {
            return result;
        }

        result._groups = ArrayPool<DigitGroup>.Shared.Rent((text.Length / 2) + 1);
        result._digits = ArrayPool<char>.Shared.Rent(text.Length);
        int previousEnd = -1;
        while (i < text.Length)
        {
            int end = i + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            bool joined = previousEnd >= 0 && IsGap(text[previousEnd..i]);
            result._groups[result._count++] = new DigitGroup(i, end, result._digitCount, joined);
            text[i..end].CopyTo(result._digits.AsSpan(result._digitCount));
            result._digitCount += end - i;
            previousEnd = end;
            int next = text[end..].IndexOfAnyInRange('0', '9');
            i = next < 0 ? text.Length : end + next;
        }

        return result;
    }

    public void Dispose()
    {
        if (_groups is not null)
        {
            ArrayPool<DigitGroup>.Shared.Return(_groups);
            ArrayPool<char>.Shared.Return(_digits!, clearArray: true);
            _groups = null;
            _digits = null;
        }
    }

    private static bool IsGap(ReadOnlySpan<char> gap)
    {
        // Three stars or more are somebody's mask, not a separator.
        if (gap.Length > LongestGap || gap.IndexOf("***") >= 0)
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
