using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>An agent's desk at the moments from which most tests start.</summary>
internal static class Desk
{
    public const string CardDigits = "4242424242424242";

    /// <summary>The values on an agent's screen. A card number is set in groups, which are not in its text.</summary>
    public static ILocator Values(this IPage agent) => agent.Locator("[data-value]");

    public static ILocator Heading(this IPage page, string name) => page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    /// <summary>A visitor and an agent in one conversation.</summary>
    public static async Task<(IPage Visitor, IPage Agent)> TalkAsync(this Shop shop)
    {
        (IPage visitor, IPage agent) = await shop.WaitingAsync();
        await agent.TakeAsync();
        return (visitor, agent);
    }

    /// <summary>The visitor wrote; an agent is signed in and has not taken the conversation.</summary>
    public static async Task<(IPage Visitor, IPage Agent)> WaitingAsync(this Shop shop)
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.OpenChatAsync();
        await visitor.SayAsync("Hello, I want to pay my order");
        await Expect(visitor.GetByText("Hello, I want to pay my order").Last).ToBeVisibleAsync();
        return (visitor, await shop.SignInAsync());
    }

    /// <summary>The visitor has sent a card, and nobody opened it.</summary>
    public static async Task<(IPage Visitor, IPage Agent)> SubmittedAsync(this Shop shop)
    {
        (IPage visitor, IPage agent) = await shop.TalkAsync();
        await agent.AskForCardAsync();
        await visitor.FillInAsync();
        await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();
        return (visitor, agent);
    }

    /// <summary>The card is on the agent's screen.</summary>
    public static async Task<(IPage Visitor, IPage Agent)> OpenedAsync(this Shop shop)
    {
        (IPage visitor, IPage agent) = await shop.SubmittedAsync();
        await agent.RevealAsync();
        await Expect(agent.Values()).ToHaveTextAsync([CardDigits, Clicks.Expiry, "737"]);
        return (visitor, agent);
    }

    public static Task ChooseFirstAsync(this IPage agent) =>
        agent.GetByRole(AriaRole.Navigation, new() { Name = "Conversations" }).GetByRole(AriaRole.Listitem).First.GetByRole(AriaRole.Button).ClickAsync();
}
