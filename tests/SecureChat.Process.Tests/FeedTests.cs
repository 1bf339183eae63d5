using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.Host.Tests;

namespace SecureChat.ProcessTests;

public sealed class FeedOnSqliteTests() : FeedTests(StoreEngine.Sqlite)
{
    [Fact]
    public async Task Without_hints_the_same_takes_as_long_as_looking_does() => Assert.True(await TalkAcrossAsync() > SoonerThanLooking);
}

public sealed class FeedOnPostgreSqlTests() : FeedTests(StoreEngine.PostgreSql)
{
    [Fact]
    public async Task What_is_said_on_one_host_is_seen_on_the_other_sooner_than_by_looking() =>
        Assert.InRange(await TalkAcrossAsync(), TimeSpan.Zero, SoonerThanLooking);
}

/// <summary>Two hosts on the same records, with clients on both.</summary>
public abstract class FeedTests(StoreEngine engine)
{
    private const int Messages = 120;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Twenty messages, each of which waits for the one before: a host that looks every second, or every ten, takes longer.</summary>
    protected static readonly TimeSpan SoonerThanLooking = TimeSpan.FromSeconds(8);

    private static readonly string[] Words =
        [.. from first in "bcdfghklmnprstvw" from second in "aeiou" from third in "bdgklmnprst" select $"{first}{second}{third}"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_hosts_show_everything_in_one_order_without_a_gap_and_once()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine, "busy=1");
        using var visitor = new VisitorClient(hosts.One.Root);
        using AgentClient agent = hosts.Two.Agent("ada");
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        using VisitorClient otherWindow = hosts.Two.Visitor(visitor);
        using AgentClient otherBrowser = hosts.One.Agent("ada");
        await using HubClient visitorHere = await visitor.JoinAsync(Token);
        await using HubClient visitorThere = await otherWindow.JoinAsync(Token);
        await using HubClient agentHere = await otherBrowser.JoinAsync(visitor.ConversationId, Token);
        await using HubClient agentThere = await agent.JoinAsync(visitor.ConversationId, Token);

        // Four who write at once, two through each host.
        await Task.WhenAll(
            TalkAsync(0, text => visitor.SayAsync(text, Token)),
            TalkAsync(1, text => otherWindow.SayAsync(text, Token)),
            TalkAsync(2, text => agent.SayAsync(visitor.ConversationId, text, Token)),
            TalkAsync(3, text => otherBrowser.SayAsync(visitor.ConversationId, text, Token)));

        long[] stored = [.. (await Transcript.ReadAsync(visitor)).Messages.Select(static message => message["sequence"]!.GetValue<long>())];
        Assert.Equal(Messages, stored.Length);
        foreach (HubClient screen in (HubClient[])[visitorHere, visitorThere, agentHere, agentThere])
        {
            await screen.WaitForAsync("the last message", frame => Sequence(frame) == stored[^1], Limit, Token);
            long[] shown = [.. screen.Frames.Select(static frame => JsonNode.Parse(frame)!.AsObject()).Select(Sequence).Where(static sequence => sequence > 0)];
            Assert.Equal(Enumerable.Range(1, shown.Length).Select(static number => (long)number), shown);
            Assert.Equal(stored[^1], shown[^1]);
        }

        async Task TalkAsync(int who, Func<string, Task<Answer>> say)
        {
            for (int i = 0; i < Messages / 4; i++)
            {
                Answer answer = await say($"word {Words[(i * 4) + who]}");
                if (answer.Status == 429)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), Token);
                    i--;
                    continue;
                }

                answer.Ok();
            }
        }
    }

    /// <summary>How long twenty messages take from the visitor on one host to the agent's screen on the other, one after the other.</summary>
    protected async Task<TimeSpan> TalkAcrossAsync()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine, "busy=1");
        using var visitor = new VisitorClient(hosts.One.Root);
        using AgentClient agent = hosts.Two.Agent("ada");
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        await using HubClient screen = await agent.JoinAsync(visitor.ConversationId, Token);
        await SayAsync("warm up");
        long start = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < 20; i++)
        {
            await SayAsync($"hint {Words[i]}");
        }

        TimeSpan took = TimeProvider.System.GetElapsedTime(start);
        Seed.Report($"20 messages across two hosts on {engine}: {took.TotalMilliseconds:0} ms");
        return took;

        async Task SayAsync(string text)
        {
            (await visitor.SayAsync(text, Token)).Ok();
            await screen.WaitForAsync(text, frame => frame["arguments"]?[0]?["text"]?.GetValue<string>() == text, Limit, Token);
        }
    }

    private static long Sequence(JsonObject frame) =>
        frame["target"]?.GetValue<string>() == "event" ? frame["arguments"]![0]!["sequence"]!.GetValue<long>() : 0;
}
