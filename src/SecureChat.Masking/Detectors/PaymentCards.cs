namespace SecureChat.Masking;

/// <summary>How much a number range says on its own that a number is a card.</summary>
internal enum CardEvidence
{
    /// <summary>No network issues such numbers.</summary>
    None = 0,

    /// <summary>A wide or rare range: only beside a word for a card, or in the usual groups of four.</summary>
    Weak = 1,

    /// <summary>Issued, but close to other numbers of daily life: a word such as "order" beside it speaks against a card.</summary>
    Medium = 2,

    /// <summary>The usual prefix and length of a large network.</summary>
    Strong = 3,
}

/// <summary>Issuer ranges of payment cards (ISO/IEC 7812-1). Thread-safe.</summary>
internal static class PaymentCards
{
    /// <summary>Fewest digits of a card number.</summary>
    public const int MinDigits = 12;

    /// <summary>Most digits of a card number.</summary>
    public const int MaxDigits = 19;

    // Six-digit prefixes, both ends included. The strongest range that fits counts, so the order does not matter.
    private static readonly Range[] Ranges =
    [
        new(400000, 499999, 16, 16, CardEvidence.Strong),   // Visa
        new(400000, 499999, 13, 13, CardEvidence.Medium),
        new(400000, 499999, 19, 19, CardEvidence.Medium),
        new(400000, 499999, 18, 18, CardEvidence.Weak),
        new(510000, 559999, 16, 16, CardEvidence.Strong),   // Mastercard
        new(222100, 272099, 16, 16, CardEvidence.Strong),   // Mastercard 2-series
        new(340000, 349999, 15, 15, CardEvidence.Strong),   // American Express
        new(370000, 379999, 15, 15, CardEvidence.Strong),
        new(300000, 305999, 14, 14, CardEvidence.Strong),   // Diners Club
        new(309500, 309599, 14, 14, CardEvidence.Strong),
        new(360000, 369999, 14, 14, CardEvidence.Strong),
        new(380000, 399999, 14, 14, CardEvidence.Strong),
        new(300000, 305999, 16, 19, CardEvidence.Medium),
        new(309500, 309599, 16, 19, CardEvidence.Medium),
        new(360000, 369999, 15, 19, CardEvidence.Weak),
        new(380000, 399999, 16, 19, CardEvidence.Weak),
        new(601100, 601199, 16, 16, CardEvidence.Strong),   // Discover
        new(644000, 659999, 16, 16, CardEvidence.Strong),
        new(601100, 601199, 17, 19, CardEvidence.Medium),
        new(644000, 659999, 17, 19, CardEvidence.Medium),
        new(352800, 358999, 16, 16, CardEvidence.Strong),   // JCB
        new(350000, 359999, 16, 16, CardEvidence.Weak),
        new(352800, 358999, 17, 19, CardEvidence.Medium),
        new(213100, 213199, 15, 15, CardEvidence.Medium),
        new(180000, 180099, 15, 15, CardEvidence.Medium),
        new(620000, 629999, 16, 16, CardEvidence.Strong),   // UnionPay
        new(620000, 629999, 17, 19, CardEvidence.Medium),
        new(810000, 817199, 16, 19, CardEvidence.Medium),
        new(508000, 508999, 16, 16, CardEvidence.Strong),   // RuPay
        new(600000, 609999, 16, 16, CardEvidence.Medium),
        new(817200, 829999, 16, 16, CardEvidence.Medium),
        new(353000, 353999, 16, 16, CardEvidence.Strong),
        new(501800, 501899, 12, 19, CardEvidence.Medium),   // Maestro
        new(502000, 502099, 12, 19, CardEvidence.Medium),
        new(503800, 503899, 12, 19, CardEvidence.Medium),
        new(589300, 589399, 12, 19, CardEvidence.Medium),
        new(630400, 630499, 12, 19, CardEvidence.Medium),
        new(675900, 676399, 12, 19, CardEvidence.Medium),
        new(676770, 676774, 12, 19, CardEvidence.Medium),
        new(675900, 676399, 16, 16, CardEvidence.Strong),
        new(500000, 509999, 12, 19, CardEvidence.Weak),
        new(560000, 589999, 12, 19, CardEvidence.Weak),
        new(600000, 699999, 12, 19, CardEvidence.Weak),
        new(501900, 501999, 16, 16, CardEvidence.Strong),   // Dankort
        new(220000, 220599, 16, 16, CardEvidence.Strong),   // Mir, Borica
        new(220000, 220499, 17, 19, CardEvidence.Weak),
        new(979200, 979299, 16, 16, CardEvidence.Strong),   // Troy
        new(506099, 506198, 16, 19, CardEvidence.Medium),   // Verve
        new(506699, 506778, 16, 16, CardEvidence.Strong),   // Elo
        new(509000, 509999, 16, 16, CardEvidence.Strong),
        new(627780, 627780, 16, 16, CardEvidence.Strong),
        new(636297, 636297, 16, 16, CardEvidence.Strong),
        new(636368, 636368, 16, 16, CardEvidence.Strong),
        new(606282, 606282, 16, 16, CardEvidence.Strong),   // Hipercard
        new(637000, 639999, 16, 16, CardEvidence.Medium),   // InstaPayment
        new(860000, 860099, 16, 16, CardEvidence.Medium),   // Uzcard
        new(986000, 986099, 16, 16, CardEvidence.Medium),   // Humo
        new(194600, 194699, 16, 16, CardEvidence.Medium),   // GPN
        new(100000, 199999, 15, 15, CardEvidence.Weak),     // UATP
    ];

    // By the first two digits, strongest first: none for most numbers, a few for the rest.
    private static readonly Range[][] ByPrefix = Sorted();

    /// <summary>Whether a card network issues such a number and the check digit is right. ASCII digits only, no separators.</summary>
    public static bool IsValid(ReadOnlySpan<char> digits) => Evidence(digits) != CardEvidence.None && Luhn.IsValid(digits);

    /// <summary>What prefix and length say; the check digit is not looked at.</summary>
    public static CardEvidence Evidence(ReadOnlySpan<char> digits)
    {
        if (digits.Length is < MinDigits or > MaxDigits)
        {
            return CardEvidence.None;
        }

        int prefix = 0;
        for (int i = 0; i < 6; i++)
        {
            int digit = digits[i] - '0';
            if ((uint)digit > 9)
            {
                return CardEvidence.None;
            }

            prefix = (prefix * 10) + digit;
        }

        foreach (Range range in ByPrefix[prefix / 10000])
        {
            if (prefix >= range.From && prefix <= range.To && digits.Length >= range.Shortest && digits.Length <= range.Longest)
            {
                return range.Evidence;
            }
        }

        return CardEvidence.None;
    }

    /// <summary>American Express prints four digits as the security code; the others three.</summary>
    public static bool HasFourDigitCode(ReadOnlySpan<char> digits) => digits.Length == 15 && digits[0] == '3' && digits[1] is '4' or '7';

    private static Range[][] Sorted()
    {
        var byPrefix = new Range[100][];
        for (int prefix = 0; prefix < byPrefix.Length; prefix++)
        {
            byPrefix[prefix] = Array.FindAll(Ranges, range => range.From / 10000 <= prefix && range.To / 10000 >= prefix);
            Array.Sort(byPrefix[prefix], static (one, other) => other.Evidence.CompareTo(one.Evidence));
        }

        return byPrefix;
    }

    private readonly record struct Range(int From, int To, int Shortest, int Longest, CardEvidence Evidence);
}
