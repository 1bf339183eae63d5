namespace SecureChat;

/// <summary>A store failed. The request is refused; whether a write happened is unknown, and repeats are recognised.</summary>
public sealed class SecureChatStoreException : SecureChatException
{
    /// <summary>A fault of a store.</summary>
    public SecureChatStoreException(string store, string operation, bool isTransient, Exception? innerException = null)
        : base(SecureChatErrors.StoreUnavailable, $"({store}, {operation})", innerException)
    {
        Store = store;
        Operation = operation;
        IsTransient = isTransient;
    }

    /// <summary>Technology name of the store.</summary>
    public string Store { get; }

    /// <summary>Which operation failed.</summary>
    public string Operation { get; }

    /// <summary>Whether trying again may help.</summary>
    public bool IsTransient { get; }
}
