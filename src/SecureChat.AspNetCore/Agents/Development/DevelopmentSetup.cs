using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace SecureChat.AspNetCore;

/// <summary>Refuses to start outside Development.</summary>
internal sealed class DevelopmentOnly(IHostEnvironment environment) : IStartupStep
{
    public int Order => int.MinValue;

    public ValueTask RunAsync(CancellationToken cancellationToken) => environment.IsDevelopment()
        ? ValueTask.CompletedTask
        : throw new SecureChatConfigurationException(
            SecureChatErrors.OptionsInvalid,
            "AddDevelopmentAgents() makes an agent of whoever reads the host's output, so it works in Development only: remove it, and give the host a sign-in, the policy of Agents:AgentPolicy and a step-up verifier.");
}

/// <summary>Policies that the host lacks: whoever came by the printed link has every role.</summary>
internal sealed class DevelopmentPolicies(IOptions<SecureChatOptions> options) : IPostConfigureOptions<AuthorizationOptions>
{
    public void PostConfigure(string? name, AuthorizationOptions authorization)
    {
        SecureChatAgentOptions agents = options.Value.Agents;
        foreach (string policy in new[] { agents.AgentPolicy, agents.SupervisorPolicy, agents.PrivacyOfficerPolicy, agents.AuditorPolicy })
        {
            if (authorization.GetPolicy(policy) is null)
            {
                authorization.AddPolicy(policy, static builder => builder.AddAuthenticationSchemes(DevelopmentSignIn.Scheme).RequireAuthenticatedUser());
            }
        }
    }
}

/// <summary>The console's way to sign in, unless the host has one.</summary>
internal sealed class DevelopmentSignInPath(SecureChatPipeline pipeline) : IPostConfigureOptions<SecureChatOptions>
{
    public void PostConfigure(string? name, SecureChatOptions options)
    {
        if (pipeline.FirstPrefix is { } prefix)
        {
            options.Agents.SignInPath ??= $"{prefix}/{DevelopmentSignIn.Page}";
        }
    }
}

/// <summary>Prints the link once the addresses are known. On standard output and not in the log, which others may read.</summary>
internal sealed class DevelopmentSignInPrinter(
    IHostApplicationLifetime lifetime, IServer server, DevelopmentSignIn signIn, SecureChatPipeline pipeline) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() =>
        {
            string? address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
            if (address is not null && pipeline.FirstPrefix is { } prefix)
            {
#pragma warning disable RS0030 // For the developer who started the host, like the first address of a server.
                Console.WriteLine(
                    $"SecureChat (Development): sign in as an agent at {address.Replace("[::]", "localhost", StringComparison.Ordinal)}{prefix}/{DevelopmentSignIn.Page}#{signIn.Token}");
                Console.WriteLine($"SecureChat (Development): the code for a reveal is {DevelopmentStepUp.Code}");
#pragma warning restore RS0030
            }
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
