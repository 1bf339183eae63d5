namespace SecureChat.AspNetCore;

/// <summary>Masking of free text.</summary>
public sealed class SecureChatMaskingOptions
{
    /// <summary>Time limit of one call to the masker; then the message is held. Default 2 seconds; 0.1 to 30 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many stored messages the masker sees as context. Default 10; 0 to 50.</summary>
    public int RecentMessages { get; set; } = 10;
}
