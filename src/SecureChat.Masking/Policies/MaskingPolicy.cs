namespace SecureChat.Masking;

/// <summary>
/// What becomes of each kind of data that is found: by kind, by who wrote it, and by which way it goes. The first rule that fits a value counts;
/// a value that no rule is about is masked. Immutable, thread-safe.
/// </summary>
/// <remarks>
/// Whatever the rules say, masking a masked text changes nothing, and card security codes and PINs (<c>AuthenticationData</c>; PCI DSS 4.0.1,
/// requirement 3.3.1) never stand in it: a rule that names them may not seal, warn of or allow them, and one for every kind is not about them.
/// </remarks>
/// <example>
/// <code>
/// MaskingEngine engine = MaskingEngine.Create(new MaskingEngineOptions
/// {
///     Policy = new MaskingPolicy
///     {
///         Rules =
///         [
///             new MaskingRule { Kinds = ["payment-card"], Roles = [ParticipantRole.Visitor], Action = MaskAction.Block },
///             new MaskingRule { Kinds = ["email", "phone"], Action = MaskAction.Warn },
///             new MaskingRule { Kinds = ["us-*"], Action = MaskAction.Label },
///         ],
///     },
/// });
/// </code>
/// </example>
public sealed class MaskingPolicy
{
    internal const string UsualLabel = "[{kind}]";

    /// <summary>Mask everything.</summary>
    public static MaskingPolicy Default { get; } = new();

    /// <summary>The rules, the most special first. Default: none.</summary>
    public IReadOnlyList<MaskingRule> Rules { get; init; } = [];

    /// <summary>What a masked character becomes: <c>•</c> (the default), <c>●</c>, <c>█</c>, <c>▇</c> or <c>*</c>.</summary>
    public char MaskCharacter { get; init; } = Characters.Mask;

    /// <summary>
    /// What <see cref="MaskAction.Label"/> puts in the place of a value; <c>{kind}</c> in it becomes the id of the kind. At most 64 characters, no
    /// digit and no at sign. Default: <c>[{kind}]</c>.
    /// </summary>
    public string Label { get; init; } = UsualLabel;

    /// <summary>Counts only: every text stays as it is, and the spans tell what would have become of it. Default: false. The chat refuses it.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>The type and the number of rules.</summary>
    public override string ToString() => $"{nameof(MaskingPolicy)} {Rules.Count}";
}
