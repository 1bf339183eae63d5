namespace SecureChat.AspNetCore;

/// <summary>
/// Called after a conversation has ended, before its end counts as finished: destroys what must not outlive it. Must be idempotent;
/// a fault leaves the end unfinished, and the sweeper calls again.
/// </summary>
internal interface IConversationEnded
{
    ValueTask ConversationEndedAsync(string conversationId, CancellationToken cancellationToken);
}
