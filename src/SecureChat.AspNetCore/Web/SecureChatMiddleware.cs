namespace SecureChat.AspNetCore;

/// <summary>Guards our paths and leaves every other path of the host alone.</summary>
internal sealed class SecureChatMiddleware(
    RequestDelegate next, SecureChatPipeline pipeline, IHostEnvironment environment, ILogger<SecureChatMiddleware> logger)
{
    // Names under which clients of this and other protocols put a bearer token into a URL.
    private static readonly string[] TokenParameters = ["access_token", "token"];

    private readonly bool _demandsHttps = !environment.IsDevelopment();

    public Task InvokeAsync(HttpContext context) => pipeline.Owns(context) ? GuardAsync(context) : next(context);

    private async Task GuardAsync(HttpContext context)
    {
        context.Features.Set(Passed.Instance);
        ApplyHeaders(context);
        if (Refuse(context) is { } refusal)
        {
            await Problems.From(refusal).ExecuteAsync(context);
            return;
        }

        SecureChatError error;
        try
        {
            if (CrossOrigin.Asks(context) is { } answer)
            {
                // Here and not behind: a CORS policy that the host has for its own pages would answer, and knows nothing of our parts.
                await answer(context);
                return;
            }

            await next(context);
            if (!context.Response.HasStarted && IsBareRefusal(context.Response))
            {
                await Problems.ForStatus(context.Response.StatusCode).ExecuteAsync(context);
            }

            return;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
            throw;
        }
        catch (SecureChatException fault) when (fault.Error.Status is > 0 and < 500)
        {
            error = fault.Error;
        }
        catch (SecureChatException fault)
        {
            error = fault.Error;
            WebLog.Fault(logger, error.Code, TypeOf(fault.InnerException ?? fault));
        }
        catch (BadHttpRequestException fault)
        {
            error = fault.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => SecureChatErrors.TooLarge,
                StatusCodes.Status415UnsupportedMediaType => SecureChatErrors.UnsupportedMediaType,
                _ => SecureChatErrors.InvalidRequest,
            };
        }
        catch (Exception fault)
        {
            // The type only: messages of other people's exceptions quote what they choked on.
            error = SecureChatErrors.Internal;
            WebLog.Fault(logger, error.Code, TypeOf(fault));
        }

        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }

        context.Response.Clear();
        ApplyHeaders(context);
        await Problems.From(error).ExecuteAsync(context);
    }

    private static void ApplyHeaders(HttpContext context)
    {
        SecurityHeaders.Apply(context.Response.Headers);
        if (CrossOrigin.Concerns(context.GetEndpoint()))
        {
            CrossOrigin.Apply(context);
        }
    }

    private SecureChatError? Refuse(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (_demandsHttps && !HttpsRule.Allows(context))
        {
            return SecureChatErrors.HttpsRequired;
        }

        if (!IsKnownMethod(request.Method))
        {
            return SecureChatErrors.MethodNotAllowed;
        }

        if (request.QueryString.HasValue)
        {
            if (Array.Exists(TokenParameters, request.Query.ContainsKey))
            {
                return SecureChatErrors.TokenInUrl;
            }

            // Which of two values counts differs from parser to parser.
            if (request.Query.Any(static parameter => parameter.Value.Count > 1))
            {
                return SecureChatErrors.InvalidRequest;
            }
        }

        return null;
    }

    // CONNECT carries WebSockets over HTTP/2. TRACE would echo headers, tokens included.
    private static bool IsKnownMethod(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)
        || HttpMethods.IsPatch(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsConnect(method);

    private static bool IsBareRefusal(HttpResponse response) =>
        response.StatusCode >= StatusCodes.Status400BadRequest && response.ContentLength is null or 0 && string.IsNullOrEmpty(response.ContentType);

    private static string TypeOf(Exception fault) => fault.GetType().FullName ?? fault.GetType().Name;

    /// <summary>Set on requests that came through here; our endpoints answer no others.</summary>
    internal sealed class Passed
    {
        public static readonly Passed Instance = new();
    }
}
