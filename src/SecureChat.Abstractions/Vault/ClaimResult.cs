namespace SecureChat;

/// <summary>The answer to a claim. Immutable.</summary>
public sealed class ClaimResult
{
    /// <summary>What was decided.</summary>
    public required ClaimOutcome Outcome { get; init; }

    /// <summary>When the viewing window ends, when this claim holds the values.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The values asked for, as they stand now: who opened them, or why they are gone.</summary>
    public IReadOnlyList<SealedValue> Values { get; init; } = [];
}
