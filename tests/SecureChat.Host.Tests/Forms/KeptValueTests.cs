using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.Host.Tests.Vendor;
using SecureChat.Masking;
using SecureChat.TestHost;
using SecureChat.Testing;

namespace SecureChat.Host.Tests;

/// <summary>
/// What a visitor writes into the chat and a policy seals: masked for everybody, kept under a key of its own, out of reach of every claim until
/// the visitor agrees, and gone after five minutes (P3, P5).
/// </summary>
public sealed class KeptValueTests
{
    private const string Spaced = "4242 4242 4242 4242";
    private const string OtherCard = "5555 5555 5555 4444";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P5_A_card_in_a_message_waits_sealed_until_its_writer_agrees_and_is_then_opened_once()
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await SayAsync(visitor, $"my card is {Spaced}, cvv 737, thanks");
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        JsonArray events = (await visitor.EventsAsync(Token)).Ok()["events"]!.AsArray();
        Assert.Equal("my card is •••• •••• •••• 4242, cvv •••, thanks", events.Select(static e => e?["text"]?.GetValue<string>()).OfType<string>().Single());

        // Its writer reads what is kept, never the value; the security code beside it is gone (P7).
        JsonNode kept = Assert.Single(await KeptAsync(visitor, requestId))!;
        Assert.Equal(("pan", "•••• 4242"), (kept["fieldKey"]!.GetValue<string>(), kept["preview"]!.GetValue<string>()));
        Row row = Assert.Single(Rows(host));
        Assert.Empty(await FindAsync(host, "4242424242424242", Spaced));

        // For agents there is a form that nobody has filled in, and no name under which to ask for more.
        JsonNode card = (await agent.CardAsync(visitor.ConversationId, requestId, Token)).Ok();
        Assert.Equal(("requested", 0), (card["state"]!.GetValue<string>(), card["values"]!.AsArray().Count));
        using var browser = new ClaimingBrowser();
        Answer stepUp = await agent.StepUpAsync(visitor.ConversationId, requestId, browser, "code-1", Token, [row.Id]);
        Answer claimed = await agent.RevealAsync(visitor.ConversationId, requestId, browser, [row.Id], Token);
        Assert.Equal((404, 404), (stepUp.Status, claimed.Status));

        // Without a consent it goes nowhere either.
        Answer refused = await visitor.PostAsync(
            $"chat/visitor/conversations/{visitor.ConversationId}/forms/{requestId}/submit", new { submissionId = VisitorClient.NewId(), fields = new { }, kept = new[] { row.Id } }, Token);
        Assert.Equal("SC4001", refused.Code);
        Assert.Single(Rows(host));

        string submissionId = VisitorClient.NewId();
        JsonNode submitted = (await visitor.SubmitAsync(requestId, Nothing, Token, submissionId, [row.Id])).Ok();
        Assert.Empty(Rows(host));
        Assert.Single(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
        JsonNode again = (await visitor.SubmitAsync(requestId, Nothing, Token, submissionId, [row.Id])).Ok();
        Assert.Equal(Scenario.Ids(submitted), Scenario.Ids(again));

        var given = new SubmittedCard(visitor.ConversationId, requestId, Scenario.Ids(submitted));
        Assert.NotEqual(row.Id, Assert.Single(given.ValueIds));
        await agent.StepUpAsync(given, browser);
        JsonNode reveal = (await agent.RevealAsync(given, browser)).Ok();
        Assert.Equal("4242424242424242", AgentClient.Open(reveal, given.ConversationId, requestId, browser)["pan"]);
        Assert.Equal([(AuditAction.ValueKept, null), (AuditAction.ValuesDestroyed, DestroyReason.Replaced)], await FactsAsync(host, row.Id));
        Assert.Empty(await FindAsync(host, "4242424242424242", Spaced));
    }

    [Theory]
    [InlineData(FormRequestState.Declined, DestroyReason.Withdrawn)]
    [InlineData(FormRequestState.Cancelled, DestroyReason.Cancelled)]
    [InlineData(null, DestroyReason.Cancelled)]
    public async Task P3_It_is_destroyed_with_its_form_and_with_its_conversation(FormRequestState? end, DestroyReason reason)
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await SayAsync(visitor, Spaced);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        string valueId = Assert.Single(Rows(host)).Id;
        switch (end)
        {
            case FormRequestState.Declined:
                (await visitor.ActAsync(requestId, "decline", Token)).Ok();
                break;
            case FormRequestState.Cancelled:
                (await agent.ActAsync(visitor.ConversationId, requestId, "cancel", new { }, Token)).Ok();
                break;
            default:
                (await visitor.CloseAsync(Token)).Ok();
                break;
        }

        Assert.Empty(Rows(host));
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
        Assert.Equal([(AuditAction.ValueKept, null), (AuditAction.ValuesDestroyed, reason)], await FactsAsync(host, valueId));
    }

    [Fact]
    public async Task P3_Without_a_consent_it_dies_after_five_minutes_and_its_form_asks_for_it()
    {
        var time = new FakeTimeProvider();
        using var faults = new Faults();
        await using RunningHost host = await StartAsync(time, faults);
        using VisitorClient visitor = host.Visitor();
        string requestId = await SayAsync(visitor, Spaced);
        string valueId = Assert.Single(Rows(host)).Id;

        // The sweeper meets its key when it is due the first time, and leaves it.
        time.Advance(TimeSpan.FromSeconds(299));
        await SweepAsync(host);
        Assert.Single(await KeptAsync(visitor, requestId));

        // Gone for everybody, also while the sweeper cannot destroy it.
        faults.Arm(static member => member == "data.replace.kept-value", Fault.Throw);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await KeptAsync(visitor, requestId));
        Answer gone = await visitor.SubmitAsync(requestId, Nothing, Token, kept: [valueId]);
        Assert.Equal((422, "SC6002", "*", "not-kept"), (gone.Status, gone.Code, gone.Json!["fields"]![0]!["field"]!.GetValue<string>(), gone.Json!["fields"]![0]!["code"]!.GetValue<string>()));
        Assert.Single(Rows(host));
        faults.Disarm();

        // Whoever swept while it could not be destroyed tries again ten seconds later.
        time.Advance(TimeSpan.FromSeconds(10));
        await Eventually.HoldsAsync("the end of the value", async () =>
        {
            await SweepAsync(host);
            return Rows(host).Count == 0;
        });
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
        Assert.Equal([(AuditAction.ValueKept, null), (AuditAction.ValuesDestroyed, DestroyReason.Expired)], await FactsAsync(host, valueId));
        JsonNode typed = (await visitor.SubmitAsync(requestId, new Dictionary<string, string> { ["pan"] = Spaced }, Token)).Ok();
        Assert.Single(Scenario.Ids(typed));
    }

    [Fact]
    public async Task P3_With_a_consent_it_dies_unopened_five_minutes_later()
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time);
        using VisitorClient visitor = host.Visitor();
        string requestId = await SayAsync(visitor, Spaced);
        JsonNode card = (await visitor.SubmitAsync(requestId, Nothing, Token, kept: [Assert.Single(Rows(host)).Id])).Ok();
        DateTimeOffset expires = card["values"]![0]!["expiresAt"]!.GetValue<DateTimeOffset>();
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromMinutes(5), expires);
        time.Advance(TimeSpan.FromMinutes(5));
        await Eventually.HoldsAsync("the end of the value", async () =>
        {
            await SweepAsync(host);
            JsonNode value = (await visitor.ViewFormAsync(requestId, Token)).Ok()["form"]!["values"]![0]!;
            return value["state"]!.GetValue<string>() == "destroyed" && value["reason"]?.GetValue<string>() == "expired";
        });
    }

    [Fact]
    public async Task A_second_card_takes_the_place_of_the_first_and_what_the_form_would_refuse_is_not_kept()
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor();
        string requestId = await SayAsync(visitor, Spaced);
        string first = Assert.Single(Rows(host)).Id;
        (await visitor.SayAsync($"no, {OtherCard}", Token)).Ok();
        JsonNode kept = Assert.Single(await KeptAsync(visitor, requestId))!;
        Assert.Equal("•••• 4444", kept["preview"]!.GetValue<string>());
        Assert.Equal([(AuditAction.ValueKept, null), (AuditAction.ValuesDestroyed, DestroyReason.Replaced)], await FactsAsync(host, first));

        // An agent's text is masked and kept for nobody.
        using AgentClient agent = host.Agent();
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        (await agent.SayAsync(visitor.ConversationId, $"is it {Spaced}?", Token)).Ok();
        Assert.Equal("•••• 4444", Assert.Single(await KeptAsync(visitor, requestId))!["preview"]!.GetValue<string>());

        Answer both = await visitor.SubmitAsync(requestId, new Dictionary<string, string> { ["pan"] = Spaced }, Token, kept: [Assert.Single(Rows(host)).Id]);
        Assert.Equal("duplicate-field", both.Json!["fields"]![0]!["code"]!.GetValue<string>());
        // What was shown before is not what is there now.
        Answer other = await visitor.SubmitAsync(requestId, Nothing, Token, kept: [first]);
        Assert.Equal(("*", "not-kept"), (other.Json!["fields"]![0]!["field"]!.GetValue<string>(), other.Json!["fields"]![0]!["code"]!.GetValue<string>()));
        (await visitor.SubmitAsync(requestId, Nothing, Token, kept: [Assert.Single(Rows(host)).Id])).Ok();
    }

    [Fact]
    public async Task E51_A_message_of_a_hundred_cards_keeps_its_last_one_and_forms_that_are_declined_are_not_offered_for_ever()
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor();
        string requestId = await SayAsync(visitor, string.Join('\n', Enumerable.Repeat(Spaced, 99).Append(OtherCard)));
        Assert.Equal("•••• 4444", Assert.Single(await KeptAsync(visitor, requestId))!["preview"]!.GetValue<string>());
        Assert.Single(await host.App.Services.GetRequiredService<AuditLog>().ListAsync(0, 1000, Token), static entry => entry.Action == AuditAction.ValueKept);
        for (int i = 0; i < 7; i++)
        {
            await visitor.ActAsync(requestId, "decline", Token);
            (await visitor.SayAsync($"{Spaced}, once more", Token)).Ok();
            requestId = StoreFiles.Rows(StoreSnapshot.DataFile(host.Folder), "kept-value").Count == 0 ? requestId : await LatestAsync(visitor);
        }

        Assert.Equal(5, StoreFiles.Rows(StoreSnapshot.DataFile(host.Folder), "form").Count);
        Assert.Empty(Rows(host));
    }

    [Fact]
    public async Task P3_A_transcript_does_not_end_before_what_was_kept_in_it_is_destroyed_and_logged()
    {
        using var faults = new Faults();
        await using RunningHost host = await StartAsync(faults: faults);
        using VisitorClient visitor = host.Visitor();
        await SayAsync(visitor, Spaced);
        string valueId = Assert.Single(Rows(host)).Id;
        KeptValues kept = host.App.Services.GetRequiredService<KeptValues>();
        faults.Arm(static member => member == "keys.delete.release-key", Fault.Throw);
        await Assert.ThrowsAsync<SecureChatStoreException>(async () => await kept.EndAllAsync(visitor.ConversationId, Token));
        Assert.Single(Rows(host));
        Assert.Equal([(AuditAction.ValueKept, null)], await FactsAsync(host, valueId));

        // The ciphertext went first; whoever comes next finishes it, and says why it began.
        faults.Disarm();
        await kept.EndAllAsync(visitor.ConversationId, Token);
        Assert.Empty(Rows(host));
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
        Assert.Equal([(AuditAction.ValueKept, null), (AuditAction.ValuesDestroyed, DestroyReason.ConversationEnded)], await FactsAsync(host, valueId));
    }

    [Fact]
    public async Task P5_A_row_that_is_moved_or_changed_opens_nothing()
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor();
        string requestId = await SayAsync(visitor, Spaced);
        JsonNode notice = (await visitor.ViewFormAsync(requestId, Token)).Ok()["notice"]!;
        var consent = new { given = true, version = notice["version"]!.GetValue<string>(), language = notice["language"]!.GetValue<string>(), sha256 = notice["sha256"]!.GetValue<string>() };
        Row row = Assert.Single(Rows(host));
        string json = System.Text.Encoding.UTF8.GetString(row.Body).Replace(requestId, SecureChatId.New(), StringComparison.Ordinal);
        using (SqliteConnection connection = StoreSnapshot.Open(StoreSnapshot.DataFile(host.Folder)))
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "UPDATE record SET body = $body WHERE kind = 'kept-value'";
            command.Parameters.AddWithValue("$body", System.Text.Encoding.UTF8.GetBytes(json));
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        Answer refused = await visitor.ViewFormAsync(requestId, Token);
        Answer submitted = await visitor.PostAsync(
            $"chat/visitor/conversations/{visitor.ConversationId}/forms/{requestId}/submit", new { submissionId = VisitorClient.NewId(), consent, fields = new { }, kept = new[] { row.Id } }, Token);
        Assert.Equal(("SC3009", "SC3009"), (refused.Code, submitted.Code));
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("consent"));
    }

    [Fact]
    public async Task P6_When_it_cannot_be_kept_the_message_is_sent_masked_and_the_value_is_lost()
    {
        using var faults = new Faults();
        faults.Arm(static member => member == "data.insert.kept-value", Fault.Throw);
        await using RunningHost host = await StartAsync(faults: faults);
        using VisitorClient visitor = host.Visitor();
        string requestId = await SayAsync(visitor, Spaced);
        Assert.Equal(1, faults.Hits);
        Assert.Empty(await KeptAsync(visitor, requestId));
        Assert.Empty(await FindAsync(host, "4242424242424242", Spaced));
    }

    private static Dictionary<string, string> Nothing => [];

    private static Task<RunningHost> StartAsync(TimeProvider? time = null, Faults? faults = null) => RunningHost.StartAsync(folder => new TestHostOptions
    {
        Folder = folder,
        Time = time,
        WrapStore = faults is null ? null : (slot, store) => new FaultyStore(faults, slot, store),
        Configure = static options =>
        {
            options.Lifetimes.IdleConversation = TimeSpan.FromHours(1);
            options.Masking.Engine = new MaskingEngineOptions { Policy = new MaskingPolicy { Rules = [new MaskingRule { Kinds = [DataKinds.PaymentCard], Action = MaskAction.Seal }] } };
        },
        After = static chat => chat.AddForm("your-card", static form => form.Purpose("Pay your order").Notice("payments-v1")
            .CardNumber("pan", static field => field.TakesFromText(DataKinds.PaymentCard)).Name("holder", static field => field.Optional())),
    });

    /// <summary>Says something with a card in it; answers the form that is offered for it.</summary>
    private static async Task<string> SayAsync(VisitorClient visitor, string text)
    {
        await visitor.StartAsync(Token);
        (await visitor.SayAsync(text, Token)).Ok();
        JsonArray events = (await visitor.EventsAsync(Token)).Ok()["events"]!.AsArray();
        return events.Single(static e => e?["form"] is not null)!["form"]!["requestId"]!.GetValue<string>();
    }

    private static async Task<string> LatestAsync(VisitorClient visitor) => (await visitor.EventsAsync(Token)).Ok()["events"]!.AsArray()
        .Last(static e => e?["form"] is not null)!["form"]!["requestId"]!.GetValue<string>();

    private static async Task<JsonArray> KeptAsync(VisitorClient visitor, string requestId) => (await visitor.ViewFormAsync(requestId, Token)).Ok()["kept"]?.AsArray() ?? [];

    private static IReadOnlyList<Row> Rows(RunningHost host) => StoreFiles.Rows(StoreSnapshot.DataFile(host.Folder), "kept-value");

    private static async Task SweepAsync(RunningHost host) => await host.App.Services.GetRequiredService<Sweeper>().SweepAsync(Token);

    private static async Task<(AuditAction Action, DestroyReason? Reason)[]> FactsAsync(RunningHost host, string valueId) =>
        [.. (await host.App.Services.GetRequiredService<AuditLog>().ListAsync(0, 1000, Token)).Where(entry => entry.ValueIds.Contains(valueId)).Select(static entry => (entry.Action, entry.Reason))];

    private static async Task<List<string>> FindAsync(RunningHost host, params string[] values)
    {
        var found = new List<string>();
        foreach (string path in Directory.EnumerateFiles(host.Folder, "*", SearchOption.AllDirectories).Where(static path => !path.EndsWith("-shm", StringComparison.Ordinal)))
        {
            byte[] bytes = await StoreFiles.ReadAsync(path, Token);
            found.AddRange(values.Where(value => bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(value)) >= 0).Select(value => $"{value} in {Path.GetFileName(path)}"));
        }

        return found;
    }
}
