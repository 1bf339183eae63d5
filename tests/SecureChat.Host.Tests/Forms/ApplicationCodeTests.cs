using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;
using SecureChat.Testing;

namespace SecureChat.Host.Tests.Forms;

/// <summary><see cref="ISecureChat"/> and <see cref="ISecureChatEvents"/> as a host's own code uses them.</summary>
public sealed class ApplicationCodeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_endpoint_of_the_host_asks_for_a_card_follows_it_and_ends_the_conversation()
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        using var shop = new ChatClient(host.Root);
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        await using HubClient screen = await visitor.JoinAsync(Token);

        JsonNode requested = (await shop.PostAsync($"orders/{visitor.ConversationId}/pay", new { }, Token)).Ok();
        string requestId = requested["requestId"]!.GetValue<string>();
        Assert.True(requested["isNew"]!.GetValue<bool>());
        JsonObject asked = await screen.WaitForAsync("the form", static frame => State(frame) == "requested", Limit, Token);
        Assert.Equal("application", asked["arguments"]![0]!["actor"]!.GetValue<string>());

        // Asking twice, or asking while the agent asked, is asking once (E16).
        JsonNode again = (await shop.PostAsync($"orders/{visitor.ConversationId}/pay", new { }, Token)).Ok();
        Assert.Equal((requestId, false), (again["requestId"]!.GetValue<string>(), again["isNew"]!.GetValue<bool>()));
        Assert.Equal(requestId, await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token));

        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        Assert.Equal(FormRequestState.Requested, (await chat.GetFormAsync(visitor.ConversationId, requestId, Token))!.State);
        JsonNode card = (await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token)).Ok();
        FormStatus status = (await chat.GetFormAsync(visitor.ConversationId, requestId, Token))!;
        Assert.Equal(FormRequestState.Submitted, status.State);
        Assert.Equal(Scenario.Ids(card), status.Values.Select(static value => value.ValueId));
        Assert.All(status.Values, static value => Assert.Equal(SealedValueState.Sealed, value.State));

        Assert.True(await chat.CloseConversationAsync(visitor.ConversationId, Token));
        Assert.True(await chat.CloseConversationAsync(visitor.ConversationId, Token));
        status = (await chat.GetFormAsync(visitor.ConversationId, requestId, Token))!;
        Assert.All(status.Values, static value => Assert.Equal((SealedValueState.Destroyed, DestroyReason.ConversationEnded), (value.State, value.DestroyReason)));
        Assert.Equal("SC6011", (await chat.RequestFormAsync(Ask(visitor.ConversationId), Token)).Error?.Code);
        await screen.WaitForAsync("the end", static frame => frame["arguments"]?[0]?["kind"]?.GetValue<string>() == "closed", Limit, Token);
    }

    [Fact]
    public async Task Cancel_takes_an_open_request_back_and_destroys_what_nobody_has_opened()
    {
        await using RunningHost host = await StartAsync();
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);

        string open = (await chat.RequestFormAsync(Ask(visitor.ConversationId), Token)).RequestId!;
        FormChangeResult cancelled = await chat.CancelFormAsync(visitor.ConversationId, open, Token);
        Assert.Equal((null, FormRequestState.Cancelled), (cancelled.Error, cancelled.Form!.State));
        Assert.Equal((409, "SC6012"), Result(await visitor.SubmitAsync(open, Scenario.CardFields(), Token)));

        string submitted = (await chat.RequestFormAsync(Ask(visitor.ConversationId), Token)).RequestId!;
        Assert.NotEqual(open, submitted);
        (await visitor.SubmitAsync(submitted, Scenario.CardFields(), Token)).Ok();
        cancelled = await chat.CancelFormAsync(visitor.ConversationId, submitted, Token);
        Assert.Null(cancelled.Error);
        Assert.All(cancelled.Form!.Values, static value => Assert.Equal((SealedValueState.Destroyed, DestroyReason.Cancelled), (value.State, value.DestroyReason)));
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
    }

    [Fact]
    public async Task Withdraw_on_the_visitors_behalf_destroys_and_is_on_record()
    {
        await using RunningHost host = await StartAsync();
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        string requestId = (await chat.RequestFormAsync(Ask(visitor.ConversationId), Token)).RequestId!;
        (await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token)).Ok();

        FormChangeResult withdrawn = await chat.WithdrawAsync(visitor.ConversationId, requestId, Token);

        Assert.Null(withdrawn.Error);
        Assert.All(withdrawn.Form!.Values, static value => Assert.Equal(DestroyReason.Withdrawn, value.DestroyReason));
        AuditEntry entry = Assert.Single(
            await host.App.Services.GetRequiredService<AuditLog>().ListAsync(0, 1000, Token), static entry => entry.Action == AuditAction.ConsentWithdrawn);
        Assert.Equal((ParticipantRole.Application, requestId), (entry.Actor, entry.RequestId));
    }

    [Fact]
    public async Task What_does_not_exist_is_an_answer_and_not_an_exception()
    {
        await using RunningHost host = await StartAsync();
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        StoreSnapshot before = StoreSnapshot.Of(host.Folder);
        foreach (string conversationId in new[] { visitor.ConversationId, SecureChatId.New(), "", "no id", new string('x', 5000), "../../etc" })
        {
            foreach (string requestId in new[] { SecureChatId.New(), "", "no id", new string('x', 5000) })
            {
                Assert.Null(await chat.GetFormAsync(conversationId, requestId, Token));
                FormChangeResult cancelled = await chat.CancelFormAsync(conversationId, requestId, Token);
                Assert.Equal(("SC6005", null), (cancelled.Error?.Code, cancelled.Form));
                FormChangeResult withdrawn = await chat.WithdrawAsync(conversationId, requestId, Token);
                Assert.Equal(("SC6005", null), (withdrawn.Error?.Code, withdrawn.Form));
            }

            if (conversationId != visitor.ConversationId)
            {
                Assert.False(await chat.CloseConversationAsync(conversationId, Token));
                Assert.Equal("SC6005", (await chat.RequestFormAsync(Ask(conversationId), Token)).Error?.Code);
            }

            Assert.Equal("SC6005", (await chat.RequestFormAsync(new RequestFormCommand { ConversationId = conversationId, FormKey = "no-form" }, Token)).Error?.Code);
        }

        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));
    }

    [Fact]
    public async Task Listeners_hear_of_every_change_in_order_and_get_ids_and_nothing_else()
    {
        await using RunningHost host = await StartAsync(static chat => chat.AddEvents<Listener>());
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();

        SubmittedCard card = await PlayAsync(visitor, agent);

        Listener listener = host.App.Services.GetServices<ISecureChatEvents>().OfType<Listener>().Single();
        await listener.HeardAsync(4, Limit);

        // The security code is gone with its delivery; the rest when it was acknowledged.
        (string Name, FormEvent Event)[] heard = listener.Heard;
        Assert.Equal(["submitted", "opened", "destroyed", "destroyed"], heard.Select(static one => one.Name));
        Assert.All(heard, one => Assert.Equal((card.ConversationId, card.RequestId, "card-payment"), (one.Event.ConversationId, one.Event.RequestId, one.Event.FormKey)));
        Assert.Equal(card.ValueIds.Order(), heard[0].Event.ValueIds.Order());
        Assert.Equal(card.ValueIds.Order(), heard[2].Event.ValueIds.Concat(heard[3].Event.ValueIds).Order());
        Assert.All(heard[2..], static one => Assert.Equal(DestroyReason.Viewed, one.Event.Reason));

        // Whatever a listener could print, send or store of it: no value is in there.
        foreach ((_, FormEvent formEvent) in heard)
        {
            string all = System.Text.Json.JsonSerializer.Serialize(formEvent);
            Assert.Empty(ByteHunt.Find(System.Text.Encoding.UTF8.GetBytes(all), Scenario.Card));
            Assert.Equal(
                ["AgentId", "At", "ConversationId", "FormKey", "Reason", "RequestId", "ValueIds"],
                JsonNode.Parse(all)!.AsObject().Select(static member => member.Key).Order());
        }
    }

    [Fact]
    public async Task E3_Who_asks_for_what_was_opened_elsewhere_raises_an_alarm_and_is_refused()
    {
        await using RunningHost host = await StartAsync(static chat => chat.AddEvents<Listener>());
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
        JsonNode submitted = (await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token)).Ok();
        var card = new SubmittedCard(visitor.ConversationId, requestId, Scenario.Ids(submitted));
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        (await agent.RevealAsync(card, browser)).Ok();

        using AgentClient stolen = host.Agent(session: "s2");
        using var other = new ClaimingBrowser();
        await stolen.StepUpAsync(card, other);
        Answer refused = await stolen.RevealAsync(card, other);
        Assert.Equal((409, "SC3005"), (refused.Status, refused.Code));

        Listener listener = host.App.Services.GetServices<ISecureChatEvents>().OfType<Listener>().Single();
        await listener.HeardAsync(4, Limit);
        Assert.Single(listener.Heard, static one => one.Name == "opened" && one.Event.AgentId == "ada");
        (_, FormEvent alarm) = Assert.Single(listener.Heard, static one => one.Name == "elsewhere");
        Assert.Equal((card.RequestId, "ada"), (alarm.RequestId, alarm.AgentId));
        Assert.Equal(card.ValueIds.Order(), alarm.ValueIds.Order());
    }

    [Theory]
    [InlineData(typeof(ThrowingListener))]
    [InlineData(typeof(HangingListener))]
    [InlineData(typeof(BlockingListener))]
    public async Task A_listener_that_throws_hangs_or_blocks_changes_nothing_and_holds_nobody_up(Type bad)
    {
        // The clock stands still, so no time limit runs out: whoever waited for a hanging listener would wait for ever.
        await using RunningHost host = await StartAsync(
            chat =>
            {
                chat.Services.AddSingleton(typeof(ISecureChatEvents), bad);
                chat.AddEvents<Listener>();
            },
            time: new FakeTimeProvider());
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();

        SubmittedCard card = await PlayAsync(visitor, agent).WaitAsync(TimeSpan.FromMinutes(1), Token);

        JsonNode after = (await agent.CardAsync(card.ConversationId, card.RequestId, Token)).Ok();
        Assert.All(after["values"]!.AsArray(), static value => Assert.NotNull(value!["deletedAt"]));
        await host.App.Services.GetServices<ISecureChatEvents>().OfType<Listener>().Single().HeardAsync(4, Limit);
    }

    [Fact]
    public async Task A_call_that_hangs_is_given_up_after_five_seconds_and_the_listener_hears_the_next_event()
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(static chat => chat.AddEvents<HangingListener>(), time: time);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await PlayAsync(visitor, agent);
        HangingListener listener = host.App.Services.GetServices<ISecureChatEvents>().OfType<HangingListener>().Single();
        Assert.True(await listener.Called.WaitAsync(Limit, Token), "The listener was not called.");
        Assert.False(await listener.Called.WaitAsync(TimeSpan.Zero, Token), "The listener was called again while its first call hung.");

        // The limit is set a moment after the call began, so the clock may have to move more than once.
        using var limit = new CancellationTokenSource(Limit);
        while (!await listener.Called.WaitAsync(TimeSpan.FromMilliseconds(20), Token))
        {
            Assert.False(limit.IsCancellationRequested, "The hanging call was not given up.");
            time.Advance(FormNotifier.Timeout);
        }
    }

    [Fact]
    public async Task A_listener_may_itself_use_the_API()
    {
        await using RunningHost host = await StartAsync(static chat => chat.AddEvents<ClosingListener>());
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        await using HubClient screen = await visitor.JoinAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);

        (await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token)).Ok();

        await screen.WaitForAsync("the end, which the listener made", static frame => frame["arguments"]?[0]?["kind"]?.GetValue<string>() == "closed", Limit, Token);
    }

    [Fact]
    public async Task AddSecureChat_with_a_section_binds_what_the_whole_host_then_does()
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Chat:Limits:MessageBytes"] = "300",
            ["Chat:Lifetimes:FormOpen"] = "00:02:00",
            ["Chat:AllowedOrigins:0"] = "https://www.example.com",
        }).Build();
        await using RunningHost host = await StartAsync(before: services => services.AddSecureChat(configuration.GetSection("Chat")));
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);

        (await visitor.SayAsync(new string('a', 300), Token)).Ok();
        Assert.Equal((413, "SC6009"), Result(await visitor.SayAsync(new string('a', 301), Token)));
        FormRequestResult form = await host.App.Services.GetRequiredService<ISecureChat>().RequestFormAsync(Ask(visitor.ConversationId), Token);
        FormStatus status = (await host.App.Services.GetRequiredService<ISecureChat>().GetFormAsync(visitor.ConversationId, form.RequestId!, Token))!;
        Assert.Equal(TimeSpan.FromMinutes(2), status.ExpiresAt - status.RequestedAt);
        Answer foreign = await visitor.SendAsync(
            HttpMethod.Post,
            $"chat/visitor/conversations/{visitor.ConversationId}/messages",
            new { clientId = VisitorClient.NewId(), text = "from the shop's page" },
            Token,
            static request => request.Headers.Add("Origin", "https://www.example.com"));
        Assert.Equal(200, foreign.Status);
        Assert.Equal("test-host", host.App.Services.GetRequiredService<IOptions<SecureChatOptions>>().Value.ApplicationId);
    }

    private static RequestFormCommand Ask(string conversationId) => new() { ConversationId = conversationId, FormKey = "card-payment" };

    private static Task<RunningHost> StartAsync(Action<ISecureChatBuilder>? after = null, Action<IServiceCollection>? before = null, TimeProvider? time = null) =>
        RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Time = time,
            Before = before,
            After = after,
            Pipeline = static app => app.MapPost("/orders/{conversationId}/pay", static async (string conversationId, ISecureChat chat, CancellationToken token) =>
            {
                FormRequestResult form = await chat.RequestFormAsync(Ask(conversationId), token);
                return form.Error is null ? Results.Ok(new { form.RequestId, form.IsNew }) : Results.Conflict(form.Error.Code);
            }),
        });

    /// <summary>A card is asked for, submitted, seen and acknowledged.</summary>
    private static async Task<SubmittedCard> PlayAsync(VisitorClient visitor, AgentClient agent)
    {
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        (await agent.RevealAsync(card, browser)).Ok();
        (await agent.AcknowledgeAsync(card.ConversationId, card.RequestId, browser, Token)).Ok();
        return card;
    }

    private static string? State(JsonObject frame) => frame["arguments"]?[0]?["form"]?["state"]?.GetValue<string>();

    private static (int, string?) Result(Answer answer) => (answer.Status, answer.Code);

    private sealed class Listener : ISecureChatEvents
    {
        private readonly ConcurrentQueue<(string, FormEvent)> _heard = new();

        private SemaphoreSlim Arrived { get; } = new(0);

        public (string Name, FormEvent Event)[] Heard => [.. _heard];

        public async Task HeardAsync(int count, TimeSpan limit)
        {
            for (int i = 0; i < count; i++)
            {
                Assert.True(await Arrived.WaitAsync(limit, Token), $"The listener heard {_heard.Count} of {count} events within {limit.TotalSeconds} s.");
            }
        }

        public ValueTask FormSubmittedAsync(FormEvent formEvent, CancellationToken cancellationToken) => Hear("submitted", formEvent);

        public ValueTask ValuesOpenedAsync(FormEvent formEvent, CancellationToken cancellationToken) => Hear("opened", formEvent);

        public ValueTask OpenedElsewhereAsync(FormEvent formEvent, CancellationToken cancellationToken) => Hear("elsewhere", formEvent);

        public ValueTask ValuesDestroyedAsync(FormEvent formEvent, CancellationToken cancellationToken) => Hear("destroyed", formEvent);

        private ValueTask Hear(string name, FormEvent formEvent)
        {
            _heard.Enqueue((name, formEvent));
            Arrived.Release();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ThrowingListener : ISecureChatEvents
    {
        public ValueTask FormSubmittedAsync(FormEvent formEvent, CancellationToken cancellationToken) => throw new InvalidOperationException("No.");

        public async ValueTask ValuesOpenedAsync(FormEvent formEvent, CancellationToken cancellationToken)
        {
            await Task.Yield();
            throw new OperationCanceledException("No.");
        }

        public ValueTask ValuesDestroyedAsync(FormEvent formEvent, CancellationToken cancellationToken) => ValueTask.FromException(new SecureChatException(SecureChatErrors.StoreUnavailable));
    }

    /// <summary>Never answers, and does not listen to its token either.</summary>
    private sealed class HangingListener : ISecureChatEvents
    {
        public SemaphoreSlim Called { get; } = new(0);

        public ValueTask FormSubmittedAsync(FormEvent formEvent, CancellationToken cancellationToken) => HangAsync();

        public ValueTask ValuesOpenedAsync(FormEvent formEvent, CancellationToken cancellationToken) => HangAsync();

        public ValueTask ValuesDestroyedAsync(FormEvent formEvent, CancellationToken cancellationToken) => HangAsync();

        private ValueTask HangAsync()
        {
            Called.Release();
            return new ValueTask(Task.Delay(Timeout.Infinite, CancellationToken.None));
        }
    }

    /// <summary>Keeps the thread it is called on until the test has ended.</summary>
    private sealed class BlockingListener : ISecureChatEvents, IDisposable
    {
        private readonly ManualResetEventSlim _end = new();

        public ValueTask FormSubmittedAsync(FormEvent formEvent, CancellationToken cancellationToken)
        {
            _end.Wait(CancellationToken.None);
            return ValueTask.CompletedTask;
        }

        public void Dispose() => _end.Set();
    }

    private sealed class ClosingListener(ISecureChat chat) : ISecureChatEvents
    {
        public async ValueTask FormSubmittedAsync(FormEvent formEvent, CancellationToken cancellationToken) =>
            await chat.CloseConversationAsync(formEvent.ConversationId, cancellationToken);
    }
}
