namespace SecureChat.AspNetCore;

/// <summary>Log events 1350 to 1399. Never a conversation, a person or a purpose.</summary>
internal static partial class ConsentLog
{
    [LoggerMessage(EventId = 1350, EventName = "ConsentStoreFailed", Level = LogLevel.Error, Message = "The consent store failed in {Operation} ({Fault}); the request was refused with SC4003")]
    public static partial void StoreFailed(ILogger logger, string operation, string fault);

    [LoggerMessage(EventId = 1351, EventName = "ConsentStoreAnsweredNonsense", Level = LogLevel.Error, Message = "The consent store's answer to {Operation} does not fit the question; the request was refused with SC4003")]
    public static partial void StoreAnsweredNonsense(ILogger logger, string operation);
}
