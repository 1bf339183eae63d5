using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;
using SecureChat.Testing;

namespace SecureChat.Host.Tests.Forms;

/// <summary>The life of a form over HTTP, from the request to every one of its ends.</summary>
public sealed class FormLifecycleTests
{
    private const int Parallel = 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E16_Agent_and_application_that_ask_at_once_ask_once()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();

        Task<(string RequestId, bool IsNew)>[] asking = [.. Enumerable.Range(0, Parallel).Select(number => Task.Run(
            async () =>
            {
                if (number % 2 == 0)
                {
                    FormRequestResult result = await chat.RequestFormAsync(new RequestFormCommand { ConversationId = visitor.ConversationId, FormKey = "card-payment" }, Token);
                    return (result.RequestId!, result.IsNew);
                }

                JsonNode answer = (await agent.PostAsync($"chat/agent/conversations/{visitor.ConversationId}/forms", new { formKey = "card-payment" }, Token)).Ok();
                return (answer["requestId"]!.GetValue<string>(), answer["isNew"]!.GetValue<bool>());
            },
            Token))];
        (string RequestId, bool IsNew)[] answers = await Task.WhenAll(asking);

        Assert.Single(answers.Select(static answer => answer.RequestId).Distinct());
        Assert.Single(answers, static answer => answer.IsNew);
        Assert.Single(StoreSnapshot.Of(host.Folder).OfKind("form"));
        Assert.Single(await FormEventsAsync(visitor));

        // Another form is another place; a form that ended makes room.
        string identity = await agent.RequestFormAsync(visitor.ConversationId, "identity", Token);
        Assert.NotEqual(answers[0].RequestId, identity);
        (await visitor.ActAsync(answers[0].RequestId, "decline", Token)).Ok();
        Assert.NotEqual(answers[0].RequestId, await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token));
    }

    [Fact]
    public async Task E17_Twenty_submits_of_one_submission_at_once_are_one_submission_with_one_receipt()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (VisitorClient visitor, string requestId) = await RequestedAsync(host);
        using VisitorClient own = visitor;
        string submissionId = VisitorClient.NewId();

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => visitor.SubmitAsync(requestId, Scenario.CardFields(), Token, submissionId)));

        Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
        Assert.Single(answers.Select(static answer => string.Join(' ', Scenario.Ids(answer.Json!))).Distinct());
        StoreSnapshot after = StoreSnapshot.Of(host.Folder);
        Assert.Equal(3, after.OfKind("release-key").Count());
        Assert.Single(after.OfKind("consent"));
        Assert.Single(await FormEventsAsync(visitor), static entry => State(entry) == "submitted");
        Assert.Single(await EntriesAsync(host), static entry => entry.Action == AuditAction.FormSubmitted);

        // Later repeats, also from another connection of the visitor, get the same receipt and store nothing.
        Answer late = await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token, submissionId);
        Assert.Equal(Scenario.Ids(answers[0].Json!), Scenario.Ids(late.Ok()));
        Assert.Empty(after.ChangesTo(StoreSnapshot.Of(host.Folder)));
    }

    [Fact]
    public async Task E17_Twenty_different_submissions_at_once_have_one_winner_and_leave_no_key_of_the_others()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (VisitorClient visitor, string requestId) = await RequestedAsync(host);
        using VisitorClient own = visitor;

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, Parallel).Select(number =>
            visitor.SubmitAsync(requestId, Scenario.CardFields(number.ToString("D3", CultureInfo.InvariantCulture)), Token)));

        Assert.Single(answers, static answer => answer.Status == 200);
        Assert.All(answers.Where(static answer => answer.Status != 200), static answer => Assert.Equal((409, "SC6017"), (answer.Status, answer.Code)));
        Assert.Equal(3, StoreSnapshot.Of(host.Folder).OfKind("release-key").Count());
        Assert.Single(await EntriesAsync(host), static entry => entry.Action == AuditAction.FormSubmitted);
    }

    [Fact]
    public async Task E17_The_same_submission_with_other_content_is_refused_and_the_first_one_stays()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (VisitorClient visitor, string requestId) = await RequestedAsync(host);
        using VisitorClient own = visitor;
        string submissionId = VisitorClient.NewId();
        (await visitor.SubmitAsync(requestId, Scenario.CardFields("111"), Token, submissionId)).Ok();
        StoreSnapshot before = StoreSnapshot.Of(host.Folder);

        foreach (Dictionary<string, string> fields in new[]
        {
            Scenario.CardFields("112"),
            new Dictionary<string, string>(Scenario.CardFields("111")) { ["pan"] = "5555555555554444" },
        })
        {
            Answer other = await visitor.SubmitAsync(requestId, fields, Token, submissionId);
            Assert.Equal((409, "SC6017"), (other.Status, other.Code));
        }

        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));
        Assert.Equal("submitted", (await visitor.ViewFormAsync(requestId, Token)).Ok()["form"]!["state"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("cancelled")]
    [InlineData("declined")]
    [InlineData("closed")]
    public async Task E18_A_submission_after_the_end_is_refused_with_the_state_and_nothing_is_stored(string end)
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time);
        (VisitorClient visitor, string requestId) = await RequestedAsync(host);
        using VisitorClient own = visitor;
        using AgentClient agent = host.Agent();
        JsonNode notice = (await visitor.ViewFormAsync(requestId, Token)).Ok()["notice"]!;
        switch (end)
        {
            case "expired":
                time.Advance(TimeSpan.FromSeconds(61));
                break;
            case "cancelled":
                (await agent.ActAsync(visitor.ConversationId, requestId, "cancel", new { }, Token)).Ok();
                break;
            case "declined":
                (await visitor.ActAsync(requestId, "decline", Token)).Ok();
                break;
            default:
                (await visitor.CloseAsync(Token)).Ok();
                break;
        }

        StoreSnapshot before = StoreSnapshot.Of(host.Folder);
        Answer refused = await SubmitAsync(visitor, requestId, notice);

        Assert.Equal((409, "SC6012"), (refused.Status, refused.Code));
        Assert.Equal(end == "closed" ? "cancelled" : end, refused.Json!["state"]!.GetValue<string>());
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("consent"));
    }

    [Fact]
    public async Task E18_A_form_that_was_being_requested_while_the_conversation_ended_is_refused_and_not_left_open()
    {
        var gate = new FormGate();
        await using RunningHost host = await RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Configure = static options => options.Storage.OperationTimeout = TimeSpan.FromSeconds(30),
            WrapStore = (slot, store) => slot == RecordStoreSlot.Data ? new GatedStore(store, gate) : store,
        });
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);

        // The request has looked at the conversation and is about to write; now the conversation ends.
        Task<FormRequestResult> requesting = Task.Run(async () => await chat.RequestFormAsync(new RequestFormCommand { ConversationId = visitor.ConversationId, FormKey = "card-payment" }, Token), Token);
        await gate.Reached.Task.WaitAsync(Limit, Token);
        (await visitor.CloseAsync(Token)).Ok();
        gate.Open.SetResult();
        FormRequestResult requested = await requesting;

        Assert.Equal("SC6011", requested.Error?.Code);
        Assert.Null(requested.RequestId);

        // Nothing waits for a submission any more.
        FormRecords forms = host.App.Services.GetRequiredService<FormRecords>();
        Assert.All(await forms.ListAsync(visitor.ConversationId, Token), form => Assert.Equal(FormRequestState.Cancelled, form.State));
    }

    [Fact]
    public async Task A_visitor_may_say_no_and_the_agent_sees_it()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (VisitorClient visitor, string requestId) = await RequestedAsync(host);
        using VisitorClient own = visitor;
        using AgentClient agent = host.Agent();
        await using HubClient screen = await agent.JoinAsync(visitor.ConversationId, Token);

        (await visitor.ActAsync(requestId, "open", Token)).Ok();
        (await visitor.ActAsync(requestId, "decline", Token)).Ok();
        (await visitor.ActAsync(requestId, "decline", Token)).Ok();

        await screen.WaitForAsync("\"declined\"", static frame => State(frame, "declined"), Limit, Token);
        Assert.Equal(["requested", "opened", "declined"], (await FormEventsAsync(visitor)).Select(State));
        Assert.Equal((409, "SC6012"), Result(await visitor.ActAsync(requestId, "open", Token)));
        Assert.Single(await EntriesAsync(host), static entry => entry.Action == AuditAction.FormDeclined);
    }

    [Fact]
    public async Task A_cancel_before_the_view_destroys_and_one_after_it_leaves_what_is_on_screen()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);

        JsonNode cancelled = (await agent.ActAsync(card.ConversationId, card.RequestId, "cancel", new { }, Token)).Ok();
        Assert.All(cancelled["values"]!.AsArray(), static value => Assert.Equal(("destroyed", "cancelled"), (value!["state"]!.GetValue<string>(), value["reason"]!.GetValue<string>())));
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
        using var late = new ClaimingBrowser();
        Assert.Equal((410, "SC3004"), Result(await agent.RevealAsync(card, late)));

        using VisitorClient next = host.Visitor();
        SubmittedCard seen = await Scenario.SubmitCardAsync(next, agent);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(seen, browser);
        (await agent.RevealAsync(seen, browser)).Ok();
        JsonNode after = (await agent.ActAsync(seen.ConversationId, seen.RequestId, "cancel", new { }, Token)).Ok();
        Assert.Equal(2, after["values"]!.AsArray().Count(static value => value!["state"]!.GetValue<string>() == "claimed"));
        (await agent.RevealAsync(seen, browser, reason: null)).Ok();
    }

    [Fact]
    public async Task E57_Time_takes_effect_on_reads_before_the_sweeper_comes_and_the_sweeper_tells_it()
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time);
        (VisitorClient visitor, string requestId) = await RequestedAsync(host);
        using VisitorClient own = visitor;
        using AgentClient agent = host.Agent();
        await using HubClient screen = await agent.JoinAsync(visitor.ConversationId, Token);
        await screen.WaitForAsync("the form", static frame => State(frame, "requested"), Limit, Token);
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();

        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("requested", (await visitor.ViewFormAsync(requestId, Token)).Ok()["form"]!["state"]!.GetValue<string>());
        time.Advance(TimeSpan.FromSeconds(1));

        // Everybody who looks sees it, and nothing was written to show it.
        StoreSnapshot before = StoreSnapshot.Of(host.Folder);
        Assert.Equal("expired", (await visitor.ViewFormAsync(requestId, Token)).Ok()["form"]!["state"]!.GetValue<string>());
        Assert.Equal("expired", (await agent.CardAsync(visitor.ConversationId, requestId, Token)).Ok()["state"]!.GetValue<string>());
        Assert.Equal(FormRequestState.Expired, (await chat.GetFormAsync(visitor.ConversationId, requestId, Token))!.State);
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));
        Assert.DoesNotContain(await FormEventsAsync(visitor), static entry => State(entry) == "expired");

        AdvanceToSweep(time);
        await screen.WaitForAsync("\"expired\"", static frame => State(frame, "expired"), Limit, Token);
        Assert.Single(await FormEventsAsync(visitor), static entry => State(entry) == "expired");
    }

    [Fact]
    public async Task E6_A_value_whose_time_is_over_cannot_be_claimed_although_no_sweeper_came_and_the_sweeper_deletes_it()
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        await using HubClient screen = await visitor.JoinAsync(Token);
        await screen.WaitForAsync("\"submitted\"", static frame => State(frame, "submitted"), Limit, Token);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);

        time.Advance(TimeSpan.FromSeconds(60));

        // Nothing says "deleted" while the keys are still there.
        Assert.Equal((410, "SC3004"), Result(await agent.RevealAsync(card, browser)));
        JsonNode lazy = (await agent.CardAsync(card.ConversationId, card.RequestId, Token)).Ok();
        Assert.All(lazy["values"]!.AsArray(), static value => Assert.Equal(("destroyed", null), (value!["state"]!.GetValue<string>(), value["deletedAt"]?.GetValue<string>())));

        AdvanceToSweep(time);
        await screen.WaitForAsync(
            "\"deleted\"",
            static frame => frame["arguments"]?[0]?["form"]?["values"]?.AsArray() is { Count: 3 } values
                && values.All(static value => value!["deletedAt"] is not null && value["reason"]?.GetValue<string>() == "expired"),
            Limit,
            Token);
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));

        // The log gets its entry behind the transcript.
        await Eventually.HoldsAsync(
            "The entry about the deletion",
            async () => (await EntriesAsync(host)).Any(static entry => entry is { Action: AuditAction.ValuesDestroyed, Reason: DestroyReason.Expired }));
    }

    [Fact]
    public async Task E4_A_viewing_window_that_ends_takes_the_value_away_and_counts_it_as_seen()
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        (await agent.RevealAsync(card, browser)).Ok();

        time.Advance(TimeSpan.FromSeconds(9));
        (await agent.RevealAsync(card, browser, reason: null)).Ok();
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((410, "SC3004"), Result(await agent.RevealAsync(card, browser, reason: null)));
        await using HubClient screen = await visitor.JoinAsync(Token);
        await screen.WaitForAsync("\"submitted\"", static frame => State(frame, "submitted"), Limit, Token);
        AdvanceToSweep(time);
        await screen.WaitForAsync(
            "\"seen, deleted\"",
            static frame => frame["arguments"]?[0]?["form"]?["values"]?.AsArray() is { Count: 3 } values
                && values.All(static value => value!["deletedAt"] is not null && value["reason"]?.GetValue<string>() == "viewed"),
            Limit,
            Token);
    }

    [Fact]
    public async Task Saboteur_while_the_clock_stands_nothing_expires()
    {
        await using RunningHost host = await StartAsync(new FakeTimeProvider());
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);

        Assert.Equal(200, (await agent.RevealAsync(card, browser)).Status);
    }

    /// <summary>
    /// Moves the clock to the moment of the first sweep and not beyond: time that went on while the sweeper works would run out the
    /// limits of its own calls.
    /// </summary>
    private static void AdvanceToSweep(FakeTimeProvider time) => time.Advance(new FakeTimeProvider().GetUtcNow() + SweepInterval - time.GetUtcNow());

    /// <summary>Short lives, and a sweeper that comes late.</summary>
    private static Task<RunningHost> StartAsync(FakeTimeProvider time) => RunningHost.StartAsync(folder => new TestHostOptions
    {
        Folder = folder,
        Time = time,
        Configure = static options =>
        {
            options.Lifetimes.SweepInterval = SweepInterval;
            options.Lifetimes.FormOpen = TimeSpan.FromMinutes(1);
            options.Lifetimes.UnopenedValue = TimeSpan.FromMinutes(1);
            options.Lifetimes.AuthenticationData = TimeSpan.FromMinutes(1);
            options.Lifetimes.ViewingWindow = TimeSpan.FromSeconds(10);
        },
    });

    private static async Task<(VisitorClient Visitor, string RequestId)> RequestedAsync(RunningHost host)
    {
        VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        return (visitor, await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token));
    }

    private static Task<Answer> SubmitAsync(VisitorClient visitor, string requestId, JsonNode notice) => visitor.PostAsync(
        $"chat/visitor/conversations/{visitor.ConversationId}/forms/{requestId}/submit",
        new
        {
            submissionId = VisitorClient.NewId(),
            consent = new
            {
                given = true,
                version = notice["version"]!.GetValue<string>(),
                language = notice["language"]!.GetValue<string>(),
                sha256 = notice["sha256"]!.GetValue<string>(),
            },
            fields = Scenario.CardFields(),
        },
        Token);

    private static async Task<JsonNode[]> FormEventsAsync(VisitorClient visitor) =>
        [.. (await visitor.EventsAsync(Token)).Ok()["events"]!.AsArray().OfType<JsonNode>().Where(static entry => entry["form"] is not null)];

    private static bool State(JsonObject frame, string state) => frame["arguments"]?[0]?["form"]?["state"]?.GetValue<string>() == state;

    private static string? State(JsonNode entry) => entry["form"]?["state"]?.GetValue<string>();

    private static async Task<IReadOnlyList<AuditEntry>> EntriesAsync(RunningHost host) =>
        await host.App.Services.GetRequiredService<AuditLog>().ListAsync(0, 1000, Token);

    private static (int, string?) Result(Answer answer) => (answer.Status, answer.Code);

    private sealed class FormGate
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Holds the first insert of a form until it is told to go on.</summary>
    private sealed class GatedStore(IRecordStore inner, FormGate gate) : IRecordStore
    {
        public RecordStoreDescription Description => inner.Description;

        public ValueTask PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

        public async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
        {
            if (record.Key.Kind == RecordKinds.Form && gate.Reached.TrySetResult())
            {
                await gate.Open.Task.WaitAsync(cancellationToken);
            }

            return await inner.InsertAsync(record, cancellationToken);
        }

        public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken) => inner.ReplaceAsync(record, cancellationToken);

        public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) => inner.DeleteAsync(key, version, cancellationToken);

        public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) => inner.DeletePartitionAsync(kind, partition, cancellationToken);

        public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

        public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => inner.ListDueAsync(query, cancellationToken);

        public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => inner.ScrubAsync(cancellationToken);

        public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => inner.GetTimeAsync(cancellationToken);
    }
}
