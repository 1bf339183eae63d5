namespace SecureChat.AspNetCore;

/// <summary>Events after a sequence, in order and without gaps; or the news that the transcript's key is gone.</summary>
internal sealed class EventPage
{
    public static EventPage Destroyed { get; } = new() { Events = [], IsDestroyed = true };

    public required IReadOnlyList<ConversationEvent> Events { get; init; }

    /// <summary>The conversation's key was destroyed: what is stored cannot be read by anybody any more.</summary>
    public bool IsDestroyed { get; init; }

    public override string ToString() => $"{nameof(EventPage)} {Events.Count}";
}
