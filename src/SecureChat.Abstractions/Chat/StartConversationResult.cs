namespace SecureChat;

/// <summary>The answer to <see cref="ISecureChat.StartConversationAsync"/>. Immutable.</summary>
public sealed class StartConversationResult
{
    /// <summary>Why none was started; <see langword="null"/> on success.</summary>
    public SecureChatError? Error { get; init; }

    /// <summary>The conversation; <see langword="null"/> when refused. An id, no authority: it may stand beside the application's own.</summary>
    public string? ConversationId { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(StartConversationResult);
}
