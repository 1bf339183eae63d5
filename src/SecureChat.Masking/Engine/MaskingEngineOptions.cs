using System.Text.Json;

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

    /// <summary>
    /// Reads options written in JSON: <c>kinds</c>, <c>locales</c>, <c>patterns</c>, and the members of a policy (<c>rules</c>, <c>maskCharacter</c>, <c>label</c>,
    /// <c>isDryRun</c>) beside them, in camel case. Comments are allowed, unknown members are not. docs/masking.md has an example.
    /// </summary>
    /// <param name="json">The text.</param>
    /// <exception cref="ArgumentNullException"><paramref name="json"/> is null.</exception>
    /// <exception cref="FormatException">It is not right; the message names the place, and what to write there.</exception>
    public static MaskingEngineOptions Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            MaskingEngineOptions options = JsonSerializer.Deserialize(json, OptionsJson.Default.OptionsDocument)?.ToOptions()
                ?? throw new FormatException("The masking options are null. Write {} for those that mask everything.");

            // Whatever is wrong is said here, where the file is still at hand.
            MaskingEngine.Create(options);
            return options;
        }
        catch (JsonException fault)
        {
            // The parser's own words may quote the file: a place is enough, and the members are few.
            throw new FormatException(
                $"The masking options are not valid at line {(fault.LineNumber ?? 0) + 1}, {fault.Path ?? "$"}. They have \"kinds\", \"locales\", \"rules\", \"patterns\", \"maskCharacter\", \"label\" and "
                + "\"isDryRun\"; a rule has \"kinds\", \"roles\" (visitor, agent, supervisor, application, system), \"direction\" (in, out), \"action\" (mask, label, drop, seal, block, warn, "
                + "allow), \"keepLast\" and \"label\"; a pattern has \"kind\", \"pattern\", \"checksum\", \"words\", \"examples\" and \"counterExamples\".",
                fault);
        }
        catch (ArgumentException fault)
        {
            throw new FormatException(fault.Message, fault);
        }
    }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(MaskingEngineOptions);

    /// <summary>The same with more detectors.</summary>
    internal MaskingEngineOptions With(IReadOnlyList<ISensitiveDataDetector> detectors) => new()
    {
        Kinds = Kinds,
        Locales = Locales,
        Patterns = Patterns,
        Detectors = [.. Detectors, .. detectors],
        Policy = Policy,
        AllowList = AllowList,
        Time = Time,
    };

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
