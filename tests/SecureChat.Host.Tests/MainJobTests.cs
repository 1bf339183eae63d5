using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests;

/// <summary>The main job over real Kestrel and SQLite files, with the host as a process of its own.</summary>
public sealed class MainJobTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_card_is_seen_once_by_one_browser_and_is_gone_and_both_screens_say_so()
    {
        using var folder = new TempFolder();
        await using HostProcess host = await HostProcess.StartAsync(folder.Path);
        using var visitor = new VisitorClient(host.Root);
        using AgentClient agent = RunningHost.SignedIn(host.Root, "ada", "s1");
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        await using HubClient visitorScreen = await visitor.JoinAsync(Token);
        await using HubClient agentScreen = await agent.JoinAsync(visitor.ConversationId, Token);

        // Free text is masked in both directions before anybody sees it.
        (await visitor.SayAsync("my card is 5555 5555 5555 4444 ok", Token)).Ok();
        (await agent.SayAsync(visitor.ConversationId, "did you mean 5555-5555-5555-4444?", Token)).Ok();
        await agentScreen.WaitForAsync("the visitor's message", frame => Text(frame) == "my card is •••• •••• •••• 4444 ok", Limit, Token);
        await visitorScreen.WaitForAsync("the agent's message", frame => Text(frame) == "did you mean ••••-••••-••••-4444?", Limit, Token);

        string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
        await visitorScreen.WaitForAsync("the form", frame => State(frame) == "requested", Limit, Token);
        (await visitor.ActAsync(requestId, "open", Token)).Ok();
        await agentScreen.WaitForAsync("\"opened\"", frame => State(frame) == "opened", Limit, Token);
        JsonNode card = (await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token)).Ok();
        await agentScreen.WaitForAsync("\"submitted\"", frame => State(frame) == "submitted", Limit, Token);
        var submitted = new SubmittedCard(visitor.ConversationId, requestId, Scenario.Ids(card));

        using var browser = new ClaimingBrowser();
        Answer early = await agent.RevealAsync(submitted, browser);
        Assert.Equal((401, "SC6013"), (early.Status, early.Code));
        Assert.Contains("insufficient_user_authentication", early.Headers["WWW-Authenticate"], StringComparison.Ordinal);

        await agent.StepUpAsync(submitted, browser);
        JsonNode reveal = (await agent.RevealAsync(submitted, browser)).Ok();
        Dictionary<string, string> values = AgentClient.Open(reveal, submitted.ConversationId, requestId, browser);
        Assert.Equal((Scenario.Card, Scenario.Expiry, "737"), (values["pan"], values["exp"], values["cvc"]));
        await visitorScreen.WaitForAsync("\"opened by an agent\"", frame => Values(frame).Any(value => value["openedByRole"]?.GetValue<string>() == "agent"), Limit, Token);

        // A reload of the claiming browser inside the window sees the rest again; the security code was delivered once (P7).
        JsonNode again = (await agent.RevealAsync(submitted, browser, reason: null)).Ok();
        Assert.Equal(["exp", "pan"], AgentClient.Open(again, submitted.ConversationId, requestId, browser).Keys.Order());

        // Another browser of the same agent is refused (E3).
        using var other = new ClaimingBrowser();
        Answer elsewhere = await agent.RevealAsync(submitted, other);
        Assert.Equal((409, "SC3005"), (elsewhere.Status, elsewhere.Code));

        JsonNode done = (await agent.AcknowledgeAsync(submitted.ConversationId, requestId, browser, Token)).Ok();
        Assert.All(done["values"]!.AsArray(), value => Assert.NotNull(value!["deletedAt"]));
        await visitorScreen.WaitForAsync("\"deleted\"", AllDeleted, Limit, Token);
        await agentScreen.WaitForAsync("\"deleted\"", AllDeleted, Limit, Token);
        Answer gone = await agent.RevealAsync(submitted, browser);
        Assert.Equal((410, "SC3004"), (gone.Status, gone.Code));

        // The audit of it, read by an auditor.
        using AgentClient auditor = RunningHost.SignedIn(host.Root, "audrey", "s9", "Auditor");
        JsonNode log = (await auditor.GetAsync("chat/agent/audit/entries", Token)).Ok();
        int[] actions = [.. log["entries"]!.AsArray().Select(entry => JsonNode.Parse(entry!["canonical"]!.GetValue<string>())!["action"]!.GetValue<int>())];
        int intent = Array.IndexOf(actions, (int)AuditAction.RevealIntent);
        Assert.True(intent > 0 && Array.IndexOf(actions, (int)AuditAction.ValuesDestroyed) > intent, string.Join(",", actions));
        Assert.Single(actions, (int)AuditAction.RevealIntent);
    }

    private static JsonNode? Event(JsonObject frame) => frame["arguments"]?.AsArray().FirstOrDefault();

    private static string? Text(JsonObject frame) => Event(frame)?["text"]?.GetValue<string>();

    private static string? State(JsonObject frame) => Event(frame)?["form"]?["state"]?.GetValue<string>();

    private static JsonNode[] Values(JsonObject frame) => [.. Event(frame)?["form"]?["values"]?.AsArray().OfType<JsonNode>() ?? []];

    private static bool AllDeleted(JsonObject frame) => Values(frame) is { Length: 3 } values && values.All(value => value["deletedAt"] is not null);
}
