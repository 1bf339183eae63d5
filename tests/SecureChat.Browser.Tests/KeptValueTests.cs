using Microsoft.Playwright;
using SecureChat.AspNetCore;
using SecureChat.Masking;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>A card that was typed into the chat and kept for its writer: offered in the form, handed over by consent or written again.</summary>
public sealed class KeptValueTests(Browser browser)
{
    private const string FromMessage = "from your message in the chat";

    [Fact]
    public Task P5_What_was_typed_into_the_chat_is_handed_over_by_agreeing_and_not_by_typing_it_again() => RunAsync(static async shop =>
    {
        IPage agent = await shop.SignInAsync();
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await visitor.SayAsync($"pay with {Shop.Card}, please");
        await agent.TakeAsync();
        await visitor.Button("Fill in").ClickAsync();
        IFrameLocator form = visitor.Form();
        await Expect(form.GetByText($"•••• 4242 {FromMessage}")).ToBeVisibleAsync();
        await Expect(form.GetByLabel("Card number", new() { Exact = true })).ToBeHiddenAsync();

        Assert.Empty(await AccessibilityTests.FindAsync(visitor));

        // The number is in no page; agreeing is the visitor's, and the box is empty.
        Assert.Empty(await Hunt.ForAsync(visitor, "4242424242424242"));
        await Expect(form.GetByRole(AriaRole.Checkbox)).Not.ToBeCheckedAsync();
        await form.Send().ClickAsync();
        await Expect(form.GetByText("Tick the box if you agree.")).ToBeVisibleAsync();
        await form.GetByRole(AriaRole.Checkbox).CheckAsync();
        await form.Send().ClickAsync();

        await agent.RevealAsync();
        await Expect(agent.Values().First).ToHaveTextAsync("4242424242424242");
    });

    [Fact]
    public Task It_can_be_written_again() => RunAsync(static async shop =>
    {
        IPage visitor = await shop.VisitAsync();
        await visitor.BeginAsync();
        await visitor.SayAsync($"pay with {Shop.Card}");
        await visitor.Button("Fill in").ClickAsync();
        IFrameLocator form = visitor.Form();
        await form.GetByRole(AriaRole.Button, new() { Name = "Card number: Write it again" }).ClickAsync();
        ILocator number = form.GetByLabel("Card number", new() { Exact = true });
        await Expect(number).ToBeFocusedAsync();
        await number.FillAsync("5555 5555 5555 4444");
        await Expect(form.GetByText(FromMessage)).ToBeHiddenAsync();
        await form.GetByRole(AriaRole.Checkbox).CheckAsync();
        await form.Send().ClickAsync();
        await Expect(visitor.GetByText("•••• 4444").First).ToBeVisibleAsync();
    });

    private Task RunAsync(Func<Shop, Task> happen) => Shop.RunAsync(
        browser,
        happen,
        static options => options.Masking.Engine = new MaskingEngineOptions
        {
            Policy = new MaskingPolicy { Rules = [new MaskingRule { Kinds = [DataKinds.PaymentCard], Roles = [ParticipantRole.Visitor], Action = MaskAction.Seal }] },
        },
        add: static chat => chat.AddForm("your-card", static form => form.Title("Your card").Purpose("Pay your order").Notice("payments-v1")
            .CardNumber("pan", static field => field.TakesFromText(DataKinds.PaymentCard))));
}
