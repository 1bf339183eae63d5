using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using SecureChat.AspNetCore;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>Pages and texts that are not meant well, or not made well.</summary>
public sealed class HostilePageTests(Browser browser)
{
    private const string Script = "<script async src=\"/chat/widget.js\"></script>";

    /// <summary>Each runs in some place if it is taken for markup, an address, a template or code.</summary>
    private static readonly string[] Vectors =
    [
        "<img src=x onerror=window.xss=1>",
        "<svg onload=window.xss=1>",
        "<script>window.xss=1</script>",
        "\"><script>window.xss=1</script>",
        "' autofocus onfocus='window.xss=1",
        "<iframe srcdoc=\"<script>parent.xss=1</script>\"></iframe>",
        "<details open ontoggle=window.xss=1>a</details>",
        "<input autofocus onfocus=window.xss=1>",
        "<style onload=window.xss=1></style>",
        "</textarea></p></li><img src=x onerror=window.xss=1>",
        "<math><mtext><table><mglyph><style><!--</style><img src=x onerror=window.xss=1>",
        "javascript:window.xss=1",
        "<a href=\"javascript:window.xss=1\">press</a>",
        "{{constructor.constructor('window.xss=1')()}}",
        "${window.xss=1}",
        "&lt;img src=x onerror=window.xss=1&gt;",
        "<base href=\"javascript:window.xss=1//\">",
        "{name}{count}$&$'<img src=x onerror=window.xss=1>",
    ];

    private static readonly string All = string.Join(' ', Vectors);

    [Fact]
    public Task Text_of_others_executes_nothing_in_the_widget_the_form_and_the_console() => Shop.RunAsync(
        browser,
        static async shop =>
        {
            IPage visitor = await shop.VisitAsync();
            await visitor.AddInitScriptAsync($"window.SecureChatStrings = {JsonSerializer.Serialize(HostileTexts())};");
            await visitor.ReloadAsync();
            await visitor.OpenChatAsync();
            foreach (string vector in Vectors)
            {
                await visitor.SayAsync($"mine {vector}");
                await visitor.SentAsync($"mine {vector}");
            }

            await shop.Services.GetRequiredService<Conversations>().AssignAsync(
                new Agent { Id = "eve", SessionId = "eve-1", DisplayName = "Eve", IsAgent = true, IsSupervisor = true },
                (await shop.ConversationAsync()).Id, "ann", Vectors[0], TestContext.Current.CancellationToken);
            foreach (string vector in Vectors)
            {
                await shop.AnswerAsync($"yours {vector}", name: vector);
            }

            await Expect(visitor.Locator("li.message:not(.own) .text")).ToHaveTextAsync(Vectors.Select(static vector => $"yours {vector}"));
            await Expect(visitor.Locator("li.message:not(.own) .name")).ToHaveTextAsync(Vectors);
            await shop.AskAsync("hostile");
            await Expect(visitor.Locator("li.card .card-head")).ToHaveTextAsync(All[..100]);
            await visitor.Locator("li.card details").ClickAsync();
            await visitor.Button("Fill in").ClickAsync();
            await Expect(visitor.Form().GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(All[..100]);
            await Expect(visitor.Form().Locator(".notice-text")).ToHaveTextAsync(All);
            await Expect(visitor.Form().Locator(".promise")).ToHaveTextAsync(Vectors[2]);
            await visitor.Form().GetByRole(AriaRole.Textbox).FillAsync(Vectors[0]);
            Assert.Empty(await Hunt.ForExecutedAsync(visitor));
            await visitor.Form().GetByRole(AriaRole.Checkbox).CheckAsync();
            await visitor.Form().Locator("button[type=submit]").ClickAsync();
            await Expect(visitor.Locator("li.card.submitted")).ToHaveCountAsync(1);
            Assert.Empty(await Hunt.ForExecutedAsync(visitor));

            IPage agent = await shop.SignInAsync();
            await agent.GetByRole(AriaRole.Navigation, new() { Name = "Conversations" }).GetByRole(AriaRole.Listitem).First.GetByRole(AriaRole.Button).First.ClickAsync();
            await Expect(agent.GetByText($"yours {Vectors[0]}").First).ToBeVisibleAsync();
            Assert.Empty(await Hunt.ForExecutedAsync(agent));

            // The dialogs: names of colleagues in one, and what is shown behind both.
            for (int i = 0; i < Vectors.Length; i++)
            {
                await shop.ComeAsync($"mallory-{i}", Vectors[i]);
            }

            ILocator dialog = agent.GetByRole(AriaRole.Dialog);
            await agent.Button("Hand over").ClickAsync();
            await Expect(dialog.GetByRole(AriaRole.Radio)).ToHaveCountAsync(Vectors.Length);
            Assert.Equal(Vectors.Order(StringComparer.Ordinal), (await dialog.Locator("label").AllInnerTextsAsync()).Select(static name => name.Trim()).Order(StringComparer.Ordinal));
            await dialog.GetByRole(AriaRole.Radio).First.CheckAsync();
            Assert.Empty(await Hunt.ForExecutedAsync(agent));
            await agent.Keyboard.PressAsync("Escape");
            await agent.Button("End").ClickAsync();
            await Expect(dialog).ToBeVisibleAsync();
            Assert.Empty(await Hunt.ForExecutedAsync(agent));
            await agent.Keyboard.PressAsync("Escape");

            // The panel: label, reason and the value itself.
            await agent.Button("Take").ClickAsync();
            await agent.RevealAsync();
            await Expect(agent.Values()).ToHaveTextAsync([Vectors[0]]);
            Assert.Empty(await Hunt.ForExecutedAsync(agent));
            await agent.Button("Hide").ClickAsync();
            await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Done, destroy") }).ClickAsync();
            await Expect(agent.Heading("Destroyed")).ToBeVisibleAsync();
            Assert.Empty(await Hunt.ForExecutedAsync(agent));
        },
        static options =>
        {
            options.Limits.VisitorMessageBurst = 1_000;
            options.Limits.ConversationMessagesPerSecond = 1_000;
        },
        add: static chat => chat
            .AddNotice(new PrivacyNotice { Key = "hostile-v1", Version = "1", Language = "en", Text = All })
            .AddForm("hostile", static form => form.Title(All[..100]).Purpose(All[..200]).Notice("hostile-v1").Text("note", static field => field.Label(Vectors[0]))));

    [Fact]
    public Task The_hunt_for_executed_text_finds_a_page_that_takes_text_for_markup() => Shop.RunAsync(browser, static async shop =>
    {
        shop.PagePolicy = string.Empty;
        IPage page = await shop.VisitAsync();
        var executed = new List<string>();
        foreach (string vector in Vectors.Take(11).Append(Vectors[^1]))
        {
            await page.ReloadAsync();
            await page.EvaluateAsync(
                "vector => { const frame = document.createElement('iframe'); frame.srcdoc = `<div title='${vector}'></div><p>${vector}</p>`; return new Promise(resolve => { frame.onload = resolve; document.body.append(frame); }); }",
                vector);
            if ((await Hunt.ForExecutedAsync(page)).Count > 0)
            {
                executed.Add(vector);
            }
        }

        Assert.True(executed.Count >= 8, $"executed {executed.Count}: {string.Join(" | ", executed)}");
        shop.Forgive("page error");
        shop.Forgive("console");
    });

    [Fact]
    public Task Named_elements_of_the_page_do_not_stand_in_for_the_document() => Shop.RunAsync(
        browser,
        static async shop =>
        {
            IPage visitor = await shop.VisitAsync();
            Assert.Equal("IMG", await visitor.EvaluateAsync<string>("() => document.body.nodeName"));
            await visitor.BeginAsync();
            await shop.AskAsync();
            await visitor.FillInAsync();
            await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
            await visitor.ReloadAsync();
            await visitor.SentAsync("Hello");
        },
        html: PageWith(
            string.Empty,
            "<form name=\"currentScript\"><input name=\"src\"></form><img name=\"body\" alt=\"\"><img name=\"readyState\" alt=\"\"><form name=\"adoptedStyleSheets\"></form>"
            + "<img name=\"querySelector\" alt=\"\"><a id=\"SecureChatStrings\" href=\"/\">a</a><a id=\"customElement\" href=\"/\">b</a>" + Script));

    [Fact]
    public Task A_page_that_closes_every_shadow_root_gets_a_chat_that_works() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.AddInitScriptAsync(
            """
            const attach = Element.prototype.attachShadow;
            Element.prototype.attachShadow = function (init) { return window.taken = attach.call(this, { ...init, mode: 'closed' }); };
            """);
        await visitor.ReloadAsync();
        await visitor.WaitForFunctionAsync("() => window.taken?.querySelector('.launcher')");
        Assert.True(await visitor.EvaluateAsync<bool>("() => document.querySelector('secure-chat').shadowRoot === null"));
        await visitor.EvaluateAsync("() => taken.querySelector('.launcher').click()");
        await visitor.WaitForFunctionAsync("() => taken.querySelector('textarea')");
        await visitor.EvaluateAsync(
            """
            text => {
              const box = taken.querySelector('textarea');
              box.value = text;
              box.dispatchEvent(new Event('input', { bubbles: true }));
              box.form.requestSubmit();
            }
            """,
            $"My card is {Shop.Card}");
        await visitor.WaitForFunctionAsync("() => taken.querySelector('li.own:not(.pending) .text')?.textContent.includes('•••• 4242')");
        Assert.False(await visitor.EvaluateAsync<bool>("number => taken.textContent.includes(number)", Shop.Card));
        await shop.AskAsync();
        await visitor.WaitForFunctionAsync("() => [...taken.querySelectorAll('.masked button')].some(button => button.textContent === 'Send it safely')");
        await visitor.EvaluateAsync("() => [...taken.querySelectorAll('.masked button')].find(button => button.textContent === 'Send it safely').click()");
        await visitor.WaitForFunctionAsync("() => taken.querySelector('.frame-place:not(.waiting) iframe')");

        // The page holds the root, and so the frame; what is in it stays out of reach.
        Assert.Equal("SecurityError", await visitor.EvaluateAsync<string>("() => { try { return taken.querySelector('iframe').contentWindow.document.title; } catch (error) { return error.name; } }"));
        Assert.DoesNotContain(await Hunt.ForAsync(visitor, "4242424242424242"), static where => where != "value of INPUT");
    });

    [Fact]
    public Task Of_two_copies_of_the_script_the_first_wins_and_the_console_says_which_to_remove() => Shop.RunAsync(
        browser,
        static async shop =>
        {
            IPage visitor = await shop.VisitAsync(new() { Locale = "en-GB" });
            await visitor.RunAndWaitForConsoleMessageAsync(
                () => visitor.ReloadAsync(),
                new() { Predicate = static message => message.Type == "warning" && message.Text.Contains("Remove one of the two script tags", StringComparison.Ordinal) });
            await visitor.BeginAsync();
            Assert.Equal(1, await visitor.Locator("secure-chat").CountAsync());
        },
        html: PageWith(Script + "<script async src=\"/chat/widget.js?2\"></script>"));

    [Fact]
    public Task A_page_of_an_origin_that_is_not_allowed_says_so_before_anything_is_written() => Shop.RunAsync(browser, static async shop =>
    {
        // The same host by another name is another origin.
        shop.PagePolicy = string.Empty;
        shop.Html = PageWith($"<script async src=\"{shop.Root}chat/widget.js\"></script>");
        IPage visitor = await shop.VisitAsync();
        await visitor.GotoAsync($"http://localhost:{shop.Root.Port}/");
        IConsoleMessage said = await visitor.RunAndWaitForConsoleMessageAsync(
            () => visitor.OpenChatAsync(),
            new() { Predicate = static message => message.Text.Contains("AllowedOrigins", StringComparison.Ordinal) });
        Assert.Contains($"http://localhost:{shop.Root.Port}", said.Text, StringComparison.Ordinal);
        await Expect(visitor.GetByText("is not on the list of sites that may use this chat.").First).ToBeVisibleAsync();
        await visitor.SayAsync("Hello?");
        await Expect(visitor.GetByText("Not sent.")).ToBeVisibleAsync();
        Assert.Empty(await shop.Services.GetRequiredService<Conversations>().ListOpenAsync(10, TestContext.Current.CancellationToken));
        shop.Forgive("third party: http://localhost");
        shop.Forgive("AllowedOrigins");
        shop.Forgive("CORS policy");
        shop.Forgive("ERR_FAILED");
    });

    [Fact]
    public Task A_page_of_an_origin_that_is_allowed_works_from_message_to_form()
    {
        // The port is known once the host has run.
        string origin = "http://localhost:1";
        return Shop.RunAsync(
            browser,
            async shop =>
            {
                origin = $"http://localhost:{shop.Root.Port}";
                await shop.RestartAsync();
                shop.PagePolicy = $"default-src 'none'; script-src {shop.Root}; connect-src {shop.Root} ws://{shop.Root.Authority}; frame-src {shop.Root}; require-trusted-types-for 'script'; trusted-types 'none'";
                shop.Html = PageWith($"<script async src=\"{shop.Root}chat/widget.js\"></script>");
                IPage visitor = await shop.VisitAsync();
                await visitor.GotoAsync(origin);
                await visitor.BeginAsync();
                await shop.AskAsync();
                await visitor.FillInAsync();
                await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
                shop.Forgive($"third party: {origin}");
            },
            options => options.AllowedOrigins.Add(origin));
    }

    [Fact]
    public Task Without_JavaScript_form_and_console_say_what_to_do() => Shop.RunAsync(browser, static async shop =>
    {
        IPage page = await shop.VisitAsync(new() { JavaScriptEnabled = false });
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "The Shop" })).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(shop.Root, "chat/form").AbsoluteUri);
        await ReadsAsync("This form needs JavaScript");
        await page.GotoAsync(new Uri(shop.Root, "chat/console").AbsoluteUri);
        await ReadsAsync("The console needs JavaScript. Switch it on for this site and reload the page.");

        // The text of this element counts for nothing in what Playwright calls text; that it takes up room says that it is drawn.
        async Task ReadsAsync(string text)
        {
            Assert.Contains(text, await page.Locator("noscript").InnerHTMLAsync(), StringComparison.Ordinal);
            Assert.True((await page.Locator("noscript p").BoundingBoxAsync())?.Height > 0, "The text is not drawn.");
        }
    });

    [Fact]
    public Task A_pasted_megabyte_is_not_put_in_and_a_long_text_is_not_sent() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        bool wasTaken = await visitor.GetByLabel("Your message").EvaluateAsync<bool>(
            """
            box => {
              const clipboardData = new DataTransfer();
              clipboardData.setData('text/plain', 'x'.repeat(3_000_000));
              return box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
            }
            """);
        Assert.False(wasTaken);
        await Expect(visitor.GetByText("What you pasted has 2930 kB; at most 8.0 kB can be sent. It was not put in.")).ToBeVisibleAsync();
        await visitor.GetByLabel("Your message").FillAsync(new string('é', 4_097));
        await Expect(visitor.GetByText("Shorten it or send it in parts.")).ToBeVisibleAsync();
        await Expect(visitor.Button("Send")).ToBeDisabledAsync();
        await visitor.GetByLabel("Your message").PressAsync("Enter");
        await visitor.GetByLabel("Your message").FillAsync(new string('é', 4_096));
        await visitor.Button("Send").ClickAsync();
        await visitor.SentAsync("ééé");
        Assert.Equal(2, (await shop.EventsAsync()).Count(static e => e.Kind == ConversationEventKind.MessageAdded));
    });

    [Fact]
    public Task Text_that_turns_itself_around_is_shown_in_the_order_it_was_written() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await shop.AnswerAsync("Open invoice\u202Egnp.exe\u202C now \u2066a\u2069", name: "Ann\u202Enna");
        await Expect(visitor.Locator("li.message:not(.own) .text")).ToHaveTextAsync("Open invoicegnp.exe now a");
        await Expect(visitor.Locator("li.message:not(.own) .name")).ToHaveTextAsync("Annnna");
        Assert.False(await visitor.Locator("ol.list").EvaluateAsync<bool>("list => /[\\u202A-\\u202E\\u2066-\\u2069]/.test(list.textContent)"));
        await shop.AnswerAsync("شكرا 12");
        await Expect(visitor.Locator("li.message:not(.own) .text").Last).ToHaveTextAsync("شكرا 12");
        Assert.Equal("rtl", await visitor.Locator("li.message:not(.own) .text").Last.EvaluateAsync<string>("text => getComputedStyle(text).direction"));
    });

    [Fact]
    public Task An_old_widget_beside_a_newer_server_says_so_and_offers_to_reload() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.RouteAsync("**/chat/visitor/info", static route => route.FulfillAsync(new()
        {
            ContentType = "application/json", Body = """{"protocol":2,"maxMessageBytes":8192,"isNew":true}""",
        }));
        await visitor.OpenChatAsync();
        await Expect(visitor.GetByText("This page is out of date. Reload it to go on safely.")).ToBeVisibleAsync();
        await visitor.UnrouteAllAsync();
        await visitor.RunAndWaitForRequestAsync(() => visitor.Button("Reload").ClickAsync(), "**/chat/widget.js");
        await visitor.OpenChatAsync();
        await visitor.SayAsync("Hello");
        await visitor.SentAsync("Hello");
        await Expect(visitor.GetByText("This page is out of date")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_chat_that_could_not_be_loaded_says_so_and_can_be_opened_again() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.RouteAsync("**/chat/chat.js", static route => route.AbortAsync());
        await visitor.Button("Open chat").ClickAsync();
        await Expect(visitor.GetByText("The chat could not be loaded. Check your connection and try again.")).ToBeVisibleAsync();
        await visitor.UnrouteAllAsync();
        await visitor.OpenChatAsync();
        await Expect(visitor.GetByText("The chat could not be loaded.")).ToHaveCountAsync(0);
        shop.Forgive("chat.js");
    });

    [Fact]
    public Task A_long_history_opens_at_its_end_and_is_read_in_pieces() => Shop.RunAsync(browser, static async shop =>
    {
        const int Count = 10_000;
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        ConversationEvents events = shop.Services.GetRequiredService<ConversationEvents>();
        GuardedMasker masker = shop.Services.GetRequiredService<GuardedMasker>();
        string id = (await shop.ConversationAsync()).Id;
        await visitor.GotoAsync("about:blank");
        for (int n = 1; n <= Count; n++)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"Message {n}.");
            await events.AppendMessageAsync(
                id, ParticipantRole.Agent, "Ann", SecureChatId.New(), isOpen: true,
                (_, token) => masker.MaskAsync(new MaskRequest { Text = text, Sender = ParticipantRole.Agent, Recent = [] }, token),
                TestContext.Current.CancellationToken);
        }

        await visitor.GotoAsync(shop.Root.AbsoluteUri);
        ILocator texts = visitor.Locator("li.message .text");
        await Expect(texts.Last).ToHaveTextAsync($"Message {Count}.");
        await Expect(texts.Last).ToBeInViewportAsync();
        Assert.InRange(await texts.CountAsync(), 50, 120);
        int first = await FirstAsync();
        while (first > Count - 400)
        {
            await visitor.Button("Show earlier messages").ClickAsync();
            await Expect(texts.First).Not.ToHaveTextAsync($"Message {first}.");
            int before = first;
            first = await FirstAsync();
            Assert.InRange(first, 1, before - 1);
            Assert.InRange(await texts.CountAsync(), 50, 120);
        }

        await visitor.Button("Go to the newest message").ClickAsync();
        await Expect(texts.Last).ToHaveTextAsync($"Message {Count}.");
        await Expect(texts.Last).ToBeInViewportAsync();
        await visitor.SayAsync("Still quick");
        await visitor.SentAsync("Still quick");

        async Task<int> FirstAsync() => int.Parse((await texts.First.TextContentAsync())!["Message ".Length..^1], CultureInfo.InvariantCulture);
    });

    private static string PageWith(string head, string body = "") =>
        $"<!doctype html><html lang=\"en\"><head><title>The Shop</title>{head}</head><body>{body}</body></html>";

    private static Dictionary<string, string> HostileTexts() => new(StringComparer.Ordinal)
    {
        ["title"] = Vectors[0],
        ["intro"] = All,
        ["with.start"] = Vectors[1],
        ["composer.placeholder"] = Vectors[3],
        ["you"] = Vectors[5],
        ["said"] = "{who}" + Vectors[17],
        ["out.sent"] = Vectors[6],
        ["card.label"] = "{title}" + Vectors[3],
        ["card.consent"] = Vectors[2],
        ["card.notice"] = Vectors[7],
        ["state.requested"] = Vectors[1],
        ["form.promise"] = Vectors[2],
        ["form.secure"] = Vectors[4],
        ["form.notice"] = Vectors[8],
        ["form.consent"] = Vectors[9],
        ["form.send"] = Vectors[10],
        ["form.left"] = "{time}" + Vectors[0],
        ["form.prefilled"] = Vectors[11],
    };
}
