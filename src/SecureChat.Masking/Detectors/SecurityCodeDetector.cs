namespace SecureChat.Masking;

/// <summary>
/// Card security codes: three or four digits mean nothing alone, so only beside their name, right behind a card number and its
/// expiry, or as the answer to a question for them.
/// </summary>
internal static class SecurityCodeDetector
{
    private const int LongestGap = 28;

    public static void Detect(ReadOnlySpan<char> text, in DigitGroups digits, MaskContext context, int firstCard, ref Findings findings)
    {
        ReadOnlySpan<DigitGroup> groups = digits.Groups;
        int cards = findings.Count;
        int from = findings.Count;
        for (int i = firstCard; i < cards; i++)
        {
            Finding card = findings.Items[i];
            if (card.Kind == Kind.PaymentCard)
            {
                AfterCard(text, groups, card, ref findings);
            }
        }

        // The usual case: one card and nothing that could take its place. Its own groups are no codes.
        Finding onlyCard = firstCard == 0 && cards == 1 ? findings.Items[0] : default;
        bool asked = context.Asks(Kind.CardSecurityCode);
        for (int i = 0; i < groups.Length; i++)
        {
            DigitGroup group = groups[i];
            if (group.Length is not (3 or 4) || (group.Start >= onlyCard.Start && group.End <= onlyCard.End) || !StandsAlone(text, groups, i))
            {
                continue;
            }

            if (asked && !IsAmount(text, group) && !IsLastFour(text, group))
            {
                findings.Add(Kind.CardSecurityCode, group.Start, group.End, Ranks.SecurityCode + 2);
            }
            else if (IsNamed(text, group))
            {
                findings.Add(Kind.CardSecurityCode, group.Start, group.End, Ranks.SecurityCode + 3);
            }
        }

        if (context.FollowsCard)
        {
            AloneAfterCardMessage(text, groups, ref findings);
        }

        findings.Resolve(from, text.Length);
    }

    /// <summary>Whether a digit group has the length of a code and stands by itself.</summary>
    public static bool MayHoldCode(ReadOnlySpan<char> text, in DigitGroups digits)
    {
        ReadOnlySpan<DigitGroup> groups = digits.Groups;
        for (int i = 0; i < groups.Length; i++)
        {
            if (groups[i].Length is 3 or 4 && StandsAlone(text, groups, i))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNamed(ReadOnlySpan<char> text, DigitGroup group)
    {
        if (ContextWords.Before(text, group.Start, Topics.SecurityCode, stopAtNumbers: true, reach: 48) is { IsEmpty: false })
        {
            return true;
        }

        // "123 is the cvv", but in "order 123, cvv 456" the word belongs to the number behind it.
        return !IsLastFour(text, group)
            && ContextWords.After(text, group.End, Topics.SecurityCode, stopAtNumbers: true, reach: 28) is { IsEmpty: false }
            && text.Slice(group.End, Math.Min(44, text.Length - group.End)).IndexOfAnyInRange('0', '9') < 0
            && text.Slice(group.End, Math.Min(44, text.Length - group.End)).IndexOf(Characters.Mask) < 0;
    }

    // 4242424242424242 09/28 123; the expiry may be missing, glued or spelled with words.
    private static void AfterCard(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, Finding card, ref Findings findings)
    {
        int length = 0;
        for (int i = card.Start; i < card.End; i++)
        {
            length += char.IsAsciiDigit(text[i]) ? 1 : 0;
        }

        bool fourDigits = length == 15 && text[card.Start] == '3';
        int next = FirstGroupFrom(groups, card.End);
        if (next >= groups.Length)
        {
            return;
        }

        DigitGroup group = groups[next];
        if (group.Start < card.End)
        {
            // Glued behind the card: MMYY, then the code.
            int rest = group.End - card.End;
            int code = rest - 4;
            if (code is 3 or 4 && IsMonth(text.Slice(card.End, 2)))
            {
                findings.Add(Kind.CardSecurityCode, group.End - code, group.End, Ranks.SecurityCode + 3);
                return;
            }

            if (rest is 3 || (rest is 4 && fourDigits))
            {
                findings.Add(Kind.CardSecurityCode, card.End, group.End, Ranks.SecurityCode + 3);
            }

            return;
        }

        int at = card.End;
        next = SkipExpiry(text, groups, next, ref at);
        if (next < groups.Length)
        {
            group = groups[next];
            if ((group.Length == 3 || (group.Length == 4 && fourDigits)) && IsGap(text[at..group.Start]) && !IsAmount(text, group) && EndsHere(text, groups, next))
            {
                findings.Add(Kind.CardSecurityCode, group.Start, group.End, Ranks.SecurityCode + 3);
            }
        }
    }

    // The card came in the message before: a message of nothing but an expiry and a code, or a code.
    private static void AloneAfterCardMessage(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, ref Findings findings)
    {
        if (groups.Length is 0 or > 4)
        {
            return;
        }

        int at = 0;
        int next = SkipExpiry(text, groups, 0, ref at);
        if (next == groups.Length - 1 && groups[next].Length is 3 or 4 && IsGap(text[at..groups[next].Start]) && IsGap(text[groups[next].End..])
            && !IsAmount(text, groups[next]))
        {
            findings.Add(Kind.CardSecurityCode, groups[next].Start, groups[next].End, Ranks.SecurityCode + 1);
        }
    }

    // Steps over MM/YY, MM/YYYY, MMYY, MMYYYY when it stands right behind; returns the group after it.
    private static int SkipExpiry(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, int next, ref int at)
    {
        DigitGroup group = groups[next];
        if (!IsGap(text[at..group.Start]))
        {
            return next;
        }

        if (group.Length is 4 or 6 && IsMonth(text[group.Start..group.End]))
        {
            at = group.End;
            return next + 1;
        }

        if (group.Length is 1 or 2 && next + 1 < groups.Length && IsMonth(text[group.Start..group.End])
            && groups[next + 1].Length is 2 or 4 && groups[next + 1].Start - group.End <= 3)
        {
            at = groups[next + 1].End;
            return next + 2;
        }

        return next;
    }

    private static bool IsMonth(ReadOnlySpan<char> digits)
    {
        int month = digits.Length == 1 ? digits[0] - '0' : ((digits[0] - '0') * 10) + digits[1] - '0';
        return month is >= 1 and <= 12;
    }

    private static int FirstGroupFrom(ReadOnlySpan<DigitGroup> groups, int place)
    {
        int low = 0;
        int high = groups.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (groups[middle].End <= place)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // Signs, and words that belong to an expiry or a code.
    private static bool IsGap(ReadOnlySpan<char> gap)
    {
        if (gap.Length > LongestGap)
        {
            return false;
        }

        for (int i = 0; i < gap.Length;)
        {
            if (Characters.IsMask(gap[i]))
            {
                return false;
            }

            if (!char.IsLetter(gap[i]))
            {
                i++;
                continue;
            }

            int end = i;
            while (end < gap.Length && char.IsLetter(gap[end]))
            {
                end++;
            }

            if (!ContextWords.Is(gap[i..end], Topics.BehindCard))
            {
                return false;
            }

            i = end;
        }

        return true;
    }

    // Not a piece of a longer number, a date, a time, a decimal, and not what a mask has left.
    private static bool StandsAlone(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, int index)
    {
        DigitGroup group = groups[index];
        int before = group.Start - 1;
        if (before >= 1 && text[before] is '.' or ',' or ':' && char.IsAsciiDigit(text[before - 1]))
        {
            return false;
        }

        if (before >= 0 && text[before] is '#' or '$' or '\u20AC' or '\u00A3' or '+')
        {
            return false;
        }

        for (int i = before, steps = 0; i >= 0 && steps < 3; i--, steps++)
        {
            char c = text[i];
            if (Characters.IsMask(c) || (c is '*' && i > 0 && text[i - 1] == '*'))
            {
                return false;
            }

            if (char.IsLetterOrDigit(c))
            {
                break;
            }
        }

        return EndsHere(text, groups, index);
    }

    private static bool EndsHere(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, int index)
    {
        DigitGroup group = groups[index];
        if (index + 1 < groups.Length)
        {
            // 123-4567, 123.45, 123:45, 123/45
            DigitGroup next = groups[index + 1];
            if (next.Start - group.End == 1 && text[group.End] is '.' or ',' or ':' or '-')
            {
                return false;
            }
        }

        return group.End >= text.Length || !Characters.IsMask(text[group.End]);
    }

    private static bool IsAmount(ReadOnlySpan<char> text, DigitGroup group)
    {
        ReadOnlySpan<char> behind = text[group.End..].TrimStart(' ');
        return behind.Length > 0
            && (behind[0] is '$' or '\u20AC' or '\u00A3' or '%'
                || behind.StartsWith("eur", StringComparison.OrdinalIgnoreCase)
                || behind.StartsWith("usd", StringComparison.OrdinalIgnoreCase)
                || behind.StartsWith("dollar", StringComparison.OrdinalIgnoreCase));
    }

    // "ending in 4242" names a card, it is no code.
    private static bool IsLastFour(ReadOnlySpan<char> text, DigitGroup group)
    {
        if (group.Length != 4)
        {
            return false;
        }

        ReadOnlySpan<char> before = text[Math.Max(0, group.Start - 20)..group.Start];
        return before.Contains("ending", StringComparison.OrdinalIgnoreCase)
            || before.Contains("ends", StringComparison.OrdinalIgnoreCase)
            || before.Contains("last four", StringComparison.OrdinalIgnoreCase)
            || before.Contains("last 4", StringComparison.OrdinalIgnoreCase);
    }
}
