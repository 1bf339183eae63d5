namespace SecureChat;

/// <summary>The answer to a cancel or a withdrawal. Immutable.</summary>
public sealed class FormChangeResult
{
    /// <summary>Why nothing was changed; <see langword="null"/> on success.</summary>
    public SecureChatError? Error { get; init; }

    /// <summary>The state of the form afterwards; <see langword="null"/> when there is no such form.</summary>
    public FormStatus? Form { get; init; }
}
