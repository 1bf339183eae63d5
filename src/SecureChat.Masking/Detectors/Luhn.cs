namespace SecureChat.Masking;

/// <summary>The check digit of ISO/IEC 7812-1, Annex B. Thread-safe.</summary>
internal static class Luhn
{
    /// <summary>Whether the last digit checks the others. False for anything but ASCII digits, and for fewer than two.</summary>
    public static bool IsValid(ReadOnlySpan<char> digits)
    {
        if (digits.Length < 2)
        {
            return false;
        }

        // From the right: one digit as it is, one doubled with the digits of the product added up.
        ReadOnlySpan<byte> doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
        int sum = 0;
        int i = digits.Length - 1;
        for (; i > 0; i -= 2)
        {
            int one = digits[i] - '0';
            int other = digits[i - 1] - '0';
            if ((uint)one > 9 || (uint)other > 9)
            {
                return false;
            }

            sum += one + doubled[other];
        }

        int first = i == 0 ? digits[0] - '0' : 0;
        return (uint)first <= 9 && (sum + first) % 10 == 0;
    }
}
