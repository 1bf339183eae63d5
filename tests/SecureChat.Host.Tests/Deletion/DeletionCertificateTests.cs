using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests.Deletion;

/// <summary>What a privacy officer hands out as proof that data are gone.</summary>
public sealed class DeletionCertificateTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P3_a_certificate_says_what_when_why_and_by_whom_and_its_entries_are_those_of_the_log()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        using AgentClient officer = host.Agent("petra", "s8", "PrivacyOfficer");
        using AgentClient auditor = host.Agent("audrey", "s9", "Auditor");
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
        string[] ids = [.. Scenario.Ids((await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token)).Ok())];

        JsonNode before = await CertificateAsync(officer, visitor.ConversationId);
        Assert.Empty(before["deletions"]!.AsArray());
        Assert.Equal((3, false), (before["livingValues"]!.GetValue<int>(), before["isTranscriptDestroyed"]!.GetValue<bool>()));

        (await visitor.ActAsync(requestId, "withdraw", Token)).Ok();
        JsonNode after = await CertificateAsync(officer, visitor.ConversationId);
        JsonNode deletion = Assert.Single(after["deletions"]!.AsArray())!;
        Assert.Equal(0, after["livingValues"]!.GetValue<int>());
        Assert.Equal(("valuesDestroyed", "withdrawn", "visitor", requestId), (Text(deletion, "what"), Text(deletion, "why"), Text(deletion, "by"), Text(deletion, "requestId")));
        Assert.Equal(ids.Order(), deletion["valueIds"]!.AsArray().Select(static id => id!.GetValue<string>()).Order());
        Assert.True(deletion["keysDestroyedAt"]!.GetValue<DateTimeOffset>() <= deletion["at"]!.GetValue<DateTimeOffset>().AddMilliseconds(1));

        // The proof: what an auditor reads at that number is the same entry, and it hashes to its place in the chain.
        JsonArray log = (await auditor.GetAsync("chat/agent/audit/entries", Token)).Ok()["entries"]!.AsArray();
        int at = (int)deletion["sequence"]!.GetValue<long>() - 1;
        Assert.Equal((Text(log[at]!, "canonical"), Text(log[at]!, "chainHash")), (Text(deletion, "canonical"), Text(deletion, "chainHash")));
        byte[] leaf = SHA256.HashData([0, .. Encoding.UTF8.GetBytes(Text(deletion, "canonical"))]);
        Assert.Equal(Text(deletion, "chainHash"), Convert.ToHexStringLower(SHA256.HashData([2, .. Convert.FromHexString(Text(log[at - 1]!, "chainHash")), .. leaf])));
        Assert.Equal(Text(log[(int)after["logSequence"]!.GetValue<long>() - 1]!, "chainHash"), Text(after, "logHash"));
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static async Task<JsonNode> CertificateAsync(AgentClient officer, string conversationId) =>
        (await officer.GetAsync($"chat/agent/privacy/conversations/{conversationId}/deletion-certificate", Token)).Ok();
}
