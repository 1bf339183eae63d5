using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SecureChat.AspNetCore;

/// <summary>
/// Deletion jobs that stop silently are the classic failure of retention (E57): shows the oldest overdue item, a sweeper that does
/// not run, and a clock that is off.
/// </summary>
internal sealed class RetentionHealthCheck(
    SweepState state, ClockWatch clock, RecordMacs macs, IOptions<SecureChatOptions> options, TimeProvider time) : IHealthCheck
{
    private readonly DateTimeOffset _since = time.GetUtcNow();

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        DateTimeOffset now = time.GetUtcNow();
        TimeSpan limit = options.Value.Lifetimes.OverdueUnhealthy;
        var last = state.Last;
        TimeSpan silent = now - (last?.At ?? _since);
        TimeSpan overdue = last?.OldestOverdue is { } oldest && oldest < now ? now - oldest : TimeSpan.Zero;
        var data = new Dictionary<string, object>
        {
            ["oldestOverdueSeconds"] = (long)overdue.TotalSeconds,
            ["secondsSinceSweep"] = (long)silent.TotalSeconds,
            ["failedItems"] = last?.Failed ?? 0,
            ["unreadableRecords"] = last?.Unreadable ?? 0,
            ["irrevocableItems"] = last?.Irrevocable ?? 0,
            ["changedRecords"] = macs.Refused,
            ["clockSkewSeconds"] = clock.Skew.TotalSeconds,
        };

        // Trying again does not help a row that nobody can read: somebody has to bring its bytes back, or its keys, or remove it.
        string damage = last?.Unreadable > 0
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" {last.Value.Unreadable} due records cannot be read.")
            : string.Empty;
        damage += macs.Refused > 0 ? " Records were written to the data store by somebody else." : string.Empty;
        HealthCheckResult result = last?.Irrevocable > 0
            ? HealthCheckResult.Unhealthy("Items could not be deleted in six tries; `retention failed` names them." + damage, data: data)
            : overdue > limit
            ? HealthCheckResult.Unhealthy("Values or keys are overdue for deletion." + damage, data: data)
            : silent > limit + options.Value.Lifetimes.SweepInterval
                ? HealthCheckResult.Unhealthy("The retention sweeper does not run." + damage, data: data)
                : clock.Skew.Duration() > StoreClock.Warning || last?.Failed > 0 || macs.Refused > 0
                    ? HealthCheckResult.Degraded("The clock is off, or items of the last sweep failed." + damage, data: data)
                    : HealthCheckResult.Healthy("Nothing is overdue.", data: data);
        return Task.FromResult(result);
    }
}
