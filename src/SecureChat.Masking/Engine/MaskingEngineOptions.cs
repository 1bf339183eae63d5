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

    /// <summary>Kinds of the host's own that have a shape. Default: none. They are always on; <see cref="Kinds"/> need not name them.</summary>
    public IReadOnlyList<MaskingPattern> Patterns { get; init; } = [];

    /// <summary>Detectors of the host's own, for what has no shape. Default: none.</summary>
    public IReadOnlyList<ISensitiveDataDetector> Detectors { get; init; } = [];

    /// <summary>What becomes of what is found. Default: <see cref="MaskingPolicy.Default"/>, which masks everything.</summary>
    public MaskingPolicy Policy { get; init; } = MaskingPolicy.Default;

    /// <summary>Which values are the host's own ids and stay as they are. Default: null, which is none.</summary>
    public MaskingAllowList? AllowList { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(MaskingEngineOptions);

    /// <summary>What measures how long a detector takes. Tests set it.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    internal KindSet Resolve(OwnKinds own, string parameter)
    {
        var kinds = KindSet.All;
        if (Kinds is not null)
        {
            kinds = default;
            foreach (string id in Kinds)
            {
                kinds |= KindsOf(id, own, parameter);
            }

            foreach (Kind each in own.All)
            {
                kinds |= KindSet.Of(each);
            }
        }

        if (Locales is not null)
        {
            foreach (string locale in Locales)
            {
                if (!KindTable.Locales.Contains(locale))
                {
                    throw new ArgumentException($"\"{locale}\" is no locale pack. There are {string.Join(", ", KindTable.Locales)}.", parameter);
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

    /// <summary>The kind of an id, or the kinds whose ids begin with what stands before its <c>*</c>.</summary>
    internal static KindSet KindsOf(string? id, OwnKinds own, string parameter)
    {
        if (id is [.., '*'])
        {
            KindSet kinds = default;
            foreach (Kind each in KindTable.All.Concat(own.All).Where(kind => own.IdOf(kind).StartsWith(id[..^1], StringComparison.Ordinal)))
            {
                kinds |= KindSet.Of(each);
            }

            return !kinds.IsEmpty ? kinds : throw new ArgumentException($"No kind of data begins with \"{id[..^1]}\"; docs/masking.md has them all.", parameter);
        }

        return own.TryGet(id ?? string.Empty, out Kind kind)
            ? KindSet.Of(kind)
            : throw new ArgumentException($"\"{id}\" is no kind of data. The nearest is \"{Nearest(id ?? string.Empty, KindTable.All.Concat(own.All).Select(own.IdOf))}\"; docs/masking.md has them all.", parameter);
    }

    // The id with the most pairs of letters in common.
    private static string Nearest(string id, IEnumerable<string> ids) =>
        ids.MaxBy(other => Enumerable.Range(0, Math.Max(0, id.Length - 1)).Count(i => other.Contains(id.Substring(i, 2), StringComparison.OrdinalIgnoreCase)) - Math.Abs(other.Length - id.Length))!;
}
