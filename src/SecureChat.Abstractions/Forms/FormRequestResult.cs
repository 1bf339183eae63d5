namespace SecureChat;

/// <summary>The answer to <see cref="ISecureChat.RequestFormAsync"/>. Immutable.</summary>
public sealed class FormRequestResult
{
    /// <summary>Why the request was refused; <see langword="null"/> when it was made or existed.</summary>
    public SecureChatError? Error { get; init; }

    /// <summary>The form request; <see langword="null"/> when refused.</summary>
    public string? RequestId { get; init; }

    /// <summary><see langword="false"/> when an open request for this form existed and was returned.</summary>
    public bool IsNew { get; init; }

    /// <summary>Until when the visitor can submit.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
