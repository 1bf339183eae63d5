namespace SecureChat.Masking;

/// <summary>Codes that mean nothing without their name: a PIN (ISO 9564-1: 4 to 12 digits), and a SWIFT or BIC code (ISO 9362).</summary>
internal static class NamedCodeDetector
{
    private const int Reach = 28;

    public static void DetectPins(ReadOnlySpan<char> text, in DigitGroups digits, MaskContext context, ref Findings findings)
    {
        bool asked = context.Asks(Kind.Pin);
        foreach (DigitGroup group in digits.Groups)
        {
            if (group.Length is < 4 or > 12
                || (group.Start > 0 && (char.IsLetterOrDigit(text[group.Start - 1]) || text[group.Start - 1] is '$' or '\u20AC' or '.' or '-' or '/' or '#' || Characters.IsMask(text[group.Start - 1])))
                || (group.End < text.Length && (char.IsLetter(text[group.End]) || Characters.IsMask(text[group.End])
                    || (group.End + 1 < text.Length && text[group.End] is '.' or '-' or '/' or ':' && char.IsAsciiDigit(text[group.End + 1])))))
            {
                continue;
            }

            if ((asked && group.Length <= 6) || ContextWords.Before(text, group.Start, Topics.Pin, stopAtNumbers: true, Reach).Has(Kind.Pin))
            {
                findings.Add(Kind.Pin, group.Start, group.End, Ranks.Pin);
            }
        }
    }

    /// <summary>Eight or eleven letters and digits with a country in them, right behind the word.</summary>
    public static void DetectBankCodes(ReadOnlySpan<char> text, MaskContext context, ref Findings findings)
    {
        for (int at = 0; at < text.Length;)
        {
            int found = text[at..].IndexOfAnyInRange('A', 'Z');
            if (found < 0)
            {
                return;
            }

            int start = at + found;
            int end = start;
            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
            {
                end++;
            }

            at = end;
            if (end - start is 8 or 11 && (start == 0 || !char.IsLetterOrDigit(text[start - 1])) && IsBankCode(text[start..end])
                && (context.Asks(Kind.SwiftBic) || ContextWords.Before(text, start, Topics.BankCode, stopAtNumbers: true, 40).Has(Kind.SwiftBic)))
            {
                findings.Add(Kind.SwiftBic, start, end, Ranks.Named);
            }
        }
    }

    private static bool IsBankCode(ReadOnlySpan<char> value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (i < 6 ? !char.IsAsciiLetterUpper(value[i]) : !(char.IsAsciiLetterUpper(value[i]) || char.IsAsciiDigit(value[i])))
            {
                return false;
            }
        }

        return Countries.Has(value[4], value[5]);
    }
}
