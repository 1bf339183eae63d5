using Microsoft.Extensions.Diagnostics.HealthChecks;
using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>Names the plug-in detectors that were switched off, and counts the faults of the others.</summary>
internal sealed class MaskingHealthCheck(IServiceProvider services) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<MaskingDetectorStatus> detectors = services.GetRequiredService<MaskingEngine>().Detectors;
        string[] off = [.. detectors.Where(static detector => detector.IsOff).Select(static detector => detector.Name)];
        var data = new Dictionary<string, object> { ["detectors"] = detectors.Count, ["detectorsOff"] = off.Length, ["detectorFaults"] = detectors.Sum(static detector => detector.Faults) };
        return Task.FromResult(off.Length == 0
            ? HealthCheckResult.Healthy("All detectors are on.", data)
            : HealthCheckResult.Unhealthy($"Switched off after faults, so that their kinds are not looked for: {string.Join(", ", off)}. Mend them and start the host anew.", data: data));
    }
}
