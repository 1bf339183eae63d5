using Microsoft.AspNetCore.SignalR;

namespace SecureChat.AspNetCore;

/// <summary>Around every hub call: the connection's own rate, nothing before Join, and faults that say a code and nothing else.</summary>
internal sealed partial class ChatHubFilter(ILogger<ChatHubFilter> logger) : IHubFilter
{
    /// <summary>The one form of a hub error: code, title and next step.</summary>
    public static HubException Refusal(SecureChatError error) => new($"{error.Code}: {error.Title} {error.NextStep}");

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        ChatConnection connection = ChatConnection.Of(invocationContext.Context);
        if (connection.TryCall(out bool isFlood) is { } wait)
        {
            if (isFlood)
            {
                LogFlood(logger);
                invocationContext.Context.Abort();
            }

            return HubReply.Refused(SecureChatErrors.RateLimited, wait);
        }

        if (!connection.IsJoined && invocationContext.HubMethodName != nameof(ChatHub.Join))
        {
            return HubReply.Refused(SecureChatErrors.JoinRequired);
        }

        try
        {
            return await next(invocationContext);
        }
        catch (SecureChatException fault)
        {
            LogFault(logger, invocationContext.HubMethodName, fault.Error.Code, fault.InnerException?.GetType().Name);
            throw Refusal(fault.Error);
        }
        catch (Exception fault) when (fault is not HubException)
        {
            // The type only: a foreign exception's text may carry what was sent (E43).
            LogFault(logger, invocationContext.HubMethodName, SecureChatErrors.Internal.Code, fault.GetType().Name);
            throw Refusal(SecureChatErrors.Internal);
        }
    }

    [LoggerMessage(EventId = 1550, EventName = "HubCallFailed", Level = LogLevel.Error, Message = "Hub call {Method} failed with {Code} ({Fault}).")]
    private static partial void LogFault(ILogger logger, string method, string code, string? fault);

    [LoggerMessage(EventId = 1551, EventName = "HubFlood", Level = LogLevel.Warning, Message = "A connection went on calling after a thousand refusals and is closed.")]
    private static partial void LogFlood(ILogger logger);
}
