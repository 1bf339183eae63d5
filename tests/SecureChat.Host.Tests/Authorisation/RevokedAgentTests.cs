using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;

namespace SecureChat.Host.Tests.Authorisation;

/// <summary>E10: a role that is taken away in the middle of a session.</summary>
public sealed class RevokedAgentTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E10_A_revoked_agent_is_refused_over_HTTP_at_once_and_at_the_next_call_of_the_hub()
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync();
        Subject subject = await world.MakeAsync("opened");
        await using HubClient screen = await world.ConnectAsync(Caller.Agent);
        await screen.InvokeAsync("Join", new { conversationId = subject.ConversationId, after = 0 }, Token);
        const string Reveal = "POST agent/conversations/{conversationId}/forms/{requestId}/reveal";
        (await world.CallAsync(Reveal, subject, Caller.Agent)).Ok();

        using IDisposable undo = world.Revoke(MatrixWorld.AgentId);

        // The value on the screen cannot be fetched again, although the window is open and browser and claim are the right ones.
        Assert.Equal((403, "SC6004"), Result(await world.CallAsync(Reveal, subject, Caller.Agent)));
        Assert.Equal((403, "SC6004"), Result(await world.CallAsync("GET agent/conversations", subject, Caller.Agent)));
        Assert.Equal((403, "SC6004"), Result(await world.CallAsync("GET agent/conversations/{id}/events", subject, Caller.Agent)));
        Assert.Equal((403, "SC6004"), Result(await world.CallAsync("POST agent/conversations/{id}/messages", subject, Caller.Agent)));
        JsonNode? reply = await screen.InvokeAsync("History", new { after = 0 }, Token);
        Assert.Equal("SC6003", reply?["error"]?["code"]?.GetValue<string>());
    }

    [Fact]
    public async Task E10_A_revoked_agent_who_stays_connected_is_told_to_wipe_within_seconds_although_nothing_happens()
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync();
        Subject subject = await world.MakeAsync("open");
        await using HubClient screen = await world.ConnectAsync(Caller.Agent);
        await screen.InvokeAsync("Join", new { conversationId = subject.ConversationId, after = 0 }, Token);
        await screen.WaitForAsync("the history", static frame => Method(frame) == FeedMethods.Event, Limit, Token);

        using IDisposable undo = world.Revoke(MatrixWorld.AgentId);

        JsonObject removed = await screen.WaitForAsync("the order to wipe", static frame => Method(frame) == FeedMethods.Removed, Limit, Token);
        Assert.Equal("revoked", removed["arguments"]![0]!["reason"]!.GetValue<string>());
        Assert.True(ConversationFanOut.AccessInterval + ConversationFanOut.PollInterval <= TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task E10_Nothing_that_is_said_after_the_role_is_gone_reaches_the_open_connection()
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync();
        Assert.False(await HearsAfterRevocationAsync(world));
    }

    [Fact]
    public async Task E10_A_supervisor_who_watches_loses_sight_with_the_role()
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync();
        Subject subject = await world.MakeAsync("open");
        await using HubClient screen = await world.ConnectAsync(Caller.Supervisor);
        await screen.InvokeAsync("Join", new { conversationId = subject.ConversationId, after = 0 }, Token);
        await screen.WaitForAsync("the history", static frame => Method(frame) == FeedMethods.Event, Limit, Token);

        using IDisposable undo = world.Revoke("sue");
        (await world.CallAsync("POST visitor/conversations/{id}/messages", subject, Caller.Visitor)).Ok();

        JsonObject removed = await screen.WaitForAsync("the order to wipe", static frame => Method(frame) == FeedMethods.Removed, Limit, Token);
        Assert.Equal("revoked", removed["arguments"]![0]!["reason"]!.GetValue<string>());
        Assert.DoesNotContain(screen.Frames, static frame => frame.Contains("hello", StringComparison.Ordinal));
    }

    [Fact]
    public async Task P6_While_the_hosts_policy_cannot_be_asked_nothing_is_sent_and_nothing_is_lost()
    {
        bool isBroken = false;
        await using MatrixWorld world = await MatrixWorld.StartAsync(chat => chat.Services.Configure<AuthorizationOptions>(options =>
            options.AddPolicy("SecureChat.Agent", policy => policy.RequireAssertion(context => !Volatile.Read(ref isBroken)
                ? context.User.IsInRole("Agent")
                : throw new InvalidOperationException("The directory is down.")))));
        Subject subject = await world.MakeAsync("open");
        await using HubClient screen = await world.ConnectAsync(Caller.Agent);
        await using HubClient own = await world.ConnectAsync(Caller.Visitor);
        await screen.InvokeAsync("Join", new { conversationId = subject.ConversationId, after = 0 }, Token);
        await own.InvokeAsync("Join", new { conversationId = subject.ConversationId, token = subject.Token, after = 0 }, Token);
        await screen.WaitForAsync("the history", static frame => Method(frame) == FeedMethods.Event, Limit, Token);

        Volatile.Write(ref isBroken, true);
        (await world.CallAsync("POST visitor/conversations/{id}/messages", subject, Caller.Visitor)).Ok();
        await own.WaitForAsync("the visitor's own message", static frame => IsHello(frame), Limit, Token);
        Assert.Equal((500, "SC6021"), Result(await world.CallAsync("GET agent/conversations", subject, Caller.Agent)));
        Assert.DoesNotContain(screen.Frames, static frame => frame.Contains("hello", StringComparison.Ordinal));

        Volatile.Write(ref isBroken, false);
        await screen.WaitForAsync("the message, once the directory is back", static frame => IsHello(frame), Limit, Token);
    }

    [Fact]
    public async Task Saboteur_a_policy_that_reads_nothing_but_the_sign_in_lets_the_agent_go_on_listening()
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync(static chat => chat.Services.Configure<AuthorizationOptions>(static options =>
            options.AddPolicy("SecureChat.Agent", static policy => policy.RequireRole("Agent"))));
        Assert.True(await HearsAfterRevocationAsync(world));
    }

    /// <summary>Whether an agent's open connection still gets what a visitor says after the agent's role is gone.</summary>
    private static async Task<bool> HearsAfterRevocationAsync(MatrixWorld world)
    {
        Subject subject = await world.MakeAsync("open");
        await using HubClient screen = await world.ConnectAsync(Caller.Agent);
        await screen.InvokeAsync("Join", new { conversationId = subject.ConversationId, after = 0 }, Token);
        await screen.WaitForAsync("the history", static frame => Method(frame) == FeedMethods.Event, Limit, Token);

        using IDisposable undo = world.Revoke(MatrixWorld.AgentId);
        (await world.CallAsync("POST visitor/conversations/{id}/messages", subject, Caller.Visitor)).Ok();

        JsonObject next = await screen.WaitForAsync("the message, or the order to wipe", static frame => Method(frame) == FeedMethods.Removed || IsHello(frame), Limit, Token);
        return IsHello(next);
    }

    private static (int, string?) Result(Answer answer) => (answer.Status, answer.Code);

    private static string? Method(JsonObject frame) => frame["target"]?.GetValue<string>();

    private static bool IsHello(JsonObject frame) => frame["arguments"]?.AsArray().FirstOrDefault() is JsonObject argument && argument["text"]?.GetValue<string>() == "hello";
}
