using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace SecureChat.AspNetCore;

/// <summary>Lets only principals through who hold one of the four named policies, and tells the endpoint who it is.</summary>
internal sealed class AgentGate(IAuthorizationPolicyProvider policies, IOptions<SecureChatOptions> options) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        ClaimsPrincipal principal = await AuthenticateAsync(http);
        if (principal.Identity?.IsAuthenticated != true)
        {
            return Problems.From(SecureChatErrors.Unauthenticated);
        }

        if (await http.RequestServices.GetRequiredService<AgentAccess>().ResolveAsync(principal) is not { } agent)
        {
            return Problems.From(SecureChatErrors.Forbidden);
        }

        http.Features.Set(agent);
        return await next(context);
    }

    /// <summary>The agent who calls. Only behind the gate; elsewhere nobody (<c>SC6003</c>).</summary>
    public static Agent Current(HttpContext context) =>
        context.Features.Get<Agent>() ?? throw new SecureChatException(SecureChatErrors.Unauthenticated);

    /// <summary>The signed-in user. A policy that names its own schemes, and a host without a default one, are asked here.</summary>
    private async ValueTask<ClaimsPrincipal> AuthenticateAsync(HttpContext context)
    {
        AuthorizationPolicy? policy = await policies.GetPolicyAsync(options.Value.Agents.AgentPolicy);
        if (policy is { AuthenticationSchemes.Count: > 0 })
        {
            AuthenticateResult result = await context.RequestServices.GetRequiredService<IPolicyEvaluator>().AuthenticateAsync(policy, context);
            return result.Principal ?? new ClaimsPrincipal(new ClaimsIdentity());
        }

        if (context.User.Identity?.IsAuthenticated != true
            && context.RequestServices.GetService<IAuthenticationSchemeProvider>() is { } schemes
            && await schemes.GetDefaultAuthenticateSchemeAsync() is not null
            && (await context.AuthenticateAsync()) is { Succeeded: true, Principal: { } principal })
        {
            context.User = principal;
        }

        return context.User;
    }
}
