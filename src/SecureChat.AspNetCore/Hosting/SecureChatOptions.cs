namespace SecureChat.AspNetCore;

/// <summary>Every option of SecureChat. Validated when the host starts; the table with ranges is docs/configuration.md.</summary>
public sealed class SecureChatOptions
{
    /// <summary>
    /// Scope of keys and associated data: values sealed under one id cannot be opened under another. Default: the host's
    /// application name. 1 to 100 characters. Changing it makes what is stored unreadable.
    /// </summary>
    public string? ApplicationId { get; set; }

    /// <summary>Origins besides the host's own that may call and connect, and frame the form page, for example <c>https://www.example.com</c>. Default: none.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Chat and form limits.</summary>
    public SecureChatLimits Limits { get; } = new();

    /// <summary>How long things live.</summary>
    public SecureChatLifetimes Lifetimes { get; } = new();

    /// <summary>Agents, policies and step-up.</summary>
    public SecureChatAgentOptions Agents { get; } = new();

    /// <summary>Masking of free text.</summary>
    public SecureChatMaskingOptions Masking { get; } = new();

    /// <summary>Stores.</summary>
    public SecureChatStorageOptions Storage { get; } = new();

    /// <summary>Audit.</summary>
    public SecureChatAuditOptions Audit { get; } = new();
}
