using System.Buffers;
using System.Globalization;

namespace SecureChat.Masking;

/// <summary>
/// Dates that say something of a person or a card: a date of birth beside a word for it, and the expiry of a card beside a card. Any
/// other date is left alone.
/// </summary>
internal static class DateDetector
{
    private const int UsualCards = 8;

    private const int Reach = 40;

    // Month names and their first three letters, in en, de, es, fr, it, pt, nl; without accents.
    private static readonly string[] Months =
    [
        "jan januar january janvier enero ene gennaio gen janeiro januari",
        "feb februar february fevrier fev febrero febbraio fevereiro februari",
        "mar marz maerz march mars marzo marco maart mrt mrz",
        "apr april avril avr abril abr aprile",
        "may mai mayo maggio mag maio mei",
        "jun june juni juin junio giugno giu junho",
        "jul july juli juillet juil julio luglio lug julho",
        "aug august aout agosto ago augustus",
        "sep sept september septembre septiembre settembre set setembro",
        "oct october oktober okt octobre octubre ottobre ott outubro out",
        "nov november novembre noviembre novembro",
        "dec december dezember dez decembre diciembre dic dicembre dezembro",
    ];

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> MonthNames =
        new HashSet<string>(Months.SelectMany(static names => names.Split(' ')), StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> BetweenParts =
        new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "of", "de", "del", "do", "st", "nd", "rd", "th", "er", "the" }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <param name="text">The text.</param>
    /// <param name="digits">Its digits.</param>
    /// <param name="context">What was said before.</param>
    /// <param name="firstCard">The first finding that may be a card.</param>
    /// <param name="findings">What was found so far, and what is added.</param>
    public static void Detect(ReadOnlySpan<char> text, in DigitGroups digits, MaskContext context, int firstCard, ref Findings findings)
    {
        ReadOnlySpan<DigitGroup> groups = digits.Groups;
        int[]? rented = null;
        int count = Count(findings.Items[firstCard..]);
        Span<int> ends = count <= UsualCards ? stackalloc int[UsualCards] : (rented = ArrayPool<int>.Shared.Rent(count));
        ends = Ends(findings.Items[firstCard..], ends);
        int firstMask = text.IndexOf(Characters.Mask);
        int nearest = -1;
        for (int i = 0, next = 0; i < groups.Length; i++)
        {
            // Groups and cards are in order, so each card is passed once.
            for (; next < ends.Length && ends[next] <= groups[i].Start; next++)
            {
                nearest = ends[next];
            }

            int taken = BirthDate(text, groups, i, context, ref findings);
            if (taken == 0)
            {
                taken = Expiry(text, groups, i, context, new Cards(!ends.IsEmpty, nearest, firstMask), ref findings);
            }

            i += Math.Max(0, taken - 1);
        }

        if (rented is not null)
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private static int Count(ReadOnlySpan<Finding> findings)
    {
        int count = 0;
        foreach (Finding finding in findings)
        {
            count += finding.Kind == Kind.PaymentCard ? 1 : 0;
        }

        return count;
    }

    // Where the cards end, in order.
    private static Span<int> Ends(ReadOnlySpan<Finding> findings, Span<int> room)
    {
        int count = 0;
        foreach (Finding finding in findings)
        {
            if (finding.Kind == Kind.PaymentCard)
            {
                room[count++] = finding.End;
            }
        }

        room[..count].Sort();
        return room[..count];
    }

    private static int BirthDate(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, int first, MaskContext context, ref Findings findings)
    {
        int taken = Date(text, groups, first, out int start, out int end);
        if (taken == 0 || !StandsAlone(text, start, end))
        {
            return 0;
        }

        if (!context.Asks(Kind.DateOfBirth) && !ContextWords.Before(text, start, BirthWords, stopAtNumbers: true, Reach).Has(Kind.DateOfBirth))
        {
            return 0;
        }

        findings.Add(Kind.DateOfBirth, start, end, Ranks.Date);
        return taken;
    }

    // The nearest of these decides: "born in Rome, order of 3/4/2020" has no date of birth.
    private static KindSet BirthWords { get; } = KindSet.Of(Kind.DateOfBirth) | Topics.Unrelated;

    // Returns how many groups the date takes.
    private static int Date(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, int first, out int start, out int end)
    {
        DigitGroup a = groups[first];
        start = a.Start;
        end = a.End;
        if (first + 2 < groups.Length && a.Length <= 4)
        {
            DigitGroup b = groups[first + 1];
            DigitGroup c = groups[first + 2];
            if (b.Length <= 2 && IsSign(text[a.End..b.Start]) && IsSign(text[b.End..c.Start]))
            {
                int one = Number(text, a), two = Number(text, b), three = Number(text, c);
                bool yearFirst = a.Length == 4 && c.Length <= 2 && IsMonth(two) && IsDay(three) && IsYear(one);
                bool yearLast = a.Length <= 2 && c.Length is 2 or 4 && (c.Length == 2 || IsYear(three)) && ((IsDay(one) && IsMonth(two)) || (IsMonth(one) && IsDay(two)));
                if (yearFirst || yearLast)
                {
                    end = c.End;
                    return 3;
                }
            }
        }

        // 12 mars 1987, 5th of May 1990
        if (a.Length <= 2 && IsDay(Number(text, a)) && first + 1 < groups.Length && groups[first + 1] is { Length: 2 or 4 } year
            && (year.Length == 2 || IsYear(Number(text, year))) && HasMonth(text[a.End..year.Start]))
        {
            end = year.End;
            return 2;
        }

        // March 5, 1987
        if (a.Length <= 2 && IsDay(Number(text, a)) && first + 1 < groups.Length && groups[first + 1] is { Length: 4 } last
            && IsYear(Number(text, last)) && text[a.End..last.Start].Trim(" ,.sthndr") is "" && MonthBefore(text, a.Start) is var month and >= 0)
        {
            start = month;
            end = last.End;
            return 2;
        }

        // 19870312, 12031987
        if (a.Length == 8)
        {
            int whole = Number(text, a);
            if ((IsYear(whole / 10000) && IsMonth(whole / 100 % 100) && IsDay(whole % 100)) || (IsYear(whole % 10000) && IsMonth(whole / 10000 % 100) && IsDay(whole / 1000000)))
            {
                return 1;
            }
        }

        return 0;
    }

    private static int Expiry(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, int first, MaskContext context, Cards cards, ref Findings findings)
    {
        DigitGroup a = groups[first];
        int end = a.End;
        int taken = 1;
        bool isSplit = false;
        if (a.Length <= 2 && first + 1 < groups.Length && groups[first + 1] is { Length: 2 or 4 } year && IsMonth(Number(text, a)) && IsSign(text[a.End..year.Start])
            && (year.Length == 2 || IsExpiryYear(Number(text, year))))
        {
            // A third part makes it a day.
            if (first + 2 < groups.Length && IsSign(text[year.End..groups[first + 2].Start]) && groups[first + 2].Start - year.End == 1)
            {
                return 0;
            }

            end = year.End;
            taken = 2;
            isSplit = true;
        }
        else if (!(a.Length == 4 && IsMonth(Number(text, a) / 100)) && !(a.Length == 6 && IsMonth(Number(text, a) / 10000) && IsExpiryYear(Number(text, a) % 10000)))
        {
            return 0;
        }

        if (!StandsAlone(text, a.Start, end))
        {
            return 0;
        }

        // A card stands in the text, before it or behind it; or it was spoken of before.
        int nearest = cards.Nearest;
        bool hasCard = context.FollowsCard || context.Asks(Kind.PaymentCard) || cards.HasAny
            || (cards.FirstMask >= 0 && cards.FirstMask < a.Start && !ContextWords.Before(text, a.Start, Topics.Card, stopAtNumbers: false).IsEmpty);
        bool isNamed = ContextWords.Before(text, a.Start, Topics.Expiry, stopAtNumbers: true, Reach).Has(Kind.CardExpiry);
        bool isAsked = context.Asks(Kind.CardExpiry);
        bool isBehindCard = isSplit && nearest >= 0 && a.Start - nearest <= 12 && !text[nearest..a.Start].ContainsAnyInRange('0', '9') && IsShortGap(text[nearest..a.Start]);
        if ((isNamed && hasCard) || isAsked || isBehindCard || (isSplit && isNamed && !ContextWords.Before(text, a.Start, Topics.Card, stopAtNumbers: false).IsEmpty)
            || (context.FollowsCard && isSplit && text[..a.Start].Trim().Length == 0))
        {
            findings.Add(Kind.CardExpiry, a.Start, end, Ranks.Date);
            return taken;
        }

        return 0;
    }

    /// <summary>The cards of the text: whether there is one, where the nearest before a place ends, and where a masked one may begin.</summary>
    private readonly record struct Cards(bool HasAny, int Nearest, int FirstMask);

    private static bool IsShortGap(ReadOnlySpan<char> gap)
    {
        foreach (char c in gap)
        {
            if (char.IsLetter(c))
            {
                return ContextWords.Is(gap.Trim(" ,.:;-|/()"), Topics.BehindCard);
            }
        }

        return true;
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end) =>
        (start == 0 || !(char.IsLetterOrDigit(text[start - 1]) || Characters.IsMask(text[start - 1]) || (start > 1 && text[start - 1] is '-' or '/' or '.' or ',' && char.IsAsciiDigit(text[start - 2]))))
        && (end == text.Length || !(char.IsLetterOrDigit(text[end]) || Characters.IsMask(text[end]) || text[end] == '%'
            || (end + 1 < text.Length && text[end] is '-' or '/' or ',' or '.' or ':' && char.IsAsciiDigit(text[end + 1]))));

    private static bool HasMonth(ReadOnlySpan<char> between)
    {
        const int Longest = 24;
        if (between.Length > Longest)
        {
            return false;
        }

        bool month = false;
        foreach (Range range in between.SplitAny(" .,-/"))
        {
            ReadOnlySpan<char> word = between[range];
            if (word.Length == 0 || BetweenParts.Contains(word))
            {
                continue;
            }

            if (month || !MonthNames.Contains(word))
            {
                return false;
            }

            month = true;
        }

        return month;
    }

    private static int MonthBefore(ReadOnlySpan<char> text, int start)
    {
        int end = start;
        while (end > 0 && start - end < 3 && text[end - 1] is ' ' or '.' or ',')
        {
            end--;
        }

        int from = end;
        while (from > 0 && end - from < 12 && char.IsLetter(text[from - 1]))
        {
            from--;
        }

        return from < end && MonthNames.Contains(text[from..end]) ? from : -1;
    }

    private static bool IsSign(ReadOnlySpan<char> gap) => gap.Length is >= 1 and <= 3 && gap.Trim(' ') is "/" or "-" or "." or "" && !gap.Contains('\n');

    // -1 for a number that is longer than any date.
    private static int Number(ReadOnlySpan<char> text, DigitGroup group) =>
        group.Length <= 8 ? int.Parse(text[group.Start..group.End], NumberStyles.None, CultureInfo.InvariantCulture) : -1;

    private static bool IsMonth(int number) => number is >= 1 and <= 12;

    private static bool IsDay(int number) => number is >= 1 and <= 31;

    private static bool IsYear(int number) => number is >= 1900 and <= 2099;

    private static bool IsExpiryYear(int number) => number is >= 2000 and <= 2099;
}
