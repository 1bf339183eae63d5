namespace SecureChat.Masking;

/// <summary>Private keys in PEM form (RFC 7468), from BEGIN to END, or to the end of the text when END was not pasted.</summary>
internal static class PrivateKeyDetector
{
    private const string Begin = "-----BEGIN ";
    private const string Middle = "PRIVATE KEY";
    private const int LongestLabel = 40;

    public static void Detect(ReadOnlySpan<char> text, ref Findings findings)
    {
        for (int at = 0, next; (next = text[at..].IndexOf(Begin)) >= 0;)
        {
            int start = at + next;
            ReadOnlySpan<char> rest = text[(start + Begin.Length)..];
            ReadOnlySpan<char> label = rest[..Math.Min(LongestLabel, rest.Length)];
            int dashes = label.IndexOf("-----");
            label = dashes < 0 ? label : label[..dashes];
            at = start + Begin.Length;
            if (!label.Contains(Middle, StringComparison.Ordinal))
            {
                continue;
            }

            int end = rest.IndexOf("-----END ");
            if (end >= 0)
            {
                end += "-----END ".Length;
                int close = rest[end..].IndexOf("-----");
                end = close is >= 0 and <= LongestLabel ? at + end + close + 5 : text.Length;
            }
            else
            {
                end = text.Length;
            }

            // A key that was masked already has nothing left in it.
            if (text[at..end].ContainsAnyInRange('a', 'z') || text[at..end].ContainsAnyInRange('0', '9'))
            {
                findings.Add(Kind.PrivateKey, start, end, Ranks.PrivateKey);
            }

            at = end;
        }
    }
}
