using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SecureChat.AspNetCore;

/// <summary>Registers automatic deletion and its health check.</summary>
internal static class RetentionServices
{
    public const string HealthCheckName = "securechat-retention";

    public static IServiceCollection AddRetention(this IServiceCollection services)
    {
        services.TryAddSingleton<ClockWatch>();
        services.TryAddSingleton<SweepState>();
        services.TryAddSingleton<SweepFailures>();
        services.TryAddSingleton<Sweeper>();
        services.AddHostedService(static provider => provider.GetRequiredService<Sweeper>());
        services.AddHealthChecks().AddCheck<RetentionHealthCheck>(HealthCheckName);
        return services;
    }
}
