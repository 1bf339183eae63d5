using System.Collections.Concurrent;
using System.Diagnostics;

namespace SecureChat.ProcessTests;

public sealed class RaceOnSqliteTests() : RaceTests(StoreEngine.Sqlite);

public sealed class RaceOnPostgreSqlTests() : RaceTests(StoreEngine.PostgreSql);

/// <summary>At most one viewer (P2, E1): fifty claims of one value, sent at once to two host processes on the same SQLite files.</summary>
public abstract class RaceTests(StoreEngine engine)
{
    private const int Rounds = 200;

    // Rounds that run beside each other: while one steps up, another races.
    private const int AtOnce = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P2_E1_of_fifty_claims_over_two_hosts_one_sees_the_value_and_the_others_learn_who_and_when()
    {
        var watch = Stopwatch.StartNew();
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine, "sweep=5");
        var requests = new ConcurrentBag<string>();
        var faults = new ConcurrentBag<string>();
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            using var race = new ClaimRace(hosts);
            for (int round; (round = Interlocked.Increment(ref next)) <= Rounds;)
            {
                (string request, List<string> wrong) = await race.RunAsync(round);
                requests.Add(request);
                wrong.ForEach(faults.Add);
            }
        }));

        IEnumerable<string> all = [.. faults, .. ClaimRace.CheckAudit(await hosts.One.ReadAuditAsync(), requests)];
        Seed.Report($"{Rounds} rounds of {ClaimRace.Browsers} claims from 2 processes in {watch.Elapsed.TotalSeconds:0} s");
        Assert.True(!all.Any(), $"seed {Seed.Current}: {string.Join('\n', all.Take(10))}");
        Assert.Equal(Rounds, requests.Distinct().Count());
        Assert.StartsWith("OK", await hosts.Two.VerifyAuditAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_race_goes_red_on_a_store_that_ignores_versions()
    {
        // Saboteur: without the compare in compare-and-set the last writer wins, and more than one browser sees the value.
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine, "sweep=300", "unsafe=claim");
        using var race = new ClaimRace(hosts);
        var faults = new List<string>();
        for (int round = 1; round <= 20 && faults.Count == 0; round++)
        {
            faults.AddRange((await race.RunAsync(round)).Faults.Where(static fault => fault.Contains("browsers decrypted", StringComparison.Ordinal)));
        }

        Assert.NotEmpty(faults);
    }
}
