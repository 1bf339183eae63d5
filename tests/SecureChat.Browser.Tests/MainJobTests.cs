using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>The main job by clicking, in two browsers.</summary>
public sealed class MainJobTests(Browser browser)
{
    [Fact]
    public Task A_card_number_is_asked_for_given_seen_once_and_gone() => Shop.RunAsync(browser, static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.OpenChatAsync();
        await visitor.SayAsync("Hello, my card is 5555 5555 5555 4444");
        await Expect(visitor.GetByText("•••• 4444").First).ToBeVisibleAsync();
        await Expect(visitor.GetByText("5555 5555")).ToHaveCountAsync(0);

        IPage agent = await shop.SignInAsync();
        await agent.TakeAsync();
        await Expect(agent.GetByText("•••• 4444").First).ToBeVisibleAsync();
        await agent.AskForCardAsync();
        await visitor.FillInAsync();
        await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
        await agent.RevealAsync();
        await Expect(agent.Values().First).ToHaveTextAsync("4242424242424242");
        await Expect(agent.Values().Last).ToHaveTextAsync("737");

        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Done, destroy") }).ClickAsync();
        await Expect(agent.Values()).ToHaveCountAsync(0);
        await Expect(visitor.GetByText("Opened by").First).ToContainTextAsync("deleted at");
        Assert.DoesNotContain(shop.Files(), static file => file.AsSpan().IndexOf("4242424242424242"u8) >= 0 || file.AsSpan().IndexOf("5555555555554444"u8) >= 0);
    });
}
