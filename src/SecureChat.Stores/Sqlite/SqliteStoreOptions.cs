namespace SecureChat.Stores;

/// <summary>Where the SQLite store keeps its two files. Read once, when the stores are made.</summary>
public sealed class SqliteStoreOptions
{
    private string? _keysPath;

    /// <summary>
    /// File of the data store (events, forms, consent, audit). A relative path starts at the process's working directory. The
    /// folder is made when it is missing. Required, no default.
    /// </summary>
    public string DataPath { get; set; } = string.Empty;

    /// <summary>
    /// File of the key store. Must be another file, and wants another, shorter backup life: with an old copy of the keys an old
    /// copy of the data can be opened. Default: beside the data, <c>x.db</c> gives <c>x.keys.db</c>.
    /// </summary>
    public string KeysPath
    {
        get => _keysPath ?? Derive(DataPath);
        set => _keysPath = value;
    }

    /// <summary>
    /// How long a call waits for a lock that another process holds, before it fails as transient. Default 5 seconds; 100
    /// milliseconds to 30 seconds. Keep it below <c>SecureChatOptions.Storage.OperationTimeout</c>.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    private static string Derive(string dataPath)
    {
        string extension = Path.GetExtension(dataPath);
        return string.IsNullOrEmpty(extension)
            ? dataPath + ".keys"
            : string.Concat(dataPath.AsSpan(0, dataPath.Length - extension.Length), ".keys", extension);
    }
}
