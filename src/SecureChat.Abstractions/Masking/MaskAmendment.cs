namespace SecureChat;

/// <summary>A new masked text for an earlier message. Immutable.</summary>
public sealed class MaskAmendment
{
    /// <summary>Sequence of the message to change.</summary>
    public required long Sequence { get; init; }

    /// <summary>Its new text.</summary>
    public required string Text { get; init; }

    /// <summary>What was found, in the coordinates of the stored text.</summary>
    public IReadOnlyList<SensitiveSpan> Spans { get; init; } = [];

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(MaskAmendment);
}
