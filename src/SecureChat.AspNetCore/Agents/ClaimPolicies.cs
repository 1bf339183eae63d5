using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;

namespace SecureChat.AspNetCore;

/// <summary>
/// Whether the host's policies can be asked at once: they hold nothing but the framework's own requirements on claims and roles, so no
/// code of the host runs that could block, and no thread and no time limit is needed for the question. It is asked for every event that
/// an agent's connection receives. Thread-safe.
/// </summary>
internal sealed class ClaimPolicies(IServiceScopeFactory scopes, IOptions<SecureChatOptions> options)
{
    private static readonly Assembly Framework = typeof(DefaultAuthorizationService).Assembly;

    private readonly SecureChatAgentOptions _options = options.Value.Agents;
    private volatile AgentAccess? _access;
    private volatile bool _isDecided;

    /// <summary>What answers for this principal without code of the host; <see langword="null"/> when there may be some.</summary>
    public async ValueTask<AgentAccess?> FindAsync(ClaimsPrincipal principal)
    {
        if (!_isDecided)
        {
            _access = await DecideAsync();
            _isDecided = true;
        }

        // A principal of the host's, or of Windows, answers for its roles by code of its own.
        return principal.GetType() == typeof(ClaimsPrincipal) && principal.Identities.All(static identity => identity.GetType() == typeof(ClaimsIdentity))
            ? _access
            : null;
    }

    private async ValueTask<AgentAccess?> DecideAsync()
    {
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        IServiceProvider services = scope.ServiceProvider;
        IAuthorizationPolicyProvider policies = services.GetRequiredService<IAuthorizationPolicyProvider>();
        IAuthorizationService service = services.GetRequiredService<IAuthorizationService>();
        object[] parts =
        [
            policies, service, services.GetRequiredService<IAuthorizationHandlerProvider>(), services.GetRequiredService<IAuthorizationHandlerContextFactory>(),
            services.GetRequiredService<IAuthorizationEvaluator>(), .. services.GetServices<IAuthorizationHandler>(),
        ];
        if (!Array.TrueForAll(parts, IsFrameworks))
        {
            return null;
        }

        foreach (string name in new[] { _options.AgentPolicy, _options.SupervisorPolicy, _options.PrivacyOfficerPolicy, _options.AuditorPolicy })
        {
            // An assertion is a function of the host's.
            if (await policies.GetPolicyAsync(name) is { } policy && !policy.Requirements.All(static one => IsFrameworks(one) && one is not AssertionRequirement))
            {
                return null;
            }
        }

        // None of them has a lifetime: the framework's are singletons and transients without state.
        return new AgentAccess(service, policies, options);
    }

    private static bool IsFrameworks(object part) => part.GetType().Assembly == Framework;
}
