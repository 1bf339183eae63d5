namespace SecureChat;

/// <summary>The answer to a release. Immutable.</summary>
public sealed class ReleaseResult
{
    /// <summary>What was decided.</summary>
    public required ReleaseOutcome Outcome { get; init; }

    /// <summary>The values, when released. Single-delivery values are in the first answer only.</summary>
    public IReadOnlyList<ReleasedValue> Values { get; init; } = [];

    /// <summary>Values that this answer destroyed: single delivery.</summary>
    public IReadOnlyList<string> DestroyedValueIds { get; init; } = [];

    /// <summary>When the viewing window ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The outcome only.</summary>
    public override string ToString() => $"{nameof(ReleaseResult)} {Outcome}";
}
