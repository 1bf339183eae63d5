using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SecureChat.AspNetCore;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>A visitor's chat, in good and in bad weather.</summary>
public sealed class VisitorTests(Browser browser)
{
    private const string Bare = "4242424242424242";

    [Fact]
    public Task Nothing_is_stored_and_no_cookie_is_set_before_the_visitor_writes() => Shop.RunAsync(browser, static async shop =>
    {
        var sockets = new ConcurrentQueue<string>();
        IPage visitor = await shop.VisitAsync();
        visitor.WebSocket += (_, socket) => sockets.Enqueue(socket.Url);
        await Expect(visitor.Button("Open chat")).ToBeVisibleAsync();
        Assert.Equal(0, await KeptAsync(visitor));
        await visitor.OpenChatAsync();
        await visitor.GetByLabel("Your message").FillAsync("I have not sent this");
        Assert.Equal(0, await KeptAsync(visitor));
        Assert.Empty(sockets);

        // What the test counts is there once something was sent; still no cookie.
        await visitor.Button("Send").ClickAsync();
        await visitor.SentAsync("I have not sent this");
        Assert.Equal(1, await KeptAsync(visitor));
        Assert.Empty(await visitor.Context.CookiesAsync());
        Assert.Single(sockets);
    });

    [Fact]
    public Task What_was_typed_is_masked_in_the_own_bubble_and_kept_nowhere_E38() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.OpenChatAsync();
        await visitor.SayAsync($"My card is {Shop.Card}");
        await visitor.SentAsync("•••• 4242");
        await Expect(visitor.GetByText("was hidden before anyone saw it").First).ToBeVisibleAsync();
        Assert.Empty(await Hunt.ForAsync(visitor, Bare));
        await visitor.Button("Dismiss").ClickAsync();
        await visitor.ReloadAsync();
        await visitor.SentAsync("•••• 4242");
        Assert.Empty(await Hunt.ForAsync(visitor, Bare));
        Assert.DoesNotContain(shop.Files(), static file => file.AsSpan().IndexOf("4242424242424242"u8) >= 0 || file.AsSpan().IndexOf("4242 4242 4242 4242"u8) >= 0);

        // The hunt finds what a widget with that mistake would have left.
        await visitor.EvaluateAsync(
            """
            text => {
              const root = document.querySelector('secure-chat').shadowRoot;
              sessionStorage.setItem('outbox', JSON.stringify([text]));
              localStorage.setItem('draft', text);
              root.querySelector('textarea').value = text;
              root.querySelector('li .text').title = text;
              root.querySelector('ol').append(new Comment(text));
            }
            """,
            Shop.Card);
        Assert.Superset(
            new HashSet<string> { "sessionStorage", "localStorage", "value of TEXTAREA", "attribute title", "text of OL" },
            (await Hunt.ForAsync(visitor, Bare)).ToHashSet());
    });

    [Fact]
    public Task A_number_in_two_messages_is_masked_in_the_first_one_too_E31_E38() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.OpenChatAsync();
        await visitor.SayAsync("4242 4242");
        await visitor.SentAsync("4242 4242");
        await visitor.SayAsync("4242 4242");
        await Expect(visitor.GetByText("was hidden before anyone saw it").First).ToBeVisibleAsync();
        await Expect(visitor.Locator("li.own").Filter(new() { HasText = "4242 4242" })).ToHaveCountAsync(0);
        Assert.Empty(await Hunt.ForAsync(visitor, "42424242"));
    });

    [Fact]
    public Task Send_it_safely_fills_in_the_form_on_the_device() => Shop.RunAsync(browser, static async shop =>
    {
        var sent = new ConcurrentQueue<string>();
        IPage visitor = await shop.VisitAsync();
        visitor.Request += (_, request) => Note(request.PostData);
        visitor.WebSocket += (_, socket) => socket.FrameSent += (_, frame) => Note(frame.Text);
        await visitor.BeginAsync();
        await visitor.SayAsync($"My card is {Shop.Card}, {Clicks.Expiry}, code 737");
        await Expect(visitor.Button("Ask for a secure form")).ToBeVisibleAsync();
        await shop.AskAsync();
        await visitor.Button("Send it safely").ClickAsync();
        IFrameLocator form = visitor.Form();
        await Expect(form.GetByLabel("Card number")).ToHaveValueAsync(Shop.Card);
        await Expect(form.GetByLabel("Security code")).ToHaveValueAsync("737");
        await Expect(form.GetByRole(AriaRole.Checkbox)).Not.ToBeCheckedAsync();
        await Expect(form.GetByText("Filled in from what you typed")).ToBeVisibleAsync();

        // Once in the message that was masked, and not a second time before the visitor agreed.
        Assert.Single(sent);
        await form.Send().ClickAsync();
        await Expect(form.GetByText("Tick the box if you agree")).ToBeVisibleAsync();
        Assert.Single(sent);
        await form.GetByRole(AriaRole.Checkbox).CheckAsync();
        await form.Send().ClickAsync();
        await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
        Assert.Equal(2, sent.Count);
        await Expect(visitor.Locator("iframe")).ToHaveCountAsync(0);
        Assert.Empty(await Hunt.ForAsync(visitor, Bare));

        void Note(string? text)
        {
            if (text?.Replace(" ", string.Empty, StringComparison.Ordinal).Contains(Bare, StringComparison.Ordinal) == true)
            {
                sent.Enqueue(text);
            }
        }
    });

    [Fact]
    public Task What_is_declined_is_not_sent() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await shop.AskAsync();
        await visitor.Button("Decline").ClickAsync();
        await Expect(visitor.GetByText("You declined. Nothing was sent.")).ToBeVisibleAsync();
        await Expect(visitor.Button("Fill in")).ToHaveCountAsync(0);

        // From inside the form, with a number in it.
        await shop.AskAsync();
        await visitor.Button("Fill in").ClickAsync();
        await visitor.Form().GetByLabel("Card number").FillAsync(Shop.Card);
        await visitor.Form().GetByRole(AriaRole.Button, new() { Name = "Decline" }).ClickAsync();
        await Expect(visitor.GetByText("You declined. Nothing was sent.")).ToHaveCountAsync(2);
        await Expect(visitor.Locator("iframe")).ToHaveCountAsync(0);
        Assert.Empty(await Hunt.ForAsync(visitor, Bare));
    });

    [Fact]
    public Task A_form_that_the_agent_takes_back_says_so_and_is_wiped_E18() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        string requestId = await shop.AskAsync();
        await visitor.Button("Fill in").ClickAsync();
        await visitor.Form().GetByLabel("Card number").FillAsync(Shop.Card);
        Assert.Contains("value of INPUT", await Hunt.ForAsync(visitor, Bare));
        await shop.TakeBackAsync(requestId);
        await Expect(visitor.Form().GetByRole(AriaRole.Heading, new() { Name = "Taken back" })).ToBeVisibleAsync();
        Assert.Empty(await Hunt.ForAsync(visitor, Bare));
        await visitor.Form().GetByRole(AriaRole.Button, new() { Name = "Back to chat" }).ClickAsync();
        await Expect(visitor.GetByText("The request was taken back. Nothing was kept.")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Consent_that_is_withdrawn_deletes_what_nobody_has_opened_E26() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await shop.AskAsync();
        await visitor.FillInAsync();
        await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
        await visitor.Button("Take it back").ClickAsync();
        await visitor.Button("Keep it").ClickAsync();
        await visitor.Button("Take it back").ClickAsync();
        await visitor.Button("Delete it").ClickAsync();
        await Expect(visitor.GetByText("Deleted because consent was withdrawn")).ToHaveCountAsync(3);
        await Expect(visitor.Button("Take it back")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_form_whose_time_is_up_keeps_what_was_typed_until_the_visitor_leaves_E18() => Shop.RunAsync(
        browser,
        static async shop =>
        {
            IPage visitor = await shop.VisitAsync();
            await visitor.BeginAsync();
            await shop.AskAsync();
            await visitor.Button("Fill in").ClickAsync();
            IFrameLocator form = visitor.Form();
            await form.GetByLabel("Card number").FillAsync(Shop.Card);
            await form.GetByRole(AriaRole.Button, new() { Name = "More time" }).ClickAsync();
            await Expect(form.GetByText("You have more time now.")).ToBeVisibleAsync();

            shop.Ahead = TimeSpan.FromSeconds(150);
            await Expect(form.GetByRole(AriaRole.Heading, new() { Name = "Time is up" })).ToBeVisibleAsync();
            await Expect(form.GetByLabel("Card number")).ToHaveValueAsync(Shop.Card);
            await Expect(form.GetByLabel("Card number")).Not.ToBeEditableAsync();
            await form.GetByRole(AriaRole.Button, new() { Name = "Back to chat" }).ClickAsync();
            await Expect(visitor.GetByText("Time ran out. Nothing was sent.")).ToBeVisibleAsync();
            Assert.Empty(await Hunt.ForAsync(visitor, Bare));
        },
        static options =>
        {
            options.Lifetimes.FormOpen = TimeSpan.FromMinutes(2);
            options.Lifetimes.SweepInterval = TimeSpan.FromSeconds(1);
        });

    [Fact]
    public Task The_visitor_reads_how_often_more_time_can_still_be_taken_E24() => Shop.RunAsync(
        browser,
        static async shop =>
        {
            IPage visitor = await shop.VisitAsync();
            await visitor.BeginAsync();
            await shop.AskAsync();
            await visitor.Button("Fill in").ClickAsync();
            IFrameLocator form = visitor.Form();
            ILocator more = form.GetByRole(AriaRole.Button, new() { Name = "More time" });
            await Expect(more).ToHaveAccessibleDescriptionAsync("2 more times");
            await more.ClickAsync();
            await Expect(form.GetByText("You have more time now.")).ToBeVisibleAsync();
            await Expect(more).ToHaveAccessibleDescriptionAsync("once more");
            await Expect(form.GetByText("once more")).ToBeVisibleAsync();
            Assert.Empty(await AccessibilityTests.FindAsync(visitor));

            // The second gives time only when some has gone.
            shop.Ahead = TimeSpan.FromSeconds(30);
            await more.ClickAsync();
            await Expect(form.GetByText("No more time can be added.")).ToBeVisibleAsync();
            await Expect(more).ToHaveCountAsync(0);
        },
        static options =>
        {
            options.Lifetimes.FormOpen = TimeSpan.FromMinutes(2.5);
            options.Limits.FormExtensions = 2;
        });

    [Fact]
    public Task A_tab_that_is_closed_half_way_leaves_nothing_and_the_agent_sees_it_E19() => Shop.RunAsync(browser, static async shop =>
    {
        (IPage visitor, IPage agent) = await shop.TalkAsync();
        await agent.AskForCardAsync();
        await visitor.Button("Fill in").ClickAsync();
        await visitor.Form().GetByLabel("Card number").FillAsync(Shop.Card);
        await visitor.Form().GetByLabel("Security code").FillAsync("737");
        await Expect(agent.GetByText("2 of 3 fields", new() { Exact = true })).ToBeVisibleAsync();
        await shop.CollectViolationsAsync(visitor);
        await visitor.CloseAsync();
        await Expect(agent.GetByText("Left half way: 2 of 3 fields")).ToBeVisibleAsync();
        await Expect(agent.GetByText("Visitor is away")).ToBeVisibleAsync();
        await Expect(agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Open values") })).ToHaveCountAsync(0);
        Assert.DoesNotContain(shop.Files(), static file => file.AsSpan().IndexOf("4242424242424242"u8) >= 0 || file.AsSpan().IndexOf("4242 4242 4242 4242"u8) >= 0);
        Assert.DoesNotContain(await shop.EventsAsync(), static e => e.Form is { Values.Count: > 0 });
        Assert.DoesNotContain("4242", await agent.ContentAsync(), StringComparison.Ordinal);
    });

    [Fact]
    public Task Who_leaves_after_sending_and_comes_back_too_late_reads_that_it_was_deleted_unopened_E19() => Shop.RunAsync(
        browser,
        static async shop =>
        {
            IPage visitor = await shop.VisitAsync();
            await visitor.BeginAsync();
            await shop.AskAsync();
            await visitor.FillInAsync();
            await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
            await shop.CollectViolationsAsync(visitor);
            IBrowserContext context = visitor.Context;
            await visitor.CloseAsync();

            // Within its life it waits; nobody is there, and it dies at its time.
            IPage back = await BackAsync();
            await Expect(back.GetByText("Not opened yet").First).ToBeVisibleAsync();
            await back.CloseAsync();
            shop.Ahead = TimeSpan.FromMinutes(31);
            back = await BackAsync();

            // On the card; it may be announced as well.
            await Expect(back.GetByText(new Regex("^Deleted unopened when its time was up, at "))).ToHaveCountAsync(3);
            await Expect(back.GetByText("Not opened yet")).ToHaveCountAsync(0);

            async Task<IPage> BackAsync()
            {
                IPage page = await context.NewPageAsync();
                shop.Watch(page);

                // The chat was open, and is again.
                await page.GotoAsync(shop.Root.AbsoluteUri);
                return page;
            }
        },
        static options => options.Lifetimes.SweepInterval = TimeSpan.FromSeconds(1),
        "<!doctype html><html lang=\"en\"><head><title>The Shop</title><script async src=\"/chat/widget.js\" data-remember=\"device\"></script></head><body><main><h1>The Shop</h1></main></body></html>");

    [Fact]
    public Task A_visitor_who_comes_back_as_somebody_new_cannot_read_or_withdraw_what_was_sent_before_E21() => Shop.RunAsync(browser, static async shop =>
    {
        (IPage visitor, IPage agent) = await shop.SubmittedAsync();
        Conversation before = await shop.ConversationAsync();
        string requestId = (await shop.EventsAsync()).Last(static e => e.Form is not null).Form!.RequestId;
        await shop.CollectViolationsAsync(visitor);
        IBrowserContext context = visitor.Context;
        await visitor.CloseAsync();

        // The same browser, another tab: a new visitor, who finds nothing.
        IPage stranger = await context.NewPageAsync();
        shop.Watch(stranger);
        await stranger.GotoAsync(shop.Root.AbsoluteUri);
        await stranger.OpenChatAsync();
        await Expect(stranger.GetByText("Hello, I want to pay my order")).ToHaveCountAsync(0);
        await Expect(stranger.Button("Take it back")).ToHaveCountAsync(0);
        await stranger.SayAsync("It is me again");
        await stranger.SentAsync("It is me again");

        // Who knows the ids all the same is told what somebody who guesses is told.
        string[] paths = [$"GET /forms/{requestId}", $"POST /forms/{requestId}/withdraw", $"POST /forms/{requestId}/token", "GET /events", "POST /close"];
        string[][] answers = [await AskAsync(before.Id), await AskAsync(new string('0', before.Id.Length))];
        Assert.Equal(answers[1], answers[0]);
        Assert.All(answers[0], static answer => Assert.StartsWith("404 SC6005", answer, StringComparison.Ordinal));

        // The value is untouched.
        await agent.RevealAsync();
        await Expect(agent.Values()).ToHaveTextAsync([Desk.CardDigits, Clicks.Expiry, "737"]);

        async Task<string[]> AskAsync(string conversationId) => await stranger.EvaluateAsync<string[]>(
            """
            async ([id, paths]) => {
              const { token } = JSON.parse(Object.values(sessionStorage)[0]);
              const answers = [];
              for (const line of paths) {
                const [method, path] = line.split(' ');
                const answer = await fetch(`/chat/visitor/conversations/${id}${path}`, { method, headers: { 'X-SecureChat': '1', Authorization: `Bearer ${token}` } });
                const { code, title } = await answer.json();
                answers.push(`${answer.status} ${code} ${title}`);
              }
              return answers;
            }
            """,
            new object[] { conversationId, paths });
    });

    [Fact]
    public Task A_reload_keeps_the_conversation_and_the_answer_that_came_meanwhile() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await shop.JoinAsync();
        await Expect(visitor.GetByText("You are talking to Ann")).ToBeVisibleAsync();
        await visitor.GotoAsync("about:blank");
        await shop.AnswerAsync("I am here");
        await visitor.GotoAsync(shop.Root.AbsoluteUri);
        await visitor.SentAsync("Hello");
        await Expect(visitor.Locator("li").Filter(new() { HasText = "I am here" })).ToHaveCountAsync(1);
        await visitor.SayAsync("So am I");
        await visitor.SentAsync("So am I");
        Assert.Equal(3, (await shop.EventsAsync()).Count(static e => e.Kind == ConversationEventKind.MessageAdded));
    });

    [Fact]
    public Task What_is_written_offline_waits_and_is_sent_once_when_the_network_is_back() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await visitor.Context.SetOfflineAsync(true);
        await Expect(visitor.GetByText("No connection. What you write is sent when it is back.")).ToBeVisibleAsync();
        await visitor.SayAsync("written in a tunnel");
        await visitor.SayAsync("and another");
        await Expect(visitor.GetByText("Will be sent when you are connected again")).ToHaveCountAsync(2);
        await visitor.Context.SetOfflineAsync(false);
        await visitor.SentAsync("written in a tunnel");
        await visitor.SentAsync("and another");
        await Expect(visitor.GetByText("No connection.")).ToHaveCountAsync(0);
        Assert.Equal(
            ["Hello", "written in a tunnel", "and another"],
            (await shop.EventsAsync()).Where(static e => e.Kind == ConversationEventKind.MessageAdded).Select(static e => e.Text!.Value));
        shop.Forgive("ERR_INTERNET_DISCONNECTED");
    });

    [Fact]
    public Task A_form_that_could_not_be_sent_keeps_what_was_typed_and_is_sent_once() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await shop.AskAsync();
        await visitor.Button("Fill in").ClickAsync();
        IFrameLocator form = visitor.Form();
        await form.GetByLabel("Card number").FillAsync(Shop.Card);
        await form.GetByLabel("Expiry").FillAsync(Clicks.Expiry);
        await form.GetByLabel("Security code").FillAsync("737");
        await form.GetByRole(AriaRole.Checkbox).CheckAsync();
        await visitor.Context.SetOfflineAsync(true);
        await form.Send().ClickAsync();
        await Expect(form.GetByText("It was not sent. No connection.")).ToBeVisibleAsync();
        await Expect(form.GetByLabel("Card number")).ToHaveValueAsync(Shop.Card);
        await visitor.Context.SetOfflineAsync(false);
        await form.Send().ClickAsync();
        await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
        shop.Forgive("ERR_INTERNET_DISCONNECTED");
    });

    [Fact]
    public Task A_restart_of_the_host_is_told_and_loses_nothing() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await shop.AskAsync();
        await visitor.FillInAsync();
        await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
        await shop.RestartAsync(async () =>
        {
            await visitor.SayAsync("said to nobody yet");
            await Expect(visitor.GetByText("No connection. What you write is sent when it is back.")).ToBeVisibleAsync();
            await Expect(visitor.GetByText("Will be sent when you are connected again")).ToBeVisibleAsync();
        });
        await visitor.SentAsync("said to nobody yet");
        await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
        await shop.AnswerAsync("We are back");
        await Expect(visitor.Locator("li").Filter(new() { HasText = "We are back" })).ToHaveCountAsync(1);
        Assert.Single(await shop.EventsAsync(), static e => e.Text?.Value == "said to nobody yet");
        shop.Forgive("ERR_CONNECTION_REFUSED");
        shop.Forgive("WebSocket connection to");
    });

    [Fact]
    public Task Blocked_WebSockets_are_told_and_messages_go_over_HTTP() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.RouteWebSocketAsync("**/chat/hub*", static socket => socket.CloseAsync());
        await visitor.ReloadAsync();
        await visitor.OpenChatAsync();
        await visitor.SayAsync($"No sockets, {Shop.Card}");
        await Expect(visitor.GetByText("The live connection is blocked on your network.")).ToBeVisibleAsync();
        await visitor.SentAsync("•••• 4242");
        await shop.AnswerAsync("It works all the same");
        await Expect(visitor.Locator("li").Filter(new() { HasText = "It works all the same" })).ToHaveCountAsync(1);
        Assert.Empty(await Hunt.ForAsync(visitor, Bare));
    });

    [Theory]
    [InlineData("get() { throw new DOMException('denied', 'SecurityError'); }")]
    [InlineData("value: { getItem: () => null, removeItem() {}, setItem() { throw new DOMException('full', 'QuotaExceededError'); } }")]
    public Task Storage_that_throws_is_told_and_the_chat_works(string member) => Shop.RunAsync(browser, async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.AddInitScriptAsync($"for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, {{ configurable: true, {member} }});");
        await visitor.ReloadAsync();
        await visitor.BeginAsync();
        await Expect(visitor.GetByText("Your browser keeps nothing for this page")).ToBeVisibleAsync();
        await visitor.ReloadAsync();
        await Expect(visitor.Button("Open chat")).ToBeVisibleAsync();
    });

    [Fact]
    public Task On_a_device_that_paints_late_the_chat_opens_all_the_same() => Shop.RunAsync(browser, static async shop =>
    {
        // What waits for a painted frame waits until the answers of the host are long there.
        IPage visitor = await shop.VisitAsync();
        await visitor.AddInitScriptAsync(
            """
            const later = setTimeout;
            window.requestAnimationFrame = callback => later(callback, 1_500);
            window.setTimeout = (callback, wait = 0, ...rest) => later(callback, wait < 100 ? 1_500 : wait, ...rest);
            """);
        await visitor.ReloadAsync();
        await visitor.RunAndWaitForResponseAsync(() => visitor.Button("Open chat").ClickAsync(), "**/chat/visitor/info");
        await Expect(visitor.GetByLabel("Your message")).ToBeVisibleAsync();
    });

    [Fact]
    public Task A_conversation_that_is_no_longer_there_is_told_and_another_can_be_started() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await visitor.EvaluateAsync(
            """
            () => {
              const [key, value] = Object.entries(sessionStorage)[0];
              sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(value), token: 'A'.repeat(43) }));
            }
            """);
        await visitor.ReloadAsync();
        await Expect(visitor.GetByText("This chat is no longer available here.")).ToBeVisibleAsync();
        await visitor.Button("Start a new chat").ClickAsync();
        Assert.Equal(0, await KeptAsync(visitor));
        await visitor.SayAsync("Again");
        await visitor.SentAsync("Again");
    });

    private static async Task<int> KeptAsync(IPage page) =>
        (await page.Context.CookiesAsync()).Count + await page.EvaluateAsync<int>(
            "async () => localStorage.length + sessionStorage.length + (await indexedDB.databases()).length + (await caches.keys()).length");
}
