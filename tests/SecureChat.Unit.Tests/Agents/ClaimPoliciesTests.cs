using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Agents;

/// <summary>Policies are asked without a thread of their own only where no code of the host can run.</summary>
public sealed class ClaimPoliciesTests
{
    private static readonly ClaimsPrincipal Ada = new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "ada"), new Claim(ClaimTypes.Role, "Agent")], "test"));

    [Fact]
    public async Task Claims_roles_and_names_are_asked_at_once()
    {
        ClaimPolicies policies = Build(static authorization => authorization
            .AddPolicy("SecureChat.Agent", static policy => policy.RequireRole("Agent"))
            .AddPolicy("SecureChat.Supervisor", static policy => policy.RequireClaim("team", "leads").RequireAuthenticatedUser())
            .AddPolicy("SecureChat.Auditor", static policy => policy.RequireUserName("audrey")));
        AgentAccess access = (await policies.FindAsync(Ada))!;
        Agent agent = (await access.ResolveAsync(Ada))!;
        Assert.Equal(("ada", true, false, false, false), (agent.Id, agent.IsAgent, agent.IsSupervisor, agent.IsPrivacyOfficer, agent.IsAuditor));
        Assert.Null(await access.ResolveAsync(new ClaimsPrincipal(new ClaimsIdentity())));
    }

    [Fact]
    public async Task An_assertion_of_the_hosts_is_not_asked_at_once() =>
        Assert.Null(await Build(static authorization => authorization.AddPolicy("SecureChat.Auditor", static policy => policy.RequireAssertion(static _ => true))).FindAsync(Ada));

    [Fact]
    public async Task A_requirement_of_the_hosts_is_not_asked_at_once() =>
        Assert.Null(await Build(static authorization => authorization.AddPolicy("SecureChat.Agent", static policy => policy.AddRequirements(new OnShift()))).FindAsync(Ada));

    [Fact]
    public async Task A_handler_of_the_hosts_is_not_asked_at_once_whatever_it_handles() =>
        Assert.Null(await Build(
            static authorization => authorization.AddPolicy("SecureChat.Agent", static policy => policy.RequireRole("Agent")),
            static services => services.AddScoped<IAuthorizationHandler, OnShift>()).FindAsync(Ada));

    [Fact]
    public async Task A_provider_of_the_hosts_is_not_asked_at_once() =>
        Assert.Null(await Build(static _ => { }, static services => services.AddSingleton<IAuthorizationPolicyProvider, OwnProvider>()).FindAsync(Ada));

    [Fact]
    public async Task A_principal_or_identity_of_the_hosts_is_not_asked_at_once()
    {
        ClaimPolicies policies = Build(static authorization => authorization.AddPolicy("SecureChat.Agent", static policy => policy.RequireRole("Agent")));
        Assert.NotNull(await policies.FindAsync(Ada));
        Assert.Null(await policies.FindAsync(new OwnPrincipal()));
        Assert.Null(await policies.FindAsync(new ClaimsPrincipal(new OwnIdentity())));
    }

    private static ClaimPolicies Build(Action<AuthorizationBuilder> policies, Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        policies(services.AddAuthorizationBuilder());
        more?.Invoke(services);
        return new ClaimPolicies(services.BuildServiceProvider().GetRequiredService<IServiceScopeFactory>(), Options.Create(new SecureChatOptions()));
    }

    private sealed class OnShift : AuthorizationHandler<OnShift>, IAuthorizationRequirement
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OnShift requirement) => Task.CompletedTask;
    }

    private sealed class OwnProvider(IOptions<AuthorizationOptions> options) : DefaultAuthorizationPolicyProvider(options);

    private sealed class OwnPrincipal : ClaimsPrincipal;

    private sealed class OwnIdentity : ClaimsIdentity;
}
