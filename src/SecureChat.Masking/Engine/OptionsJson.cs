using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureChat.Masking;

/// <summary>How the options of an engine are written in JSON. Strict, so that a misspelt member is nothing that is silently not there.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowTrailingCommas = true,
    AllowDuplicateProperties = false,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    ReadCommentHandling = JsonCommentHandling.Skip,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(OptionsDocument))]
internal sealed partial class OptionsJson : JsonSerializerContext;

/// <summary>The options as they are written. Members that can be set: generated code would put nulls over the defaults of those that can only be initialised.</summary>
internal sealed class OptionsDocument
{
    public List<string>? Kinds { get; set; }

    public List<string>? Locales { get; set; }

    public List<PatternDocument> Patterns { get; set; } = [];

    public List<RuleDocument?> Rules { get; set; } = [];

    public char MaskCharacter { get; set; } = MaskingPolicy.Default.MaskCharacter;

    public string Label { get; set; } = MaskingPolicy.UsualLabel;

    public bool IsDryRun { get; set; }

    public MaskingEngineOptions ToOptions() => new()
    {
        Kinds = Kinds,
        Locales = Locales,
        Patterns = [.. Patterns.Select(static pattern => pattern.ToPattern())],
        Policy = new MaskingPolicy { Rules = [.. Rules.Select(static rule => rule?.ToRule()!)], MaskCharacter = MaskCharacter, Label = Label, IsDryRun = IsDryRun },
    };

    public override string ToString() => nameof(OptionsDocument);
}

/// <summary>A rule as it is written.</summary>
internal sealed class RuleDocument
{
    public List<string>? Kinds { get; set; }

    public List<ParticipantRole>? Roles { get; set; }

    public MaskDirection? Direction { get; set; }

    public MaskAction Action { get; set; }

    public int? KeepLast { get; set; }

    public string? Label { get; set; }

    public MaskingRule ToRule() => new() { Kinds = Kinds, Roles = Roles, Direction = Direction, Action = Action, KeepLast = KeepLast, Label = Label };

    public override string ToString() => nameof(RuleDocument);
}

/// <summary>A pattern as it is written.</summary>
internal sealed class PatternDocument
{
    public required string Kind { get; set; }

    public required string Pattern { get; set; }

    public string? Checksum { get; set; }

    public List<string> Words { get; set; } = [];

    public List<string> Examples { get; set; } = [];

    public List<string> CounterExamples { get; set; } = [];

    public MaskingPattern ToPattern() => new() { Kind = Kind, Pattern = Pattern, Checksum = Checksum, Words = Words, Examples = Examples, CounterExamples = CounterExamples };

    public override string ToString() => nameof(PatternDocument);
}
