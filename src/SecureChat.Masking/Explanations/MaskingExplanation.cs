namespace SecureChat.Masking;

/// <summary>One value of a text, or what looks like one, and why it is taken or left. Immutable. Carries no text.</summary>
public sealed class MaskingExplanation
{
    /// <summary>Where it stands, what it is or would be, and what becomes of it.</summary>
    public required SensitiveSpan Span { get; init; }

    /// <summary>Whether it was found. What a policy warns of was.</summary>
    public required bool IsTaken { get; init; }

    /// <summary>Why.</summary>
    public required MaskingReason Reason { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(MaskingExplanation);
}
