namespace SecureChat.Masking;

/// <summary>
/// US Social Security numbers: three, two and four digits with one kind of separator. Nine digits in another grouping are one only
/// beside the word, or as the answer to the question.
/// </summary>
internal static class SsnDetector
{
    public static void Detect(ReadOnlySpan<char> text, in DigitGroups digits, MaskContext context, ref Findings findings)
    {
        ReadOnlySpan<DigitGroup> groups = digits.Groups;
        int from = findings.Count;
        bool asked = context.Asks(Kind.UsSsn);
        for (int first = 0; first < groups.Length; first++)
        {
            int total = 0;
            for (int last = first; last < groups.Length && (last == first || groups[last].IsJoined); last++)
            {
                total += groups[last].Length;
                if (total > 9)
                {
                    break;
                }

                if (total == 9 && IsIssued(digits.Digits.Slice(groups[first].FirstDigit, 9)))
                {
                    Try(text, groups, first, last, asked, ref findings);
                }
            }
        }

        findings.Resolve(from, text.Length);
    }

    /// <summary>Area, group and serial that the administration gives out. ASCII digits only.</summary>
    public static bool IsIssued(ReadOnlySpan<char> digits) =>
        digits.Length == 9
        && digits[0] != '9'
        && !digits[..3].SequenceEqual("000")
        && !digits[..3].SequenceEqual("666")
        && !digits[3..5].SequenceEqual("00")
        && !digits[5..].SequenceEqual("0000");

    private static void Try(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, int first, int last, bool asked, ref Findings findings)
    {
        int start = groups[first].Start;
        int end = groups[last].End;
        bool usual = last - first == 2 && groups[first].Length == 3 && groups[first + 1].Length == 2 && IsOneSeparator(text, groups, first);
        if (usual && StandsAlone(text, groups, first, last))
        {
            findings.Add(Kind.UsSsn, start, end, Ranks.Ssn + 2);
            return;
        }

        bool flanked = (start > 0 && text[start - 1] is '$' or '\u20AC' or '+') || (end < text.Length && char.IsLetter(text[end]));
        if (!flanked && !text[start..end].ContainsAny(':', ',')
            && (asked
                || ContextWords.Before(text, start, Topics.Ssn, stopAtNumbers: true, reach: 48) is { IsEmpty: false }
                || (ContextWords.After(text, end, Topics.Ssn, stopAtNumbers: true, reach: 28) is { IsEmpty: false }
                    && text.Slice(end, Math.Min(44, text.Length - end)).IndexOfAnyInRange('0', '9') < 0)))
        {
            findings.Add(Kind.UsSsn, start, end, Ranks.Ssn + 1);
        }
    }

    private static bool IsOneSeparator(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, int first)
    {
        ReadOnlySpan<char> one = text[groups[first].End..groups[first + 1].Start];
        ReadOnlySpan<char> other = text[groups[first + 1].End..groups[first + 2].Start];
        return one.SequenceEqual(other) && one.Trim(' ') is "" or "-" or "." or "_" or "/" or "\t";
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, int first, int last)
    {
        int start = groups[first].Start;
        int end = groups[last].End;
        if ((start > 0 && (char.IsLetter(text[start - 1]) || text[start - 1] is '+' or '$' || Characters.IsMask(text[start - 1])))
            || (end < text.Length && (char.IsLetter(text[end]) || Characters.IsMask(text[end]))))
        {
            return false;
        }

        // A fourth group with the same kind of separator makes it another number.
        char separator = text[groups[first].End];
        bool continuesBefore = first > 0 && groups[first].IsJoined && text[groups[first - 1].End] == separator && groups[first].Start - groups[first - 1].End == 1;
        bool continuesAfter = last + 1 < groups.Length && groups[last + 1].IsJoined && text[end] == separator && groups[last + 1].Start - end == 1;
        return !continuesBefore && !continuesAfter;
    }
}
