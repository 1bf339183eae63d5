namespace SecureChat.AspNetCore;

/// <summary>Audit.</summary>
public sealed class SecureChatAuditOptions
{
    /// <summary>Folder for JSON Lines files of the log, one a day. Default: none.</summary>
    public string? JsonLinesFolder { get; set; }

    /// <summary>File to which sequence and hash of the log's head are appended. Keep it, or a copy of it, on another machine. Default: none.</summary>
    public string? HeadFile { get; set; }

    /// <summary>How often the head is exported when the log has grown. Default 1 minute; 1 second to 24 hours.</summary>
    public TimeSpan HeadInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Time limit of one write to a sink. Default 5 seconds; 0.1 to 60 seconds.</summary>
    public TimeSpan SinkTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
