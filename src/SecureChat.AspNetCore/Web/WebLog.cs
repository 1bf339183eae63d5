namespace SecureChat.AspNetCore;

/// <summary>Log messages of the HTTP foundation: 1590 to 1599.</summary>
internal static partial class WebLog
{
    [LoggerMessage(1590, LogLevel.Error, "A SecureChat request failed with {Code} because of {FaultType}.", EventName = "RequestFailed")]
    public static partial void Fault(ILogger logger, string code, string faultType);

    [LoggerMessage(1591, LogLevel.Error, "A SecureChat endpoint was reached past UseSecureChat() and did not answer. Call app.UseSecureChat() once, outside of branches, after app.UsePathBase() and before app.MapSecureChat().", EventName = "MiddlewareBypassed")]
    public static partial void MiddlewareBypassed(ILogger logger);
}
