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

        int sum = 0;
        bool doubled = false;
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            int digit = digits[i] - '0';
            if ((uint)digit > 9)
            {
                return false;
            }

            if (doubled)
            {
                digit *= 2;
                digit = digit > 9 ? digit - 9 : digit;
            }

            sum += digit;
            doubled = !doubled;
        }

        return sum % 10 == 0;
    }
}
