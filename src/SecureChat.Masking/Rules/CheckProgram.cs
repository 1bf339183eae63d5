namespace SecureChat.Masking;

/// <summary>
/// Runs the checks of a shape over the characters of a value: ASCII digits and capitals, nothing between them. Each check is a code,
/// its length and operands, as eng/MaskingRules writes them. Pure and thread-safe.
/// </summary>
internal static class CheckProgram
{
    /// <summary>Whether all checks hold.</summary>
    public static bool Holds(ReadOnlySpan<int> program, ReadOnlySpan<char> value)
    {
        while (program[0] != 0)
        {
            ReadOnlySpan<int> operands = program[2..program[1]];
            if (program[0] == 2)
            {
                int verdict = Weighted(operands, value);
                bool hasNext = HandsOver(operands);
                if (verdict == 0)
                {
                    return false;
                }

                program = program[program[1]..];
                if (verdict > 0 && hasNext)
                {
                    // The check that it would have handed over to, and those that one hands over to.
                    for (bool skips = true; skips;)
                    {
                        skips = program[0] == 2 && HandsOver(program[2..program[1]]);
                        program = program[program[1]..];
                    }
                }

                continue;
            }

            bool holds = program[0] switch
            {
                1 => LuhnHolds(operands, value),
                3 => Mod(operands, value),
                4 => Iso7064(operands[0], value[operands[1]..operands[2]]),
                5 => Verhoeff(value[operands[0]..operands[1]]),
                6 => Date(operands, value),
                7 => Number(value[operands[0]..operands[1]]) is var number && number >= Large(operands[2..]) && number <= Large(operands[6..]),
                8 => IsOneOf(operands, value),
                9 => !IsOneOf(operands, value),
                10 => value[operands[0]..operands[1]].ContainsAnyExcept(value[operands[0]]),
                11 => !IsPalindrome(value),
                12 => AnyOf(operands, value),
                _ => CodeChecks.Holds(operands[0], value),
            };
            if (!holds)
            {
                return false;
            }

            program = program[program[1]..];
        }

        return true;
    }

    /// <summary>What a digit or capital counts: 0 to 35.</summary>
    public static int ValueOf(char c) => c <= '9' ? c - '0' : c - 'A' + 10;

    private static bool LuhnHolds(ReadOnlySpan<int> operands, ReadOnlySpan<char> value)
    {
        int sum = 0;
        bool doubles = false;
        for (int i = operands[1] - 1; i >= operands[0]; i--, doubles = !doubles)
        {
            sum += LuhnValue(ValueOf(value[i]), doubles);
        }

        for (int i = operands[2] + 2; i > 2; i--, doubles = !doubles)
        {
            sum += LuhnValue(operands[i], doubles);
        }

        return sum % 10 == 0;

        // A letter counts like its number 10 to 35.
        static int LuhnValue(int digit, bool doubles)
        {
            int number = doubles ? digit * 2 : digit;
            return doubles && number > 9 ? number - 9 : number;
        }
    }

    // 1: holds; 0: does not; -1: the next check decides.
    private static int Weighted(ReadOnlySpan<int> operands, ReadOnlySpan<char> value)
    {
        int count = operands[0];
        ReadOnlySpan<int> pairs = operands.Slice(1, count * 2);
        ReadOnlySpan<int> rest = operands[(1 + (count * 2))..];
        int mod = rest[0];
        bool crossSum = rest[2] != 0;
        string alphabet = RuleTable.AlphabetOf(rest[3]);
        int sum = 0;
        for (int i = 0; i < pairs.Length; i += 2)
        {
            char c = value[pairs[i]];
            int number = alphabet.Length == 0 ? ValueOf(c) : alphabet.IndexOf(c, StringComparison.Ordinal);
            if (number < 0)
            {
                return 0;
            }

            int product = number * pairs[i + 1];
            sum += crossSum ? (product / 100) + (product / 10 % 10) + (product % 10) : product;
        }

        int remainder = (((sum + rest[1]) % mod) + mod) % mod;
        if (rest[5] != 0)
        {
            char expected = (char)rest[7 + remainder];
            return expected == '>' ? -1 : expected == value[rest[6]] ? 1 : 0;
        }

        return rest.Slice(7, rest[6]).Contains(remainder) ? 1 : 0;
    }

    private static bool HandsOver(ReadOnlySpan<int> operands) => operands[1 + (operands[0] * 2) + 4] != 0;

    private static bool Mod(ReadOnlySpan<int> operands, ReadOnlySpan<char> value)
    {
        int from = operands[0], to = operands[1], mod = operands[2];
        ReadOnlySpan<int> rest = operands[3..];
        int given = -1;
        if (rest[0] != 0)
        {
            long check = Number(value[rest[1]..rest[2]]);
            if (check < 0)
            {
                return false;
            }

            given = (int)Math.Min(check, int.MaxValue);
            rest = rest[3..];
        }
        else
        {
            rest = rest[1..];
        }

        int subtractFrom = rest[0], zeroAs = rest[1], remainder = rest[2], ways = rest[3];
        ReadOnlySpan<int> prepend = rest.Slice(4, ways);
        ReadOnlySpan<int> replace = rest[(5 + ways)..];
        for (int way = 0; way < ways; way++)
        {
            int number = Math.Max(0, prepend[way]) % mod;
            for (int i = from; i < to; i++)
            {
                char c = value[i];
                for (int pair = 0; pair + 3 < replace.Length && i + 1 < to; pair += 4)
                {
                    if (c == replace[pair] && value[i + 1] == replace[pair + 1])
                    {
                        number = ((number * 10) + replace[pair + 2] - '0') % mod;
                        c = (char)replace[pair + 3];
                        i++;
                        break;
                    }
                }

                int digit = ValueOf(c);
                number = digit > 9 ? ((number * 100) + digit) % mod : ((number * 10) + digit) % mod;
            }

            int expected = subtractFrom >= 0 ? subtractFrom - number : number;
            expected = expected == 0 && zeroAs >= 0 ? zeroAs : expected;
            if (given >= 0 ? expected == given : number == remainder)
            {
                return true;
            }
        }

        return false;
    }

    // ISO/IEC 7064: hybrid systems 11,10 and 37,36, pure systems 11-2, 37-2 and 97-10.
    public static bool Iso7064(int system, ReadOnlySpan<char> value)
    {
        switch (system)
        {
            case 0:
            case 2:
                int modulus = system == 0 ? 10 : 36;
                int state = modulus;
                foreach (char c in value[..^1])
                {
                    state = (state + ValueOf(c)) % modulus;
                    state = (state == 0 ? modulus : state) * 2 % (modulus + 1);
                }

                return (state + ValueOf(value[^1])) % modulus == 1;
            case 1:
            case 3:
                int prime = system == 1 ? 11 : 37;
                int sum = 0;
                for (int i = 0; i < value.Length; i++)
                {
                    int number = i == value.Length - 1 && system == 1 && value[i] == 'X' ? 10 : ValueOf(value[i]);
                    sum = ((sum * 2) + number) % prime;
                }

                return sum == 1;
            default:
                int remainder = 0;
                foreach (char c in value)
                {
                    int number = ValueOf(c);
                    remainder = ((remainder * (number > 9 ? 100 : 10)) + number) % 97;
                }

                return remainder == 1;
        }
    }

    // The dihedral group of order ten: multiplication of rotations and reflections, and the permutation of J. Verhoeff, 1969.
    public static bool Verhoeff(ReadOnlySpan<char> value)
    {
        ReadOnlySpan<byte> permutation = "01234567891576283094580379614289160435279453126870428657390127938064157046913258"u8;
        int check = 0;
        for (int i = value.Length - 1, place = 0; i >= 0; i--, place++)
        {
            int digit = permutation[(place % 8 * 10) + ValueOf(value[i])] - '0';
            check = (check < 5, digit < 5) switch
            {
                (true, true) => (check + digit) % 5,
                (true, false) => 5 + ((check + digit) % 5),
                (false, true) => 5 + ((check - digit) % 5),
                _ => (check - digit + 5) % 5,
            };
        }

        return check == 0;
    }

    private static bool Date(ReadOnlySpan<int> operands, ReadOnlySpan<char> value)
    {
        long year = operands[1] > operands[0] ? Number(value[operands[0]..operands[1]]) : -1;
        bool hasCentury = operands[1] - operands[0] == 4;
        string letters = RuleTable.AlphabetOf(operands[6]);
        long month = letters.Length > 0
            ? letters.IndexOf(value[operands[2]], StringComparison.Ordinal) + 1
            : Number(value[operands[2]..operands[3]]);
        long day = operands[5] > operands[4] ? Number(value[operands[4]..operands[5]]) : 1;
        ReadOnlySpan<int> months = operands.Slice(8, operands[7]);
        ReadOnlySpan<int> days = operands.Slice(9 + months.Length, operands[8 + months.Length]);
        foreach (int monthOffset in months)
        {
            foreach (int dayOffset in days)
            {
                if (IsDay(year, month - monthOffset, day - dayOffset, hasCentury))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsDay(long year, long month, long day, bool hasCentury)
    {
        if (month is < 1 or > 12 || day < 1)
        {
            return false;
        }

        // Without the century, 29 February 00 may have been in 2000.
        bool leaps = year < 0 || (hasCentury ? DateTime.IsLeapYear((int)Math.Max(1, year)) : year % 4 == 0);
        return day <= (month == 2 ? leaps ? 29 : 28 : month is 4 or 6 or 9 or 11 ? 30 : 31);
    }

    private static bool IsOneOf(ReadOnlySpan<int> operands, ReadOnlySpan<char> value)
    {
        ReadOnlySpan<char> part = value[operands[0]..operands[1]];
        ReadOnlySpan<int> list = operands[3..];
        for (int i = 0; i < operands[2]; i++)
        {
            int length = list[0];
            bool same = length == part.Length;
            for (int at = 0; same && at < length; at++)
            {
                same = list[at + 1] == part[at];
            }

            if (same)
            {
                return true;
            }

            list = list[(length + 1)..];
        }

        return false;
    }

    private static bool IsPalindrome(ReadOnlySpan<char> value)
    {
        for (int i = 0, last = value.Length - 1; i < last; i++, last--)
        {
            if (value[i] != value[last])
            {
                return false;
            }
        }

        return true;
    }

    private static bool AnyOf(ReadOnlySpan<int> operands, ReadOnlySpan<char> value)
    {
        int ways = operands[0];
        operands = operands[1..];
        for (int i = 0; i < ways; i++)
        {
            if (Holds(operands[1..], value))
            {
                return true;
            }

            operands = operands[(operands[0] + 1)..];
        }

        return false;
    }

    // -1 when a letter is among the digits.
    private static long Number(ReadOnlySpan<char> digits)
    {
        long number = 0;
        foreach (char c in digits)
        {
            if (!char.IsAsciiDigit(c))
            {
                return -1;
            }

            number = (number * 10) + c - '0';
        }

        return number;
    }

    private static long Large(ReadOnlySpan<int> parts) => ((long)parts[0] << 45) | ((long)parts[1] << 30) | ((long)parts[2] << 15) | (ushort)parts[3];
}
