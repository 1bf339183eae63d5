using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>Pictures of the states for whoever wants to look: in the folder that <c>SECURECHAT_SCREENSHOTS</c> names.</summary>
public sealed class PictureTests(Browser browser)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 320)]
    public async Task Every_state_has_its_picture(ColorScheme scheme, int width)
    {
        string folder = Folder();
        await Shop.RunAsync(
            browser,
            async shop =>
            {
                var options = new BrowserNewContextOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = width, Height = 720 } };
                await Tour.WalkAsync(shop, options, new(options), (page, state) => page.ScreenshotAsync(new()
                {
                    Path = Path.Combine(folder, $"{state}-{scheme}-{width}.png".ToLowerInvariant()),
                    FullPage = state == "inside",
                }));
            });
    }

    /// <summary>The two pictures of the documentation: <c>visitor.png</c> and <c>agent.png</c>.</summary>
    [Fact]
    public async Task The_documentation_has_its_two_pictures()
    {
        string folder = Folder();
        await Shop.RunAsync(
            browser,
            async shop =>
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
                await visitor.ScreenshotAsync(new() { Path = Path.Combine(folder, "visitor.png") });
                await form.GetByLabel("Expiry").FillAsync(Clicks.Expiry);
                await form.GetByLabel("Security code").FillAsync("737");
                await form.GetByRole(AriaRole.Checkbox).CheckAsync();
                await form.GetByRole(AriaRole.Button, new() { Name = "Send securely" }).ClickAsync();
                await agent.RevealAsync();
                await Expect(agent.Values()).ToHaveCountAsync(3);
                await agent.ScreenshotAsync(new() { Path = Path.Combine(folder, "agent.png") });
            });
    }

    private static string Folder()
    {
        string? folder = Environment.GetEnvironmentVariable("SECURECHAT_SCREENSHOTS");
        Assert.SkipUnless(folder is not null, "SECURECHAT_SCREENSHOTS names no folder for pictures.");
        return Directory.CreateDirectory(folder!).FullName;
    }
}
