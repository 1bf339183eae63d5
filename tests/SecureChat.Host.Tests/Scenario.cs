using System.Globalization;
using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests;

/// <summary>The steps that most tests begin with.</summary>
internal static class Scenario
{
    public const string Card = "4242424242424242";

    public static string Expiry { get; } = TimeProvider.System.GetUtcNow().AddYears(2).ToString("MM/yy", CultureInfo.InvariantCulture);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Dictionary<string, string> CardFields(string cvc = "737") => new() { ["pan"] = Card, ["exp"] = Expiry, ["cvc"] = cvc };

    /// <summary>A conversation, its agent, and a submitted card.</summary>
    public static async Task<SubmittedCard> SubmitCardAsync(VisitorClient visitor, AgentClient agent, string cvc = "737")
    {
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
        JsonNode card = (await visitor.SubmitAsync(requestId, CardFields(cvc), Token)).Ok();
        return new SubmittedCard(visitor.ConversationId, requestId, Ids(card));
    }

    public static string[] Ids(JsonNode card) => [.. card["values"]!.AsArray().Select(value => value!["valueId"]!.GetValue<string>())];

    /// <summary>A second factor for one claim; every call is other evidence.</summary>
    public static async Task StepUpAsync(this AgentClient agent, SubmittedCard card, ClaimingBrowser browser) =>
        (await agent.StepUpAsync(card.ConversationId, card.RequestId, browser, $"code-{VisitorClient.NewId()}", Token, card.ValueIds)).Ok();

    public static Task<Answer> RevealAsync(this AgentClient agent, SubmittedCard card, ClaimingBrowser browser, string? reason = "Charge the order") =>
        agent.RevealAsync(card.ConversationId, card.RequestId, browser, card.ValueIds, Token, reason);
}

/// <summary>A submitted form.</summary>
internal sealed record SubmittedCard(string ConversationId, string RequestId, string[] ValueIds);
