using System.Buffers;

namespace SecureChat.Masking;

/// <summary>E-mail addresses in any script. Walks both ways from each at sign, so every character is visited a bounded number of times.</summary>
internal static class EmailDetector
{
    private static readonly SearchValues<char> LocalSigns = SearchValues.Create("._%+-'!#$*~^{}|`");

    /// <summary>Finds addresses.</summary>
    /// <returns>Whether the text has an at sign.</returns>
    public static bool Detect(ReadOnlySpan<char> text, ref Findings findings)
    {
        int at = text.IndexOf('@');
        if (at < 0)
        {
            return false;
        }

        for (int found; at < text.Length && (found = text[at..].IndexOf('@')) >= 0; at++)
        {
            at += found;
            int start = LocalStart(text, at);
            int end = DomainEnd(text, at + 1);
            if (start < at && end > 0)
            {
                findings.Add(Kind.Email, start, end, Ranks.Email);
            }
        }

        return true;
    }

    private static int LocalStart(ReadOnlySpan<char> text, int at)
    {
        if (at == 0)
        {
            return at;
        }

        // Scripts without spaces: a sentence runs into a Latin address.
        bool ideographic = text[at - 1] >= '\u2E80';
        int start = at;
        while (start > 0 && IsLocal(text[start - 1], ideographic))
        {
            start--;
        }

        while (start < at && !char.IsLetterOrDigit(text[start]) && text[start] is not ('_' or '+'))
        {
            start++;
        }

        return start;
    }

    private static bool IsLocal(char c, bool ideographic) =>
        char.IsLetterOrDigit(c) ? ideographic || c < '\u2E80' : LocalSigns.Contains(c);

    // Labels and dots; the last label that can be a top-level domain ends it. 0 when there is none.
    private static int DomainEnd(ReadOnlySpan<char> text, int start)
    {
        int end = 0;
        int labelStart = start;
        bool hasDot = false;
        int i = start;
        bool ideographic = start < text.Length && text[start] >= '\u2E80';
        while (i < text.Length)
        {
            while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '-') && (ideographic || text[i] < '\u2E80'))
            {
                i++;
            }

            if (i == labelStart)
            {
                break;
            }

            if (hasDot && IsTopLevel(text[labelStart..i]))
            {
                end = i;
                while (text[end - 1] == '-')
                {
                    end--;
                }
            }

            if (i >= text.Length || text[i] != '.')
            {
                break;
            }

            hasDot = true;
            i++;
            labelStart = i;
        }

        return end;
    }

    private static bool IsTopLevel(ReadOnlySpan<char> label)
    {
        label = label.TrimEnd('-');
        if (label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return label.Length > 4;
        }

        if (label.Length < 2 || label is "png" or "jpg" or "jpeg" or "gif" or "svg" or "webp")
        {
            return false;
        }

        foreach (char c in label)
        {
            if (!char.IsLetter(c))
            {
                return false;
            }
        }

        return true;
    }
}
