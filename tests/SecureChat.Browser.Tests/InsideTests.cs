using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>The development page that shows what the server has.</summary>
public sealed class InsideTests(Browser browser)
{
    [Fact]
    public Task The_inside_page_follows_the_main_job_live_and_never_shows_a_value() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.OpenChatAsync();
        await visitor.SayAsync("My card is 5555 5555 5555 4444");
        IPage agent = await shop.SignInAsync();
        await agent.TakeAsync();
        IPage inside = await agent.Context.NewPageAsync();
        await inside.GotoAsync($"{shop.Root}chat/inside");

        // Masked text, as it is stored.
        ILocator chat = inside.GetByRole(AriaRole.Region, new() { Name = "In the chat" });
        await Expect(chat).ToContainTextAsync("4444");
        await Expect(chat).ToContainTextAsync("It never got past the masker.");
        await Expect(inside.GetByText("5555 5555")).ToHaveCountAsync(0);
        await Expect(inside.GetByRole(AriaRole.Region, new() { Name = "Consent" })).ToContainTextAsync("Nobody consented yet");

        await agent.AskForCardAsync();
        await visitor.FillInAsync();
        ILocator values = inside.GetByRole(AriaRole.Region, new() { Name = "The values" });
        await Expect(values).ToContainTextAsync("If nobody opens it, it destroys itself in");
        await Expect(inside.GetByRole(AriaRole.Region, new() { Name = "Consent" })).ToContainTextAsync("payments-v1");

        // Sealed values as bytes.
        ILocator rows = inside.GetByRole(AriaRole.Region, new() { Name = "Data store" });
        await Expect(rows).ToContainTextAsync("Form with its values");
        await Expect(rows.GetByText("Encrypted bytes").First).ToBeAttachedAsync();

        await agent.RevealAsync();
        await Expect(agent.Values()).ToHaveCountAsync(3);
        await Expect(values).ToContainTextAsync("On one agent’s screen.");
        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Done, destroy") }).ClickAsync();
        await Expect(values).ToContainTextAsync("after it was seen");
        ILocator keys = inside.GetByRole(AriaRole.Region, new() { Name = "Keys, kept in another store" });
        await Expect(keys.GetByText("destroyed").First).ToBeVisibleAsync();
        await Expect(values.GetByText("On one agent’s screen.")).ToHaveCountAsync(0);

        // The log, in its order.
        ILocator audit = inside.GetByLabel("Audit entries");
        await Expect(audit).ToContainTextAsync("Reveal intent");
        Assert.True(await audit.GetByRole(AriaRole.Listitem).CountAsync() >= 5);
        string page = await inside.ContentAsync();
        Assert.DoesNotContain(Desk.CardDigits, page, StringComparison.Ordinal);
        Assert.DoesNotContain(Shop.Card, page, StringComparison.Ordinal);
    });
}
