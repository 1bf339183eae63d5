namespace SecureChat.AspNetCore;

/// <summary>Check digits and issuer ranges of what forms collect. One place, so that forms and masking agree on what is a card.</summary>
internal static class FieldChecks
{
    // Country and length of the IBAN registry (ISO 13616).
    private const string IbanLengths =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28"
        + "HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29"
        + "PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

    // First six digits from and to, shortest and longest number. Sorted by nothing: the list is short and read once per submission.
    private static readonly (int From, int To, int Shortest, int Longest)[] Issuers =
    [
        (400000, 499999, 13, 19), // Visa
        (510000, 559999, 16, 16), // Mastercard
        (222100, 272099, 16, 16), // Mastercard, 2-series
        (340000, 349999, 15, 15), // American Express
        (370000, 379999, 15, 15),
        (300000, 305999, 14, 19), // Diners Club
        (309500, 309599, 14, 19),
        (360000, 369999, 14, 19),
        (380000, 399999, 14, 19),
        (352800, 358999, 16, 19), // JCB
        (220000, 220499, 16, 19), // Mir
        (500000, 509999, 12, 19), // Maestro, Verve, RuPay, Elo, Dankort
        (560000, 589999, 12, 19), // Maestro
        (600000, 699999, 12, 19), // Maestro, Discover, UnionPay, RuPay
        (810000, 829999, 16, 19), // UnionPay, RuPay
        (979200, 979289, 16, 16), // Troy
    ];

    /// <summary>ASCII digits only: known issuer range, its length, Luhn.</summary>
    public static bool IsCardNumber(ReadOnlySpan<char> digits)
    {
        if (digits.Length is < 12 or > 19)
        {
            return false;
        }

        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            if (!char.IsAsciiDigit(digits[^(i + 1)]))
            {
                return false;
            }

            int digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1)
            {
                digit *= 2;
                digit -= digit > 9 ? 9 : 0;
            }

            sum += digit;
        }

        int prefix = 0;
        foreach (char digit in digits[..6])
        {
            prefix = (prefix * 10) + (digit - '0');
        }

        bool issued = false;
        foreach ((int from, int to, int shortest, int longest) in Issuers)
        {
            issued |= prefix >= from && prefix <= to && digits.Length >= shortest && digits.Length <= longest;
        }

        return issued && sum % 10 == 0;
    }

    /// <summary>Upper case without separators: known country, its length, mod 97 (ISO 7064).</summary>
    public static bool IsIban(ReadOnlySpan<char> iban)
    {
        if (iban.Length is < 15 or > 34 || !char.IsAsciiDigit(iban[2]) || !char.IsAsciiDigit(iban[3]) || LengthFor(iban[..2]) != iban.Length)
        {
            return false;
        }

        int remainder = 0;
        for (int i = 0; i < iban.Length; i++)
        {
            char character = iban[(i + 4) % iban.Length];
            if (char.IsAsciiDigit(character))
            {
                remainder = ((remainder * 10) + (character - '0')) % 97;
            }
            else if (char.IsAsciiLetterUpper(character))
            {
                remainder = ((remainder * 100) + (character - 'A' + 10)) % 97;
            }
            else
            {
                return false;
            }
        }

        return remainder == 1;
    }

    private static int LengthFor(ReadOnlySpan<char> country)
    {
        for (int i = 0; i < IbanLengths.Length; i += 4)
        {
            if (country.SequenceEqual(IbanLengths.AsSpan(i, 2)))
            {
                return ((IbanLengths[i + 2] - '0') * 10) + (IbanLengths[i + 3] - '0');
            }
        }

        return 0;
    }
}
