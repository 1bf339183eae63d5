namespace SecureChat;

/// <summary>A stored message seen as context. Immutable.</summary>
public sealed class RecentMessage
{
    /// <summary>Sequence of the message in its conversation.</summary>
    public required long Sequence { get; init; }

    /// <summary>Who wrote it.</summary>
    public required ParticipantRole Sender { get; init; }

    /// <summary>Its stored, masked text.</summary>
    public required string Text { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(RecentMessage);
}
