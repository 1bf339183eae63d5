using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>What people do, by the names that they read or hear.</summary>
internal static class Clicks
{
    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static IFrameLocator Form(this IPage page) => page.FrameLocator("iframe[title='Secure form']");

    public static ILocator Send(this IFrameLocator form) => form.GetByRole(AriaRole.Button, new() { Name = "Send securely" });

    public static string Expiry => TimeProvider.System.GetUtcNow().AddYears(2).ToString("MM/yy", CultureInfo.InvariantCulture);

    public static async Task OpenChatAsync(this IPage page)
    {
        await page.Button("Open chat").ClickAsync();
        await Expect(page.GetByLabel("Your message")).ToBeVisibleAsync();
    }

    public static async Task SayAsync(this IPage page, string text)
    {
        await page.GetByLabel("Your message").FillAsync(text);
        await page.Button("Send").ClickAsync();
    }

    /// <summary>An agent takes the conversation that waits longest.</summary>
    public static async Task TakeAsync(this IPage agent)
    {
        await agent.GetByRole(AriaRole.Navigation, new() { Name = "Conversations" }).GetByRole(AriaRole.Listitem).First.GetByRole(AriaRole.Button).First.ClickAsync();
        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Take") }).First.ClickAsync();
        await Expect(agent.GetByLabel("Message to the visitor")).ToBeVisibleAsync();
    }

    public static async Task AskForCardAsync(this IPage agent)
    {
        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Card payment") }).ClickAsync();
        await agent.Locator("#forms").GetByRole(AriaRole.Button, new() { NameRegex = new("^(Send|Ask)") }).ClickAsync();
    }

    public static async Task FillInAsync(this IPage visitor, string card = Shop.Card)
    {
        await visitor.Button("Fill in").ClickAsync();
        await visitor.FillFormAsync(visitor.Form().Locator("body"), card);
    }

    /// <summary>Fills a form in where it stands: in the widget's frame, or on a page of its own.</summary>
    public static async Task FillFormAsync(this IPage _, ILocator form, string card = Shop.Card)
    {
        await form.GetByLabel("Card number").FillAsync(card);
        await form.GetByLabel("Expiry").FillAsync(Expiry);
        await form.GetByLabel("Security code").FillAsync("737");
        await form.GetByRole(AriaRole.Checkbox).CheckAsync();
        await form.GetByRole(AriaRole.Button, new() { NameRegex = new("^Send") }).ClickAsync();
    }

    /// <summary>Opens all values of the form that was sent last, second factor included.</summary>
    public static async Task RevealAsync(this IPage agent, string code = "000000")
    {
        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Open values") }).Last.ClickAsync();
        await agent.GetByLabel("Why do you need them?").FillAsync("Charge order 1047");
        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Open \\d+ values?$") }).ClickAsync();
        await agent.GetByLabel("Code of your authenticator app").FillAsync(code);
        await agent.Button("Confirm and open").ClickAsync();
    }
}
