using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.Host.Tests.Vendor;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Forms;

/// <summary>P5: no consent, no collection; and what a withdrawal does, over the wire.</summary>
public sealed class ConsentTests
{
    private const string German = "Wir verwenden Ihre Daten einmal. Ein Mensch sieht sie einmal; dann werden sie gelöscht.";
    private const string Portuguese = "Usamos os seus dados uma vez.";
    private const string Changed = "We use your data once, and only for this order.";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E28_A_notice_that_changed_while_the_form_was_open_is_refused_shown_anew_and_then_taken()
    {
        using var folder = new TempFolder();
        string conversationId, token, requestId;
        JsonNode shown;
        await using (RunningHost host = await RunningHost.StartAsync(folder: folder.Path))
        {
            using VisitorClient visitor = host.Visitor();
            await visitor.StartAsync(Token);
            (conversationId, token) = (visitor.ConversationId, visitor.Token);
            requestId = await RequestAsync(host, conversationId);
            shown = (await visitor.ViewFormAsync(requestId, Token)).Ok()["notice"]!;
            await host.StopAsync();
        }

        string submissionId = VisitorClient.NewId();
        await using (RunningHost host = await StartAsync(folder.Path, Notice("2", "en", Changed)))
        {
            using VisitorClient visitor = host.Visitor();
            visitor.Use(conversationId, token);
            StoreSnapshot before = StoreSnapshot.Of(folder.Path);
            Answer refused = await SubmitAsync(visitor, requestId, shown);
            Assert.Equal((409, "SC4002"), (refused.Status, refused.Code));
            Assert.Equal(("payments-v1", "2", "en"), (refused.Json!["noticeKey"]!.GetValue<string>(), refused.Json["version"]!.GetValue<string>(), refused.Json["language"]!.GetValue<string>()));
            Assert.Empty(before.ChangesTo(StoreSnapshot.Of(folder.Path)));

            JsonNode again = (await visitor.ViewFormAsync(requestId, Token)).Ok()["notice"]!;
            Assert.Equal((Changed, "2"), (again["text"]!.GetValue<string>(), again["version"]!.GetValue<string>()));
            (await SubmitAsync(visitor, requestId, again, submissionId)).Ok();
            JsonNode consent = Assert.Single(await ConsentsAsync(host, conversationId))!;
            Assert.Equal(("2", "en", Sha256(Changed)), (consent["noticeVersion"]!.GetValue<string>(), consent["language"]!.GetValue<string>(), consent["noticeSha256"]!.GetValue<string>()));
            shown = again;
            await host.StopAsync();
        }

        // A repeat of what was accepted is still the same submission after the next change.
        await using (RunningHost host = await StartAsync(folder.Path, Notice("2", "en", Changed), Notice("3", "en", Changed + " Promised.")))
        {
            using VisitorClient visitor = host.Visitor();
            visitor.Use(conversationId, token);
            Assert.Equal("submitted", (await SubmitAsync(visitor, requestId, shown, submissionId)).Ok()["state"]!.GetValue<string>());
            Assert.Single(await ConsentsAsync(host, conversationId));
        }
    }

    [Fact]
    public async Task P5_Without_the_box_the_right_text_and_its_hash_nothing_is_stored()
    {
        await using RunningHost host = await StartAsync(null, Notice("1", "de", German));
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        string requestId = await RequestAsync(host, visitor.ConversationId);
        string english = Sha256(TestApp.NoticeText);
        string submit = $"chat/visitor/conversations/{visitor.ConversationId}/forms/{requestId}/submit";
        StoreSnapshot before = StoreSnapshot.Of(host.Folder);

        (object? Consent, string Code)[] refused =
        [
            (null, "SC4001"),
            (new { given = false, version = "1", language = "en", sha256 = english }, "SC4001"),
            (new { given = true, version = "2", language = "en", sha256 = english }, "SC4002"),
            (new { given = true, version = "1", language = "en", sha256 = Sha256(German) }, "SC4002"),
            (new { given = true, version = "1", language = "de", sha256 = english }, "SC4002"),
            (new { given = true, version = "1", language = "fr", sha256 = english }, "SC4002"),
            (new { given = true, version = "1", language = "EN", sha256 = english }, "SC4002"),
            (new { given = true, version = "1", language = "en", sha256 = english.ToUpperInvariant() }, "SC4002"),
            (new { given = true, version = "", language = "", sha256 = "" }, "SC4002"),
            (new { given = "yes", version = "1", language = "en", sha256 = english }, "SC6001"),
            (new { given = true, version = "1", language = "en" }, "SC6001"),
        ];
        foreach ((object? consent, string code) in refused)
        {
            object body = consent is null
                ? new { submissionId = VisitorClient.NewId(), fields = Scenario.CardFields() }
                : new { submissionId = VisitorClient.NewId(), consent, fields = Scenario.CardFields() };
            Assert.Equal(code, (await visitor.PostAsync(submit, body, Token)).Code);
        }

        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));
        Assert.Empty(await ConsentsAsync(host, visitor.ConversationId));
        TestContext.Current.TestOutputHelper?.WriteLine($"{refused.Length} refusals");
    }

    [Theory]
    [InlineData("de", "de")]
    [InlineData("de-AT", "de")]
    [InlineData("de-AT-1996, en", "de")]
    [InlineData("fr, de;q=0.8", "de")]
    [InlineData("en;q=0.5, de", "de")]
    [InlineData("fr;q=0.9, pt;q=0.8, de;q=0.1", "pt-BR")]
    [InlineData("de;q=0, pt-BR", "pt-BR")]
    [InlineData("de;q=0", "en")]
    [InlineData("fr", "en")]
    [InlineData("*", "en")]
    [InlineData("en-GB", "en")]
    [InlineData(";;q=x,,%", "en")]
    [InlineData(null, "en")]
    public async Task E25_The_notice_is_shown_in_the_visitors_language_and_kept_in_the_one_that_was_shown(string? accept, string language)
    {
        await using RunningHost host = await StartAsync(null, Notice("1", "de", German), Notice("1", "pt-BR", Portuguese));
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        string requestId = await RequestAsync(host, visitor.ConversationId);

        Answer view = await visitor.SendAsync(
            HttpMethod.Get,
            $"chat/visitor/conversations/{visitor.ConversationId}/forms/{requestId}",
            null,
            Token,
            request =>
            {
                if (accept is not null)
                {
                    request.Headers.TryAddWithoutValidation("Accept-Language", accept);
                }
            });

        JsonNode notice = view.Ok()["notice"]!;
        Assert.Equal(language, notice["language"]!.GetValue<string>());
        (await SubmitAsync(visitor, requestId, notice)).Ok();
        JsonNode consent = Assert.Single(await ConsentsAsync(host, visitor.ConversationId))!;
        Assert.Equal((language, Sha256(notice["text"]!.GetValue<string>())), (consent["language"]!.GetValue<string>(), consent["noticeSha256"]!.GetValue<string>()));
    }

    [Fact]
    public async Task E26_Withdrawing_before_anybody_looked_destroys_the_values_and_tells_both_sides()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        await using HubClient visitorScreen = await visitor.JoinAsync(Token);
        await using HubClient agentScreen = await agent.JoinAsync(visitor.ConversationId, Token);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        Assert.Equal(3, StoreSnapshot.Of(host.Folder).OfKind("release-key").Count());

        JsonNode withdrawn = (await visitor.ActAsync(card.RequestId, "withdraw", Token)).Ok();

        Assert.All(withdrawn["values"]!.AsArray(), static value =>
        {
            Assert.Equal(("destroyed", "withdrawn"), (value!["state"]!.GetValue<string>(), value["reason"]!.GetValue<string>()));
            Assert.NotNull(value["deletedAt"]);
        });
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
        Answer reveal = await agent.RevealAsync(card, browser);
        Assert.Equal((410, "SC3004"), (reveal.Status, reveal.Code));
        foreach (HubClient screen in new[] { visitorScreen, agentScreen })
        {
            await screen.WaitForAsync("\"withdrawn\"", static frame => Reasons(frame) is ["withdrawn", "withdrawn", "withdrawn"], Limit, Token);
        }

        JsonNode consent = Assert.Single(await ConsentsAsync(host, visitor.ConversationId))!;
        Assert.NotNull(consent["withdrawnAt"]);
        AuditEntry[] entries = [.. (await host.App.Services.GetRequiredService<AuditLog>().ListAsync(0, 1000, Token)).Where(entry => entry.RequestId == card.RequestId)];
        Assert.Single(entries, static entry => entry is { Action: AuditAction.ConsentWithdrawn, Actor: ParticipantRole.Visitor });
        Assert.Single(entries, static entry => entry is { Action: AuditAction.ValuesDestroyed, Reason: DestroyReason.Withdrawn, ValueIds.Count: 3 });
        Assert.Single(entries, static entry => entry is { Action: AuditAction.RevealOutcome, Outcome: AuditOutcome.Denied });

        // Withdrawing twice is withdrawing once.
        string first = consent["withdrawnAt"]!.GetValue<string>();
        (await visitor.ActAsync(card.RequestId, "withdraw", Token)).Ok();
        Assert.Equal(first, Assert.Single(await ConsentsAsync(host, visitor.ConversationId))!["withdrawnAt"]!.GetValue<string>());
    }

    [Fact]
    public async Task E27_Withdrawing_after_the_view_makes_nobody_unsee_but_ends_further_use()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        (await agent.RevealAsync(card, browser)).Ok();
        (await agent.RevealAsync(card, browser, reason: null)).Ok();

        JsonNode withdrawn = (await visitor.ActAsync(card.RequestId, "withdraw", Token)).Ok();

        // The card goes on saying who has seen it.
        Assert.All(withdrawn["values"]!.AsArray(), static value => Assert.Equal("agent", value!["openedByRole"]!.GetValue<string>()));
        Assert.NotNull(Assert.Single(await ConsentsAsync(host, visitor.ConversationId))!["withdrawnAt"]);
        Answer reload = await agent.RevealAsync(card, browser, reason: null);
        Assert.Equal((410, "SC3004"), (reload.Status, reload.Code));
        (await agent.AcknowledgeAsync(card.ConversationId, card.RequestId, browser, Token)).Ok();
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
    }

    [Fact]
    public async Task E21_Another_visitor_cannot_withdraw_and_learns_nothing()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using VisitorClient other = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        await other.StartAsync(Token);
        StoreSnapshot before = StoreSnapshot.Of(host.Folder);

        Answer foreign = await other.PostAsync($"chat/visitor/conversations/{card.ConversationId}/forms/{card.RequestId}/withdraw", new { }, Token);
        Answer crossed = await other.ActAsync(card.RequestId, "withdraw", Token);
        Answer unknown = await other.ActAsync(SecureChatId.New(), "withdraw", Token);

        Assert.Equal((404, "SC6005"), (foreign.Status, foreign.Code));
        Assert.Equal(foreign.Text, crossed.Text);
        Assert.Equal(foreign.Text, unknown.Text);
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));
    }

    [Fact]
    public async Task E26_A_withdrawal_that_races_with_a_reveal_has_one_winner()
    {
        const int Rounds = 20;
        int revealed = 0;
        await using RunningHost host = await RunningHost.StartAsync();
        using AgentClient agent = host.Agent();
        for (int round = 0; round < Rounds; round++)
        {
            using VisitorClient visitor = host.Visitor();
            SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
            using var browser = new ClaimingBrowser();
            await agent.StepUpAsync(card, browser);

            // Who is sent first changes from round to round; who wins is up to the store.
            Task<Answer> reveal, withdrawal;
            if (round % 2 == 0)
            {
                reveal = agent.RevealAsync(card, browser);
                withdrawal = visitor.ActAsync(card.RequestId, "withdraw", Token);
            }
            else
            {
                withdrawal = visitor.ActAsync(card.RequestId, "withdraw", Token);
                reveal = agent.RevealAsync(card, browser);
            }

            Answer[] answers = await Task.WhenAll(reveal, withdrawal);
            answers[1].Ok();
            JsonNode[] values = [.. (await agent.CardAsync(card.ConversationId, card.RequestId, Token)).Ok()["values"]!.AsArray().OfType<JsonNode>()];
            if (answers[0].Status == 200)
            {
                revealed++;
                Assert.All(values, static value => Assert.Equal("agent", value["openedByRole"]?.GetValue<string>()));
                Assert.DoesNotContain(values, static value => value["reason"]?.GetValue<string>() == "withdrawn");
            }
            else
            {
                Assert.Equal((410, "SC3004"), (answers[0].Status, answers[0].Code));
                Assert.All(values, static value => Assert.Equal((null, "withdrawn"), (value["openedByRole"]?.GetValue<string>(), value["reason"]?.GetValue<string>())));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Rounds} rounds, {revealed} won by the reveal");
    }

    [Fact]
    public async Task P5_A_consent_store_that_forgets_a_withdrawal_brings_nothing_back()
    {
        Answer answer = await RevealAfterWithdrawalAsync(static folder => new TestHostOptions { Folder = folder, After = static chat => chat.UseConsentStore<Forgetful>() });
        Assert.Equal((410, "SC3004"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Saboteur_when_the_form_forgets_its_withdrawal_too_the_value_is_fetched_again()
    {
        using var faults = new Faults();
        faults.Lie<StoreRecord>("data.get.form", static form =>
        {
            JsonObject body = JsonNode.Parse(RecordMacs.Json(form.Body.Span))!.AsObject();
            body.Remove("withdrawnAt");
            return new StoreRecord { Key = form.Key, Version = form.Version, DueAt = form.DueAt, Body = Encoding.UTF8.GetBytes(body.ToJsonString()) };
        });
        Answer answer = await RevealAfterWithdrawalAsync(folder => new TestHostOptions
        {
            Folder = folder,
            After = static chat => chat.UseConsentStore<Forgetful>(),
            WrapStore = (slot, store) => new FaultyStore(faults, slot, store),
        }, acceptsAny: true);
        Assert.Equal(200, answer.Status);
    }

    private static async Task<Answer> RevealAfterWithdrawalAsync(Func<string, TestHostOptions> options, bool acceptsAny = false)
    {
        await using RunningHost host = await RunningHost.StartAsync(options);

        // A form that was changed behind the host's back is refused for its MAC alone.
        host.App.Services.GetRequiredService<RecordMacs>().AcceptsAny = acceptsAny;
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        (await agent.RevealAsync(card, browser)).Ok();
        await visitor.ActAsync(card.RequestId, "withdraw", Token);
        return await agent.RevealAsync(card, browser, reason: null);
    }

    private static PrivacyNotice Notice(string version, string language, string text) =>
        new() { Key = "payments-v1", Version = version, Language = language, Text = text };

    private static Task<RunningHost> StartAsync(string? folder, params PrivacyNotice[] notices) => RunningHost.StartAsync(
        path => new TestHostOptions { Folder = path, After = chat => Array.ForEach(notices, notice => chat.AddNotice(notice)) }, folder);

    private static async Task<string> RequestAsync(RunningHost host, string conversationId) =>
        (await host.App.Services.GetRequiredService<ISecureChat>().RequestFormAsync(new RequestFormCommand { ConversationId = conversationId, FormKey = "card-payment" }, Token)).RequestId!;

    private static Task<Answer> SubmitAsync(VisitorClient visitor, string requestId, JsonNode notice, string? submissionId = null) => visitor.PostAsync(
        $"chat/visitor/conversations/{visitor.ConversationId}/forms/{requestId}/submit",
        new
        {
            submissionId = submissionId ?? VisitorClient.NewId(),
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

    private static async Task<JsonArray> ConsentsAsync(RunningHost host, string conversationId)
    {
        using AgentClient officer = host.Agent("pat", "s4", "PrivacyOfficer");
        return (await officer.GetAsync($"chat/agent/privacy/conversations/{conversationId}/consents", Token)).Ok()["consents"]!.AsArray();
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string?[]? Reasons(JsonObject frame) =>
        frame["arguments"]?[0]?["form"]?["values"]?.AsArray().Select(static value => value?["reason"]?.GetValue<string>()).ToArray();

    /// <summary>Keeps consents and forgets that they were withdrawn.</summary>
    private sealed class Forgetful : IConsentStore
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, ConsentRecord> _consents = new(StringComparer.Ordinal);

        public ValueTask RecordAsync(ConsentRecord consent, CancellationToken cancellationToken)
        {
            _consents.TryAdd(consent.ConsentId, consent);
            return ValueTask.CompletedTask;
        }

        public ValueTask<ConsentRecord?> FindAsync(string conversationId, string consentId, CancellationToken cancellationToken) =>
            ValueTask.FromResult(_consents.GetValueOrDefault(consentId));

        public ValueTask<ConsentRecord?> WithdrawAsync(string conversationId, string consentId, DateTimeOffset at, CancellationToken cancellationToken)
        {
            ConsentRecord? known = _consents.GetValueOrDefault(consentId);
            return ValueTask.FromResult(known is null ? null : new ConsentRecord
            {
                ConsentId = known.ConsentId,
                ConversationId = known.ConversationId,
                RequestId = known.RequestId,
                Purpose = known.Purpose,
                NoticeKey = known.NoticeKey,
                NoticeVersion = known.NoticeVersion,
                Language = known.Language,
                NoticeSha256 = known.NoticeSha256,
                DataClasses = known.DataClasses,
                GivenAt = known.GivenAt,
                WithdrawnAt = at,
            });
        }

        public ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(string conversationId, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<ConsentRecord>>([.. _consents.Values.Where(consent => consent.ConversationId == conversationId)]);

        public ValueTask<IReadOnlyList<ConsentRecord>> ListBySubjectAsync(string subjectRef, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<ConsentRecord>>([]);
    }
}
