using System.Text.RegularExpressions;
using SecureChat.Host.Tests;

namespace SecureChat.ProcessTests;

public sealed class KilledRewrapOnSqliteTests() : KilledRewrapTests(StoreEngine.Sqlite);

public sealed class KilledRewrapOnPostgreSqlTests() : KilledRewrapTests(StoreEngine.PostgreSql);

/// <summary>A host killed in the middle of bringing everything under a new key.</summary>
public abstract partial class KilledRewrapTests(StoreEngine engine)
{
    private const int Rounds = 12;

    private static readonly TimeSpan UntilItWraps = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_rewrap_that_is_killed_anywhere_is_finished_by_the_next_and_every_value_still_opens()
    {
        await using KillBench bench = await KillBench.StartAsync(engine);
        Random random = Seed.For("rewrap", 0);
        int deaths = 0;
        for (int round = 1; round <= Rounds; round++)
        {
            using var scene = new KillScene(bench, round);
            await scene.SubmittedAsync();
            await bench.Host.KeysAsync("rotate");
            await bench.RestartLaterAsync(UntilItWraps);

            // A conversation with a submitted form has about ten rows under the key; the earlier ones are rewrapped with it.
            await bench.Host.ArmAsync(random.Next(1, 10 * round));
            if (!await KillBench.TryAsync(() => bench.Host.KeysAsync("rewrap")) || !await KillBench.TryAsync(() => bench.Host.ArmAsync(0)))
            {
                await bench.BuryAsync();
                await bench.RestartAsync();
                deaths++;
            }

            await bench.Host.KeysAsync("rewrap");
            string listed = await HostControl.RunCommandAsync(bench.Folder, "keys", "list", "--rows");
            Match[] versions = Version().Matches(listed).ToArray();
            Assert.True(versions.Length == round + 1, $"seed {Seed.Current}, round {round}: {listed}");
            Assert.All(versions[..^1], version => Assert.True(version.Groups[2].Value == "0", $"seed {Seed.Current}, round {round}, {string.Join(", ", bench.Kills)}: {listed}"));
            await scene.StepUpAsync();
            Assert.Equal(Scenario.Card, scene.Open(await scene.RevealAsync())["pan"]);
        }

        Assert.True(deaths > Rounds / 2, $"The host died {deaths} times only.");
        Assert.StartsWith("OK", await bench.Host.VerifyAuditAsync(), StringComparison.Ordinal);
        Seed.Report($"rewrap on {engine}: {Rounds} rounds, killed {deaths} times: {string.Join(", ", bench.Kills)}");
    }

    [GeneratedRegex(@"(?m)^ +(\d+)  (?:Active|DecryptOnly|Pending) .* (\d+)\r?$")]
    private static partial Regex Version();
}
