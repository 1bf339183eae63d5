namespace SecureChat;

/// <summary>A fault in SecureChat. Carries a documented error and never a value, token or name.</summary>
public class SecureChatException : Exception
{
    /// <summary>A fault with the error's own text.</summary>
    public SecureChatException(SecureChatError error)
        : this(error, detail: null, innerException: null)
    {
    }

    /// <summary>A fault with more detail (which option, which sink) behind the error's text.</summary>
    public SecureChatException(SecureChatError error, string? detail, Exception? innerException = null)
        : base(Compose(error, detail), innerException)
    {
        Error = error;
    }

    /// <summary>The documented error.</summary>
    public SecureChatError Error { get; }

    private static string Compose(SecureChatError error, string? detail)
    {
        ArgumentNullException.ThrowIfNull(error);
        return string.IsNullOrEmpty(detail)
            ? $"{error.Code}: {error.Title} {error.NextStep}"
            : $"{error.Code}: {error.Title} {detail} {error.NextStep}";
    }
}
