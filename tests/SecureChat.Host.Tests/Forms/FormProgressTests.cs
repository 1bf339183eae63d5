using System.Text.Json.Nodes;
using SecureChat.AspNetCore;
using SecureChat.Driver;

namespace SecureChat.Host.Tests.Forms;

/// <summary>How far the visitor is with a form: numbers, for agents. Nothing else can be sent this way (E36).</summary>
public sealed class FormProgressTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E36_Agents_see_how_many_fields_are_filled_in_and_nothing_else()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        await using HubClient agentScreen = await agent.JoinAsync(visitor.ConversationId, Token);
        await using HubClient otherTab = await visitor.JoinAsync(Token);
        await using HubClient tab = await visitor.JoinAsync(Token);
        StoreSnapshot before = StoreSnapshot.Of(host.Folder, withEvidence: true);

        Assert.Null(Code(await tab.InvokeAsync("FormProgress", new { requestId, filled = 2, total = 3 }, Token)));
        JsonObject frame = await agentScreen.WaitForAsync("how far the visitor is", static frame => Target(frame) == "formProgress", Limit, Token);
        Assert.Equal($$"""{"requestId":"{{requestId}}","filled":2,"total":3}""", frame["arguments"]![0]!.ToJsonString());

        // What comes behind it proves that nothing came before it: the visitor's windows get none.
        await tab.InvokeAsync("Typing", new { isTyping = true }, Token);
        await otherTab.WaitForAsync("the typing", static frame => Target(frame) == "typing", Limit, Token);
        Assert.DoesNotContain([.. otherTab.Frames, .. tab.Frames], static text => text.Contains("formProgress", StringComparison.Ordinal));
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder, withEvidence: true)));
    }

    [Fact]
    public async Task E36_What_is_no_progress_of_an_open_form_of_this_conversation_reaches_nobody()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using VisitorClient other = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        string foreign = await RequestedAsync(other, agent);
        await using HubClient agentScreen = await agent.JoinAsync(visitor.ConversationId, Token);
        await using HubClient tab = await visitor.JoinAsync(Token);

        foreach ((string id, int filled, int total, string code) in new[]
        {
            (requestId, 4, 3, "SC6001"), (requestId, -1, 3, "SC6001"), (requestId, 0, -1, "SC6001"), (requestId, 0, 33, "SC6001"),
            (requestId, int.MaxValue, int.MaxValue, "SC6001"),
            (foreign, 1, 3, "SC6005"), (SecureChatId.New(), 1, 3, "SC6005"), (Scenario.Card, 1, 3, "SC6005"), ("", 1, 3, "SC6005"),
            (new string('4', 5000), 1, 3, "SC6005"),
        })
        {
            Assert.Equal(code, Code(await tab.InvokeAsync("FormProgress", new { requestId = id, filled, total }, Token)));
        }

        // Text has no place in it: a member more, a member less, a number in words.
        foreach (object smuggled in new object[]
        {
            new { requestId, filled = 1, total = 3, text = Scenario.Card }, new { requestId, filled = 1 }, new { requestId, filled = Scenario.Card, total = 3 },
            new { requestId, filled = 1.5, total = 3 }, new { requestId, filled = Scenario.CardFields(), total = 3 },
        })
        {
            await Assert.ThrowsAsync<HubCallException>(() => tab.InvokeAsync("FormProgress", smuggled, Token));
        }

        (await visitor.ActAsync(requestId, "decline", Token)).Ok();
        Assert.Equal("SC6012", Code(await tab.InvokeAsync("FormProgress", new { requestId, filled = 1, total = 3 }, Token)));
        await tab.InvokeAsync("Typing", new { isTyping = true }, Token);
        await agentScreen.WaitForAsync("the typing", static frame => Target(frame) == "typing", Limit, Token);
        Assert.DoesNotContain(agentScreen.Frames, static text => text.Contains("formProgress", StringComparison.Ordinal) || text.Contains(Scenario.Card, StringComparison.Ordinal));
    }

    [Fact]
    public async Task E19_An_agent_sees_that_a_form_was_left_half_way_and_nothing_of_it_is_kept()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        await using HubClient agentScreen = await agent.JoinAsync(visitor.ConversationId, Token);
        HubClient tab = await visitor.JoinAsync(Token);
        await using (tab)
        {
            (await visitor.ActAsync(requestId, "open", Token)).Ok();
            await tab.InvokeAsync("FormProgress", new { requestId, filled = 2, total = 3 }, Token);
            await agentScreen.WaitForAsync("how far the visitor is", static frame => Target(frame) == "formProgress", Limit, Token);
        }

        await agentScreen.WaitForAsync(
            "that the visitor has gone",
            static frame => Target(frame) == "presence" && frame["arguments"]![0]!.ToJsonString() == """{"role":"visitor","isOnline":false}""",
            Limit,
            Token);
        JsonNode card = (await agent.CardAsync(visitor.ConversationId, requestId, Token)).Ok();
        Assert.Equal(("opened", 0), (card["state"]!.GetValue<string>(), card["values"]!.AsArray().Count));
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
    }

    private static async Task<string> RequestedAsync(VisitorClient visitor, AgentClient agent)
    {
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        return await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
    }

    private static string? Target(JsonObject frame) => frame["target"]?.GetValue<string>();

    private static string? Code(JsonNode? reply) => reply?["error"]?["code"]?.GetValue<string>();
}
