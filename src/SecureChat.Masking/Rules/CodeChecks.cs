namespace SecureChat.Masking;

/// <summary>Checks that are no sums: by their number in the rule tables. Thread-safe.</summary>
internal static class CodeChecks
{
    public static bool Holds(int number, ReadOnlySpan<char> value) => number switch
    {
        0 => ItalianTaxCode(value),
        _ => false,
    };

    // Agenzia delle Entrate, decree of 23 December 1976: characters in odd places count by one table, those in even places by their value.
    private static bool ItalianTaxCode(ReadOnlySpan<char> value)
    {
        ReadOnlySpan<byte> odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
        int sum = 0;
        for (int i = 0; i < 15; i++)
        {
            int number = CheckProgram.ValueOf(value[i]);
            sum += i % 2 == 0 ? odd[number] : number > 9 ? number - 10 : number;
        }

        return value[15] == 'A' + (sum % 26);
    }
}
