using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureChat.Masking;

/// <summary>How a policy is written in JSON. Strict, so that a misspelt member is no rule that is silently not there.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowTrailingCommas = true,
    AllowDuplicateProperties = false,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    ReadCommentHandling = JsonCommentHandling.Skip,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PolicyDocument))]
internal sealed partial class PolicyJson : JsonSerializerContext;

/// <summary>A policy as it is written. Members that can be set: generated code would put nulls over the defaults of those that can only be initialised.</summary>
internal sealed class PolicyDocument
{
    public List<RuleDocument?> Rules { get; set; } = [];

    public char MaskCharacter { get; set; } = MaskingPolicy.Default.MaskCharacter;

    public string Label { get; set; } = MaskingPolicy.UsualLabel;

    public bool IsDryRun { get; set; }

    public MaskingPolicy ToPolicy() => new() { Rules = [.. Rules.Select(static rule => rule?.ToRule()!)], MaskCharacter = MaskCharacter, Label = Label, IsDryRun = IsDryRun };

    public override string ToString() => nameof(PolicyDocument);
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
