using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>The main job without a pointer.</summary>
public sealed class KeyboardTests(Browser browser)
{
    /// <summary>What has the focus, through shadow trees: its name, and whether one sees that it has it.</summary>
    private const string Focused =
        """
        () => {
          let element = document.activeElement;
          while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
          if (!element || element === document.body || element === document.documentElement) return { kind: 'lost', name: '', isSeen: false };
          if (element.tagName === 'IFRAME') return { kind: 'frame', name: element.title, isSeen: true };
          const labelled = element.getAttribute('aria-labelledby');
          const name = element.getAttribute('aria-label') ?? (labelled ? element.getRootNode().getElementById(labelled)?.textContent : undefined) ?? element.labels?.[0]?.textContent ?? element.querySelector('.item-name')?.textContent ?? element.textContent;
          const box = element.getBoundingClientRect();
          const isMarked = (one) => { const style = getComputedStyle(one); return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 && style.outlineColor !== 'rgba(0, 0, 0, 0)') || style.boxShadow !== 'none'; };
          const isInView = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
          return { kind: 'element', name: name.trim().replace(/\s+/g, ' '), isSeen: isInView && (isMarked(element) || (element.closest('label') !== null && isMarked(element.closest('label')))) };
        }
        """;

    private const int MostSteps = 40;

    [Fact]
    public Task The_main_job_works_by_keyboard_alone_and_the_focus_is_always_seen_and_never_lost_E24() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await Expect(visitor.Button("Open chat")).ToBeVisibleAsync();
        await TabToAsync(visitor, "Open chat");
        await visitor.Keyboard.PressAsync("Enter");
        await IsAtAsync(visitor, "Your message");
        await visitor.Keyboard.TypeAsync("Hello, I want to pay");
        await visitor.Keyboard.PressAsync("Enter");
        await Expect(visitor.GetByText("Hello, I want to pay").First).ToBeVisibleAsync();
        await IsAtAsync(visitor, "Your message");

        IPage agent = await shop.SignInAsync();
        await Expect(agent.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Listitem).First).ToBeVisibleAsync();
        await TabToAsync(agent, "Chat ");
        await agent.Keyboard.PressAsync("Enter");
        await Expect(agent.GetByText("You are reading as a supervisor.")).ToBeVisibleAsync();
        await agent.Keyboard.PressAsync("t");
        await IsAtAsync(agent, "Message to the visitor");
        await agent.Keyboard.TypeAsync("Hello!");
        await agent.Keyboard.PressAsync("Enter");
        await Expect(visitor.GetByText("Hello!").First).ToBeVisibleAsync();
        await agent.Keyboard.PressAsync("Escape");
        await IsNotLostAsync(agent);
        await agent.Keyboard.PressAsync("f");
        await IsAtAsync(agent, "Card payment");
        await agent.Keyboard.PressAsync("Enter");
        await TabToAsync(agent, "Send this form");
        await agent.Keyboard.PressAsync("Enter");
        await IsAtAsync(agent, "Message to the visitor");

        await Expect(visitor.Button("Fill in")).ToBeVisibleAsync();
        await TabToAsync(visitor, "Fill in", "Shift+Tab");
        await visitor.Keyboard.PressAsync("Enter");
        await Expect(visitor.Form().GetByLabel("Card number")).ToBeVisibleAsync();
        await TabToAsync(visitor, "Card number");
        await visitor.Keyboard.TypeAsync(Desk.CardDigits);
        await TabToAsync(visitor, "Expiry");
        await visitor.Keyboard.TypeAsync(Clicks.Expiry);
        await TabToAsync(visitor, "Security code");
        await visitor.Keyboard.TypeAsync("737");
        await TabToAsync(visitor, "I have read this");
        await visitor.Keyboard.PressAsync("Space");
        await TabToAsync(visitor, "Send securely");
        await visitor.Keyboard.PressAsync("Enter");
        await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
        await IsAtAsync(visitor, "Your message");

        await Expect(agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Open values") })).ToBeVisibleAsync();
        await agent.Keyboard.PressAsync("Escape");
        await agent.Keyboard.PressAsync("r");
        await IsAtAsync(agent, "Open values");
        await TabToAsync(agent, "Why do you need them?");
        await agent.Keyboard.TypeAsync("Charge order 1047");
        await TabToAsync(agent, "Code of your authenticator app");
        await agent.Keyboard.TypeAsync("000000");
        await agent.Keyboard.PressAsync("Enter");
        await Expect(agent.Values()).ToHaveCountAsync(3);
        await IsAtAsync(agent, "Values on screen");
        await TabToAsync(agent, "Done, destroy");
        await agent.Keyboard.PressAsync("Enter");
        await Expect(agent.Heading("Destroyed")).ToBeVisibleAsync();
        await IsAtAsync(agent, "Values closed");
        await agent.Keyboard.PressAsync("Escape");
        await IsNotLostAsync(agent);

        await Expect(visitor.GetByText("deleted at").First).ToBeVisibleAsync();
        await visitor.Keyboard.PressAsync("Escape");
        await Expect(visitor.GetByLabel("Your message")).ToBeHiddenAsync();
        await IsAtAsync(visitor, "Open chat");
    });

    [Fact]
    public Task Escape_leaves_each_dialog_and_the_focus_returns_to_where_it_came_from() => Shop.RunAsync(browser, static async shop =>
    {
        (_, IPage agent) = await shop.TalkAsync();
        foreach (string opener in new[] { "Keys", "Hand over", "End" })
        {
            await agent.Button(opener).FocusAsync();
            await agent.Keyboard.PressAsync("Enter");
            await Expect(agent.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
            await agent.Keyboard.PressAsync("Escape");
            await Expect(agent.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
            await IsAtAsync(agent, opener);
        }
    });

    [Fact]
    public Task The_focus_is_not_taken_from_who_went_on_while_the_answer_was_on_its_way() => Shop.RunAsync(browser, static async shop =>
    {
        (_, IPage agent) = await shop.WaitingAsync();
        var asked = new TaskCompletionSource<IRoute>(TaskCreationOptions.RunContinuationsAsynchronously);
        await agent.RouteAsync("**/assign", asked.SetResult);
        await agent.ChooseFirstAsync();
        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Take") }).First.ClickAsync();
        IRoute route = await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await agent.Button("Keys").FocusAsync();
        await route.ContinueAsync();
        await Expect(agent.GetByText("With you")).ToBeVisibleAsync();
        await FocusIsSettledAsync(agent);
        await IsAtAsync(agent, "Keys");
    });

    [Fact]
    public Task Saboteur_a_page_that_hides_its_focus_or_drops_it_is_noticed() => Shop.RunAsync(browser, static async shop =>
    {
        (_, IPage agent) = await shop.TalkAsync();
        await FocusIsSettledAsync(agent);
        await agent.Keyboard.PressAsync("Tab");
        Assert.True((await FocusAsync(agent)).IsSeen);
        await agent.EvaluateAsync("() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('* { outline: none !important; box-shadow: none !important }'); document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }");
        Assert.False((await FocusAsync(agent)).IsSeen);
        await agent.EvaluateAsync("() => document.activeElement.blur()");
        Assert.Equal("lost", (await FocusAsync(agent)).Kind);
    });

    /// <summary>Presses Tab until what is called <paramref name="name"/> has the focus, which is seen at each step.</summary>
    private static async Task TabToAsync(IPage page, string name, string key = "Tab")
    {
        List<string> way = [];
        for (int i = 0; i < MostSteps; i++)
        {
            await page.Keyboard.PressAsync(key);
            Focus focus = await FocusAsync(page);
            way.Add(focus.Name);

            // After the last control of a page the focus is the browser's own, and then comes back.
            if (focus.Kind == "lost")
            {
                continue;
            }

            Assert.True(focus.IsSeen, $"The focus is not seen at: {string.Join(" > ", way)}");
            if (focus.Name.StartsWith(name, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"{key} does not reach “{name}”: {string.Join(" > ", way)}");
    }

    private static async Task IsAtAsync(IPage page, string name)
    {
        Focus focus = default!;
        DateTimeOffset end = TimeProvider.System.GetUtcNow().AddSeconds(10);
        do
        {
            focus = await FocusAsync(page);
        }
        while (!focus.Name.StartsWith(name, StringComparison.Ordinal) && TimeProvider.System.GetUtcNow() < end);
        Assert.StartsWith(name, focus.Name, StringComparison.Ordinal);
    }

    /// <summary>Timers run in the order of their times: what the page had in mind for the focus has happened when this one is through.</summary>
    private static Task FocusIsSettledAsync(IPage page) => page.EvaluateAsync("() => new Promise((resolve) => setTimeout(resolve, 250))");

    private static async Task IsNotLostAsync(IPage page) => Assert.NotEqual("lost", (await FocusAsync(page)).Kind);

    private static async Task<Focus> FocusAsync(IPage page)
    {
        Focus focus = await ReadAsync(page.MainFrame);
        return focus.Kind == "frame" && page.Frames.FirstOrDefault(static frame => frame.Url.EndsWith("/form", StringComparison.Ordinal)) is { } form ? await ReadAsync(form) : focus;
    }

    private static async Task<Focus> ReadAsync(IFrame frame)
    {
        JsonElement found = (await frame.EvaluateAsync(Focused))!.Value;
        return new(found.GetProperty("kind").GetString()!, found.GetProperty("name").GetString()!, found.GetProperty("isSeen").GetBoolean());
    }

    private sealed record Focus(string Kind, string Name, bool IsSeen);
}
