using SecureChat.Driver;
using SecureChat.Host.Tests;

namespace SecureChat.ProcessTests;

public sealed class KilledRevealOnSqliteTests() : KilledRevealTests(StoreEngine.Sqlite);

public sealed class KilledRevealOnPostgreSqlTests() : KilledRevealTests(StoreEngine.PostgreSql);

/// <summary>A host killed between each pair of steps of a reveal: nothing is shown to two viewers, a security code at most once (P2, P7, E2, E4).</summary>
public abstract class KilledRevealTests(StoreEngine engine)
{
    private static readonly string[] Steps =
    [
        "delete step-up", "insert audit-detail", "insert audit-page", "replace form", "delete release-key", "scrub", "insert conversation-event",
    ];

    [Fact]
    public Task E2_a_browser_that_asks_again_after_a_kill_sees_the_value_and_no_other_browser_does() =>
        KillBench.EverywhereAsync(engine, "reveal and repeat", Steps, async (bench, scene, kill) =>
        {
            await scene.SteppedUpAsync();
            Answer? answer = await kill(scene.RevealAsync);
            bool claimed = (await scene.StatesAsync()).Any(static state => state != "sealed");
            Assert.True(answer is null || claimed);
            if (claimed)
            {
                await AssertRefusedElsewhereAsync(scene);
            }

            Answer again = await scene.RevealAsync();
            if (again.Code == "SC6013")
            {
                // The second factor was used up and nothing was claimed: it takes another, and nothing is lost.
                Assert.False(claimed);
                await scene.StepUpAsync();
                again = await scene.RevealAsync();
            }

            Dictionary<string, string> values = scene.Open(again);
            Assert.Equal((Scenario.Card, Scenario.Expiry), (values["pan"], values["exp"]));
            bool hadCode = answer is not null && scene.Open(answer).ContainsKey("cvc");
            Assert.False(hadCode && values.ContainsKey("cvc"), "The security code was delivered twice.");
            Assert.True(claimed || values["cvc"] == scene.Cvc, "Nothing was claimed, and the security code is gone.");

            await AssertRefusedElsewhereAsync(scene);
            Assert.Equal(["exp", "pan"], scene.Open(await scene.RevealAsync()).Keys.Order());
            Assert.Equal(200, (await scene.AcknowledgeAsync()).Status);
            await bench.PassAsync(KillScene.EveryGrace);
            await scene.AssertDeletedAsync("viewed");
            await AssertAuditAsync(scene);
        });

    [Fact]
    public Task E4_a_claim_that_nobody_comes_back_to_ends_with_its_window() =>
        KillBench.EverywhereAsync(engine, "reveal", Steps, async (bench, scene, kill) =>
        {
            await scene.SteppedUpAsync();
            await kill(scene.RevealAsync);
            bool claimed = (await scene.StatesAsync()).Any(static state => state != "sealed");

            await bench.PassAsync(KillScene.EveryGrace);
            if (claimed)
            {
                Answer late = await scene.RevealAsync();
                Assert.Equal((410, "SC3004"), (late.Status, late.Code));
                await AssertRefusedElsewhereAsync(scene);
                await scene.AssertDeletedAsync("viewed", "forfeited");
            }
            else
            {
                // Nothing was claimed, so it is still there for somebody else.
                Assert.Empty(await scene.FaultsAsync(keysLeft: 3));
                Assert.Equal(200, (await scene.RevealElsewhereAsync()).Status);
                await bench.PassAsync(KillScene.EveryGrace);
                await scene.AssertDeletedAsync("viewed");
            }

            await AssertAuditAsync(scene);
        });

    private static async Task AssertRefusedElsewhereAsync(KillScene scene)
    {
        Answer elsewhere = await scene.RevealElsewhereAsync();
        Assert.Equal((409, "SC3005"), (elsewhere.Status, elsewhere.Code));
    }

    /// <summary>An intent before the one grant (P4).</summary>
    private static async Task AssertAuditAsync(KillScene scene)
    {
        List<AuditLine> audit = await scene.AuditAsync();
        AuditLine granted = Assert.Single(audit, static line => line is { Action: AuditAction.RevealOutcome, Outcome: AuditOutcome.Succeeded });
        Assert.Contains(audit, line => line.Action == AuditAction.RevealIntent && line.Sequence < granted.Sequence);
    }
}
