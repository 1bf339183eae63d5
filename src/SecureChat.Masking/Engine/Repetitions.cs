using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SecureChat.Masking;

/// <summary>A value that was recognised by the words beside it may stand elsewhere in the text without them: it is hidden there too.</summary>
internal static class Repetitions
{
    // A shorter value stands in every text by chance.
    private const int ShortestUnique = 6;

    // So many are looked for one by one, each with one vectorised search.
    private const int Few = 64;

    // Values from here on are found by so many characters at their beginning, shorter ones by all of theirs.
    private const int LongestKey = 24;

    // Comparisons for each character of the text: more than a dump of one bank's numbers needs, and a bound for a text that was made to need more.
    private const int MostComparisons = 16;

    // Of this process: nobody can prepare a text in which everything seems alike.
    private static readonly ulong Base = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

    /// <summary>Hides what stands elsewhere. Returns false when it cannot be told in time in proportion to the text.</summary>
    /// <param name="text">The raw text.</param>
    /// <param name="spans">What was found; what stands elsewhere is added.</param>
    /// <param name="work">The text as masked so far.</param>
    public static bool Hide(ReadOnlySpan<char> text, ref MaskedSpans spans, Span<char> work)
    {
        int count = spans.Count;
        bool isDone = count <= Few ? HideFew(text, ref spans, work) : HideMany(text, ref spans, work);
        if (spans.Count > count)
        {
            spans.Merge(work);
        }

        return isDone;
    }

    private static bool HideFew(ReadOnlySpan<char> text, ref MaskedSpans spans, Span<char> work)
    {
        int count = spans.Count;
        for (int i = 0; i < count; i++)
        {
            MaskedSpan span = spans.Items[i];
            ReadOnlySpan<char> value = text[span.Start..span.End];
            if (value.Length < ShortestUnique)
            {
                continue;
            }

            for (int at = 0, next; at < work.Length && (next = work[at..].IndexOf(value)) >= 0; at += next + value.Length)
            {
                MaskWriter.HideAll(work.Slice(at + next, value.Length));
                spans.Add(span with { Start = at + next, End = at + next + value.Length });
            }
        }

        return true;
    }

    private static bool HideMany(ReadOnlySpan<char> text, ref MaskedSpans spans, Span<char> work)
    {
        int count = spans.Count;
        int[] next = new int[count];
        long comparisons = (long)text.Length * MostComparisons;
        for (int key = LongestKey; key >= ShortestUnique && comparisons > 0; key--)
        {
            Dictionary<ulong, int>? firsts = Index(text, spans.Items[..count], key, next, ref comparisons);
            if (firsts is not null)
            {
                HideMany(text, ref spans, work, key, firsts, next, ref comparisons);
            }
        }

        return comparisons > 0;
    }

    // The values with a key of this length, by its hash; of equal ones one. Null when there is none.
    private static Dictionary<ulong, int>? Index(ReadOnlySpan<char> text, ReadOnlySpan<MaskedSpan> values, int key, int[] next, ref long comparisons)
    {
        Dictionary<ulong, int>? firsts = null;
        for (int i = 0; i < values.Length && comparisons > 0; i++)
        {
            if (Math.Min(values[i].Length, LongestKey) != key)
            {
                continue;
            }

            ReadOnlySpan<char> value = text[values[i].Start..values[i].End];
            ref int first = ref CollectionsMarshal.GetValueRefOrAddDefault(firsts ??= [], HashOf(value[..key]), out bool isKnown);
            next[i] = isKnown ? first : -1;
            bool isNew = true;
            for (int other = next[i]; other >= 0 && isNew; other = next[other])
            {
                comparisons--;
                isNew = !text[values[other].Start..values[other].End].SequenceEqual(value);
            }

            first = isNew ? i : first;
        }

        return firsts;
    }

    private static void HideMany(ReadOnlySpan<char> text, ref MaskedSpans spans, Span<char> work, int key, Dictionary<ulong, int> firsts, int[] next, ref long comparisons)
    {
        ulong leaving = 1;
        for (int i = 1; i < key; i++)
        {
            leaving *= Base;
        }

        ulong hash = work.Length < key ? 0 : HashOf(work[..key]);
        for (int at = 0; at + key <= work.Length && comparisons > 0; at++)
        {
            int longest = firsts.TryGetValue(hash, out int first) ? Longest(text, spans.Items, work[at..], first, next, ref comparisons) : -1;
            if (at + key < work.Length)
            {
                hash = ((hash - (leaving * work[at])) * Base) + work[at + key];
            }

            if (longest >= 0)
            {
                // What the hash has read stays in it; what is hidden here only ends what begins within it.
                MaskedSpan span = spans.Items[longest];
                int end = at + span.Length;
                MaskWriter.HideAll(work[at..end]);
                spans.Add(span with { Start = at, End = end });
                at = end - 1;
                hash = end + key <= work.Length ? HashOf(work.Slice(end, key)) : 0;
            }
        }
    }

    private static int Longest(ReadOnlySpan<char> text, ReadOnlySpan<MaskedSpan> values, ReadOnlySpan<char> work, int first, int[] next, ref long comparisons)
    {
        int longest = -1;
        for (int i = first; i >= 0; i = next[i])
        {
            comparisons--;
            if ((longest < 0 || values[i].Length > values[longest].Length) && work.StartsWith(text[values[i].Start..values[i].End]))
            {
                longest = i;
            }
        }

        return longest;
    }

    private static ulong HashOf(ReadOnlySpan<char> key)
    {
        ulong hash = 0;
        foreach (char c in key)
        {
            hash = (hash * Base) + c;
        }

        return hash;
    }
}
