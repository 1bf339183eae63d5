namespace SecureChat;

/// <summary>One message to mask, with what was said before. Immutable.</summary>
public sealed class MaskRequest
{
    /// <summary>The raw text. Must not be kept, logged or sent anywhere by a masker.</summary>
    public required string Text { get; init; }

    /// <summary>Who wrote it.</summary>
    public required ParticipantRole Sender { get; init; }

    /// <summary>Stored (already masked) messages before this one, oldest first: context for "what is your SSN?" and for numbers split over messages.</summary>
    public IReadOnlyList<RecentMessage> Recent { get; init; } = [];

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(MaskRequest);
}
