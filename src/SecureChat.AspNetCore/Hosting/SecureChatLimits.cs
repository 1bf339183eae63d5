namespace SecureChat.AspNetCore;

/// <summary>Chat and form limits.</summary>
public sealed class SecureChatLimits
{
    /// <summary>Longest message, bytes of UTF-8. Default 8192; 256 to 65536.</summary>
    public int MessageBytes { get; set; } = 8 * 1024;

    /// <summary>Largest form submission, bytes of JSON. Default 65536; 1024 to 1048576.</summary>
    public int FormBytes { get; set; } = 64 * 1024;

    /// <summary>Most fields in a form. Default 32; 1 to 100.</summary>
    public int FormFields { get; set; } = 32;

    /// <summary>How often a visitor may take more time for one form, each time <see cref="SecureChatLifetimes.FormOpen"/> from then on. Default 10; 0 to 10.</summary>
    public int FormExtensions { get; set; } = 10;

    /// <summary>Messages a visitor may send at once before the rate applies; as many form calls, 30 at least, count apart. Default 10; 1 to 1000.</summary>
    public int VisitorMessageBurst { get; set; } = 10;

    /// <summary>Messages per second a visitor may send in the long run; as many form calls, 1 at least, count apart. Default 1; 0.1 to 100.</summary>
    public double VisitorMessagesPerSecond { get; set; } = 1;

    /// <summary>Messages per second in one conversation, all senders together; twice that at once. As many form calls and assignments, 20 at least, count apart. Default 20; 1 to 1000.</summary>
    public double ConversationMessagesPerSecond { get; set; } = 20;

    /// <summary>Conversations that one client address may start per minute. Default 10; 1 to 10000.</summary>
    public int ConversationsPerAddressPerMinute { get; set; } = 10;

    /// <summary>
    /// Messages, form calls and new conversations of visitors per second from one client address, over all its conversations and
    /// connections; ten times that at once. IPv6 addresses count by their /64. Default 20; 1 to 100000.
    /// </summary>
    public double VisitorWritesPerAddressPerSecond { get; set; } = 20;

    /// <summary>Writes per second that this host takes, all callers together; twice that at once. Steps that end or destroy are not counted. Default 500; 1 to 100000.</summary>
    public double HostWritesPerSecond { get; set; } = 500;

    /// <summary>Claims per minute that one agent may try; ten times as many other writes (messages apart). Default 30; 1 to 1000.</summary>
    public int ClaimsPerAgentPerMinute { get; set; } = 30;

    /// <summary>Events in one answer of the history. Default 200; 1 to 1000.</summary>
    public int HistoryPage { get; set; } = 200;
}
