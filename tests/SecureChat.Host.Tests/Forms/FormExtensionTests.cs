using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;
using SecureChat.Testing;

namespace SecureChat.Host.Tests.Forms;

/// <summary>More time for who needs it (WCAG 2.2.1): ten times, told to everybody, and no longer than the conversation.</summary>
public sealed class FormExtensionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E24_The_visitor_starts_the_time_again_ten_times_and_everybody_sees_it()
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        using FormClient form = await GrantAsync(host, visitor, requestId);
        JsonNode view = (await form.ViewAsync(Token)).Ok();
        Assert.Equal(10, LeftIn(view));

        // By turns from the form and from the widget: one count.
        for (int number = 1; number <= 10; number++)
        {
            time.Advance(TimeSpan.FromSeconds(50));

            // Only for the last one: a clock that jumps while a frame is on its way runs out the time limit of its sending.
            await using HubClient? screen = number == 10 ? await agent.JoinAsync(visitor.ConversationId, Token) : null;
            JsonNode card = (number % 2 == 0 ? await visitor.ActAsync(requestId, "extend", Token) : await form.ActAsync("extend", Token)).Ok();
            DateTimeOffset expected = time.GetUtcNow() + TimeSpan.FromMinutes(1);
            Assert.Equal(expected, ExpiryOf(card));
            Assert.Equal(10 - number, LeftIn((number % 2 == 0 ? await form.ViewAsync(Token) : await visitor.ViewFormAsync(requestId, Token)).Ok()));
            Assert.Equal(expected, ExpiryOf((await visitor.EventsAsync(Token)).Ok()["events"]!.AsArray()[^1]!["form"]!));
            if (screen is not null)
            {
                await screen.WaitForAsync(
                    $"the card with the end {expected:T}", frame => frame["arguments"]?[0]?["form"] is { } shown && ExpiryOf(shown) == expected, Limit, Token);
            }
        }

        foreach (Answer none in new[] { await form.ActAsync("extend", Token), await visitor.ActAsync(requestId, "extend", Token) })
        {
            Assert.Equal((409, "SC6012", "requested"), (none.Status, none.Code, none.Json!["state"]!.GetValue<string>()));
        }

        AuditEntry[] entries =
            [.. (await host.App.Services.GetRequiredService<AuditLog>().ListAsync(0, 1000, Token)).Where(static entry => entry.Action == AuditAction.FormExtended)];
        Assert.Equal(10, entries.Length);
        Assert.All(entries, entry => Assert.Equal((ParticipantRole.Visitor, requestId), (entry.Actor, entry.RequestId)));

        // 500 seconds after it was asked for, a form of one minute is still taken.
        time.Advance(TimeSpan.FromSeconds(59));
        (await form.SubmitAsync(view, Scenario.CardFields(), Token)).Ok();
        Assert.Null((await form.ViewAsync(Token)).Ok()["extensionsLeft"]);
    }

    [Fact]
    public async Task E6_Who_comes_a_tick_too_late_gets_no_more_time()
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        using FormClient form = await GrantAsync(host, visitor, requestId);
        time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        (await form.ActAsync("extend", Token)).Ok();

        time.Advance(TimeSpan.FromMinutes(1));

        foreach (Answer late in new[] { await form.ActAsync("extend", Token), await visitor.ActAsync(requestId, "extend", Token) })
        {
            Assert.Equal((409, "SC6012", "expired"), (late.Status, late.Code, late.Json!["state"]!.GetValue<string>()));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task The_host_says_how_often(int most)
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time, options => options.Limits.FormExtensions = most);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);

        for (int number = 0; number <= most; number++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(number < most ? 200 : 409, (await visitor.ActAsync(requestId, "extend", Token)).Status);
        }
    }

    [Fact]
    public async Task E18_More_time_never_outlives_an_idle_conversation()
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time, static options =>
        {
            options.Lifetimes.FormOpen = TimeSpan.FromHours(1);
            options.Lifetimes.IdleConversation = TimeSpan.FromMinutes(5);
        });
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);

        // What is left is longer than what there would be: it stays, and costs none of the ten.
        JsonNode early = (await visitor.ActAsync(requestId, "extend", Token)).Ok();
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromHours(1), ExpiryOf(early));
        FormRecord form = (await host.App.Services.GetRequiredService<FormRecords>().FindAsync(visitor.ConversationId, requestId, Token))!;
        Assert.Equal(0, form.Extensions);

        // They talk on, so that the conversation does not end under the form.
        for (int minute = 0; minute < 56; minute += 4)
        {
            time.Advance(TimeSpan.FromMinutes(4));
            (await visitor.SayAsync("One moment, please", Token)).Ok();
        }

        JsonNode late = (await visitor.ActAsync(requestId, "extend", Token)).Ok();
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromMinutes(5), ExpiryOf(late));
    }

    [Fact]
    public async Task Twenty_at_once_are_counted_one_by_one()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);

        int[] statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => (await visitor.ActAsync(requestId, "extend", Token)).Status));

        Assert.Equal((10, 10), (statuses.Count(static status => status == 200), statuses.Count(static status => status == 409)));
    }

    private static Task<RunningHost> StartAsync(FakeTimeProvider time, Action<SecureChatOptions>? configure = null) => RunningHost.StartAsync(folder => new TestHostOptions
    {
        Folder = folder,
        Time = time,
        Configure = options =>
        {
            options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5);
            options.Lifetimes.FormOpen = TimeSpan.FromMinutes(1);
            configure?.Invoke(options);
        },
    });

    private static async Task<string> RequestedAsync(VisitorClient visitor, AgentClient agent)
    {
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        return await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
    }

    private static async Task<FormClient> GrantAsync(RunningHost host, VisitorClient visitor, string requestId) =>
        new(host.Root, (await visitor.ActAsync(requestId, "token", Token)).Ok()["token"]!.GetValue<string>());

    private static DateTimeOffset ExpiryOf(JsonNode card) => DateTimeOffset.Parse(card["expiresAt"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static int LeftIn(JsonNode view) => view["extensionsLeft"]!.GetValue<int>();
}
