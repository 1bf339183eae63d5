using System.Text;
using System.Text.Json.Nodes;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Auditing;

/// <summary>Who opened what and why is read by an auditor, lies in no file in clear, and can be erased without breaking the log.</summary>
public sealed class AuditDetailTests
{
    private const string Reason = "to take the payment that the customer asked for";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P4_P8_An_auditor_reads_the_reason_of_a_reveal_until_it_is_erased_and_the_log_verifies_without_it()
    {
        using var folder = new TempFolder();
        await using RunningHost host = await RunningHost.StartAsync(static path => new TestHostOptions { Folder = path }, folder.Path);
        using VisitorClient visitor = host.Visitor(), otherVisitor = host.Visitor();
        using AgentClient agent = host.Agent();
        using AgentClient auditor = host.Agent("audrey", "s9", "Auditor");
        using AgentClient officer = host.Agent("petra", "s8", "PrivacyOfficer");
        SubmittedCard card = await RevealedAsync(visitor, agent);
        SubmittedCard other = await RevealedAsync(otherVisitor, agent);

        JsonNode intent = await IntentAsync(auditor, card);
        Assert.Equal(("present", Reason), (intent["detailState"]!.GetValue<string>(), intent["reason"]!.GetValue<string>()));
        Assert.DoesNotContain(Reason, intent["canonical"]!.GetValue<string>(), StringComparison.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
        {
            Assert.Empty(ByteHunt.Find(await StoreFiles.ReadAsync(file, Token), Reason));
        }

        string path = $"chat/agent/privacy/conversations/{card.ConversationId}/audit-details/erase";
        Assert.Equal("SC6004", (await auditor.PostAsync(path, new { }, Token)).Code);
        JsonNode erased = (await officer.PostAsync(path, new { }, Token)).Ok();
        Assert.True(erased["erased"]!.GetValue<int>() > 0);
        Assert.Equal(0, (await officer.PostAsync(path, new { }, Token)).Ok()["erased"]!.GetValue<int>());

        intent = await IntentAsync(auditor, card);
        Assert.Equal(("erased", null), (intent["detailState"]!.GetValue<string>(), intent["reason"]?.GetValue<string>()));
        Assert.Equal(Reason, (await IntentAsync(auditor, other))["reason"]!.GetValue<string>());
        JsonNode[] entries = await EntriesAsync(auditor);
        Assert.Equal(4, entries.Count(static entry => ActionOf(entry) == AuditAction.DetailsErased));
        await host.DisposeAsync();
        Assert.StartsWith("OK", await HostCommands.RunAsync(folder.Path, "audit", "verify"), StringComparison.Ordinal);
    }

    private static async Task<SubmittedCard> RevealedAsync(VisitorClient visitor, AgentClient agent)
    {
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        (await agent.RevealAsync(card, browser, reason: Reason)).Ok();
        (await agent.AcknowledgeAsync(card.ConversationId, card.RequestId, browser, Token)).Ok();
        return card;
    }

    private static async Task<JsonNode> IntentAsync(AgentClient auditor, SubmittedCard card) =>
        Assert.Single(await EntriesAsync(auditor), entry => ActionOf(entry) == AuditAction.RevealIntent && Canonical(entry)["request"]!.GetValue<string>() == card.RequestId);

    private static async Task<JsonNode[]> EntriesAsync(AgentClient auditor) =>
        [.. (await auditor.GetAsync("chat/agent/audit/entries", Token)).Ok()["entries"]!.AsArray().Select(static entry => entry!)];

    private static JsonNode Canonical(JsonNode entry) => JsonNode.Parse(Encoding.UTF8.GetBytes(entry["canonical"]!.GetValue<string>()))!;

    private static AuditAction ActionOf(JsonNode entry) => (AuditAction)Canonical(entry)["action"]!.GetValue<int>();
}
