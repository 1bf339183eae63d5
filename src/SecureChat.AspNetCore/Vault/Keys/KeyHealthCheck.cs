using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SecureChat.AspNetCore;

/// <summary>Shows a key service that refuses or does not answer before what it holds runs out, and when it has.</summary>
internal sealed class KeyHealthCheck(KeyRing ring, KeyRefresher refresher) : IHealthCheck
{
    public const string HealthCheckName = "securechat-keys";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object> { ["currentVersion"] = ring.CurrentVersion, ["isFresh"] = refresher.IsFresh };
        return Task.FromResult(
            !ring.HoldsCurrent
                ? HealthCheckResult.Unhealthy("The key that seals is not available: nothing is sealed or released until the key service answers.", data: data)
                : refresher.IsFresh
                    ? HealthCheckResult.Healthy("The keys are open.", data: data)
                    : HealthCheckResult.Degraded("A key version could not be opened again, or the key store did not answer.", data: data));
    }
}
