using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>Leads through every state that people see, and stops at each for <c>look</c>.</summary>
internal static class Tour
{
    public static async Task WalkAsync(Shop shop, BrowserNewContextOptions visitorsOptions, BrowserNewContextOptions agentsOptions, Func<IPage, string, Task> look)
    {
        IPage visitor = await shop.VisitAsync(visitorsOptions);
        await Expect(visitor.Button("Open chat")).ToBeVisibleAsync();
        await look(visitor, "visitor-closed");
        await visitor.OpenChatAsync();
        await look(visitor, "visitor-fresh");
        await visitor.SayAsync("Hello, my card is 5555 5555 5555 4444");
        await Expect(visitor.GetByText("was hidden before anyone saw it").First).ToBeVisibleAsync();
        await Expect(visitor.GetByText("•••• 4444").First).ToBeVisibleAsync();
        await look(visitor, "visitor-masked");

        IPage agent = await shop.VisitAsync(agentsOptions);
        await agent.GotoAsync($"{shop.Root}chat/console");
        await Expect(agent.Heading("Sign in to answer visitors")).ToBeVisibleAsync();
        await look(agent, "console-signed-out");
        await shop.SignInAsync(agent, () => look(agent, "sign-in"));
        ILocator item = agent.GetByRole(AriaRole.Navigation, new() { Name = "Conversations" }).GetByRole(AriaRole.Listitem).First;
        await Expect(item).ToBeVisibleAsync();
        await look(agent, "console-list");
        await agent.ChooseFirstAsync();
        await Expect(agent.GetByText("You are reading as a supervisor.")).ToBeVisibleAsync();
        await look(agent, "console-watching");
        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Take") }).First.ClickAsync();
        ILocator draft = agent.GetByLabel("Message to the visitor");
        await draft.FillAsync("Sure! Please send me your card number");
        await Expect(agent.GetByText("This asks for a card number.")).ToBeVisibleAsync();
        await look(agent, "console-nudge");
        await draft.FillAsync("Sure, I send you a secure form.");
        await draft.PressAsync("Enter");
        await Expect(visitor.GetByText("Sure, I send you a secure form.").First).ToBeVisibleAsync();
        await ShowFormsAsync(agent);
        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Card payment") }).ClickAsync();
        await look(agent, "console-picker");
        await agent.Button("Send this form").ClickAsync();
        await Expect(agent.GetByText("Not opened yet").First).ToBeVisibleAsync();
        await look(agent, "console-asked");

        await Expect(visitor.Button("Fill in")).ToBeVisibleAsync();
        await look(visitor, "visitor-asked");
        await visitor.Button("End chat").ClickAsync();
        await look(visitor, "visitor-end");
        await visitor.Button("Keep chatting").ClickAsync();
        await visitor.Button("Fill in").ClickAsync();
        IFrameLocator form = visitor.Form();
        await Expect(form.GetByLabel("Card number")).ToBeVisibleAsync();
        await look(visitor, "form-empty");
        await form.GetByRole(AriaRole.Button, new() { Name = "Send securely" }).ClickAsync();
        await Expect(form.GetByText("Fill in this field.").First).ToBeVisibleAsync();
        await look(visitor, "form-errors");
        await form.GetByLabel("Card number").FillAsync(Shop.Card);
        await form.GetByLabel("Expiry").FillAsync(Clicks.Expiry);
        await form.GetByLabel("Security code").FillAsync("737");
        await form.GetByRole(AriaRole.Checkbox).CheckAsync();
        await Expect(agent.GetByText("3 of 3 fields")).ToBeVisibleAsync();
        await look(visitor, "form-filled");
        await look(agent, "console-progress");
        await form.GetByRole(AriaRole.Button, new() { Name = "Send securely" }).ClickAsync();
        await Expect(visitor.GetByText("Not opened yet").First).ToBeVisibleAsync();

        // The card may know before the frame has gone, and who looks into a frame that goes sees an error.
        await Expect(visitor.Locator("secure-chat iframe")).ToHaveCountAsync(0);
        await look(visitor, "visitor-sent");

        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Open values") }).ClickAsync();
        await Expect(agent.GetByLabel("Why do you need them?")).ToBeVisibleAsync();
        await look(agent, "reveal-choose");
        await agent.Button("Open 3 values").ClickAsync();
        await Expect(agent.GetByText("Write 3 to 500 characters.")).ToBeVisibleAsync();
        await look(agent, "reveal-reason-missing");
        await agent.GetByLabel("Why do you need them?").FillAsync("Charge order 1047");
        await agent.Button("Open 3 values").ClickAsync();
        await Expect(agent.Button("Confirm and open")).ToBeVisibleAsync();
        await agent.GetByLabel("Code of your authenticator app").FillAsync("123456");
        await agent.Button("Confirm and open").ClickAsync();
        await Expect(agent.GetByText("This code was not accepted.")).ToBeVisibleAsync();
        await look(agent, "reveal-code");
        await agent.GetByLabel("Code of your authenticator app").FillAsync("000000");
        await agent.Button("Confirm and open").ClickAsync();
        await Expect(agent.Values()).ToHaveCountAsync(3);
        await look(agent, "reveal-open");
        await Expect(visitor.GetByText("It is deleted in a moment").First).ToBeVisibleAsync();
        await look(visitor, "visitor-opened");
        await agent.Button("Hide").ClickAsync();
        await look(agent, "reveal-hidden");
        await agent.GetByRole(AriaRole.Button, new() { NameRegex = new("^Done, destroy") }).ClickAsync();
        await Expect(agent.Heading("Destroyed")).ToBeVisibleAsync();
        await look(agent, "reveal-over");
        await agent.Button("Close").Last.ClickAsync();
        await agent.Button("Keys").ClickAsync();
        await Expect(agent.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await look(agent, "console-keys");
        await agent.Keyboard.PressAsync("Escape");
        await agent.Button("Rules").ClickAsync();
        await agent.GetByLabel("Text").FillAsync("my SSN is 536228726, order 100000601");
        await look(agent, "console-rules");
        await agent.Button("Try it").ClickAsync();
        await Expect(agent.Heading("The rules take one value in it.")).ToBeVisibleAsync();
        await look(agent, "console-rules-tried");
        await agent.Keyboard.PressAsync("Escape");
        await agent.Button("Hand over").ClickAsync();
        await Expect(agent.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await look(agent, "console-transfer");
        await agent.Keyboard.PressAsync("Escape");
        await Expect(agent.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await agent.Button("End").ClickAsync();
        await look(agent, "console-end");
        await agent.Button("End and destroy").ClickAsync();
        await Expect(visitor.Button("Start a new chat")).ToBeVisibleAsync();
        await look(visitor, "visitor-ended");
        await look(agent, "console-ended");

        await agent.GotoAsync($"{shop.Root}chat/inside");
        await Expect(agent.GetByLabel("Audit entries")).ToBeVisibleAsync();
        await look(agent, "inside");
    }

    /// <summary>On a narrow screen the forms are behind a button.</summary>
    private static async Task ShowFormsAsync(IPage agent)
    {
        ILocator forms = agent.Button("Forms");
        if (await forms.IsVisibleAsync())
        {
            await forms.ClickAsync();
        }
    }
}
