using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>Masking of free text.</summary>
public sealed class SecureChatMaskingOptions
{
    /// <summary>
    /// What is looked for in messages, and what becomes of it. In configuration the members of <see cref="MaskingEngineOptions.Parse"/>, for example
    /// <c>Masking:Engine:Rules:0:Action</c>. Default: every kind of every country, masked.
    /// </summary>
    public MaskingEngineOptions Engine { get; set; } = new();

    /// <summary>Options on trial: every message is looked at with them as well, what they would do is counted (<c>securechat.masking.trial</c>), and nothing else happens. Default: null.</summary>
    public MaskingEngineOptions? Trial { get; set; }

    /// <summary>Time limit of one call to the masker; then the message is held. Default 2 seconds; 0.1 to 30 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many stored messages the masker sees as context. Default 10; 0 to 50.</summary>
    public int RecentMessages { get; set; } = 10;
}
