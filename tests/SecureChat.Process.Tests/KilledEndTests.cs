using SecureChat.Driver;

namespace SecureChat.ProcessTests;

public sealed class KilledEndOnSqliteTests() : KilledEndTests(StoreEngine.Sqlite);

public sealed class KilledEndOnPostgreSqlTests() : KilledEndTests(StoreEngine.PostgreSql);

/// <summary>A host killed between each pair of steps of what ends values: acknowledge, withdraw, cancel (P3, P5).</summary>
public abstract class KilledEndTests(StoreEngine engine)
{
    private static readonly string[] Steps =
        ["replace form", "delete release-key", "scrub", "insert conversation-event", "insert audit-page"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task What_was_acknowledged_is_destroyed_whether_or_not_anybody_asks_again(bool repeats) =>
        KillBench.EverywhereAsync(engine, repeats ? "acknowledge and repeat" : "acknowledge", Steps, async (bench, scene, kill) =>
        {
            await scene.RevealedAsync();
            await kill(scene.AcknowledgeAsync);
            if (repeats)
            {
                Answer again = await scene.AcknowledgeAsync();
                Assert.All(again.Ok()["values"]!.AsArray(), static value => Assert.NotNull(value!["deletedAt"]));
            }

            await AssertGoneAsync(scene);
            await bench.PassAsync(KillScene.EveryGrace);
            await scene.AssertDeletedAsync("viewed");
            Assert.Equal(200, (await scene.AcknowledgeAsync()).Status);
            await AssertGoneAsync(scene);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task E26_a_withdrawal_is_whole_whether_or_not_anybody_asks_again(bool repeats) =>
        KillBench.EverywhereAsync(engine, repeats ? "withdraw and repeat" : "withdraw", [.. Steps, "replace consent"], async (bench, scene, kill) =>
        {
            await scene.SteppedUpAsync();
            await kill(() => scene.Visitor.ActAsync(scene.RequestId, "withdraw", Token));
            if (repeats)
            {
                Answer again = await scene.Visitor.ActAsync(scene.RequestId, "withdraw", Token);
                Assert.All(again.Ok()["values"]!.AsArray(), static value => Assert.NotNull(value!["deletedAt"]));
            }

            await AssertGoneAsync(scene);
            await bench.PassAsync(KillScene.EveryGrace);
            await scene.AssertDeletedAsync("withdrawn");
            Assert.NotNull(Assert.Single(await scene.ConsentsAsync())["withdrawnAt"]);
            Assert.Single(await scene.AuditAsync(), static line => line.Action == AuditAction.ConsentWithdrawn);
            await scene.AssertPlaceIsFreeAsync();
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_cancelled_submission_is_destroyed_whether_or_not_anybody_asks_again(bool repeats) =>
        KillBench.EverywhereAsync(engine, repeats ? "cancel and repeat" : "cancel", Steps, async (bench, scene, kill) =>
        {
            await scene.SteppedUpAsync();
            await kill(() => CancelAsync(scene));
            if (repeats)
            {
                Assert.Equal(200, (await CancelAsync(scene)).Status);
            }
            else if (bench.Kills is ["insert audit-page"])
            {
                // Only who wanted it is on record. Nobody was told of an end and there was none; the agent asks again.
                Assert.Equal("submitted", (await scene.Agent.CardAsync(scene.ConversationId, scene.RequestId, Token)).Ok()["state"]!.GetValue<string>());
                Assert.Equal(200, (await CancelAsync(scene)).Status);
            }

            await AssertGoneAsync(scene);
            await bench.PassAsync(KillScene.EveryGrace);
            await scene.AssertDeletedAsync("cancelled");
            await scene.AssertPlaceIsFreeAsync();
        });

    private static Task<Answer> CancelAsync(KillScene scene) =>
        scene.Agent.ActAsync(scene.ConversationId, scene.RequestId, "cancel", new { }, Token);

    /// <summary>The first step already ended it: nobody sees the value again.</summary>
    private static async Task AssertGoneAsync(KillScene scene)
    {
        Answer late = await scene.RevealAsync();
        Assert.Equal((410, "SC3004"), (late.Status, late.Code));
        Assert.Contains((await scene.RevealElsewhereAsync()).Code, new[] { "SC3004", "SC3005" });
    }
}
