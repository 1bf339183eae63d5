namespace SecureChat.Masking;

/// <summary>IBANs of every registered country in any case and spacing. The country fixes the length, so a following word is never swallowed.</summary>
internal static class IbanDetector
{
    private const int LongestGap = 3;

    public static void Detect(ReadOnlySpan<char> text, MaskingSafeguards safeguards, ref Findings findings)
    {
        int from = findings.Count;
        for (int i = 0; i + Iban.MinLength <= text.Length; i++)
        {
            if (char.IsAsciiLetter(text[i]) && CanStart(text, i) && Match(text, i, safeguards) is var end and > 0)
            {
                findings.Add(FoundKind.Iban, i, end, 0);
                i = end - 1;
            }
        }

        findings.Resolve(from, text.Length);
    }

    // At the beginning of a word, or glued to the word IBAN.
    private static bool CanStart(ReadOnlySpan<char> text, int i) =>
        i == 0
        || !char.IsLetterOrDigit(text[i - 1])
        || (i >= 4 && text[(i - 4)..i].Equals("iban", StringComparison.OrdinalIgnoreCase));

    private static int Match(ReadOnlySpan<char> text, int start, MaskingSafeguards safeguards)
    {
        int second = Next(text, start + 1, longestGap: 1);
        if (second < 0 || Iban.ShapeOf(text[start], text[second]) is not { } shape)
        {
            return 0;
        }

        Span<char> compact = stackalloc char[Iban.MaxLength];
        compact[0] = char.ToUpperInvariant(text[start]);
        compact[1] = char.ToUpperInvariant(text[second]);
        int at = second;
        int length = shape.Length + 4;
        for (int i = 2; i < length; i++)
        {
            at = Next(text, at + 1, LongestGap);
            if (at < 0 || !Iban.Fits(i < 4 ? 'n' : shape[i - 4], text[at]))
            {
                return 0;
            }

            compact[i] = char.ToUpperInvariant(text[at]);
        }

        int end = at + 1;
        bool endsWord = end == text.Length || !(char.IsAsciiDigit(text[end]) || (char.IsLetter(text[end]) && shape[^1] != 'n'));
        return endsWord && ((safeguards & MaskingSafeguards.CheckDigits) == 0 || Iban.HasValidCheckDigits(compact[..length])) ? end : 0;
    }

    // The next letter or digit, over a short gap of separators; -1 when there is none.
    private static int Next(ReadOnlySpan<char> text, int at, int longestGap)
    {
        for (int gap = 0; at < text.Length && gap <= longestGap; at++, gap++)
        {
            if (char.IsAsciiLetterOrDigit(text[at]))
            {
                return at;
            }

            if (!Characters.IsSeparator(text[at]))
            {
                return -1;
            }
        }

        return -1;
    }
}
