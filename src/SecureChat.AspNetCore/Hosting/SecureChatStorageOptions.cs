namespace SecureChat.AspNetCore;

/// <summary>Stores.</summary>
public sealed class SecureChatStorageOptions
{
    /// <summary>Time limit of one store operation; its outcome is then unknown and the request refused. Default 10 seconds; 1 to 60 seconds.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time limit of one call to the key provider. Default 10 seconds; 1 to 60 seconds.</summary>
    public TimeSpan KeyProviderTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a host may use a key-encryption key without asking the key provider for it again. A provider that is down longer stops
    /// sealing and releasing (<c>SC3002</c>), one that refuses does so at once (<c>SC3010</c>). Asked at half of it. Default 1 hour; 2 minutes to 1 day.
    /// </summary>
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Time limit of one call to a replaced vault or consent store. Default 15 seconds; 1 to 60 seconds.</summary>
    public TimeSpan VendorTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
