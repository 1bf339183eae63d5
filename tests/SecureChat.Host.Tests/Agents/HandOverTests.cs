using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests.Agents;

/// <summary>An agent hands a conversation to another one from the list of those who are here.</summary>
public sealed class HandOverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E12_P9_Agents_are_listed_by_name_and_never_by_id_and_access_moves_to_the_one_who_was_chosen()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent("agent-17"), other = host.Agent("agent-23", "s2"), auditor = host.Agent("agent-42", "s3", "Auditor");
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        string transfer = $"chat/agent/conversations/{card.ConversationId}/transfer";

        // Nobody else's console is open; one that is there is itself no choice, and an auditor takes no conversations.
        Assert.Empty(await HereAsync(agent));
        Assert.Equal("SC6004", (await auditor.PostAsync("chat/agent/here", null, Token)).Code);
        JsonNode first = Assert.Single(await HereAsync(other))!;
        Assert.Equal("Name of agent-17", first["name"]!.GetValue<string>());

        Answer list = await agent.PostAsync("chat/agent/here", null, Token);
        JsonNode chosen = Assert.Single(list.Ok()["agents"]!.AsArray())!;
        Assert.Equal(["agent", "name"], chosen.AsObject().Select(static member => member.Key));
        Assert.Equal("Name of agent-23", chosen["name"]!.GetValue<string>());
        string handle = chosen["agent"]!.GetValue<string>();
        Assert.DoesNotContain("agent-23", handle, StringComparison.Ordinal);

        // The handle is no id, and an id is no handle.
        Assert.Equal("SC6027", (await agent.PostAsync(transfer, new { agent = "agent-23" }, Token)).Code);
        Assert.Equal("SC6027", (await agent.PostAsync(transfer, new { agent = new string('a', 32) }, Token)).Code);
        Assert.Equal("SC6001", (await agent.PostAsync(transfer, new { agent = handle, agentId = "agent-23" }, Token)).Code);
        Assert.Equal("SC6001", (await agent.PostAsync(transfer, new { agent = handle, agentName = "Mallory" }, Token)).Code);
        Assert.Equal("SC6001", (await agent.PostAsync(transfer, new { }, Token)).Code);

        // Whoever has no part in it hands nothing on, not to themselves either.
        Assert.Equal("SC6005", (await other.PostAsync(transfer, new { agent = handle }, Token)).Code);
        JsonNode moved = (await agent.PostAsync(transfer, new { agent = handle }, Token)).Ok();
        Assert.Equal("Name of agent-23", moved["assignedTo"]!.GetValue<string>());
        Assert.Equal("SC6005", (await agent.EventsAsync(card.ConversationId, Token)).Code);
        (await other.EventsAsync(card.ConversationId, Token)).Ok();

        // Nothing the browsers received names another agent's id.
        Assert.DoesNotContain(visitor.Received.Concat(agent.Received), static body => body.Contains("\"agent-23\"", StringComparison.Ordinal));
        Assert.DoesNotContain(other.Received, static body => body.Contains("\"agent-17\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_agent_on_another_host_of_the_same_store_is_here_too()
    {
        using var folder = new TempFolder();
        await using RunningHost one = await RunningHost.StartAsync(folder: folder.Path), two = await RunningHost.StartAsync(folder: folder.Path);
        using AgentClient ada = one.Agent("ada"), bob = two.Agent("bob", "s2");
        Assert.Empty(await HereAsync(ada));
        JsonNode first = Assert.Single(await HereAsync(bob))!;
        Assert.Equal("Name of ada", first["name"]!.GetValue<string>());
        using VisitorClient visitor = two.Visitor();
        await visitor.StartAsync(Token);
        (await bob.AssignAsync(visitor.ConversationId, Token)).Ok();
        (await bob.PostAsync($"chat/agent/conversations/{visitor.ConversationId}/transfer", new { agent = first["agent"]!.GetValue<string>() }, Token)).Ok();
        (await ada.EventsAsync(visitor.ConversationId, Token)).Ok();
    }

    private static async Task<JsonArray> HereAsync(AgentClient agent) => (await agent.PostAsync("chat/agent/here", null, Token)).Ok()["agents"]!.AsArray();
}
