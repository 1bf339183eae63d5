using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.ProcessTests;

public sealed class KilledConversationOnSqliteTests() : KilledConversationTests(StoreEngine.Sqlite);

public sealed class KilledConversationOnPostgreSqlTests() : KilledConversationTests(StoreEngine.PostgreSql);

/// <summary>A host killed between each pair of steps of what concerns a whole conversation: its end, a masked message, and the sweeper's own work.</summary>
public abstract class KilledConversationTests(StoreEngine engine)
{
    private static readonly string[] EndSteps =
    [
        "replace conversation", "insert conversation-event", "delete open-conversation", "insert audit-page", "replace form", "delete release-key", "scrub",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task The_end_of_a_conversation_is_whole_whether_or_not_anybody_asks_again(bool repeats) =>
        KillBench.EverywhereAsync(engine, repeats ? "close and repeat" : "close", EndSteps, async (bench, scene, kill) =>
        {
            // One form whose values are on an agent's screen, and one that is still open.
            await scene.RevealedAsync();
            string open = await scene.Agent.RequestFormAsync(scene.ConversationId, "identity", Token);
            await kill(() => scene.Visitor.CloseAsync(Token));
            if (repeats)
            {
                Assert.Equal("closed", (await scene.Visitor.CloseAsync(Token)).Ok()["state"]!.GetValue<string>());
            }

            // The first step already ended it.
            Answer late = await scene.RevealAsync();
            Assert.Equal((410, "SC3004"), (late.Status, late.Code));
            Assert.Equal("SC6011", (await scene.Visitor.SayAsync("anybody there?", Token)).Code);

            await bench.PassAsync(KillScene.EveryGrace);
            await scene.AssertDeletedAsync("conversationEnded", "viewed");
            Transcript transcript = await Transcript.ReadAsync(scene.Visitor);
            Assert.Equal(1, transcript.Count("closed"));
            Assert.Equal("cancelled", transcript.Card(open)!["state"]!.GetValue<string>());
            Assert.Single(await scene.AuditAsync(), static line => line.Action == AuditAction.ConversationClosed);
            Assert.Equal(0, StoredRecords.OpenIndexEntries(bench.Folder, scene.ConversationId));
            Assert.False(StoredRecords.Conversation(bench.Folder, scene.ConversationId)["isEndPending"]!.GetValue<bool>());
            Assert.Equal("SC6011", (await scene.Agent.PostAsync($"chat/agent/conversations/{scene.ConversationId}/forms", new { formKey = "card-payment" }, Token)).Code);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task E31_a_number_split_over_two_messages_is_never_whole_and_the_second_is_there_once(bool repeats) =>
        KillBench.EverywhereAsync(
            engine,
            repeats ? "message and repeat" : "message",
            ["insert conversation-event", "replace conversation-event", "scrub", "insert audit-page"],
            async (bench, scene, kill) =>
            {
                await scene.StartAsync();
                (await scene.Visitor.SayAsync("4242 4242", Token)).Ok();
                string id = VisitorClient.NewId();
                Answer? answer = await kill(() => scene.Visitor.SayAsync("4242 4242", Token, id));
                if (repeats)
                {
                    Answer again = await scene.Visitor.SayAsync("4242 4242", Token, id);
                    Assert.Equal(answer?.Json!["sequence"]!.GetValue<long>() ?? Transcript.Sequence(again.Ok()), Transcript.Sequence(again.Ok()));
                }

                // Whoever writes next finishes what the kill left of the masking.
                (await scene.Visitor.SayAsync("thank you", Token)).Ok();
                Assert.Empty(await scene.FaultsAsync(keysLeft: 0));
                Transcript transcript = await Transcript.ReadAsync(scene.Visitor);
                JsonNode[] second = [.. transcript.Messages.Where(message => message["clientId"]!.GetValue<string>() == id)];
                Assert.True(second.Length == 1 || (second.Length == 0 && !repeats && answer is null));
                string[] clear = [.. transcript.Messages.Select(static message => message["text"]!.GetValue<string>()).Where(static text => text.Contains("4242 4242", StringComparison.Ordinal))];
                Assert.True(clear.Length <= 1, string.Join(" / ", clear));
                Assert.True(clear.Length == 0 || answer is null, "The message was acknowledged and half a number is in clear.");
            });

    [Fact]
    public Task A_sweeper_that_is_killed_is_finished_by_the_next() =>
        KillBench.EverywhereAsync(engine, "sweep", ["replace form", "delete release-key", "scrub", "insert conversation-event", "insert audit-page"], async (bench, scene, kill) =>
        {
            // One conversation whose value nobody opened, and one whose viewing window ends.
            await scene.SubmittedAsync();
            using var viewed = new KillScene(bench, -bench.Kills.Count - 1);
            await viewed.RevealedAsync();
            await kill(async () =>
            {
                await bench.PassAsync(KillScene.EveryLife);
                return await scene.Agent.CardAsync(scene.ConversationId, scene.RequestId, Token);
            });

            await bench.PassAsync(KillScene.EveryGrace);
            await scene.AssertDeletedAsync("expired");
            await viewed.AssertDeletedAsync("viewed");
        });
}
