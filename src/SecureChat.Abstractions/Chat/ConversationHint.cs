namespace SecureChat;

/// <summary>Says that a conversation has something new, and nothing of what it is. Immutable.</summary>
public sealed class ConversationHint
{
    /// <summary>Longest <see cref="ConversationId"/>: 64 characters.</summary>
    public const int MaxIdLength = 64;

    /// <summary>The conversation: 1 to <see cref="MaxIdLength"/> characters of <c>A-Z a-z 0-9 - _</c>. An id is no authority.</summary>
    public required string ConversationId { get; init; }
}
