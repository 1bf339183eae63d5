namespace SecureChat;

/// <summary>The host is set up wrongly and refuses to start; the message says which line to add.</summary>
public sealed class SecureChatConfigurationException : SecureChatException
{
    /// <summary>Refuses to start.</summary>
    public SecureChatConfigurationException(SecureChatError error, string? detail = null, Exception? innerException = null)
        : base(error, detail, innerException)
    {
    }
}
