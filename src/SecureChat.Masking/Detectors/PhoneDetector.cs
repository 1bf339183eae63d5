namespace SecureChat.Masking;

/// <summary>
/// Phone numbers in international form: plus or 00, a country code that exists, and as many digits as the country has (ITU-T E.164).
/// National forms only beside a word for a phone, or as the answer to a question for one.
/// </summary>
internal static class PhoneDetector
{
    private const int MaxDigits = 15;

    // Country code, fewest and most digits behind it. Codes that are not named have 5 to 12.
    private const string Table =
        "1:10-10 7:10-10 20:8-10 27:9-9 30:10-10 31:9-9 32:8-9 33:9-9 34:9-9 36:8-9 39:6-12 40:9-9 41:9-9 43:5-13 44:9-10 45:8-8 46:7-10 47:8-8 48:9-9 " +
        "49:6-13 51:8-9 52:10-11 53:6-8 54:10-11 55:10-11 56:9-9 57:8-10 58:10-10 60:8-10 61:9-9 62:8-12 63:8-10 64:8-10 65:8-8 66:8-9 81:9-10 82:8-11 84:9-10 " +
        "86:9-12 90:10-10 91:10-10 92:9-10 93:9-9 94:9-9 95:7-10 98:10-10 212:9-9 213:8-9 216:8-8 234:7-10 254:9-10 351:9-9 352:4-11 353:7-9 354:7-9 358:5-12 " +
        "359:7-9 370:8-8 371:8-8 372:7-8 380:9-9 381:6-12 385:8-9 386:8-8 420:9-9 421:9-9 852:8-8 880:8-10 886:8-9 966:8-9 971:8-9 972:8-9";

    private static readonly (byte Min, byte Max)[] Lengths = Parse();

    public static void Detect(ReadOnlySpan<char> text, in DigitGroups digits, MaskContext context, ref Findings findings)
    {
        ReadOnlySpan<DigitGroup> groups = digits.Groups;
        bool asked = context.Asks(Kind.Phone);
        bool follows = false;
        for (int i = 0; i < groups.Length;)
        {
            int taken = International(text, digits.Digits, groups, i, ref findings);
            if (taken == 0)
            {
                taken = National(text, groups, i, asked, follows, ref findings);
            }

            follows = taken > 0;
            i += Math.Max(1, taken);
        }
    }

    // Returns how many groups the number took; 0 when there is none here.
    private static int International(ReadOnlySpan<char> text, ReadOnlySpan<char> digits, ReadOnlySpan<DigitGroup> groups, int first, ref Findings findings)
    {
        DigitGroup group = groups[first];
        int start = group.Start;
        int prefix = 0;
        int plus = start - 1;
        if (plus >= 0 && text[plus] is '(' or ' ')
        {
            plus--;
        }

        if (plus >= 0 && text[plus] == '+' && (plus == 0 || !(char.IsAsciiDigit(text[plus - 1]) || Characters.IsMask(text[plus - 1]))))
        {
            start = plus;
        }
        else if (group.Length >= 3 && text[start] == '0' && text[start + 1] == '0' && text[start + 2] != '0' && StartsWord(text, start))
        {
            prefix = 2;
        }
        else
        {
            return 0;
        }

        int firstDigit = group.FirstDigit + prefix;
        int code = CountryCode(digits[firstDigit..], out int codeLength);
        if (code == 0)
        {
            return 0;
        }

        (byte min, byte max) = Lengths[code];
        int trunk = 0;
        int national = group.Length - prefix - codeLength;
        int last = first;
        int best = IsLength(national, min, max) ? first : -1;
        while (last + 1 < groups.Length && IsGap(text[groups[last].End..groups[last + 1].Start]))
        {
            DigitGroup next = groups[last + 1];
            bool isTrunk = next.Length == 1 && text[next.Start] == '0' && text[next.Start - 1] == '(' && next.End < text.Length && text[next.End] == ')';
            if (isTrunk)
            {
                trunk++;
            }
            else if (national + next.Length > max)
            {
                break;
            }
            else
            {
                national += next.Length;
            }

            last++;
            if (IsLength(national, min, max))
            {
                best = last;
            }
        }

        // A country's plan may have grown: one unbroken number of a possible length is a phone number too.
        if (best < 0 && last == first && group.Length - prefix is >= 9 and <= MaxDigits)
        {
            best = first;
        }

        if (best < 0 || trunk > 1 || (prefix > 0 && groups[best].FirstDigit + groups[best].Length - firstDigit < 9))
        {
            return 0;
        }

        int end = groups[best].End;
        int taken = best - first + 1;
        if (best + 1 < groups.Length && Extension(text, groups[best], groups[best + 1]))
        {
            end = groups[best + 1].End;
            taken++;
        }

        if (end < text.Length && Characters.IsMask(text[end]))
        {
            return 0;
        }

        findings.Add(Kind.Phone, start, end, Ranks.Phone + 2);
        return taken;
    }

    private static int National(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, int first, bool asked, bool follows, ref Findings findings)
    {
        DigitGroup group = groups[first];
        if (!StartsWord(text, group.Start) || (first > 0 && !follows && groups[first].IsJoined && IsGap(text[groups[first - 1].End..group.Start])))
        {
            return 0;
        }

        int total = group.Length;
        int last = first;
        while (last + 1 < groups.Length && total + groups[last + 1].Length <= 13 && IsGap(text[groups[last].End..groups[last + 1].Start]))
        {
            last++;
            total += groups[last].Length;
        }

        bool continues = last + 1 < groups.Length && IsGap(text[groups[last].End..groups[last + 1].Start]);

        // "052 5552606 074-7111234": two numbers with a space between them, when the first is one by its grouping.
        for (int at = last - 1; (continues || total > 12) && at > first; at--)
        {
            if (text[groups[at].End] == ' ' && IsUsualGrouping(text, groups[first..(at + 1)]))
            {
                total = groups[at].FirstDigit + groups[at].Length - group.FirstDigit;
                last = at;
                continues = false;
            }
        }

        int end = groups[last].End;
        int start = group.Start > 0 && text[group.Start - 1] == '(' ? group.Start - 1 : group.Start;
        ReadOnlySpan<char> value = text[start..end];
        ReadOnlySpan<DigitGroup> number = groups[first..(last + 1)];
        bool isUsual = !continues && total <= 12 && IsUsualGrouping(text, number);
        if (total is < 7 or > 12 || continues || IsDate(number, value) || (last == first && total < 9 && !asked)
            || (end < text.Length && Characters.IsMask(text[end])))
        {
            return 0;
        }

        int taken = last - first + 1;
        bool hasExtension = last + 1 < groups.Length && Extension(text, groups[last], groups[last + 1]);
        if (hasExtension)
        {
            end = groups[last + 1].End;
            taken++;
        }

        if (end < text.Length && char.IsLetter(text[end]))
        {
            return 0;
        }

        bool isNamed = asked
            || start > 0 && text[Math.Max(0, start - 3)..start].Contains(FoldTable.Telephone)
            || !ContextWords.Before(text, start, Topics.Phone, stopAtNumbers: true, reach: 40).IsEmpty
            || !ContextWords.After(text, end, Topics.Phone, stopAtNumbers: true, reach: 12).IsEmpty;
        bool isUnrelated = isUsual && !isNamed && !ContextWords.Before(text, start, Topics.Unrelated, stopAtNumbers: true, reach: 32).IsEmpty;
        if (!isNamed && (!isUsual || isUnrelated))
        {
            return 0;
        }

        findings.Add(Kind.Phone, start, end, Ranks.Phone + (isNamed ? 1 : 0) + (isNamed && isUsual ? 1 : 0));
        return taken;
    }

    // Groupings that nothing but telephone numbers has: an area code in parentheses, the North American plan, a trunk zero in front of
    // groups, and the mobile numbers of countries that people write without a gap.
    private static bool IsUsualGrouping(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups)
    {
        DigitGroup a = groups[0];
        int total = 0;
        foreach (DigitGroup group in groups)
        {
            total += group.Length;
        }

        char first = text[a.Start];
        if (groups.Length == 1)
        {
            return total == 11 && first == '0' && text[a.Start + 1] is '5' or '7' or '9' && IsVaried(text[a.Start..a.End]);
        }

        bool isOneSign = true;
        for (int i = 2; i < groups.Length; i++)
        {
            isOneSign &= text[groups[i - 1].End] == text[groups[1].Start - 1];
        }

        int area = first is '0' or '1' && a.Length == 1 ? 1 : 0;
        DigitGroup code = groups[area];
        bool inParentheses = code.Start > 0 && text[code.Start - 1] == '(' && code.End < text.Length && text[code.End] == ')' && code.Length is >= 2 and <= 5;
        if (inParentheses)
        {
            return total is >= 8 and <= 12;
        }

        if (!isOneSign)
        {
            return false;
        }

        // 415-555-0132, 1-415-555-0132, 91 415 555 0132
        if (groups.Length is 3 or 4 && groups[^1].Length == 4 && groups[^2].Length == 3 && groups[^3].Length == 3
            && text[groups[^3].Start] is >= '2' and <= '9' && text[groups[^2].Start] is >= '2' and <= '9')
        {
            // "250 300 1000" may be anything; alone in a message it is a telephone number.
            return groups.Length == 3
                ? text[groups[0].End] != ' ' || text.Trim().Length == groups[2].End - groups[0].Start
                : groups[0].Length <= 2;
        }

        // 532-123-45-67
        if (groups is [{ Length: 3 }, { Length: 3 }, { Length: 2 }, { Length: 2 }])
        {
            return first is >= '2' and <= '9';
        }

        return first == '0' && text[a.Start + 1] != '0' && a.Length is >= 2 and <= 5 && total is >= 9 and <= 11 && groups.Length <= 5
            && (groups.Length > 2 || groups[1].Length >= 6);
    }

    private static bool IsVaried(ReadOnlySpan<char> digits) => digits[3..].ContainsAnyExcept(digits[3]);

    private static bool IsDate(ReadOnlySpan<DigitGroup> groups, ReadOnlySpan<char> value) =>
        groups.Length == 3
        && value.ContainsAny('/', '.', '-')
        && ((groups[0].Length is 1 or 2 && groups[1].Length is 1 or 2 && groups[2].Length is 2 or 4) || (groups[0].Length == 4 && groups[1].Length is 1 or 2 && groups[2].Length is 1 or 2));

    private static bool IsLength(int national, byte min, byte max) => national >= min && national <= max;

    private static bool StartsWord(ReadOnlySpan<char> text, int start)
    {
        if (start == 0)
        {
            return true;
        }

        char before = text[start - 1];
        if (char.IsLetterOrDigit(before) || Characters.IsMask(before) || before is '#' or '$' or '\u20AC')
        {
            return false;
        }

        return !(start >= 2 && before is '.' or ',' or '-' or '/' or ':' && char.IsAsciiDigit(text[start - 2]));
    }

    private static bool IsGap(ReadOnlySpan<char> gap)
    {
        if (gap.Length is 0 or > 3)
        {
            return false;
        }

        foreach (char c in gap)
        {
            if (c is not (' ' or '-' or '.' or '/' or '(' or ')'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Extension(ReadOnlySpan<char> text, DigitGroup last, DigitGroup next)
    {
        ReadOnlySpan<char> gap = text[last.End..next.Start].Trim(" .:#");
        return next.Length is >= 1 and <= 6 && next.Start - last.End <= 12
            && (gap.Equals("x", StringComparison.OrdinalIgnoreCase)
                || gap.Equals("ext", StringComparison.OrdinalIgnoreCase)
                || gap.Equals("extension", StringComparison.OrdinalIgnoreCase));
    }

    private static int CountryCode(ReadOnlySpan<char> digits, out int length)
    {
        int code = 0;
        for (length = 1; length <= 3 && length <= digits.Length; length++)
        {
            code = (code * 10) + digits[length - 1] - '0';
            if (Lengths[code].Max > 0)
            {
                return code;
            }
        }

        return 0;
    }

    // Zones 1 and 7 have one digit; 20, 27, 30-34, 36, 39-41, 43-49, 51-58, 60-66, 81, 82, 84, 86, 90-95, 98 have two; the rest three.
    private static (byte Min, byte Max)[] Parse()
    {
        var lengths = new (byte Min, byte Max)[1000];
        foreach (int zone in (ReadOnlySpan<int>)[21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42, 50, 59, 67, 68, 69, 80, 85, 87, 88, 96, 97, 99])
        {
            lengths.AsSpan(zone * 10, 10).Fill((5, 12));
        }

        foreach (string entry in Table.Split(' '))
        {
            int colon = entry.IndexOf(':', StringComparison.Ordinal);
            int dash = entry.IndexOf('-', StringComparison.Ordinal);
            int code = int.Parse(entry.AsSpan(0, colon), System.Globalization.CultureInfo.InvariantCulture);
            lengths[code] = (
                byte.Parse(entry.AsSpan(colon + 1, dash - colon - 1), System.Globalization.CultureInfo.InvariantCulture),
                byte.Parse(entry.AsSpan(dash + 1), System.Globalization.CultureInfo.InvariantCulture));
        }

        return lengths;
    }
}
