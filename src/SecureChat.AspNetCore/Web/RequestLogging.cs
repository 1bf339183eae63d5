using Microsoft.AspNetCore.HttpLogging;

namespace SecureChat.AspNetCore;

/// <summary>
/// Keeps a host's request logging to method, path and status on our paths: headers carry tokens and bodies carry values. The
/// endpoints say so themselves; this holds where no endpoint is known, which is before routing and for paths and methods we have not.
/// </summary>
internal sealed class RequestLogging(SecureChatPipeline pipeline) : IHttpLoggingInterceptor
{
    public const HttpLoggingFields LoggedFields =
        HttpLoggingFields.RequestMethod | HttpLoggingFields.RequestPath | HttpLoggingFields.ResponseStatusCode | HttpLoggingFields.Duration;

    public ValueTask OnRequestAsync(HttpLoggingInterceptorContext logContext)
    {
        Restrict(logContext);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnResponseAsync(HttpLoggingInterceptorContext logContext)
    {
        Restrict(logContext);
        return ValueTask.CompletedTask;
    }

    private void Restrict(HttpLoggingInterceptorContext logContext)
    {
        if (pipeline.MayOwn(logContext.HttpContext))
        {
            logContext.LoggingFields &= LoggedFields;
        }
    }
}
