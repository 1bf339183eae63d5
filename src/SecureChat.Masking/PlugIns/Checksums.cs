namespace SecureChat.Masking;

/// <summary>
/// The checks that a host's own pattern may name: over ASCII digits and capitals, nothing between them, check characters last. Those of numbers do not see the letters.
/// </summary>
internal static class Checksums
{
    public static IReadOnlyList<string> Names { get; } = ["luhn", "luhn-36", "mod97-10", "mod37-36", "mod37-2", "mod11-10", "mod11-2", "verhoeff"];

    /// <summary>The check of a name, or null.</summary>
    public static Func<ReadOnlySpan<char>, bool>? Find(string name) => name switch
    {
        "luhn" => static value => OfDigits(value, takesX: false, static digits => Luhn.IsValid(digits)),
        "luhn-36" => static value => IsText(value) && CodeChecks.Luhn36(value),
        "mod97-10" => static value => IsText(value) && CheckProgram.Iso7064(4, value),
        "mod37-36" => static value => IsText(value) && CheckProgram.Iso7064(2, value),
        "mod37-2" => static value => IsText(value) && CheckProgram.Iso7064(3, value),
        "mod11-10" => static value => OfDigits(value, takesX: false, static digits => CheckProgram.Iso7064(0, digits)),
        "mod11-2" => static value => OfDigits(value, takesX: true, static digits => CheckProgram.Iso7064(1, digits)),
        "verhoeff" => static value => OfDigits(value, takesX: false, static digits => CheckProgram.Verhoeff(digits)),
        _ => null,
    };

    private static bool OfDigits(ReadOnlySpan<char> value, bool takesX, Func<ReadOnlySpan<char>, bool> check)
    {
        Span<char> digits = stackalloc char[PatternDetector.LongestMatch];
        int length = 0;
        for (int i = 0; i < value.Length; i++)
        {
            if (char.IsAsciiDigit(value[i]) || (takesX && i == value.Length - 1 && value[i] == 'X'))
            {
                digits[length++] = value[i];
            }
        }

        bool holds = length > 1 && check(digits[..length]);
        digits[..length].Clear();
        return holds;
    }

    private static bool IsText(ReadOnlySpan<char> value)
    {
        foreach (char c in value)
        {
            if (!char.IsAsciiDigit(c) && !char.IsAsciiLetterUpper(c))
            {
                return false;
            }
        }

        return value.Length > 1;
    }
}
