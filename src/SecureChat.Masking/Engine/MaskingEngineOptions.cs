namespace SecureChat.Masking;

/// <summary>What an engine looks for. Default: every kind of every country.</summary>
public sealed class MaskingEngineOptions
{
    /// <summary>Ids of the kinds to look for (docs/masking.md has them all). Default: null, which is every kind of the locales.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>
    /// Locale packs, such as <c>us</c>, <c>uk</c> or <c>de</c>: whose countries' numbers are looked for. Kinds of no country, such as
    /// payment cards, are always on. Default: null, which is every pack.
    /// </summary>
    public IReadOnlyList<string>? Locales { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(MaskingEngineOptions);

    internal KindSet Resolve()
    {
        var kinds = KindSet.All;
        if (Kinds is not null)
        {
            kinds = default;
            foreach (string id in Kinds)
            {
                kinds |= KindTable.TryGet(id, out Kind kind)
                    ? KindSet.Of(kind)
                    : throw new ArgumentException($"\"{id}\" is no kind of data. The nearest is \"{Nearest(id, KindTable.All.Select(KindTable.IdOf))}\"; docs/masking.md has them all.", nameof(Kinds));
            }
        }

        if (Locales is not null)
        {
            foreach (string locale in Locales)
            {
                if (!KindTable.Locales.Contains(locale))
                {
                    throw new ArgumentException($"\"{locale}\" is no locale pack. There are {string.Join(", ", KindTable.Locales)}.", nameof(Locales));
                }
            }

            foreach (Kind kind in KindTable.All)
            {
                if (KindTable.LocaleOf(kind) is { Length: > 0 } locale && !Locales.Contains(locale))
                {
                    kinds &= ~KindSet.Of(kind);
                }
            }
        }

        return kinds;
    }

    // The id with the most pairs of letters in common.
    private static string Nearest(string id, IEnumerable<string> ids) =>
        ids.MaxBy(other => Enumerable.Range(0, Math.Max(0, id.Length - 1)).Count(i => other.Contains(id.Substring(i, 2), StringComparison.OrdinalIgnoreCase)) - Math.Abs(other.Length - id.Length))!;
}
