using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>What an agent's browser shows, hides and keeps.</summary>
public sealed class ConsoleTests(Browser browser)
{
    // Headless pages always have the focus and are always in front, so the browser's word for it is given by hand.
    private const string Blur = "() => dispatchEvent(new Event('blur'))";
    private const string GoBehind = "() => { Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }";
    private const string ComeBack = "() => { delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange')); }";
    private const string Leave = "() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))";
    private const string Return = "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";

    private const string Dump =
        """
        async () => {
          const plain = (_, value) => value instanceof CryptoKey ? `CryptoKey ${value.type} extractable=${value.extractable}` : value instanceof Uint8Array ? [...value].map((byte) => String.fromCharCode(byte)).join('') : value;
          const found = { title: document.title, url: location.href, state: history.state, cookie: document.cookie, local: { ...localStorage }, session: { ...sessionStorage }, databases: [] };
          for (const { name } of await indexedDB.databases()) {
            const database = await new Promise((done) => { const request = indexedDB.open(name); request.onsuccess = () => done(request.result); });
            for (const store of database.objectStoreNames) {
              found.databases.push(await new Promise((done) => { const request = database.transaction(store).objectStore(store).getAll(); request.onsuccess = () => done(request.result); }));
            }
            database.close();
          }
          return JSON.stringify(found, plain);
        }
        """;

    [Fact]
    public Task A_reload_inside_the_window_shows_the_values_again_for_the_time_that_is_left_and_the_security_code_never_again_E3() => Shop.RunAsync(browser, static async shop =>
    {
        (_, IPage agent) = await shop.OpenedAsync();
        int before = await LeftAsync(agent);
        await agent.ReloadAsync();
        await Expect(agent.Values()).ToHaveTextAsync([Desk.CardDigits, Clicks.Expiry]);
        Assert.InRange(await LeftAsync(agent), 1, before);
        await Expect(agent.GetByText("One value that you opened before cannot be shown again: it was delivered once.")).ToBeVisibleAsync();
    });

    [Fact]
    public Task A_list_that_is_longer_than_a_page_goes_on_by_a_button_and_stays_long() => Shop.RunAsync(browser, static async shop =>
    {
        ISecureChat chat = shop.Services.GetRequiredService<ISecureChat>();
        for (int i = 0; i < 203; i++)
        {
            Assert.Null((await chat.StartConversationAsync(new StartConversationCommand(), TestContext.Current.CancellationToken)).Error);
        }

        IPage agent = await shop.SignInAsync();
        ILocator items = agent.Locator(".conversations [data-item]");
        await Expect(items).ToHaveCountAsync(200);
        await agent.Button("Show more").ClickAsync();
        await Expect(items).ToHaveCountAsync(203);
        await Expect(agent.Button("Show more")).ToHaveCountAsync(0);
        Assert.True(await agent.EvaluateAsync<bool>("() => document.activeElement.matches('.conversations [data-item]')"));

        // The list is asked for again by itself.
        await agent.RunAndWaitForResponseAsync(static () => Task.CompletedTask, static answer => answer.Url.Contains("agent/conversations?after=", StringComparison.Ordinal));
        await Expect(items).ToHaveCountAsync(203);
    });

    [Fact]
    public Task Another_tab_of_the_claiming_browser_shows_the_values_without_the_code_and_they_go_from_both_at_once_E3() => Shop.RunAsync(browser, static async shop =>
    {
        (_, IPage agent) = await shop.OpenedAsync();
        IPage tab = await agent.Context.NewPageAsync();
        shop.Watch(tab);
        await tab.GotoAsync($"{shop.Root}chat/console");
        await Expect(tab.Values()).ToHaveTextAsync([Desk.CardDigits, Clicks.Expiry]);
        await tab.GetByRole(AriaRole.Button, new() { NameRegex = new("^Done, destroy") }).ClickAsync();
        await Expect(tab.Values()).ToHaveCountAsync(0);
        await Expect(agent.Heading("Destroyed")).ToBeVisibleAsync();
        await Expect(agent.Values()).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_second_browser_of_the_same_agent_is_told_that_the_values_are_open_elsewhere_E3() => Shop.RunAsync(browser, static async shop =>
    {
        (_, IPage agent) = await shop.OpenedAsync();
        IPage other = await shop.SignInAsync();
        await other.ChooseFirstAsync();
        await other.Button("Back to the values").ClickAsync();
        await Expect(other.GetByText("Opened elsewhere.")).ToBeVisibleAsync();
        await Expect(other.Values()).ToHaveCountAsync(0);
        await Expect(agent.Values()).ToHaveCountAsync(3);
    });

    [Fact]
    public Task The_end_of_the_window_takes_the_values_off_the_screen_and_the_key_out_of_the_browser() => Shop.RunAsync(
        browser,
        static async shop =>
        {
            (_, IPage agent) = await shop.OpenedAsync();
            await Expect(agent.Heading("Time is up")).ToBeVisibleAsync();
            await Expect(agent.Values()).ToHaveCountAsync(0);
            Assert.DoesNotContain("CryptoKey", await agent.EvaluateAsync<string>(Dump), StringComparison.Ordinal);
        },
        static options => options.Lifetimes.ViewingWindow = TimeSpan.FromSeconds(10));

    [Theory]
    [InlineData(Blur, "This window lost the focus.")]
    [InlineData(GoBehind, "This tab was in the background.")]
    public Task A_window_that_nobody_looks_at_hides_the_values_until_the_agent_shows_them_E46(string turn, string because) => Shop.RunAsync(browser, async shop =>
    {
        (_, IPage agent) = await shop.OpenedAsync();
        await agent.EvaluateAsync(turn);
        await Expect(agent.Values()).ToHaveCountAsync(0);
        await Expect(agent.GetByText(because)).ToBeVisibleAsync();
        await agent.EvaluateAsync(ComeBack);
        await Expect(agent.Values()).ToHaveCountAsync(0);
        await agent.Button("Show again").ClickAsync();
        await Expect(agent.Values()).ToHaveTextAsync([Desk.CardDigits, Clicks.Expiry, "737"]);
    });

    [Fact]
    public Task A_page_from_the_back_forward_cache_is_wiped_when_it_is_left_and_again_when_it_comes_back_E46() => Shop.RunAsync(browser, static async shop =>
    {
        (_, IPage agent) = await shop.OpenedAsync();
        await agent.RouteAsync("**/reveal", static route => route.AbortAsync());
        await agent.EvaluateAsync(Return);
        await Expect(agent.Values()).ToHaveCountAsync(0);
        await agent.UnrouteAsync("**/reveal");
        await agent.EvaluateAsync(Leave);
        await Expect(agent.Values()).ToHaveCountAsync(0);

        // The claim of this browser outlives it, as with a reload.
        await agent.EvaluateAsync(Return);
        await Expect(agent.Values()).ToHaveTextAsync([Desk.CardDigits, Clicks.Expiry]);
        shop.Forgive("ERR_FAILED");
    });

    [Fact]
    public Task Saboteur_a_console_that_is_deaf_to_being_left_keeps_its_values() => Shop.RunAsync(browser, static async shop =>
    {
        (IPage visitor, IPage agent) = await shop.SubmittedAsync();
        await agent.AddInitScriptAsync(
            "const add = EventTarget.prototype.addEventListener; EventTarget.prototype.addEventListener = function (type, ...rest) { if (!['blur', 'visibilitychange', 'pagehide', 'pageshow'].includes(type)) add.call(this, type, ...rest); };");
        await agent.ReloadAsync();
        await agent.RevealAsync();
        await Expect(agent.Values()).ToHaveCountAsync(3);
        foreach (string turn in new[] { Blur, GoBehind, Leave, Return })
        {
            await agent.EvaluateAsync(turn);
            Assert.Equal(3, await agent.Values().CountAsync());
        }
    });

    [Fact]
    public Task A_wrong_code_opens_nothing_and_is_asked_for_again() => Shop.RunAsync(browser, static async shop =>
    {
        (_, IPage agent) = await shop.SubmittedAsync();
        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Open values") }).ClickAsync();
        await agent.GetByLabel("Why do you need them?").FillAsync("Charge order 1047");
        await agent.GetByLabel("Code of your authenticator app").FillAsync("123456");
        await agent.Button("Open 3 values").ClickAsync();
        await Expect(agent.GetByText("This code was not accepted.")).ToBeVisibleAsync();
        await Expect(agent.Values()).ToHaveCountAsync(0);
        ILocator code = agent.GetByLabel("Code of your authenticator app");
        await Expect(code).ToBeFocusedAsync();
        await Expect(code).ToHaveValueAsync(string.Empty);
        await code.FillAsync("000000");
        await agent.Button("Confirm and open").ClickAsync();
        await Expect(agent.Values()).ToHaveCountAsync(3);
    });

    [Fact]
    public Task Nothing_of_a_value_is_in_storage_title_or_URL_and_the_key_cannot_be_exported() => Shop.RunAsync(browser, static async shop =>
    {
        (_, IPage agent) = await shop.OpenedAsync();
        string shown = await agent.EvaluateAsync<string>(Dump);
        Assert.False(Tells(shown), "A value is in what the browser keeps.");
        Assert.Contains("CryptoKey private extractable=false", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("CryptoKey private extractable=true", shown, StringComparison.Ordinal);

        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Done, destroy") }).ClickAsync();
        await Expect(agent.Heading("Destroyed")).ToBeVisibleAsync();
        string gone = await agent.EvaluateAsync<string>(Dump);
        Assert.DoesNotContain("CryptoKey", gone, StringComparison.Ordinal);
        Assert.False(Tells(gone));

        // Saboteur: each place is looked into.
        foreach (string place in new[] { "localStorage.x = value", "sessionStorage.x = value", "document.title = value", "history.replaceState({ x: value }, '')", "location.hash = value" })
        {
            await agent.EvaluateAsync($"value => {{ {place} }}", Desk.CardDigits);
            Assert.True(Tells(await agent.EvaluateAsync<string>(Dump)), place);
            await agent.EvaluateAsync("() => { localStorage.clear(); sessionStorage.clear(); document.title = ''; history.replaceState(null, '', location.pathname); }");
        }
    });

    [Fact]
    public Task An_agent_who_asks_for_a_card_in_words_is_offered_the_form_and_one_key_sends_it_E22() => Shop.RunAsync(browser, static async shop =>
    {
        (IPage visitor, IPage agent) = await shop.TalkAsync();
        ILocator draft = agent.GetByLabel("Message to the visitor");
        ILocator offer = agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Ask with a secure form instead") });
        foreach (string harmless in new[] { "Your order has shipped, thank you!", "Please never send your card number here.", "Which colour would you like?" })
        {
            await draft.FillAsync(harmless);
            await Expect(offer).ToHaveCountAsync(0);
        }

        foreach (string asking in new[]
        {
            "Please send me your card number", "What's the CVV?", "Could you type the long number on the front?", "Bitte schick mir deine Kartennummer", "Quel est le numéro de votre carte ?", "give me ur credit card details pls",
        })
        {
            await draft.FillAsync(asking);
            await Expect(offer).ToBeVisibleAsync();
        }

        // The first Enter says so once more and sends nothing.
        await draft.PressAsync("Enter");
        await Expect(agent.GetByText("Press Enter once more to send the text all the same.")).ToBeVisibleAsync();
        await Expect(draft).ToHaveValueAsync("give me ur credit card details pls");
        await draft.PressAsync("Control+Enter");
        await Expect(visitor.Button("Fill in")).ToBeVisibleAsync();
        await Expect(draft).ToHaveValueAsync(string.Empty);
        await Expect(visitor.GetByText("credit card details")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task An_agent_sees_how_far_the_visitor_is_and_nothing_of_what_was_filled_in() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.OpenChatAsync();
        await visitor.SayAsync("Hello");
        IPage agent = await shop.SignInAsync();
        var heard = new ConcurrentQueue<string>();
        agent.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => heard.Enqueue(frame.Text ?? string.Empty);
        await agent.TakeAsync();
        await agent.AskForCardAsync();
        await visitor.Button("Fill in").ClickAsync();
        await visitor.Form().GetByLabel("Card number").FillAsync(Shop.Card);
        await visitor.Form().GetByLabel("Security code").FillAsync("737");
        await Expect(agent.GetByText("2 of 3 fields")).ToBeVisibleAsync();
        string all = string.Concat(heard);
        Assert.Contains("\"filled\":2", all, StringComparison.Ordinal);
        Assert.DoesNotContain("4242", all, StringComparison.Ordinal);
        Assert.DoesNotContain("\"737\"", all, StringComparison.Ordinal);
        Assert.DoesNotContain("4242", await agent.ContentAsync(), StringComparison.Ordinal);
    });

    [Fact]
    public Task Handing_over_takes_open_values_off_the_screen_and_the_visitor_is_told_the_name() => Shop.RunAsync(browser, static async shop =>
    {
        (IPage visitor, IPage agent) = await shop.OpenedAsync();
        await agent.Button("Hand over").ClickAsync();
        ILocator dialog = agent.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByText("Nobody else is here.")).ToBeVisibleAsync();
        await shop.ComeAsync("olga", "Olga");
        await dialog.GetByLabel("Olga").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Hand over" }).ClickAsync();
        await Expect(visitor.GetByText("You are talking to Olga")).ToBeVisibleAsync();
        await Expect(agent.Values()).ToHaveCountAsync(0);
        await Expect(agent.GetByLabel("Message to the visitor")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_colleague_is_chosen_by_name_with_the_keyboard_alone_and_no_id_is_on_the_page() => Shop.RunAsync(browser, static async shop =>
    {
        (IPage visitor, IPage agent) = await shop.TalkAsync();
        await shop.ComeAsync("agent-23", "Olga");
        await shop.ComeAsync("agent-42", "Boris");

        // Out of the composer, where letters are letters.
        await agent.Keyboard.PressAsync("Escape");
        await agent.Keyboard.PressAsync("Shift+T");
        ILocator dialog = agent.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByText("2 agents are here.")).ToBeVisibleAsync();
        await Expect(dialog.GetByRole(AriaRole.Radio)).ToHaveCountAsync(2);
        Assert.Empty(await AccessibilityTests.FindAsync(agent));
        Assert.DoesNotContain("agent-", await dialog.InnerHTMLAsync(), StringComparison.Ordinal);
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Hand over" })).ToBeDisabledAsync();

        // In the order of the names: the first, then the one below it.
        await agent.Keyboard.PressAsync("Tab");
        await agent.Keyboard.PressAsync("Space");
        await Expect(dialog.GetByLabel("Boris")).ToBeCheckedAsync();
        await agent.Keyboard.PressAsync("ArrowDown");
        await Expect(dialog.GetByLabel("Olga")).ToBeCheckedAsync();
        await agent.Keyboard.PressAsync("Enter");
        await Expect(visitor.GetByText("You are talking to Olga")).ToBeVisibleAsync();
        await Expect(agent.GetByText("is with Olga now.").First).ToBeVisibleAsync();
    });

    [Fact]
    public Task Ending_a_conversation_destroys_what_was_not_opened_and_ends_it_on_both_sides() => Shop.RunAsync(browser, static async shop =>
    {
        (IPage visitor, IPage agent) = await shop.SubmittedAsync();
        await agent.Button("End").ClickAsync();
        await Expect(agent.GetByText("3 values that are not deleted yet are destroyed now.")).ToBeVisibleAsync();
        await agent.Button("End and destroy").ClickAsync();
        await Expect(visitor.GetByText("This chat has ended").First).ToBeVisibleAsync();
        await Expect(visitor.GetByText("Not opened yet")).ToHaveCountAsync(0);
        await Expect(agent.GetByLabel("Message to the visitor")).ToHaveCountAsync(0);
        await Expect(agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Open values") })).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_console_without_a_sign_in_leads_to_it_and_one_whose_sign_in_ends_shows_nothing_any_more() => Shop.RunAsync(browser, static async shop =>
    {
        IPage nobody = await shop.VisitAsync();
        await nobody.GotoAsync($"{shop.Root}chat/console");
        await Expect(nobody.Heading("Sign in to answer visitors")).ToBeVisibleAsync();

        (_, IPage agent) = await shop.OpenedAsync();
        await agent.Context.ClearCookiesAsync();
        await Expect(agent.Heading("Your sign-in has ended")).ToBeVisibleAsync();
        await Expect(agent.Values()).ToHaveCountAsync(0);
        await Expect(agent.GetByText("Hello, I want to pay my order")).ToHaveCountAsync(0);
    });

    private static bool Tells(string dump) =>
        dump.Contains(Desk.CardDigits, StringComparison.Ordinal) || dump.Contains(Shop.Card, StringComparison.Ordinal) || dump.Contains("\"737\"", StringComparison.Ordinal);

    /// <summary>Seconds on the countdown.</summary>
    private static async Task<int> LeftAsync(IPage agent)
    {
        string[] parts = (await agent.GetByRole(AriaRole.Timer).Locator("strong").InnerTextAsync()).Split(':');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture) * 60) + int.Parse(parts[1], CultureInfo.InvariantCulture);
    }
}
