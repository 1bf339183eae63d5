namespace SecureChat.AspNetCore;

/// <summary>Stores.</summary>
public sealed class SecureChatStorageOptions
{
    /// <summary>Time limit of one store operation; its outcome is then unknown and the request refused. Default 10 seconds; 1 to 60 seconds.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time limit of one call to the key provider. Default 10 seconds; 1 to 60 seconds.</summary>
    public TimeSpan KeyProviderTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time limit of one call to a replaced vault or consent store. Default 15 seconds; 1 to 60 seconds.</summary>
    public TimeSpan VendorTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
