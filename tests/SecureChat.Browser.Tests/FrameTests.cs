using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>The frame of a form, and the page around it that must not get in.</summary>
public sealed class FrameTests(Browser browser)
{
    private const string Bare = "4242424242424242";

    /// <summary>What a page can try on a frame in a shadow root of its own: every way to the document inside, by name of what it got.</summary>
    private const string BreakIn =
        """
        () => {
          const frame = document.querySelector('secure-chat').shadowRoot.querySelector('iframe');
          const tries = {
            contentDocument: () => frame.contentDocument.querySelector('input').value,
            window: () => frame.contentWindow.document.querySelector('input').value,
            frames: () => window[0].document.body.textContent,
            storage: () => frame.contentWindow.sessionStorage.length,
            location: () => frame.contentWindow.location.href,
            constructor: () => new frame.contentWindow.Object(),
          };
          return Object.entries(tries).map(([name, attempt]) => {
            try { return `${name}: ${attempt()}`; } catch (error) { return `${name}: ${error.name}`; }
          });
        }
        """;

    [Fact]
    public Task The_page_around_a_form_cannot_read_it() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await OpenAsync(shop);
        string[] got = await visitor.EvaluateAsync<string[]>(BreakIn);
        Assert.Equal(
            ["contentDocument: TypeError", "window: SecurityError", "frames: TypeError", "storage: SecurityError", "location: SecurityError", "constructor: SecurityError"],
            got);

        // The frame itself has no name, no storage and no cookies.
        IFrame frame = visitor.Frames.Single(static candidate => candidate.Url.Contains("/chat/form", StringComparison.Ordinal));
        Assert.Equal("null", await frame.EvaluateAsync<string>("() => origin"));
        foreach (string area in new[] { "localStorage", "sessionStorage", "document.cookie" })
        {
            Assert.Equal("SecurityError", await frame.EvaluateAsync<string>($"() => {{ try {{ return String({area}); }} catch (error) {{ return error.name; }} }}"));
        }
    });

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public Task The_frame_is_kept_apart_twice_and_open_only_without_both(bool withoutAttribute, bool withoutHeader) => Shop.RunAsync(
        browser,
        async shop =>
        {
            IPage visitor = await OpenAsync(shop, page => withoutAttribute
                ? page.AddInitScriptAsync(
                    "const set = Element.prototype.setAttribute; Element.prototype.setAttribute = function (name, value) { if (name !== 'sandbox') set.call(this, name, value); };")
                : Task.CompletedTask);
            string[] got = await visitor.EvaluateAsync<string[]>(BreakIn);
            Assert.Equal(withoutAttribute && withoutHeader, got.Contains($"window: {Shop.Card}"));
        },
        add: chat =>
        {
            if (withoutHeader)
            {
                chat.Services.AddSingleton<IStartupFilter, WithoutSandbox>();
            }
        });

    [Fact]
    public Task Keys_pressed_in_the_form_do_not_reach_the_page() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await OpenAsync(shop, static page => page.AddInitScriptAsync(
            """
            window.heard = '';
            for (const name of ['keydown', 'keyup', 'keypress', 'input', 'beforeinput', 'paste', 'change'])
              addEventListener(name, event => window.heard += event.key ?? event.data ?? event.target?.value ?? '', true);
            """));
        await visitor.EvaluateAsync("window.heard = ''");
        await visitor.Form().GetByLabel("Card number").FillAsync(string.Empty);
        await visitor.Form().GetByLabel("Card number").PressSequentiallyAsync("5555 5555 5555 4444");
        await Expect(visitor.Form().GetByLabel("Card number")).ToHaveValueAsync("5555 5555 5555 4444");
        Assert.Equal(string.Empty, await visitor.EvaluateAsync<string>("window.heard"));

        // It does hear what is typed into the chat, which is why that is no place for it.
        await visitor.Button("Back to chat").ClickAsync();
        await visitor.GetByLabel("Your message").PressSequentiallyAsync("abc");
Assert.Contains("ccc", await visitor.EvaluateAsync<string>("window.heard"), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_port_from_a_wrong_window_and_a_second_port_are_ignored() => Shop.RunAsync(browser, static async shop =>
    {
        // A page that holds the form as the widget does, with a stranger's window beside it.
        string token = (await shop.LinkAsync()).Fragment[1..];
        IPage page = await shop.VisitAsync();
        await page.EvaluateAsync(
            """
            () => new Promise(resolve => {
              const stranger = document.createElement('iframe');
              stranger.name = 'stranger';
              document.body.append(stranger);
              const form = document.createElement('iframe');
              form.name = 'form';
              form.setAttribute('sandbox', 'allow-scripts allow-forms');
              form.onload = resolve;
              form.src = '/chat/form';
              document.body.append(form);
              window.give = (name, target, token) => {
                const channel = new MessageChannel();
                window[name] = [];
                channel.port1.onmessage = event => window[name].push(event.data.type);
                target.postMessage({ type: 'securechat:port', version: 1 }, '*', [channel.port2]);
                channel.port1.postMessage({ type: 'init', token });
              };
            })
            """);
        IFrame stranger = page.Frame("stranger")!;
        await stranger.EvaluateAsync(
            """
            () => {
              parent.strange = [];
              const channel = new MessageChannel();
              channel.port1.onmessage = event => parent.strange.push(event.data.type);
              parent.frames.form.postMessage({ type: 'securechat:port', version: 1 }, '*', [channel.port2]);
              channel.port1.postMessage({ type: 'init', token: 'a.b.c' });
              parent.frames.form.postMessage({ type: 'init', token: 'a.b.c' }, '*');
            }
            """);

        // Of the right window, but not what was agreed on.
        await page.EvaluateAsync(
            """
            () => {
              frames.form.postMessage({ type: 'init', token: 'a.b.c' }, '*');
              frames.form.postMessage({ type: 'securechat:port', version: 2 }, '*', [new MessageChannel().port2]);
              frames.form.postMessage({ type: 'securechat:port', version: 1 }, '*');
              frames.form.postMessage(null, '*');
            }
            """);
        await page.EvaluateAsync("token => give('first', frames.form, token)", token);
        IFrameLocator form = page.FrameLocator("iframe[name='form']");
        await form.GetByLabel("Card number").FillAsync("4");
        await page.EvaluateAsync("() => give('second', frames.form, 'a.b.c')");
        await form.GetByLabel("Card number").FillAsync(Shop.Card);
        await form.GetByLabel("Security code").FillAsync("737");

        // The first port hears of every step; were another one heard, it would have heard of these.
        await page.WaitForFunctionAsync("() => first.filter(type => type === 'progress').length >= 3");
        Assert.Equal("[[],[]]", await page.EvaluateAsync<string>("() => JSON.stringify([strange, second])"));
        Assert.Contains("ready", await page.EvaluateAsync<string[]>("() => first"));
        await Expect(form.GetByLabel("Card number")).ToHaveValueAsync(Shop.Card);
    });

    [Fact]
    public Task Messages_to_the_page_do_not_end_or_open_a_form() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await OpenAsync(shop);
        await visitor.EvaluateAsync(
            """
            () => {
              for (const data of [{ type: 'done', state: 'submitted' }, { type: 'leave' }, { type: 'error', code: 'reloaded' }]) {
                postMessage(data, '*');
                document.querySelector('secure-chat').shadowRoot.querySelector('iframe').contentWindow.postMessage(data, '*');
              }
              return new Promise(resolve => setTimeout(resolve));
            }
            """);
        await Expect(visitor.Form().GetByLabel("Card number")).ToHaveValueAsync(Shop.Card);
        await visitor.Form().GetByLabel("Security code").FillAsync("737");
        await Expect(visitor.Form().GetByLabel("Card number")).ToHaveValueAsync(Shop.Card);
    });

    [Fact]
    public Task A_form_that_is_opened_in_two_tabs_goes_on_in_the_second_E20() => Shop.RunAsync(browser, static async shop =>
    {
        IPage first = await OpenAsync(shop);

        // What duplicating a tab does: the session's storage is copied.
        IPage second = await first.RunAndWaitForPopupAsync(() => first.EvaluateAsync("() => { open(location.href); }"));
        shop.Watch(second);
        await second.SentAsync("Hello");
        await second.FillInAsync("5555 5555 5555 4444");
        await Expect(second.GetByText("Not opened yet").First).ToBeVisibleAsync();
        await Expect(first.Locator(".preview").First).ToContainTextAsync("4444");
        await Expect(first.Form().GetByRole(AriaRole.Heading, new() { NameRegex = new("Not valid here any more|Sent safely") })).ToBeVisibleAsync();
        Assert.Empty(await Hunt.ForAsync(first, Bare));
        Assert.Empty(await Hunt.ForAsync(second, "5555555555554444"));
    });

    [Fact]
    public Task The_first_tab_says_that_the_form_was_opened_elsewhere_E20() => Shop.RunAsync(browser, static async shop =>
    {
        IPage first = await OpenAsync(shop);
        IPage second = await first.RunAndWaitForPopupAsync(() => first.EvaluateAsync("() => { open(location.href); }"));
        shop.Watch(second);
        await second.Button("Fill in").ClickAsync();
        await Expect(second.Form().GetByLabel("Card number")).ToBeVisibleAsync();
        await first.BringToFrontAsync();
        await Expect(first.Form().GetByRole(AriaRole.Heading, new() { Name = "Not valid here any more" })).ToBeVisibleAsync();
        Assert.Empty(await Hunt.ForAsync(first, Bare));
        await Expect(second.Form().GetByLabel("Card number")).ToBeVisibleAsync();
    });

    [Fact]
    public Task A_hosted_link_works_alone_once_and_its_token_leaves_the_address_bar() => Shop.RunAsync(browser, static async shop =>
    {
        Uri link = await shop.LinkAsync();
        IPage page = await shop.VisitAsync();
        await page.GotoAsync(link.AbsoluteUri);
        await page.GetByLabel("Card number").FillAsync(Shop.Card);
        Assert.DoesNotContain(link.Fragment[1..], page.Url, StringComparison.Ordinal);
        Assert.Equal("null", await page.EvaluateAsync<string>("() => origin"));
        await page.GetByLabel("Expiry").FillAsync(Clicks.Expiry);
        await page.GetByLabel("Security code").FillAsync("737");
        await page.GetByRole(AriaRole.Checkbox).CheckAsync();
        await page.Button("Send securely").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sent safely" })).ToBeVisibleAsync();
        Assert.Empty(await Hunt.ForAsync(page, Bare));

        IPage again = await shop.VisitAsync();
        await again.GotoAsync(link.AbsoluteUri);
        await Expect(again.GetByRole(AriaRole.Heading, new() { NameRegex = new("Sent safely|Not valid here any more") })).ToBeVisibleAsync();
        await again.GotoAsync(new Uri(shop.Root, "chat/form").AbsoluteUri);
        await Expect(again.GetByRole(AriaRole.Heading, new() { Name = "No form to open" })).ToBeVisibleAsync();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task What_was_typed_is_wiped_when_the_page_is_left_and_comes_back_E46(bool withoutWipe) => Shop.RunAsync(browser, async shop =>
    {
        IPage page = await shop.VisitAsync();
        if (withoutWipe)
        {
            // The guarantee switched off: then the hunt must find the number in the page that comes back.
            await page.AddInitScriptAsync("for (const name of ['pagehide', 'pageshow']) addEventListener(name, event => event.isTrusted || event.stopImmediatePropagation(), true);");
        }

        await page.GotoAsync((await shop.LinkAsync()).AbsoluteUri);
        await page.GetByLabel("Card number").FillAsync(Shop.Card);

        // What a browser says when it keeps the page aside (the one of the tests keeps none).
        await page.EvaluateAsync("() => { dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); }");
        Assert.Equal(withoutWipe, (await Hunt.ForAsync(page, Bare)).Count > 0);
        await page.EvaluateAsync("() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }");
        Assert.Equal(withoutWipe, (await Hunt.ForAsync(page, Bare)).Count > 0);
        await Expect(page.GetByLabel("Card number")).ToHaveValueAsync(withoutWipe ? Shop.Card : string.Empty);

        await page.GotoAsync("about:blank");
        await page.GoBackAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No form to open" })).ToBeVisibleAsync();
        Assert.Empty(await Hunt.ForAsync(page, Bare));
    });

    [Fact]
    public Task A_page_whose_policy_blocks_the_frame_is_offered_a_window() => Shop.RunAsync(browser, static async shop =>
    {
        shop.PagePolicy = Shop.Policy.Replace("frame-src 'self'", "frame-src 'none'", StringComparison.Ordinal);
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await shop.AskAsync();
        await visitor.Button("Fill in").ClickAsync();
        await Expect(visitor.GetByText("The secure form could not be shown on this page.")).ToBeVisibleAsync();
        IPage window = await visitor.RunAndWaitForPopupAsync(() => visitor.Button("Open the form").ClickAsync());
        shop.Watch(window);
        await Expect(window.GetByLabel("Card number")).ToBeVisibleAsync();
        Assert.Equal("null", await window.EvaluateAsync<string>("() => String(opener)"));
        await shop.CollectViolationsAsync(visitor);
        shop.Forgive("frame-src");
        await visitor.EvaluateAsync("() => { window.violations = []; }");
    });

    /// <summary>A visitor with a form open and a card number in it.</summary>
    private static async Task<IPage> OpenAsync(Shop shop, Func<IPage, Task>? prepare = null)
    {
        IPage visitor = await shop.VisitAsync();
        if (prepare is not null)
        {
            await prepare(visitor);
            await visitor.ReloadAsync();
        }

        await visitor.BeginAsync();
        await shop.AskAsync();
        await visitor.Button("Fill in").ClickAsync();
        await visitor.Form().GetByLabel("Card number").FillAsync(Shop.Card);
        return visitor;
    }

    /// <summary>A proxy that takes the sandbox out of the form's policy.</summary>
    private sealed class WithoutSandbox : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(static (http, following) =>
            {
                http.Response.OnStarting(() =>
                {
                    IHeaderDictionary headers = http.Response.Headers;
                    headers.ContentSecurityPolicy = headers.ContentSecurityPolicy.ToString().Replace("; sandbox allow-scripts allow-forms", string.Empty, StringComparison.Ordinal);
                    return Task.CompletedTask;
                });
                return following(http);
            });
            next(app);
        };
    }
}
