using Microsoft.Playwright;
using SecureChat.AspNetCore;
using SecureChat.Masking;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>What people see of masking rules that block and warn, and the box in which privacy officers try a text against them.</summary>
public sealed class RulesTests(Browser browser)
{
    [Fact]
    public Task A_privacy_officer_tries_a_text_and_sees_what_becomes_of_it_and_why() => Shop.RunAsync(
        browser,
        static async shop =>
        {
            IPage officer = await shop.SignInAsync();
            await officer.Button("Rules").ClickAsync();
            ILocator dialog = officer.GetByRole(AriaRole.Dialog);
            await officer.Button("Try it").ClickAsync();
            await Expect(dialog.GetByText("Write or paste a text first.")).ToBeVisibleAsync();
            await dialog.GetByLabel("Text").FillAsync($"536228726, {Shop.Card}, jane@example.com");
            await dialog.GetByLabel("What the other side said before").FillAsync("What is your SSN?");
            await officer.Button("Try it").ClickAsync();
            await Expect(dialog.GetByText("The message would not be taken")).ToBeVisibleAsync();
            ILocator values = dialog.GetByRole(AriaRole.Listitem);
            await Expect(values).ToHaveCountAsync(3);
            await Expect(values.Nth(0)).ToContainTextAsync("536228726 masked");
            await Expect(values.Nth(0)).ToContainTextAsync("social security number. The question before it says what it is.");
            await Expect(values.Nth(1)).ToContainTextAsync($"{Shop.Card} blocked");
            await Expect(values.Nth(2)).ToContainTextAsync("jane@example.com warned of, and left");

            // An agent's message has other rules, and without the question the number is any number.
            await dialog.GetByLabel("an agent").CheckAsync();
            await dialog.GetByLabel("What the other side said before").FillAsync("");
            await officer.Button("Try it").ClickAsync();
            await Expect(dialog.GetByText("As it would stand in the chat")).ToBeVisibleAsync();
            await Expect(dialog.GetByText("536228726, •••• •••• •••• 4242, jane@example.com")).ToBeVisibleAsync();
            await Expect(values.Nth(0)).ToContainTextAsync("536228726 left as it is");
            await Expect(values.Nth(0)).ToContainTextAsync("neither a word beside it nor a question before it says so");

            // Nothing of it stays.
            await officer.Button("Close").ClickAsync();
            await Expect(dialog).ToHaveCountAsync(0);
            Assert.DoesNotContain(await Hunt.ForAsync(officer, "536228726"), static place => !place.StartsWith("database", StringComparison.Ordinal));
            Assert.All(shop.Files(), static file => Assert.True(file.AsSpan().IndexOf("536228726"u8) < 0));
        },
        Strict);

    [Fact]
    public Task A_privacy_officer_who_answers_no_visitors_has_the_box_and_nothing_else() => Shop.RunAsync(browser, static async shop =>
    {
        IPage officer = await shop.SignInAsync();
        await officer.RouteAsync("**/chat/agent/me", static route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = """{"name":"Olga","isAgent":false,"isSupervisor":false,"isPrivacyOfficer":true,"isAuditor":false}""",
        }));
        await officer.ReloadAsync();
        await Expect(officer.Heading("Try the masking rules")).ToBeVisibleAsync();
        await Expect(officer.GetByRole(AriaRole.Navigation)).ToHaveCountAsync(0);
        await officer.GetByLabel("Text").FillAsync(Shop.Card);
        await officer.Button("Try it").ClickAsync();
        await Expect(officer.GetByText("•••• •••• •••• 4242")).ToBeVisibleAsync();
    });

    [Fact]
    public Task What_the_rules_block_is_not_sent_and_goes_by_the_form_in_one_click() => Shop.RunAsync(
        browser,
        static async shop =>
        {
            IPage visitor = await shop.VisitAsync();
            await visitor.BeginAsync();
            await shop.AskAsync();
            await Expect(visitor.Button("Fill in")).ToBeVisibleAsync();
            await visitor.SayAsync($"pay with {Shop.Card}");
            await Expect(visitor.GetByText("Not sent: there is a card number in your message.").First).ToBeVisibleAsync();
            ILocator failed = visitor.Locator("li.own.failed");
            await Expect(failed).ToHaveCountAsync(1);
            await Expect(failed.GetByRole(AriaRole.Button, new() { Name = "Try again" })).ToHaveCountAsync(0);
            Assert.DoesNotContain(await shop.EventsAsync(), static message => message.Text?.Value.Contains("pay with", StringComparison.Ordinal) == true);

            await visitor.Button("Send it safely").ClickAsync();
            await Expect(visitor.Form().GetByLabel("Card number")).ToHaveValueAsync(Shop.Card);

            // By the form it goes; what was refused is not kept on the screen beside it.
            await Expect(failed).ToHaveCountAsync(0);
            shop.Forgive("422");
        },
        Strict);

    [Fact]
    public Task What_the_rules_warn_of_stands_and_both_sides_are_told() => Shop.RunAsync(
        browser,
        static async shop =>
        {
            (IPage visitor, IPage agent) = await shop.TalkAsync();
            await visitor.SayAsync("write to jane@example.com");
            await Expect(visitor.Locator("li.own").Filter(new() { HasText = "Not hidden: e-mail address" })).ToHaveCountAsync(1);
            await Expect(agent.GetByText("Not hidden: e-mail address. The rules of this site let it stand.")).ToBeVisibleAsync();
            await Expect(agent.GetByText("write to jane@example.com").First).ToBeVisibleAsync();
        },
        Strict);

    private static void Strict(SecureChatOptions options) => options.Masking.Engine = new MaskingEngineOptions
    {
        Policy = new MaskingPolicy
        {
            Rules =
            [
                new MaskingRule { Kinds = ["payment-card"], Roles = [ParticipantRole.Visitor], Action = MaskAction.Block },
                new MaskingRule { Kinds = ["email"], Action = MaskAction.Warn },
            ],
        },
    };
}
