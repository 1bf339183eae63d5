using System.Text.Json;
using System.Text.Json.Serialization;

namespace MaskingRules;

/// <summary>One file of rules: the kinds of one country or family. Rules/README.md has the meaning of every member.</summary>
public sealed class RuleFile
{
    public string? Locale { get; init; }

    public IReadOnlyList<string> Country { get; init; } = [];

    public IReadOnlyList<Topic> Topics { get; init; } = [];

    public IReadOnlyList<KindRule> Kinds { get; init; } = [];

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        PropertyNameCaseInsensitive = false,
    };
}

/// <summary>Words that are no kind but change what a number beside them means.</summary>
public sealed class Topic
{
    public required string Id { get; init; }

    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>One kind: how it is named, written and checked.</summary>
public sealed class KindRule
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public string NeedsContext { get; init; } = "no";

    public string Mask { get; init; } = "full";

    public string? Source { get; init; }

    /// <summary>Detected by code: no forms.</summary>
    public bool Code { get; init; }

    /// <summary>No form has check digits.</summary>
    public bool NoCheck { get; init; }

    public string? Locale { get; init; }

    public IReadOnlyList<string> Words { get; init; } = [];

    public IReadOnlyList<string> Upper { get; init; } = [];

    public IReadOnlyList<string> Generic { get; init; } = [];

    public IReadOnlyList<Form> Forms { get; init; } = [];

    public IReadOnlyList<string> Examples { get; init; } = [];

    public IReadOnlyList<string> CounterExamples { get; init; } = [];
}

/// <summary>One way in which the characters of a kind follow each other.</summary>
public sealed class Form
{
    public IReadOnlyList<string> Prefix { get; init; } = [""];

    public required string Pattern { get; init; }

    public IReadOnlyList<string> Suffix { get; init; } = [""];

    public IReadOnlyList<string> Layouts { get; init; } = [];

    public bool AnyLayout { get; init; }

    public IReadOnlyList<JsonElement> Checks { get; init; } = [];
}
