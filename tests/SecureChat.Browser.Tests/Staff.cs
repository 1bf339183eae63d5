using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using SecureChat.AspNetCore;

namespace SecureChat.Browser.Tests;

/// <summary>An agent without a browser, for tests of what the visitor sees.</summary>
internal static class Staff
{
    private static readonly Agent Ann = new() { Id = "ann", SessionId = "ann-1", DisplayName = "Ann", IsAgent = true, IsSupervisor = true };

    /// <summary>The one conversation of the shop.</summary>
    public static async Task<Conversation> ConversationAsync(this Shop shop) =>
        Assert.Single(await shop.Services.GetRequiredService<Conversations>().ListOpenAsync(10, TestContext.Current.CancellationToken));

    /// <summary>Another agent opens a console somewhere.</summary>
    public static async Task ComeAsync(this Shop shop, string id, string name) => await shop.Services.GetRequiredService<AgentPresence>()
        .SayAsync(new Agent { Id = id, SessionId = id, DisplayName = name, IsAgent = true }, TestContext.Current.CancellationToken);

    public static async Task JoinAsync(this Shop shop)
    {
        Conversation conversation = await shop.ConversationAsync();
        Outcome<Conversation> outcome = await shop.Services.GetRequiredService<Conversations>()
            .AssignAsync(Ann, conversation.Id, toAgentId: null, toAgentName: null, TestContext.Current.CancellationToken);
        Assert.True(outcome.IsSuccess, outcome.Error?.Code);
    }

    public static async Task AnswerAsync(this Shop shop, string text, string name = "Ann")
    {
        Outcome<ConversationEvent> outcome = await shop.Services.GetRequiredService<MessageService>().SendAsync(
            await shop.ConversationAsync(),
            new MessageSender { Role = ParticipantRole.Agent, AgentId = Ann.Id, Name = name },
            SecureChatId.New(),
            text,
            TestContext.Current.CancellationToken);
        Assert.True(outcome.IsSuccess, outcome.Error?.Code);
    }

    /// <summary>Asks for a form, and answers the request's id.</summary>
    public static async Task<string> AskAsync(this Shop shop, string form = "card-payment")
    {
        FormRequestResult result = await shop.Services.GetRequiredService<ISecureChat>().RequestFormAsync(
            new RequestFormCommand { ConversationId = (await shop.ConversationAsync()).Id, FormKey = form }, TestContext.Current.CancellationToken);
        Assert.Null(result.Error);
        return result.RequestId!;
    }

    public static async Task TakeBackAsync(this Shop shop, string requestId)
    {
        FormChangeResult result = await shop.Services.GetRequiredService<ISecureChat>()
            .CancelFormAsync((await shop.ConversationAsync()).Id, requestId, TestContext.Current.CancellationToken);
        Assert.Null(result.Error);
    }

    /// <summary>A link to a form of a conversation that has no widget.</summary>
    public static async Task<Uri> LinkAsync(this Shop shop)
    {
        ISecureChat chat = shop.Services.GetRequiredService<ISecureChat>();
        StartConversationResult started = await chat.StartConversationAsync(new StartConversationCommand(), TestContext.Current.CancellationToken);
        FormRequestResult result = await chat.RequestFormAsync(
            new RequestFormCommand { ConversationId = started.ConversationId!, FormKey = "card-payment", WithLink = true }, TestContext.Current.CancellationToken);
        Assert.Null(result.Error);
        return new Uri(shop.Root, result.LinkPath);
    }

    /// <summary>What is stored of the conversation, oldest first.</summary>
    public static async Task<IReadOnlyList<ConversationEvent>> EventsAsync(this Shop shop) =>
        (await shop.Services.GetRequiredService<ConversationEvents>().ListAsync((await shop.ConversationAsync()).Id, 0, 200, TestContext.Current.CancellationToken)).Events;

    /// <summary>Opens the chat, says hello and waits until it is stored.</summary>
    public static async Task BeginAsync(this IPage visitor)
    {
        await visitor.OpenChatAsync();
        await visitor.SayAsync("Hello");
        await visitor.SentAsync("Hello");
    }

    public static Task SentAsync(this IPage visitor, string text) =>
        Assertions.Expect(visitor.Locator("li.own:not(.pending):not(.failed)").Filter(new() { HasText = text })).ToHaveCountAsync(1);
}
