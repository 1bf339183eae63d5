namespace SecureChat.Masking;

/// <summary>IBANs of every registered country in any case and spacing. The country fixes the length, so a following word is never swallowed.</summary>
internal static class IbanDetector
{
    private const int LongestGap = 3;

    public static void Detect(ReadOnlySpan<char> text, in DigitGroups digits, MaskingSafeguards safeguards, ref Findings findings)
    {
        int from = findings.Count;
        int free = 0;

        // Its check digits are the first digits of an IBAN, so every one stands before the beginning of a digit group.
        foreach (DigitGroup group in digits.Groups)
        {
            // Only separators between two groups: no letters there.
            if (group.IsJoined)
            {
                continue;
            }

            int i = StartBefore(text, group.Start);
            if (i >= free && i + Iban.MinLength <= text.Length && CanStart(text, i)
                && Match(text, i, digits.Digits.Length - group.FirstDigit, safeguards) is var end and > 0)
            {
                findings.Add(Kind.Iban, i, end, Ranks.Iban);
                free = end;
            }
        }

        findings.Resolve(from, text.Length);
    }

    // The place of the two letters before a digit, with the gaps that are allowed between them; -1 when there are none.
    private static int StartBefore(ReadOnlySpan<char> text, int digit)
    {
        int second = Previous(text, digit - 1, LongestGap);
        return second < 0 || !char.IsAsciiLetter(text[second])
            ? -1
            : Previous(text, second - 1, longestGap: 1) is var first and >= 0 && char.IsAsciiLetter(text[first]) ? first : -1;
    }

    // At the beginning of a word, or glued to the word IBAN.
    private static bool CanStart(ReadOnlySpan<char> text, int i) =>
        i == 0
        || !char.IsLetterOrDigit(text[i - 1])
        || (i >= 4 && text[(i - 4)..i].Equals("iban", StringComparison.OrdinalIgnoreCase));

    private static int Match(ReadOnlySpan<char> text, int start, int digitsBehind, MaskingSafeguards safeguards)
    {
        int second = Next(text, start + 1, longestGap: 1);
        if (second < 0 || Iban.ShapeOf(text[start], text[second]) is not { } shape || digitsBehind < 2 + shape.AsSpan().Count('n'))
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

            // "bANK": nobody writes an account so, and a phrase that does passes the check digits by chance.
            if (char.IsAsciiLetterUpper(text[at]) && char.IsAsciiLetterLower(text[at - 1]))
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

    // The same to the left.
    private static int Previous(ReadOnlySpan<char> text, int at, int longestGap)
    {
        for (int gap = 0; at >= 0 && gap <= longestGap; at--, gap++)
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
