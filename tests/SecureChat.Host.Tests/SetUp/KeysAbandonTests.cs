using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.SetUp;

/// <summary>The second way out of lost keys: give up what cannot be read, say so, and go on.</summary>
public sealed class KeysAbandonTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Losses => [.. LostKeys.Ways.Keys];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Abandoning_lost_keys_marks_what_is_unreadable_destroyed_and_the_host_goes_on(string loss)
    {
        using var folder = new TempFolder();
        string conversationId, token, waitingConversation;
        SubmittedCard card;
        using var oldBrowser = new ClaimingBrowser();
        await using (RunningHost host = await RunningHost.StartAsync(folder: folder.Path))
        {
            using VisitorClient visitor = host.Visitor();
            using AgentClient agent = host.Agent();
            card = await Scenario.SubmitCardAsync(visitor, agent);
            (await visitor.SayAsync("hello", Token)).Ok();
            (conversationId, token) = (visitor.ConversationId, visitor.Token);
            using VisitorClient waiting = host.Visitor();
            await waiting.StartAsync(Token);
            waitingConversation = waiting.ConversationId;
            await host.StopAsync();
        }

        LostKeys.Ways[loss](folder.Path);
        string usage = await HostCommands.RunAsync(folder.Path, "keys", "abandon");
        Assert.Contains("keys abandon --yes", usage, StringComparison.Ordinal);
        Assert.Equal("SC1005", (await SetUpErrorTests.RefusalAsync(new TestHostOptions { Folder = folder.Path })).Error.Code);

        string said = await HostCommands.RunAsync(folder.Path, "keys", "abandon", "--yes");
        Assert.Contains("3 unreadable values and 2 transcripts are marked destroyed", said, StringComparison.Ordinal);

        await using (RunningHost host = await RunningHost.StartAsync(folder: folder.Path))
        {
            using VisitorClient visitor = host.Visitor();
            visitor.Use(conversationId, token);
            using AgentClient agent = host.Agent();

            // The old values are tombstones.
            JsonNode tombstones = (await agent.CardAsync(conversationId, card.RequestId, Token)).Ok();
            Assert.All(tombstones["values"]!.AsArray(), static value =>
            {
                Assert.Equal(("destroyed", "undecryptable"), (value!["state"]!.GetValue<string>(), value["reason"]!.GetValue<string>()));
                Assert.NotNull(value["deletedAt"]);
            });
            Assert.Equal((410, "SC3004"), Result(await agent.RevealAsync(card, oldBrowser)));

            // The old transcript says that it is destroyed, to both sides, and takes nothing more.
            Assert.True((await visitor.EventsAsync(Token)).Ok()["isDestroyed"]!.GetValue<bool>());
            Assert.True((await agent.EventsAsync(conversationId, Token)).Ok()["isDestroyed"]!.GetValue<bool>());
            Assert.Equal((409, "SC6011"), Result(await visitor.SayAsync("still there?", Token)));
            Assert.Equal((409, "SC6011"), Result(await agent.SayAsync(conversationId, "still there?", Token)));
            JsonNode conversation = (await visitor.GetAsync($"chat/visitor/conversations/{conversationId}", Token)).Ok();
            Assert.Equal("closed", conversation["state"]!.GetValue<string>());
            Assert.NotNull(conversation["transcriptDestroyedAt"]);
            Assert.DoesNotContain((await agent.GetAsync("chat/agent/conversations", Token)).Ok()["conversations"]!.AsArray(), open => open!["id"]!.GetValue<string>() == waitingConversation);

            // A new conversation works from end to end.
            using VisitorClient next = host.Visitor();
            SubmittedCard fresh = await Scenario.SubmitCardAsync(next, agent);
            using var browser = new ClaimingBrowser();
            await agent.StepUpAsync(fresh, browser);
            JsonNode reveal = (await agent.RevealAsync(fresh, browser)).Ok();
            Assert.Equal(Scenario.Card, AgentClient.Open(reveal, fresh.ConversationId, fresh.RequestId, browser)["pan"]);

            // The audit says what happened.
            using AgentClient auditor = host.Agent("audrey", "s9", "Auditor");
            JsonNode[] entries = [.. (await auditor.GetAsync("chat/agent/audit/entries", Token)).Ok()["entries"]!.AsArray().Select(static entry => JsonNode.Parse(entry!["canonical"]!.GetValue<string>())!)];
            Assert.Single(entries, static entry => IsAction(entry, AuditAction.KeysAbandoned));
            Assert.Equal(2, entries.Count(static entry => IsAction(entry, AuditAction.TranscriptDestroyed)));
            JsonNode destroyed = Assert.Single(entries, entry => IsAction(entry, AuditAction.ValuesDestroyed) && entry["conversation"]!.GetValue<string>() == conversationId);
            Assert.Equal(((int)DestroyReason.Undecryptable, 3), (destroyed["reason"]!.GetValue<int>(), destroyed["values"]!.AsArray().Count));
            await host.StopAsync();
        }

        Assert.StartsWith("OK: ", await HostCommands.RunAsync(folder.Path, "audit", "verify"), StringComparison.Ordinal);
        Assert.Contains("0 unreadable values", await HostCommands.RunAsync(await EndedAsync(folder), "keys", "abandon", "--yes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_verifies_while_the_keys_are_lost()
    {
        using var folder = new TempFolder();
        await using (RunningHost host = await RunningHost.StartAsync(folder: folder.Path))
        {
            using VisitorClient visitor = host.Visitor();
            using AgentClient agent = host.Agent();
            await Scenario.SubmitCardAsync(visitor, agent);
            await host.StopAsync();
        }

        LostKeys.Ways["both are gone"](folder.Path);

        Assert.StartsWith("OK: ", await HostCommands.RunAsync(folder.Path, "audit", "verify"), StringComparison.Ordinal);
    }

    /// <summary>The folder after every conversation in it was ended.</summary>
    private static async Task<string> EndedAsync(TempFolder folder)
    {
        await using RunningHost host = await RunningHost.StartAsync(folder: folder.Path);
        using AgentClient supervisor = host.Agent("sue", "s3", "Supervisor");
        foreach (JsonNode? open in (await supervisor.GetAsync("chat/agent/conversations", Token)).Ok()["conversations"]!.AsArray())
        {
            (await supervisor.PostAsync($"chat/agent/conversations/{open!["id"]!.GetValue<string>()}/close", new { }, Token)).Ok();
        }

        await host.StopAsync();
        return folder.Path;
    }

    private static bool IsAction(JsonNode entry, AuditAction action) => entry["action"]!.GetValue<int>() == (int)action;

    private static (int, string?) Result(Answer answer) => (answer.Status, answer.Code);
}
