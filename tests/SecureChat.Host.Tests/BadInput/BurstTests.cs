using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests;

/// <summary>Ten thousand messages in a burst, under the limits the product ships with (E51).</summary>
public sealed class BurstTests
{
    private const int Messages = 10_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_messages_over_HTTP_are_answered_429_with_Retry_After_and_others_are_served_E51()
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient flooder = host.Visitor(), other = host.Visitor();
        await flooder.StartAsync(Token);
        await other.StartAsync(Token);
        long start = TimeProvider.System.GetTimestamp();
        var statuses = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var wrong = new ConcurrentQueue<string>();
        int left = Messages;
        Task[] burst = [.. Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                Answer answer = await flooder.SayAsync("a burst", Token);
                statuses.AddOrUpdate($"{answer.Status} {answer.Code}", 1, static (_, count) => count + 1);
                bool hasWait = long.TryParse(answer.Headers.GetValueOrDefault("Retry-After"), CultureInfo.InvariantCulture, out long wait) && wait is >= 1 and <= 60;
                if (answer.Status != 200 && (!hasWait || Refusal.Check(answer, "SC6010") is not null))
                {
                    wrong.Enqueue($"{answer.Status} {answer.Headers.GetValueOrDefault("Retry-After")} {answer.Text}");
                }
            }
        }, Token))];

        // Meanwhile somebody else writes and reads, within limits of their own.
        int served = 0;
        while (served < 8 || Volatile.Read(ref left) > 0 && served < 10)
        {
            (await other.SayAsync($"in the middle of it {served}", Token)).Ok();
            (await other.EventsAsync(Token)).Ok();
            served++;
        }

        await Task.WhenAll(burst).WaitAsync(Limit, Token);
        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        int taken = statuses.GetValueOrDefault("200 ");
        TestContext.Current.TestOutputHelper?.WriteLine($"{Messages} messages in {seconds:0.0} s: {string.Join(", ", statuses.Select(static pair => $"{pair.Value} x {pair.Key}"))}; {served} of another visitor");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Take(10)));
        Assert.Equal(Messages, statuses.Values.Sum());

        // Ten at once and one a second: what the limit says, whatever arrives.
        Assert.InRange(taken, 10, 10 + (int)Math.Ceiling(seconds) + 1);
        Assert.Equal(taken, await CountAsync(flooder));
        Assert.Equal(served, await CountAsync(other));
    }

    [Fact]
    public async Task Ten_thousand_calls_over_the_hub_end_the_connection_and_others_are_served_E51()
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient flooder = host.Visitor(), other = host.Visitor();
        await flooder.StartAsync(Token);
        await other.StartAsync(Token);
        long start = TimeProvider.System.GetTimestamp();
        await using HubClient hub = await flooder.JoinAsync(Token);
        await using HubClient screen = await other.JoinAsync(Token);
        int sent = 0;
        try
        {
            for (; sent < Messages && !hub.Closed.IsCompleted; sent++)
            {
                await hub.SendRawAsync(
                    $$"""{"type":1,"invocationId":"{{sent}}","target":"Send","arguments":[{"clientId":"{{VisitorClient.NewId()}}","text":"a burst"}]}""" + '\u001e', Token);
            }
        }
        catch (WebSocketException)
        {
            // Closed while we were sending.
        }

        await hub.Closed.WaitAsync(Limit, Token);
        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        JsonNode[] refusals = [.. hub.Frames.Select(static frame => JsonNode.Parse(frame)!["result"]?["error"]).OfType<JsonNode>()];
        Assert.NotEmpty(refusals);
        Assert.All(refusals, static error =>
        {
            Assert.Equal("SC6010", error["code"]!.GetValue<string>());
            Assert.InRange(error["retryAfterSeconds"]!.GetValue<long>(), 1, 60);
            Assert.NotNull(error["nextStep"]);
        });
        int taken = await CountAsync(flooder);
        TestContext.Current.TestOutputHelper?.WriteLine($"{sent} calls in {seconds:0.0} s: {taken} taken, {refusals.Length} refused, then closed");
        Assert.InRange(taken, 1, 10 + (int)Math.Ceiling(seconds) + 1);

        Assert.Null((await screen.InvokeAsync("Send", new { clientId = VisitorClient.NewId(), text = "still here" }, Token))!["error"]);
        await screen.WaitForAsync("the other's message", static frame => frame["arguments"]?[0]?["text"]?.GetValue<string>() == "still here", TimeSpan.FromSeconds(30), Token);

        // The flooder itself may come back and is served again within its limits.
        await using HubClient again = await flooder.JoinAsync(Token);
        Assert.Null((await again.InvokeAsync("History", new { after = 0 }, Token))!["error"]);
    }

    [Fact]
    public async Task More_conversations_than_an_address_may_start_are_refused_with_Retry_After_E51()
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor();
        var answers = new List<Answer>();
        for (int i = 0; i < 30; i++)
        {
            answers.Add(await visitor.PostAsync("chat/visitor/conversations", new { }, Token));
        }

        Answer[] refused = [.. answers.Where(static answer => answer.Status != 201)];
        Assert.InRange(answers.Count - refused.Length, 10, 20);
        Assert.All(refused, static answer =>
        {
            Assert.Null(Refusal.Check(answer, "SC6010"));
            Assert.InRange(long.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture), 1, 60);
        });
    }

    private static async Task<RunningHost> StartAsync() => await RunningHost.StartAsync(static path => new TestHostOptions
    {
        Folder = path,
        Configure = static options =>
        {
            var shipped = new SecureChatLimits();
            options.Limits.ConversationsPerAddressPerMinute = shipped.ConversationsPerAddressPerMinute;
            options.Limits.VisitorWritesPerAddressPerSecond = shipped.VisitorWritesPerAddressPerSecond;
            options.Limits.HostWritesPerSecond = shipped.HostWritesPerSecond;
            options.Limits.ClaimsPerAgentPerMinute = shipped.ClaimsPerAgentPerMinute;
        },
    });

    private static async Task<int> CountAsync(VisitorClient visitor)
    {
        int count = 0;
        for (long after = 0; ;)
        {
            JsonArray page = (await visitor.EventsAsync(Token, after)).Ok()["events"]!.AsArray();
            if (page.Count == 0)
            {
                return count;
            }

            count += page.Count(static found => found!["text"] is not null);
            after = page[^1]!["sequence"]!.GetValue<long>();
        }
    }
}
