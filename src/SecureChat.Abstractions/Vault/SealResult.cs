namespace SecureChat;

/// <summary>The answer to a seal. Immutable.</summary>
public sealed class SealResult
{
    /// <summary>What happened.</summary>
    public required SealOutcome Outcome { get; init; }

    /// <summary>The values, when sealed now or before.</summary>
    public IReadOnlyList<SealedValue> Values { get; init; } = [];
}
