namespace SecureChat.Masking;

/// <summary>Checks that are no sums, by the names that the rule files give them. Thread-safe.</summary>
internal static class CodeChecks
{
    private static readonly Check[] Checks = Find();

    private delegate bool Check(ReadOnlySpan<char> value);

    public static bool Holds(int number, ReadOnlySpan<char> value) => Checks[number](value);

    private static Check[] Find()
    {
        var checks = new Check[RuleTable.CodeCheckNames.Length];
        for (int i = 0; i < checks.Length; i++)
        {
            checks[i] = RuleTable.CodeCheckNames[i] switch
            {
                "" => static _ => false,
                "odd-even-26" => OddEven26,
                "de-idnr-digits" => GermanTaxIdDigits,
                "fr-vat-key" => FrenchVatKey,
                "luhn-36" => Luhn36,
                "mod10-recursive" => Mod10Recursive,
                "tr-vkn" => TurkishTaxNumber,
                "kr-brn" => KoreanBusinessNumber,
                "luhn-mod-36" => LuhnMod36,
                "vin-check-digit" => VehicleNumber,
                var name => throw new InvalidOperationException($"The rule files name a check \"{name}\" that is not here."),
            };
        }

        return checks;
    }

    // Agenzia delle Entrate, decree of 23 December 1976: characters in odd places count by one table, those in even places by their value.
    private static bool OddEven26(ReadOnlySpan<char> value)
    {
        ReadOnlySpan<byte> odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
        int sum = 0;
        for (int i = 0; i < value.Length - 1; i++)
        {
            int number = CheckProgram.ValueOf(value[i]);
            sum += i % 2 == 0 ? odd[number] : number > 9 ? number - 10 : number;
        }

        return value[^1] == 'A' + (sum % 26);
    }

    // One digit of the first ten may stand twice or three times, the others once.
    private static bool GermanTaxIdDigits(ReadOnlySpan<char> value)
    {
        int repeated = 0;
        for (char digit = '0'; digit <= '9'; digit++)
        {
            int count = value[..10].Count(digit);
            if (count > 3)
            {
                return false;
            }

            repeated += count > 1 ? 1 : 0;
        }

        return repeated <= 1;
    }

    // The new key of a French VAT number: two characters without I and O, at least one of them a letter.
    private static bool FrenchVatKey(ReadOnlySpan<char> value)
    {
        const string Order = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        int a = Order.IndexOf(value[0], StringComparison.Ordinal);
        int b = Order.IndexOf(value[1], StringComparison.Ordinal);
        if (a < 0 || b < 0)
        {
            return false;
        }

        int key = a < 10 ? (24 * a) + b - 10 : (34 * a) + b - 100;
        long number = 0;
        foreach (char c in value[2..])
        {
            number = (number * 10) + CheckProgram.ValueOf(c);
        }

        return key >= 0 && (number + 1 + (key / 11)) % 11 == key % 11;
    }

    // Luhn in which a letter counts 10 to 35, doubled like a digit (Portuguese citizen card).
    public static bool Luhn36(ReadOnlySpan<char> value)
    {
        int sum = 0;
        bool doubles = false;
        for (int i = value.Length - 1; i >= 0; i--, doubles = !doubles)
        {
            int number = CheckProgram.ValueOf(value[i]) * (doubles ? 2 : 1);
            sum += doubles && number > 9 ? number - 9 : number;
        }

        return sum % 10 == 0;
    }

    // Modulo 10, recursive, of the Swiss payment slip.
    private static bool Mod10Recursive(ReadOnlySpan<char> value)
    {
        ReadOnlySpan<byte> carries = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
        int carry = 0;
        foreach (char c in value[..^1])
        {
            carry = carries[(CheckProgram.ValueOf(c) + carry) % 10];
        }

        return (10 - carry) % 10 == CheckProgram.ValueOf(value[^1]);
    }

    // Each of nine digits plus its distance from the end, times a power of two, modulo 9 with 9 for 0.
    private static bool TurkishTaxNumber(ReadOnlySpan<char> value)
    {
        int sum = 0;
        for (int i = 0; i < 9; i++)
        {
            int distance = 9 - i;
            int digit = (CheckProgram.ValueOf(value[i]) + distance) % 10;
            int product = (digit << distance) % 9;
            sum += digit != 0 && product == 0 ? 9 : product;
        }

        return (10 - (sum % 10)) % 10 == CheckProgram.ValueOf(value[9]);
    }

    // Weights 1 3 7 1 3 7 1 3 5, and the tens of five times the ninth digit once more.
    private static bool KoreanBusinessNumber(ReadOnlySpan<char> value)
    {
        ReadOnlySpan<byte> weights = [1, 3, 7, 1, 3, 7, 1, 3, 5];
        int sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * CheckProgram.ValueOf(value[i]);
        }

        sum += CheckProgram.ValueOf(value[8]) * 5 / 10;
        return (10 - (sum % 10)) % 10 == CheckProgram.ValueOf(value[9]);
    }

    // Luhn with 36 characters: of a doubled value quotient and remainder by 36 are added (Indian GSTIN).
    private static bool LuhnMod36(ReadOnlySpan<char> value)
    {
        int sum = 0;
        bool doubles = false;
        for (int i = value.Length - 1; i >= 0; i--, doubles = !doubles)
        {
            int number = CheckProgram.ValueOf(value[i]) * (doubles ? 2 : 1);
            sum += (number / 36) + (number % 36);
        }

        return sum % 36 == 0;
    }

    // 49 CFR 565.15: letters transliterated, the ninth character is the weighted sum modulo 11, X for 10.
    private static bool VehicleNumber(ReadOnlySpan<char> value)
    {
        ReadOnlySpan<byte> weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
        ReadOnlySpan<byte> letters = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9];
        int sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * (char.IsAsciiDigit(value[i]) ? value[i] - '0' : letters[value[i] - 'A']);
        }

        int remainder = sum % 11;
        return value[8] == (remainder == 10 ? 'X' : (char)('0' + remainder));
    }
}
