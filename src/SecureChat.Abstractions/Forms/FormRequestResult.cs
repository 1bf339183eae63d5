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

    /// <summary>
    /// With <see cref="RequestFormCommand.WithLink"/>: the path of the hosted form, for example <c>/chat/form#TOKEN</c>, behind the prefix
    /// that was mapped first. In front of it goes the origin that the visitor knows the application by, and its path base if it has one.
    /// </summary>
    /// <remarks>
    /// Whoever has the link can fill the form in, so it goes to the visitor and nowhere else: not into a log, not into a page
    /// that others see. The token stands behind <c>#</c>, which browsers do not send. Opening the link changes nothing; it may be
    /// scanned on its way. The newest link is the one that works, until the form has ended.
    /// </remarks>
    public string? LinkPath { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(FormRequestResult);
}
