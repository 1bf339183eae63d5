using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SecureChat.AspNetCore;

/// <summary>
/// CORS of the visitor part, for the widget on another site. Only origins in <see cref="SecureChatOptions.AllowedOrigins"/> read
/// answers, and never with cookies: a visitor holds a token. Done here and not by the host's CORS middleware, because metadata that
/// waits for a middleware the host did not add is an error or, worse, nothing. The agent part has no CORS at all.
/// </summary>
internal static class CrossOrigin
{
    /// <summary>Whether an endpoint is called from other sites.</summary>
    public static bool Concerns(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<SecureChatPartMetadata>() is { Part: SecureChatPart.Visitor };

    /// <summary>What answers the question before a call from another origin; <see langword="null"/> for everything else.</summary>
    public static RequestDelegate? Asks(HttpContext context) =>
        HttpMethods.IsOptions(context.Request.Method)
        && context.GetEndpoint() is { } endpoint
        && endpoint.Metadata.GetMetadata<SecureChatPartMetadata>() is { Part: SecureChatPart.Visitor or SecureChatPart.Forms }
            ? endpoint.RequestDelegate
            : null;

    /// <summary>Lets preflights find the endpoints of a group and checks the origin before each.</summary>
    public static void Accept(EndpointBuilder builder)
    {
        if (builder.RequestDelegate is not { } inner || builder.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is not { } methods)
        {
            return;
        }

        builder.Metadata.Add(new HttpMethodMetadata(methods.HttpMethods, acceptCorsPreflight: true));
        builder.RequestDelegate = context => AnswerAsync(context, inner);
    }

    /// <summary>The headers of an answer, refusals included: a page that is allowed to call can read why it was refused.</summary>
    public static void Apply(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        if (!headers.Vary.Contains(HeaderNames.Origin, StringComparer.OrdinalIgnoreCase))
        {
            headers.Vary = StringValues.Concat(headers.Vary, HeaderNames.Origin);
        }

        if (context.Request.Headers.Origin is [{ } origin] && Rules(context).AllowsStated(context))
        {
            headers.AccessControlAllowOrigin = origin;
            // Date: a page counts down by the server's clock, whatever the visitor's says.
            headers.AccessControlExposeHeaders = $"{HeaderNames.RetryAfter}, {HeaderNames.Date}";
        }
    }

    private static Task AnswerAsync(HttpContext context, RequestDelegate inner)
    {
        Apply(context);
        bool isPreflight = HttpMethods.IsOptions(context.Request.Method);
        if (!Rules(context).AllowsStated(context))
        {
            // The code is for the person who puts the widget into a page and forgot to allow it. Everybody may read it: it is the
            // same for everybody. A preflight stays without, so that the call it asks about is not made.
            if (!isPreflight)
            {
                context.Response.Headers.AccessControlAllowOrigin = "*";
            }

            return Problems.From(SecureChatErrors.OriginNotAllowed).ExecuteAsync(context);
        }

        if (!isPreflight)
        {
            return inner(context);
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = $"{HeaderNames.Authorization}, {HeaderNames.ContentType}, {WriteGuard.HeaderName}";
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static OriginRules Rules(HttpContext context) => context.RequestServices.GetRequiredService<OriginRules>();
}
