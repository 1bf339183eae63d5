using System.Runtime.CompilerServices;

namespace SecureChat.Masking;

/// <summary>Compares how a number is written with the usual ways of its kind.</summary>
internal static class Layouts
{
    private const int End = 127;

    /// <summary>Whether the chunks of a value, without its prefix and suffix, follow one of the layouts, and whether that one has gaps.</summary>
    [SkipLocalsInit]
    public static (bool IsUsual, bool IsGrouped) Match(ReadOnlySpan<sbyte> layouts, ReadOnlySpan<Chunk> chunks, int prefix, int body)
    {
        // Lengths and signs of the body alone.
        Span<int> lengths = stackalloc int[chunks.Length];
        Span<int> gaps = stackalloc int[chunks.Length];
        int count = 0;
        int skip = prefix;
        int left = body;
        foreach (Chunk chunk in chunks)
        {
            int taken = Math.Min(skip, chunk.Length);
            skip -= taken;
            int length = Math.Min(chunk.Length - taken, left);
            if (length > 0)
            {
                gaps[count] = count == 0 ? Gap.None : chunk.GapBefore;
                lengths[count++] = length;
                left -= length;
            }
        }

        while (layouts[0] != End)
        {
            int same = Gap.None;
            bool fits = true;
            int chunk = 0;
            int sign;
            do
            {
                fits &= chunk < count && lengths[chunk] == layouts[0];
                sign = layouts[1];
                if (sign != Gap.None && chunk + 1 < count)
                {
                    int gap = gaps[chunk + 1];
                    same = same == Gap.None ? gap : same;
                    fits &= sign == Gap.AnyOne ? gap == same && gap is Gap.Space or Gap.Dash or Gap.Dot : gap == sign;
                }

                layouts = layouts[2..];
                chunk++;
            }
            while (sign != Gap.None);
            if (fits && chunk == count)
            {
                return (true, count > 1);
            }
        }

        return (false, false);
    }
}
