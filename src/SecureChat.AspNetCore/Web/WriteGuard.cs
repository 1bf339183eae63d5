namespace SecureChat.AspNetCore;

/// <summary>
/// Writes demand the header <c>X-SecureChat: 1</c>, which a page of another origin cannot send without asking first, and an
/// allowed origin. Both, because either alone has been got round somewhere.
/// </summary>
internal abstract class WriteGuard : IEndpointFilter
{
    public const string HeaderName = "X-SecureChat";

    public const string HeaderValue = "1";

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        return Check(http) is { } refusal ? ValueTask.FromResult<object?>(Problems.From(refusal)) : next(context);
    }

    protected abstract bool AllowsOrigin(HttpContext context);

    private SecureChatError? Check(HttpContext context)
    {
        string method = context.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method))
        {
            return null;
        }

        if (context.Request.Headers[HeaderName] is not [HeaderValue])
        {
            return SecureChatErrors.HeaderMissing;
        }

        return AllowsOrigin(context) ? null : SecureChatErrors.OriginNotAllowed;
    }
}

/// <summary>For callers the browser signs in by itself: a missing origin is refused too.</summary>
internal sealed class AgentWriteGuard(OriginRules origins) : WriteGuard
{
    protected override bool AllowsOrigin(HttpContext context) => origins.AllowsAgentWrite(context);
}

/// <summary>For callers that hold a conversation token.</summary>
internal sealed class VisitorWriteGuard(OriginRules origins) : WriteGuard
{
    protected override bool AllowsOrigin(HttpContext context) => origins.AllowsVisitorWrite(context);
}

/// <summary>For callers that hold the token of one form.</summary>
internal sealed class FormWriteGuard(OriginRules origins) : WriteGuard
{
    protected override bool AllowsOrigin(HttpContext context) => origins.AllowsFormWrite(context);
}
