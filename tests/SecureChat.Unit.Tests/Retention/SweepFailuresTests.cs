using Microsoft.Extensions.Diagnostics.HealthChecks;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Retention;

/// <summary>What cannot be destroyed is tried again with growing waits, then said aloud, and never given up.</summary>
public sealed class SweepFailuresTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E57_after_six_tries_health_and_audit_say_so_once_whichever_host_tried_and_what_heals_leaves_the_list()
    {
        await using var bed = new ProductBed();
        BedHost one = await bed.StartHostAsync(), two = await bed.StartHostAsync();
        SealedForm form = await one.SubmitNewAsync();
        bed.Time.Advance(TimeSpan.FromMinutes(31));
        int tries = 0;
        bed.Keys.Before = call =>
        {
            tries += call is { Operation: "delete", Kind: RecordKinds.ReleaseKey } ? 1 : 0;
            return call is { Operation: "delete", Kind: RecordKinds.ReleaseKey } ? throw new IOException("down") : default;
        };

        // Every second on two hosts: what waits is left alone.
        var waits = new List<int>();
        for (int second = 0; second < 600 && (await FormFailureAsync(one))?.Tries is not SweepFailures.Tries; second++)
        {
            int before = (await FormFailureAsync(one))?.Tries ?? 0;
            await one.SweepAsync();
            await two.SweepAsync();
            if ((await FormFailureAsync(one))?.Tries > before)
            {
                waits.Add(second);
            }

            bed.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 10, 40, 100, 220, 520], waits);
        Assert.Single(await one.AuditAsync(), entry => entry is { Action: AuditAction.DeletionFailed, Outcome: AuditOutcome.Failed } && entry.RequestId == form.Request);
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(one)).Status);
        await using var output = new StringWriter();
        Assert.Equal(1, await new RetentionFailedCommand(new Services(one)).RunAsync([], output, Token));
        Assert.Contains($"irrevocable  form {form.Conversation} {form.Request}: 6 tries", output.ToString(), StringComparison.Ordinal);

        bed.Keys.Before = null;
        bed.Time.Advance(TimeSpan.FromMinutes(5));
        await two.SweepAsync();
        await one.SweepAsync();
        Assert.All((await one.FormAsync(form)).Values, static value => Assert.NotNull(value.KeyDestroyedAt));
        Assert.Empty(await one.Get<SweepFailures>().LoadAsync(Token));
        Assert.NotEqual(HealthStatus.Unhealthy, (await HealthAsync(one)).Status);

        async Task<SweepFailure?> FormFailureAsync(BedHost host) =>
            (await host.Get<SweepFailures>().LoadAsync(Token)).Values.SingleOrDefault(static failure => failure.Kind == RecordKinds.Form);
    }

    [Fact]
    public async Task E57_a_row_that_an_operator_removes_leaves_the_list()
    {
        await using var bed = new ProductBed();
        BedHost host = await bed.StartHostAsync();
        var key = new RecordKey { Kind = RecordKinds.Form, Partition = SecureChatId.New(), Id = SecureChatId.New() };
        Assert.True(bed.Data.Put(new StoreRecord { Key = key, DueAt = bed.Time.GetUtcNow().AddHours(-1), Body = "{"u8.ToArray() }));
        await host.SweepAsync();
        Assert.True(Assert.Single((await host.Get<SweepFailures>().LoadAsync(Token)).Values).IsUnreadable);

        bed.Data.Remove(key);
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await host.SweepAsync();
        Assert.Empty(await host.Get<SweepFailures>().LoadAsync(Token));
    }

    [Fact]
    public async Task E57_a_damaged_entry_of_the_list_is_dropped_and_stops_nothing()
    {
        await using var bed = new ProductBed();
        BedHost host = await bed.StartHostAsync();
        SealedForm form = await host.SubmitNewAsync();
        Assert.True(bed.Data.Put(new StoreRecord { Key = new RecordKey { Kind = RecordKinds.SweepFailure, Partition = "sweep", Id = "x" }, Body = "{"u8.ToArray() }));
        bed.Time.Advance(TimeSpan.FromMinutes(31));
        await host.SweepAsync();
        Assert.All((await host.FormAsync(form)).Values, static value => Assert.NotNull(value.KeyDestroyedAt));
        Assert.Equal(0, bed.Data.CountOf(RecordKinds.SweepFailure));
    }

    private static Task<HealthCheckResult> HealthAsync(BedHost host) =>
        new RetentionHealthCheck(
            host.Get<SweepState>(), host.Get<ClockWatch>(), host.Get<RecordMacs>(), host.Get<Microsoft.Extensions.Options.IOptions<SecureChatOptions>>(), host.Bed.Time)
            .CheckHealthAsync(new HealthCheckContext(), Token);

    private sealed class Services(BedHost host) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(SweepFailures) ? host.Get<SweepFailures>() : null;
    }
}
