using System.Text.Json;

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

    /// <summary>Reads a policy written in JSON: the members of this class in camel case, comments allowed, unknown members refused.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="ArgumentNullException"><paramref name="json"/> is null.</exception>
    /// <exception cref="FormatException">It is no policy; the message names the place, and what to write there.</exception>
    public static MaskingPolicy Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        MaskingPolicy policy;
        try
        {
            policy = JsonSerializer.Deserialize(json, PolicyJson.Default.PolicyDocument)?.ToPolicy() ?? throw new FormatException("The policy is null. Write {} for one that masks everything.");
            ResolvedPolicy.Check(policy, own: null);
        }
        catch (JsonException fault)
        {
            // The parser's own words may quote the file: a place is enough, and the members are few.
            throw new FormatException(
                $"The policy is not valid at line {(fault.LineNumber ?? 0) + 1}, {fault.Path ?? "$"}. A policy has \"rules\", \"maskCharacter\", \"label\" and \"isDryRun\"; a rule has \"kinds\", \"roles\" "
                + "(visitor, agent, supervisor, application, system), \"direction\" (in, out), \"action\" (mask, label, drop, seal, block, warn, allow), \"keepLast\" and \"label\".",
                fault);
        }
        catch (ArgumentException fault)
        {
            throw new FormatException(fault.Message, fault);
        }

        return policy;
    }

    /// <summary>The type and the number of rules.</summary>
    public override string ToString() => $"{nameof(MaskingPolicy)} {Rules.Count}";
}
