using System.Globalization;

namespace MaskingRules;

/// <summary>A pattern as sets of characters, one sequence for each length that it allows. Bit 0 to 9 are digits, 10 to 35 letters.</summary>
internal static class Pattern
{
    public const ulong Digits = (1UL << 10) - 1;
    public const ulong Letters = ((1UL << 26) - 1) << 10;

    private const int MostLengths = 64;

    public static IReadOnlyList<ulong[]> Expand(string pattern, string where)
    {
        var items = new List<(ulong Set, int Min, int Max)>();
        for (int i = 0; i < pattern.Length;)
        {
            ulong set = pattern[i] switch
            {
                'd' => Digits,
                'l' => Letters,
                'x' => Digits | Letters,
                '[' => ReadSet(pattern, ref i, where),
                _ => BitOf(pattern[i], where),
            };
            i++;
            (int min, int max) = (1, 1);
            if (i < pattern.Length && pattern[i] == '?')
            {
                (min, max) = (0, 1);
                i++;
            }
            else if (i < pattern.Length && pattern[i] == '{')
            {
                int end = pattern.IndexOf('}', i);
                string[] bounds = (end < 0 ? "" : pattern[(i + 1)..end]).Split(',');
                if (bounds.Length > 2 || !int.TryParse(bounds[0], CultureInfo.InvariantCulture, out min) || !int.TryParse(bounds[^1], CultureInfo.InvariantCulture, out max) || max < min)
                {
                    throw new RuleException($"{where}: the pattern \"{pattern}\" has a quantifier that is not {{n}} or {{n,m}}.");
                }

                i = end + 1;
            }

            items.Add((set, min, max));
        }

        var sequences = new List<List<ulong>> { new() };
        foreach ((ulong set, int min, int max) in items)
        {
            sequences = [.. sequences.SelectMany(start => Enumerable.Range(min, max - min + 1), (start, count) => start.Concat(Enumerable.Repeat(set, count)).ToList())];
            if (sequences.Count > MostLengths)
            {
                throw new RuleException($"{where}: the pattern \"{pattern}\" allows more than {MostLengths} sequences. Write several forms.");
            }
        }

        return [.. sequences.DistinctBy(static sequence => string.Join(',', sequence)).Select(static sequence => sequence.ToArray())];
    }

    public static ulong BitOf(char c, string where) => c switch
    {
        >= '0' and <= '9' => 1UL << (c - '0'),
        >= 'A' and <= 'Z' => 1UL << (c - 'A' + 10),
        _ => throw new RuleException($"{where}: '{c}' is no character of a pattern. There are d, l, x, sets in brackets, and literal digits and capitals."),
    };

    private static ulong ReadSet(string pattern, ref int i, string where)
    {
        int end = pattern.IndexOf(']', i);
        if (end < 0)
        {
            throw new RuleException($"{where}: the pattern \"{pattern}\" has a [ without ].");
        }

        ulong set = 0;
        for (int at = i + 1; at < end; at++)
        {
            if (at + 2 < end && pattern[at + 1] == '-')
            {
                for (char c = pattern[at]; c <= pattern[at + 2]; c++)
                {
                    set |= BitOf(c, where);
                }

                at += 2;
            }
            else
            {
                set |= BitOf(pattern[at], where);
            }
        }

        i = end;
        return set;
    }
}
