using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests.Attack;

/// <summary>An agent who may reveal something tries to reveal more, or to have it recorded as something else.</summary>
public sealed class RevealAttackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E9_a_step_up_for_one_value_opens_no_other_one_of_the_same_form()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        string pan = card.ValueIds[0];

        using (var browser = new ClaimingBrowser())
        {
            (await StepUpAsync(agent, card, browser, [pan])).Ok();
            Answer more = await agent.RevealAsync(card.ConversationId, card.RequestId, browser, card.ValueIds, Token);
            Assert.Equal((401, "SC6013"), (more.Status, more.Code));

            // The proof was shown for something else and is spent.
            Answer less = await agent.RevealAsync(card.ConversationId, card.RequestId, browser, [pan], Token);
            Assert.Equal((401, "SC6013"), (less.Status, less.Code));
        }

        using var other = new ClaimingBrowser();
        (await StepUpAsync(agent, card, other, [pan])).Ok();
        JsonNode reveal = (await agent.RevealAsync(card.ConversationId, card.RequestId, other, [pan], Token)).Ok();
        Assert.Equal(["pan"], AgentClient.Open(reveal, card.ConversationId, card.RequestId, other).Keys);
    }

    [Fact]
    public async Task P9_a_step_up_names_values_of_its_own_form_only()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor(), stranger = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        SubmittedCard foreign = await Scenario.SubmitCardAsync(stranger, agent);
        using var browser = new ClaimingBrowser();
        foreach (string[] values in new string[][] { foreign.ValueIds, [card.ValueIds[0], foreign.ValueIds[0]] })
        {
            Answer answer = await StepUpAsync(agent, card, browser, values);
            Assert.Equal((404, "SC6005"), (answer.Status, answer.Code));
        }

        Answer none = await StepUpAsync(agent, card, browser, []);
        Assert.Equal((400, "SC6001"), (none.Status, none.Code));
    }

    [Fact]
    public async Task P4_what_goes_out_again_is_on_record_and_not_what_the_caller_names()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent(), auditor = host.Agent("audrey", "s9", "Auditor");
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        (string pan, string expiry, string code) = (card.ValueIds[0], card.ValueIds[1], card.ValueIds[2]);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        string[] claimed = [pan, expiry];
        (await agent.RevealAsync(card.ConversationId, card.RequestId, browser, claimed, Token)).Ok();

        // The caller names a value that nobody has opened, many times over.
        JsonNode again = (await agent.RevealAsync(card.ConversationId, card.RequestId, browser, Enumerable.Repeat(code, 100), Token)).Ok();
        Assert.Equal(["exp", "pan"], AgentClient.Open(again, card.ConversationId, card.RequestId, browser).Keys.Order());
        JsonNode log = (await auditor.GetAsync("chat/agent/audit/entries", Token)).Ok();
        JsonNode repeated = Assert.Single(
            log["entries"]!.AsArray().Select(static entry => JsonNode.Parse(entry!["canonical"]!.GetValue<string>())!),
            static entry => entry["action"]!.GetValue<int>() == (int)AuditAction.ReleaseRepeated);
        Assert.Equal(claimed.Order(StringComparer.Ordinal), repeated["values"]!.AsArray().Select(static id => id!.GetValue<string>()).Order(StringComparer.Ordinal));
    }

    private static Task<Answer> StepUpAsync(AgentClient agent, SubmittedCard card, ClaimingBrowser browser, string[] values) =>
        agent.StepUpAsync(card.ConversationId, card.RequestId, browser, $"code-{VisitorClient.NewId()}", Token, values);
}
