namespace SecureChat;

/// <summary>What a masker made of a message. Immutable.</summary>
public sealed class MaskResult
{
    /// <summary>The masked text; equal to the input when nothing was found.</summary>
    public required string Text { get; init; }

    /// <summary>What was found, in the coordinates of the input, ascending, not overlapping.</summary>
    public IReadOnlyList<SensitiveSpan> Spans { get; init; } = [];

    /// <summary>Earlier messages that must be masked again, because a value was split over several.</summary>
    public IReadOnlyList<MaskAmendment> Amendments { get; init; } = [];

    /// <summary>The type and the number of spans.</summary>
    public override string ToString() => $"{nameof(MaskResult)} {Spans.Count}";
}
