using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>
/// Pictures for whoever wants to look: the tests of accessibility take one of each state they come by, and this one those of the documentation.
/// They go to the folder that <c>SECURECHAT_SCREENSHOTS</c> names.
/// </summary>
public sealed class PictureTests(Browser browser)
{
    /// <summary>Where pictures go, or <see langword="null"/> when nobody asked for any.</summary>
    internal static string? Folder { get; } = Environment.GetEnvironmentVariable("SECURECHAT_SCREENSHOTS") is { Length: > 0 } folder
        ? Directory.CreateDirectory(folder).FullName
        : null;

    internal static async Task TakeAsync(IPage page, string name)
    {
        if (Folder is not null)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png".ToLowerInvariant()), FullPage = name.StartsWith("inside", StringComparison.Ordinal) });
        }
    }

    /// <summary>What <c>docs/images/visitor.png</c> and <c>agent.png</c> show can be done as they show it.</summary>
    [Fact]
    public Task What_the_two_pictures_of_the_documentation_show_is_what_happens() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync(new() { ViewportSize = new() { Width = 780, Height = 720 }, ReducedMotion = ReducedMotion.Reduce });
        await visitor.OpenChatAsync();
        await visitor.SayAsync("Hello, I want to pay order 1047. My card is 4242 4242 4242 4242");
        await Expect(visitor.GetByText("•••• 4242").First).ToBeVisibleAsync();
        IPage agent = await shop.SignInAsync(new() { ViewportSize = new() { Width = 1280, Height = 720 }, ReducedMotion = ReducedMotion.Reduce });
        await agent.TakeAsync();
        await agent.GetByLabel("Message to the visitor").FillAsync("With pleasure. I send you a secure form for it.");
        await agent.GetByLabel("Message to the visitor").PressAsync("Enter");
        await agent.AskForCardAsync();
        await agent.Button("Dismiss").ClickAsync();
        await visitor.Button("Send it safely").ClickAsync();
        IFrameLocator form = visitor.Form();
        await Expect(form.GetByLabel("Card number")).ToHaveValueAsync(Shop.Card);
        await TakeAsync(visitor, "visitor");
        await form.GetByLabel("Expiry").FillAsync(Clicks.Expiry);
        await form.GetByLabel("Security code").FillAsync("737");
        await form.GetByRole(AriaRole.Checkbox).CheckAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Send securely" }).ClickAsync();
        await agent.RevealAsync();
        await Expect(agent.Values()).ToHaveCountAsync(3);
        await TakeAsync(agent, "agent");
    });
}
