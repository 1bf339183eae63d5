namespace SecureChat.Masking;

/// <summary>Short words that stand in front of a number and are no part of it.</summary>
internal static class StopWords
{
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Words =
        new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            "is", "it", "its", "my", "no", "nr", "num", "number", "id", "to", "at", "in", "on", "of", "or", "an", "as", "by", "me", "we", "us", "the", "was", "and", "for", "are",
            "ist", "die", "der", "das", "und", "mit", "ein", "von", "es", "de", "la", "le", "el", "los", "las", "del", "un", "una", "con", "et", "du", "des", "est", "mon", "ma",
            "mi", "su", "e", "il", "lo", "di", "da", "do", "dos", "das", "um", "uma", "meu", "het", "een", "van", "en", "op", "te",
        }.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Joining =
        new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "and", "or", "und", "oder", "y", "e", "o", "et", "ou", "en", "of", "i", "ve", "och", "og", "ja", "a" }
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a word joins the items of a list.</summary>
    public static bool Joins(ReadOnlySpan<char> word) => Joining.Contains(word);

    public static bool Has(ReadOnlySpan<char> word) => Words.Contains(word);
}
