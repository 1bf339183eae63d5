namespace SecureChat.Masking;

/// <summary>What the rule files say of each kind. Thread-safe.</summary>
internal static partial class KindTable
{
    private static readonly Entry[] Entries = Parse();

    /// <summary>Locale packs, in alphabetical order.</summary>
    public static IReadOnlyList<string> Locales { get; } = [.. Entries.Select(static entry => entry.Locale).Where(static locale => locale.Length > 0).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Every kind, in the order of the rule files.</summary>
    public static IEnumerable<Kind> All => Enumerable.Range(First, Entries.Length).Select(static number => (Kind)number);

    /// <summary>Behind the number of the last kind.</summary>
    public static int Size => First + Entries.Length;

    public static string IdOf(Kind kind) => Entries[(int)kind - First].Id;

    public static string TitleOf(Kind kind) => Entries[(int)kind - First].Title;

    /// <summary>Locale pack of a kind; empty for one that belongs to no country.</summary>
    public static string LocaleOf(Kind kind) => Entries[(int)kind - First].Locale;

    public static ContextNeed NeedOf(Kind kind) => Entries[(int)kind - First].Need;

    public static MaskShape MaskOf(Kind kind) => Entries[(int)kind - First].Mask;

    /// <summary>The kind of an id; false when there is none.</summary>
    public static bool TryGet(string id, out Kind kind)
    {
        int index = Array.FindIndex(Entries, entry => string.Equals(entry.Id, id, StringComparison.Ordinal));
        kind = (Kind)(First + Math.Max(0, index));
        return index >= 0;
    }

    /// <summary>Ids of a set, in the order of the rule files.</summary>
    public static IReadOnlyList<string> IdsOf(KindSet kinds) => kinds.IsEmpty ? [] : [.. All.Where(kinds.Has).Select(IdOf)];

    private static Entry[] Parse()
    {
        string[] lines = Data.Split('\n');
        var entries = new Entry[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            string[] parts = lines[i].Split('|');
            entries[i] = new Entry(
                parts[0],
                parts[1],
                parts[2],
                parts[3] switch { "n" => ContextNeed.None, "b" => ContextNeed.Bare, "t" => ContextNeed.Text, _ => ContextNeed.Always },
                parts[4] switch
                {
                    "last2" => MaskShape.LastTwo,
                    "last4" => MaskShape.LastFour,
                    "country-last4" => MaskShape.CountryAndLastFour,
                    "email" => MaskShape.Email,
                    _ => MaskShape.Full,
                });
        }

        return entries;
    }

    private readonly record struct Entry(string Id, string Title, string Locale, ContextNeed Need, MaskShape Mask)
    {
        public override string ToString() => nameof(Entry);
    }
}
