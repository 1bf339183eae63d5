using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace SecureChat.AspNetCore;

/// <summary>
/// Lets pages of every origin call the form part. The secure form runs in an opaque origin, which has no name to allow; what counts
/// there is the form's token, which no browser sends by itself. Never with credentials: a cookie has no meaning here.
/// </summary>
internal static class FormCrossOrigin
{
    private const string AnyOrigin = "*";

    // Authorization is not covered by a wildcard, so all of them are named.
    private const string AllowedHeaders = "authorization, content-type, x-securechat, accept-language";

    private const string PreflightSeconds = "600";

    public static void Apply(IEndpointConventionBuilder part)
    {
        part.Add(static builder =>
        {
            foreach (HttpMethodMetadata methods in builder.Metadata.OfType<HttpMethodMetadata>())
            {
                // The question before a call is routed to the endpoint that it asks about.
                methods.AcceptCorsPreflight = true;
            }
        });
        part.Finally(static builder =>
        {
            if (builder.RequestDelegate is { } inner)
            {
                builder.RequestDelegate = context => AnswerAsync(context, inner);
            }
        });
    }

    private static Task AnswerAsync(HttpContext context, RequestDelegate inner)
    {
        // When the answer starts, because a fault clears the headers on its way out: a refusal must be readable too.
        context.Response.OnStarting(
            static state =>
            {
                IHeaderDictionary headers = ((HttpResponse)state).Headers;
                headers.AccessControlAllowOrigin = AnyOrigin;
                // Date: a page counts down by the server's clock, whatever the visitor's says.
                headers.AccessControlExposeHeaders = $"{HeaderNames.RetryAfter}, {HeaderNames.Date}";
                return Task.CompletedTask;
            },
            context.Response);
        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            return inner(context);
        }

        IHeaderDictionary answer = context.Response.Headers;
        answer.AccessControlAllowMethods = $"{HttpMethods.Get}, {HttpMethods.Post}";
        answer.AccessControlAllowHeaders = AllowedHeaders;
        answer.AccessControlMaxAge = PreflightSeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
