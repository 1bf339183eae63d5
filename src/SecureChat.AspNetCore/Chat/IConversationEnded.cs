namespace SecureChat.AspNetCore;

/// <summary>
/// Destroys what must not outlive a conversation, and later what must not outlive its transcript. Must be idempotent; a fault leaves
/// the step unfinished, and the sweeper calls again.
/// </summary>
internal interface IConversationEnded
{
    /// <summary>The conversation has ended; its end counts as finished after this.</summary>
    ValueTask ConversationEndedAsync(string conversationId, CancellationToken cancellationToken);

    /// <summary>The transcript's time is over; it counts as destroyed after this.</summary>
    ValueTask TranscriptEndedAsync(string conversationId, CancellationToken cancellationToken);
}
