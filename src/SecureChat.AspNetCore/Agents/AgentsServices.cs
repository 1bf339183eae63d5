using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SecureChat.AspNetCore;

/// <summary>Registers what lies in this folder. No step-up verifier is a default: without one nothing is revealed.</summary>
internal static class AgentsServices
{
    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        // Scoped: the host's authorisation handlers may be.
        services.TryAddScoped<AgentAccess>();
        services.TryAddSingleton<StepUpService>();
        services.TryAddSingleton(static provider => new UsedProofs(provider.GetRequiredService<SecureChatStores>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<AgentPresence>();
        return services;
    }
}
