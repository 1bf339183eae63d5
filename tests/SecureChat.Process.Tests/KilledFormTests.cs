using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.Host.Tests;

namespace SecureChat.ProcessTests;

public sealed class KilledFormOnSqliteTests() : KilledFormTests(StoreEngine.Sqlite);

public sealed class KilledFormOnPostgreSqlTests() : KilledFormTests(StoreEngine.PostgreSql);

/// <summary>A host killed between each pair of steps of a request and of a submission (P5, E16, E17).</summary>
public abstract class KilledFormTests(StoreEngine engine)
{
    private static readonly string[] SubmissionSteps =
        ["insert consent", "insert release-key", "replace form", "insert conversation-event", "insert audit-page"];

    private static readonly string[] RequestSteps = ["insert form", "insert open-form", "replace form", "insert conversation-event", "insert audit-page"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task E17_a_submission_that_is_sent_again_after_a_kill_is_accepted_once() =>
        KillBench.EverywhereAsync(engine, "submit and repeat", SubmissionSteps, async (bench, scene, kill) =>
        {
            await scene.RequestAsync();
            string id = VisitorClient.NewId();
            Answer? answer = await kill(() => scene.SubmitAsync(id));

            Answer again = await scene.SubmitAsync(id);
            scene.Accept(again);
            Assert.Equal(scene.Submitted.ValueIds, Scenario.Ids((await scene.SubmitAsync(id)).Ok()));
            if (answer is not null)
            {
                Assert.Equal(scene.Submitted.ValueIds, Scenario.Ids(answer.Ok()));
            }

            // Other content under the same id, and another submission, change nothing.
            Assert.Equal("SC6017", (await scene.SubmitAsync(id, scene.Cvc == "111" ? "222" : "111")).Code);
            Assert.Equal("SC6017", (await scene.SubmitAsync(VisitorClient.NewId())).Code);

            await AssertToldOnceAsync(scene);
            await scene.AssertPlaceIsFreeAsync();
            await AssertOpensAsync(scene);
            Assert.Equal(200, (await scene.AcknowledgeAsync()).Status);
            await bench.PassAsync(KillScene.EveryGrace);
            await scene.AssertDeletedAsync("viewed");
        });

    [Fact]
    public Task A_submission_that_nobody_repeats_after_a_kill_is_there_whole_or_not_at_all_and_leaves_no_key() =>
        KillBench.EverywhereAsync(engine, "submit", SubmissionSteps, async (bench, scene, kill) =>
        {
            await scene.RequestAsync();
            Answer? answer = await kill(() => scene.SubmitAsync(VisitorClient.NewId()));

            await bench.PassAsync(KillScene.EveryGrace);
            string state = (await scene.CardAsync())["state"]!.GetValue<string>();
            if (answer is not null)
            {
                answer.Ok();
                Assert.Equal("submitted", state);
            }

            if (state == "submitted")
            {
                Assert.Empty(await scene.FaultsAsync(keysLeft: 3));
                await AssertToldOnceAsync(scene);
                await scene.FindSubmittedAsync();
                await AssertOpensAsync(scene);
                await bench.PassAsync(KillScene.EveryGrace);
                await scene.AssertDeletedAsync("viewed");
            }
            else
            {
                Assert.Equal("requested", state);
                Assert.Empty(await scene.FaultsAsync(keysLeft: 0));
                await bench.PassAsync(KillScene.EveryLife);
                Assert.Equal("expired", (await scene.CardAsync())["state"]!.GetValue<string>());
                Assert.Empty(await scene.FaultsAsync(keysLeft: 0));
            }

            await scene.AssertPlaceIsFreeAsync();
        });

    [Fact]
    public async Task The_orphan_check_goes_red_without_the_sweeper()
    {
        // Saboteur: nobody sweeps. The keys of a submission that was killed before its form knew of them are then still there.
        await using KillBench bench = await KillBench.StartAsync(engine);
        var keysFound = new List<int>();
        for (int write = 1; write <= 6; write++)
        {
            using var scene = new KillScene(bench, write);
            await scene.RequestAsync();
            (Answer? answer, bool died) = await bench.KillAsync(write, () => scene.SubmitAsync(VisitorClient.NewId()));
            Assert.True(died && answer is null);
            if (bench.Kills[^1] == "insert release-key")
            {
                Assert.Contains("release keys are left", string.Join('\n', await scene.FaultsAsync(keysLeft: 0)), StringComparison.Ordinal);
                keysFound.Add(StoredRecords.ReleaseKeys(bench.Folder, scene.ConversationId));
            }
        }

        Assert.Equal([1, 2, 3], keysFound);
    }

    [Fact]
    public Task E16_a_request_that_is_made_again_after_a_kill_can_be_filled_in_at_once() =>
        KillBench.EverywhereAsync(engine, "request and repeat", RequestSteps, async (bench, scene, kill) =>
        {
            await scene.StartAsync();
            await kill(() => RequestAsync(scene));

            Answer again = await RequestAsync(scene);
            string requestId = again.Ok()["requestId"]!.GetValue<string>();
            Assert.Equal(requestId, (await RequestAsync(scene)).Ok()["requestId"]!.GetValue<string>());
            Answer submit = await scene.Visitor.SubmitAsync(requestId, Scenario.CardFields(), Token);
            Assert.Equal(200, submit.Status);

            await bench.PassAsync(KillScene.EveryGrace);
            Assert.Empty(await scene.FaultsAsync(keysLeft: 3));
            Assert.Single(StoredRecords.Forms(bench.Folder, scene.ConversationId));
        });

    [Fact]
    public Task A_request_that_nobody_repeats_after_a_kill_is_there_or_not_and_blocks_no_other() =>
        KillBench.EverywhereAsync(engine, "request", RequestSteps, async (bench, scene, kill) =>
        {
            await scene.StartAsync();
            Answer? answer = await kill(() => RequestAsync(scene));

            await bench.PassAsync(KillScene.EveryGrace);
            Assert.Empty(await scene.FaultsAsync(keysLeft: 0));
            List<JsonNode> forms = StoredRecords.Forms(bench.Folder, scene.ConversationId);
            Assert.True(forms.Count == 1 || (forms.Count == 0 && answer is null));
            await bench.PassAsync(KillScene.EveryLife);
            Answer later = await RequestAsync(scene);
            Assert.True(later.Ok()["isNew"]!.GetValue<bool>());
            Assert.Empty(await scene.FaultsAsync(keysLeft: 0));
        });

    private static Task<Answer> RequestAsync(KillScene scene) =>
        scene.Agent.PostAsync($"chat/agent/conversations/{scene.ConversationId}/forms", new { formKey = "card-payment" }, Token);

    private static async Task AssertToldOnceAsync(KillScene scene)
    {
        Assert.Single(await scene.ConsentsAsync());
        List<AuditLine> audit = await scene.AuditAsync();
        Assert.Single(audit, static line => line.Action == AuditAction.ConsentGiven);
        Assert.Single(audit, static line => line.Action == AuditAction.FormSubmitted);
    }

    private static async Task AssertOpensAsync(KillScene scene)
    {
        await scene.StepUpAsync();
        Dictionary<string, string> values = scene.Open(await scene.RevealAsync());
        Assert.Equal((Scenario.Card, Scenario.Expiry, scene.Cvc), (values["pan"], values["exp"], values["cvc"]));
    }
}
