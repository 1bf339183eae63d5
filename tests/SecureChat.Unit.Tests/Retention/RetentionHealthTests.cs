using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Retention;

/// <summary>E7, E57: what an operator is told when deletion lags, stops or judges by a wrong clock.</summary>
public sealed class RetentionHealthTests : IAsyncDisposable
{
    private readonly ProductBed _bed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task A_host_that_sweeps_on_time_is_healthy()
    {
        BedHost host = await _bed.StartHostAsync();
        RetentionHealthCheck check = Check(host);
        await host.SweepAsync();
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new HealthCheckContext(), Token)).Status);
    }

    [Fact]
    public async Task E57_a_sweeper_that_never_ran_is_unhealthy_once_its_time_is_over_and_not_before()
    {
        BedHost host = await _bed.StartHostAsync();
        RetentionHealthCheck check = Check(host);
        SecureChatLifetimes lifetimes = host.Get<IOptions<SecureChatOptions>>().Value.Lifetimes;
        _bed.Time.Advance(lifetimes.OverdueUnhealthy + lifetimes.SweepInterval);
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new HealthCheckContext(), Token)).Status);
        _bed.Time.Advance(TimeSpan.FromSeconds(1));
        HealthCheckResult result = await check.CheckHealthAsync(new HealthCheckContext(), Token);
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("does not run", result.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E57_an_item_that_stays_overdue_makes_the_host_unhealthy_and_its_age_is_shown()
    {
        BedHost host = await _bed.StartHostAsync();
        RetentionHealthCheck check = Check(host);
        await host.SubmitNewAsync();
        _bed.Data.Before = static call => call is { Operation: "replace", Kind: RecordKinds.Form } ? throw new IOException("down") : default;
        _bed.Time.Advance(TimeSpan.FromSeconds(301));
        await host.SweepAsync();
        Assert.Equal(HealthStatus.Degraded, (await check.CheckHealthAsync(new HealthCheckContext(), Token)).Status);

        TimeSpan limit = host.Get<IOptions<SecureChatOptions>>().Value.Lifetimes.OverdueUnhealthy;
        _bed.Time.Advance(limit + TimeSpan.FromMinutes(30));
        await host.SweepAsync();
        HealthCheckResult result = await check.CheckHealthAsync(new HealthCheckContext(), Token);
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.True((long)result.Data["oldestOverdueSeconds"] > limit.TotalSeconds, $"{result.Data["oldestOverdueSeconds"]}");

        _bed.Data.Before = null;
        await host.SweepAsync();
        _bed.Time.Advance(TimeSpan.FromMinutes(1));
        await host.SweepAsync();
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new HealthCheckContext(), Token)).Status);
    }

    [Fact]
    public async Task E57_rows_that_nobody_can_read_are_counted_and_named_until_they_are_gone()
    {
        BedHost host = await _bed.StartHostAsync();
        RetentionHealthCheck check = Check(host);
        foreach (string kind in new[] { RecordKinds.Form, RecordKinds.Conversation })
        {
            Assert.True(_bed.Data.Put(new StoreRecord
            {
                Key = new RecordKey { Kind = kind, Partition = SecureChatId.New(), Id = SecureChatId.New() },
                DueAt = _bed.Time.GetUtcNow(),
                Body = "{"u8.ToArray(),
            }));
        }

        await host.SweepAsync();
        HealthCheckResult result = await check.CheckHealthAsync(new HealthCheckContext(), Token);
        Assert.Equal((HealthStatus.Degraded, 2, 2), (result.Status, result.Data["unreadableRecords"], result.Data["failedItems"]));
        Assert.Contains("2 due records cannot be read", result.Description, StringComparison.Ordinal);

        foreach (StoreRecord record in _bed.Data.All.Where(static record => record.Body.Length == 1))
        {
            _bed.Data.Remove(record.Key);
        }

        await host.SweepAsync();
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new HealthCheckContext(), Token)).Status);
    }

    [Theory]
    [InlineData(6, HealthStatus.Degraded, false)]
    [InlineData(-6, HealthStatus.Degraded, false)]
    [InlineData(61, HealthStatus.Degraded, true)]
    [InlineData(-61, HealthStatus.Degraded, true)]
    [InlineData(4, HealthStatus.Healthy, false)]
    public async Task E7_a_clock_that_is_off_is_shown_and_far_off_refuses_reveals(int seconds, HealthStatus status, bool refuses)
    {
        BedHost host = await _bed.StartHostAsync();
        RetentionHealthCheck check = Check(host);
        _bed.Data.Ahead = TimeSpan.FromSeconds(seconds);
        await host.SweepAsync();
        Assert.Equal((status, refuses), ((await check.CheckHealthAsync(new HealthCheckContext(), Token)).Status, host.Get<ClockWatch>().RefusesReveals));

        _bed.Data.Ahead = TimeSpan.Zero;
        await host.SweepAsync();
        Assert.False(host.Get<ClockWatch>().RefusesReveals);
    }

    private static RetentionHealthCheck Check(BedHost host) =>
        new(host.Get<SweepState>(), host.Get<ClockWatch>(), host.Get<RecordMacs>(), host.Get<IOptions<SecureChatOptions>>(), host.Get<TimeProvider>());
}
