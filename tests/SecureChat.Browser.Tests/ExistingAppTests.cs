using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>An app with its own cookie sign-in, fallback policy, path base and chat.</summary>
public sealed class ExistingAppTests(Browser browser)
{
    [Fact]
    public async Task A_form_is_asked_for_in_the_apps_own_chat_and_seen_once_in_the_console()
    {
        await using ExistingApp app = await ExistingApp.StartAsync();
        await using IBrowserContext customers = await browser.NewContextAsync();
        await using IBrowserContext clerks = await browser.NewContextAsync();
        IPage customer = await SignInAsync(customers, app, "carla");
        IPage clerk = await SignInAsync(clerks, app, "cleo");
        await Expect(customer.GetByText("Signed in as carla.")).ToBeVisibleAsync();
        await Expect(clerk.GetByText("Signed in as cleo.")).ToBeVisibleAsync();

        // The app's own chat masks what it stores and shows, because it asks SecureChat's masker.
        await customer.GetByLabel("Message", new() { Exact = true }).FillAsync("my card is 5555 5555 5555 4444");
        await customer.Button("Send").ClickAsync();
        await Expect(clerk.GetByText("•••• 4444")).ToBeVisibleAsync();

        await clerk.Button("Ask carla for a card").ClickAsync();
        IPage form = await customers.RunAndWaitForPageAsync(() => customer.GetByText("Open the secure form").ClickAsync());
        await form.FillFormAsync(form.Locator("body"));
        await Expect(form.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Sent");
        Assert.DoesNotContain("#", form.Url, StringComparison.Ordinal);

        await clerk.GetByRole(AriaRole.Link, new() { Name = "Console" }).ClickAsync();
        await clerk.TakeAsync();
        await clerk.RevealAsync(app.Code());
        await Expect(clerk.GetByText("4242424242424242")).ToBeVisibleAsync();
        await clerk.GetByRole(AriaRole.Button, new() { NameRegex = new("^Done, destroy") }).ClickAsync();
        await Expect(clerk.GetByText("4242424242424242")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_widget_works_on_its_pages_under_the_path_base_and_the_fallback_policy_closes_nothing_of_it()
    {
        await using ExistingApp app = await ExistingApp.StartAsync();
        await using IBrowserContext customers = await browser.NewContextAsync();
        IPage customer = await SignInAsync(customers, app, "carla");
        await customer.OpenChatAsync();
        await customer.GetByLabel("Your message").FillAsync("hello");
        await customer.GetByLabel("Your message").PressAsync("Enter");
        await Expect(customer.GetByText("Sent", new() { Exact = false }).Last).ToBeVisibleAsync();
    }

    private static async Task<IPage> SignInAsync(IBrowserContext context, ExistingApp app, string name)
    {
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Root, "orders.html").AbsoluteUri);

        // Asked again and again: who waits for the navigation itself may begin to wait after it.
        await Expect(page).ToHaveURLAsync(new Regex("/account/signin"));
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(app.PasswordOf(name));
        await page.Button("Sign in").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/orders\\.html$"));
        return page;
    }
}
