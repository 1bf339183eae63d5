using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.Host.Tests.Authorisation;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Attack;

/// <summary>Somebody who may write tries to write without end (E51).</summary>
public sealed class WriteLimitTests
{
    private const int Calls = 400;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Writes =>
        [.. AuthorisationTable.Endpoints.Keys.Where(static key => key.StartsWith("POST ", StringComparison.Ordinal) && !key.Contains("hub", StringComparison.Ordinal))];

    [Theory]
    [InlineData("open")]
    [InlineData("decline")]
    [InlineData("withdraw")]
    [InlineData("submit")]
    [InlineData("token")]
    [InlineData("extend")]
    public async Task A_visitor_who_repeats_a_form_call_is_refused_with_Retry_After_and_others_are_served(string action)
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor(), other = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        await AllButSomeAreRefusedAsync(
            30,
            1,
            () => action == "submit"
                ? visitor.SubmitAsync(card.RequestId, Scenario.CardFields(), Token)
                : visitor.PostAsync($"chat/visitor/conversations/{card.ConversationId}/forms/{card.RequestId}/{action}", new { }, Token));

        // Another visitor does the whole form, and this one still talks.
        await Scenario.SubmitCardAsync(other, agent);
        (await visitor.SayAsync("still here", Token)).Ok();
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("forms")]
    [InlineData("transfer")]
    [InlineData("assign")]
    [InlineData("close")]
    public async Task An_agent_who_repeats_a_call_is_refused_with_Retry_After_and_others_are_served(string action)
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor(), other = host.Visitor();
        using AgentClient agent = host.Agent("sue", "s1", "Supervisor"), colleague = host.Agent("bob", "s2");
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        string conversation = $"chat/agent/conversations/{card.ConversationId}";
        await AllButSomeAreRefusedAsync(40, 20, () => action switch
        {
            "cancel" => agent.ActAsync(card.ConversationId, card.RequestId, action, new { }, Token),
            "forms" => agent.PostAsync($"{conversation}/forms", new { formKey = "card-payment" }, Token),
            "transfer" => agent.PostAsync($"{conversation}/transfer", new { agentId = "sue" }, Token),
            _ => agent.PostAsync($"{conversation}/{action}", new { }, Token),
        });
        await Scenario.SubmitCardAsync(other, colleague);
    }

    [Fact]
    public async Task An_address_is_refused_with_Retry_After_over_all_its_conversations_and_connections_and_may_still_end_them_E51()
    {
        var limits = new Stopped();
        await using RunningHost host = await RunningHost.StartAsync(path => new TestHostOptions
        {
            Folder = path,
            Configure = static options => options.Limits.VisitorWritesPerAddressPerSecond = 1,
            After = chat => chat.Services.AddSingleton(limits.Create),
        });
        using AgentClient agent = host.Agent();
        using VisitorClient one = host.Visitor(), two = host.Visitor();
        await one.StartAsync(Token);
        await two.StartAsync(Token);
        await using HubClient screen = await two.JoinAsync(Token);
        (await agent.AssignAsync(one.ConversationId, Token)).Ok();

        // Two starts and eight messages, by both conversations, by HTTP and by the hub.
        for (int i = 0; i < 4; i++)
        {
            (await one.SayAsync($"one {i}", Token)).Ok();
            Assert.Null((await SendAsync(i))!["error"]);
        }

        Answer refused = await one.SayAsync("too much", Token);
        Assert.Null(Refusal.Check(refused, "SC6010"));
        Assert.Equal("1", refused.Headers["Retry-After"]);
        Assert.Equal("SC6010", (await SendAsync(9))!["error"]!["code"]!.GetValue<string>());
        Assert.Equal("SC6010", (await one.PostAsync("chat/visitor/conversations", new { }, Token)).Code);

        // Nobody else waits for that address, and whoever wants to end may.
        (await agent.SayAsync(one.ConversationId, "I am here", Token)).Ok();
        (await one.CloseAsync(Token)).Ok();
        (await two.CloseAsync(Token)).Ok();

        Task<JsonNode?> SendAsync(int number) => screen.InvokeAsync("Send", new { clientId = $"client-message-{number:D4}", text = $"two {number}" }, Token);
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_host_at_its_limit_refuses_every_write_but_those_that_end_and_stores_nothing(string endpoint)
    {
        var limits = new Stopped();
        await using MatrixWorld world = await MatrixWorld.StartAsync(chat => chat.Services.AddSingleton(limits.Create));
        (string state, Caller caller) = Case(endpoint);
        Subject subject = await world.MakeAsync(state);
        Answer answer;
        using (limits.Exhaust())
        {
            StoreSnapshot before = StoreSnapshot.Of(world.Host.Folder);
            answer = await world.CallAsync(endpoint, subject, caller);
            if (Ends.Contains(endpoint[(endpoint.LastIndexOf('/') + 1)..]))
            {
                // Whoever exhausts the host must not keep a value alive.
                Assert.True(answer.Status is >= 200 and < 300, $"{endpoint}: {answer.Status} {answer.Text}");
                return;
            }

            Assert.True(answer is { Status: 429, Code: "SC6010" }, $"{endpoint}: {answer.Status} {answer.Text}");
            Assert.InRange(long.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture), 1, 60);
            Assert.Empty(before.ChangesTo(StoreSnapshot.Of(world.Host.Folder)));
        }

        // Saboteur: without the limit the very same call goes through, so it was the limit that refused it.
        answer = await world.CallAsync(endpoint, subject, caller);
        Assert.True(answer.Status is >= 200 and < 300, $"{endpoint}: {answer.Status} {answer.Text}");
    }

    /// <summary>Steps that destroy or end.</summary>
    private static readonly string[] Ends = ["withdraw", "close", "acknowledge", "destroy", "erase"];

    /// <summary>A state in which the caller's write is taken.</summary>
    private static (string State, Caller Caller) Case(string endpoint)
    {
        Caller caller = endpoint.StartsWith("POST visitor", StringComparison.Ordinal) || endpoint.StartsWith("POST forms/", StringComparison.Ordinal) ? Caller.Visitor
            : endpoint.Contains("privacy", StringComparison.Ordinal) ? Caller.PrivacyOfficer
            : Caller.Agent;
        return endpoint[(endpoint.LastIndexOf('/') + 1)..] switch
        {
            "open" or "submit" or "decline" or "token" or "extend" => ("requested", caller),
            "withdraw" or "destroy" or "cancel" or "step-up" => ("submitted", caller),
            "reveal" => ("stepped", caller),
            "acknowledge" => ("opened", caller),
            _ => ("open", caller),
        };
    }

    private static async Task AllButSomeAreRefusedAsync(int burst, int perSecond, Func<Task<Answer>> call)
    {
        long start = TimeProvider.System.GetTimestamp();
        var answers = new List<Answer>();
        for (int i = 0; i < Calls; i++)
        {
            answers.Add(await call());
        }

        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        Answer[] refused = [.. answers.Where(static answer => answer.Status == 429)];
        TestContext.Current.TestOutputHelper?.WriteLine($"{Calls} calls in {seconds:0.0} s, {refused.Length} refused");
        Assert.All(refused, static answer =>
        {
            Assert.Null(Refusal.Check(answer, "SC6010"));
            Assert.InRange(long.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture), 1, 60);
        });
        Assert.InRange(answers.Count - refused.Length, 1, burst + (int)Math.Ceiling(seconds * perSecond) + 1);
        Assert.NotEmpty(refused);
    }

    private static async Task<RunningHost> StartAsync() => await RunningHost.StartAsync(static path => new TestHostOptions
    {
        Folder = path,
        Configure = static options => options.Limits.HostWritesPerSecond = new SecureChatLimits().HostWritesPerSecond,
    });

    /// <summary>The host's limits on a clock that stands still, so that nothing refills while a call is on its way.</summary>
    private sealed class Stopped : TimeProvider
    {
        private RateLimits? _limits;
        private long _now;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public RateLimits Create(IServiceProvider services) => _limits = new RateLimits(services.GetRequiredService<IOptions<SecureChatOptions>>(), this);

        public IDisposable Exhaust()
        {
            for (int number = 0; _limits!.TryAgentWrite($"nobody {number / 1000}") is null; number++)
            {
            }

            return new Refill(this);
        }

        private sealed class Refill(Stopped clock) : IDisposable
        {
            public void Dispose() => Interlocked.Add(ref clock._now, clock.TimestampFrequency * 60);
        }
    }
}
