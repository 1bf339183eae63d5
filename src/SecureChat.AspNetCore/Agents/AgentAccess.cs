using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace SecureChat.AspNetCore;

/// <summary>Turns the host's principal into an <see cref="Agent"/> by the four named policies. A missing policy grants nothing.</summary>
internal sealed class AgentAccess(
    IAuthorizationService authorization, IAuthorizationPolicyProvider policies, IOptions<SecureChatOptions> options)
{
    /// <summary>RFC 8176: the sign-in used several factors.</summary>
    private const string MfaMethod = "mfa";

    private readonly SecureChatAgentOptions _options = options.Value.Agents;

    /// <summary>The agent, or <see langword="null"/> when the principal is no agent of any kind.</summary>
    public async ValueTask<Agent?> ResolveAsync(ClaimsPrincipal principal)
    {
        if (principal.Identity?.IsAuthenticated != true || principal.FindFirstValue(_options.AgentIdClaim) is not { Length: > 0 and <= 200 } id)
        {
            return null;
        }

        if (_options.RequireMfaSignIn && !principal.HasClaim("amr", MfaMethod))
        {
            return null;
        }

        var agent = new Agent
        {
            Id = id,
            SessionId = principal.FindFirstValue("sid") ?? id,
            DisplayName = Agent.NameOf(principal.Identity.Name),
            IsAgent = await HoldsAsync(principal, _options.AgentPolicy),
            IsSupervisor = await HoldsAsync(principal, _options.SupervisorPolicy),
            IsPrivacyOfficer = await HoldsAsync(principal, _options.PrivacyOfficerPolicy),
            IsAuditor = await HoldsAsync(principal, _options.AuditorPolicy),
        };
        return agent.IsAgent || agent.IsSupervisor || agent.IsPrivacyOfficer || agent.IsAuditor ? agent : null;
    }

    private async ValueTask<bool> HoldsAsync(ClaimsPrincipal principal, string policyName)
    {
        AuthorizationPolicy? policy = await policies.GetPolicyAsync(policyName);
        return policy is not null && (await authorization.AuthorizeAsync(principal, resource: null, policy)).Succeeded;
    }
}
