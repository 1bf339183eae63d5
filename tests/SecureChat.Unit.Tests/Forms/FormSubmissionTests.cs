using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Forms;

/// <summary>P5: no consent, no collection; what is withdrawn is destroyed unless somebody has it on screen.</summary>
public sealed class FormSubmissionTests : IAsyncDisposable
{
    private readonly ProductBed _bed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task P5_A_submission_rests_on_a_consent_to_the_text_that_was_shown()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        Outcome<FormCard> card = await host.SubmitAsync(conversation, request);

        Assert.Equal(FormRequestState.Submitted, card.Value!.State);
        Assert.Equal(["•••• 4242", "••••", "•••"], card.Value.Values.Select(static value => value.Preview));
        ConsentRecord consent = Assert.Single(await host.Get<GuardedConsentStore>().ListAsync(conversation, Token));
        Assert.Equal(
            ("payments-v1", "1", "en", ProductBed.Notice.Sha256, request, null),
            (consent.NoticeKey, consent.NoticeVersion, consent.Language, consent.NoticeSha256, consent.RequestId, consent.WithdrawnAt));
        Assert.Equal([DataClass.AccountData, DataClass.AuthenticationData], consent.DataClasses);
        Assert.Equal(consent.ConsentId, (await host.Records.FindAsync(conversation, request, Token))!.ConsentId);
    }

    [Theory]
    [InlineData("no consent", "SC4001")]
    [InlineData("box not ticked", "SC4001")]
    [InlineData("other version", "SC4002")]
    [InlineData("other language", "SC4002")]
    [InlineData("other text", "SC4002")]
    [InlineData("refused field", "SC6002")]
    [InlineData("bad id", "SC6001")]
    public async Task P5_E28_Without_consent_to_the_current_text_nothing_is_stored(string kind, string code)
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        (int data, int keys) = (_bed.Data.Writes, _bed.Keys.Writes);

        Outcome<FormCard> refused = kind switch
        {
            "no consent" => await host.SubmitAsync(conversation, request, hasConsent: false),
            "box not ticked" => await host.SubmitAsync(conversation, request, consent: BedHost.Shown(given: false)),
            "other version" => await host.SubmitAsync(conversation, request, consent: BedHost.Shown(version: "2")),
            "other language" => await host.SubmitAsync(conversation, request, consent: BedHost.Shown(language: "de")),
            "other text" => await host.SubmitAsync(conversation, request, consent: BedHost.Shown(sha256: new string('0', 64))),
            "refused field" => await host.SubmitAsync(conversation, request, pan: "4242424242424243"),
            _ => await host.SubmitAsync(conversation, request, submission: "4242424242424242"),
        };

        Assert.Equal(SecureChatErrors.All.Single(error => error.Code == code), refused.Error);
        Assert.Equal((data, keys), (_bed.Data.Writes, _bed.Keys.Writes));
        if (refused.Error == SecureChatErrors.NoticeMismatch)
        {
            // The page can show what is current and ask again.
            Assert.Equal(("payments-v1", "1", "en"), (refused.Facts!["noticeKey"], refused.Facts["version"], refused.Facts["language"]));
        }
    }

    [Theory]
    [InlineData(RecordKinds.Consent, "SC4003")]
    [InlineData(RecordKinds.AuditPage, "SC5001")]
    public async Task P5_Consent_that_cannot_be_put_on_record_collects_nothing(string kind, string code)
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        _bed.Data.Before = call => call.Operation == "insert" && call.Kind == kind ? throw new IOException("gone") : default;

        SecureChatException fault = await Assert.ThrowsAnyAsync<SecureChatException>(() => host.SubmitAsync(conversation, request));

        Assert.Equal(code, fault.Error.Code);
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        Assert.Equal(FormRequestState.Requested, (await host.Records.FindAsync(conversation, request, Token))!.State);
    }

    [Fact]
    public async Task E17_A_double_submit_is_one_submission_one_consent_and_one_card()
    {
        BedHost[] hosts = [await _bed.StartHostAsync(), await _bed.StartHostAsync()];
        for (int round = 0; round < 20; round++)
        {
            (string conversation, string request) = await hosts[0].RequestAsync();
            Outcome<FormCard>[] cards = await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
                Task.Run(() => hosts[number % 2].SubmitAsync(conversation, request), Token)));

            Assert.All(cards, static card => Assert.True(card.IsSuccess, card.Error?.Code));
            Assert.Single(cards.Select(static card => string.Join(',', card.Value!.Values.Select(static value => value.ValueId))).Distinct());
            Assert.Single(await hosts[0].Get<GuardedConsentStore>().ListAsync(conversation, Token));
            Assert.Equal(3 * (round + 1), _bed.Keys.CountOf(RecordKinds.ReleaseKey));
            Assert.Single(await hosts[0].EventsAsync(conversation), static seen => seen.Form?.State == FormRequestState.Submitted);
        }

        (string other, string form) = await hosts[0].RequestAsync();
        await hosts[0].SubmitAsync(other, form);
        Assert.Equal(SecureChatErrors.SubmissionMismatch, (await hosts[0].SubmitAsync(other, form, pan: "5555555555554444")).Error);
        Assert.Equal(SecureChatErrors.SubmissionMismatch, (await hosts[0].SubmitAsync(other, form, submission: "submission-000002")).Error);
    }

    [Theory]
    [InlineData("expired", FormRequestState.Expired)]
    [InlineData("cancelled", FormRequestState.Cancelled)]
    [InlineData("declined", FormRequestState.Declined)]
    public async Task E18_A_form_that_is_not_open_takes_nothing_and_says_what_it_is(string end, FormRequestState state)
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        switch (end)
        {
            case "expired": _bed.Time.Advance(TimeSpan.FromMinutes(15)); break;
            case "cancelled": await host.Forms.CancelAsync(conversation, request, ParticipantRole.Agent, "agent-1", Token); break;
            default: await host.Forms.DeclineAsync(conversation, request, Token); break;
        }

        (int data, int keys) = (_bed.Data.Writes, _bed.Keys.Writes);
        Outcome<FormCard> refused = await host.SubmitAsync(conversation, request);

        Assert.Equal(SecureChatErrors.FormNotOpen, refused.Error);
        Assert.Equal(state, refused.Facts!["state"]);
        Assert.Equal((data, keys), (_bed.Data.Writes, _bed.Keys.Writes));
    }

    [Fact]
    public async Task E26_A_withdrawal_before_the_view_destroys_the_values_and_a_reveal_finds_tombstones()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SubmitNewAsync();

        Outcome<FormCard> withdrawn = await host.Forms.WithdrawAsync(form.Conversation, form.Request, ParticipantRole.Visitor, null, Token);

        Assert.All(withdrawn.Value!.Values, static value => Assert.Equal((SealedValueState.Destroyed, (DestroyReason?)DestroyReason.Withdrawn), (value.State, value.Reason)));
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        Assert.NotNull(Assert.Single(await host.Get<GuardedConsentStore>().ListAsync(form.Conversation, Token)).WithdrawnAt);
        using var browser = new Browser();
        Assert.Equal(ClaimOutcome.Gone, (await host.ClaimAsync(form, browser)).Outcome);
    }

    [Fact]
    public async Task E26_Of_a_withdrawal_and_a_claim_at_once_one_wins_in_each_of_100_rounds()
    {
        BedHost[] hosts = [await _bed.StartHostAsync(), await _bed.StartHostAsync()];
        using var browser = new Browser();
        int claims = 0;
        for (int round = 0; round < 100; round++)
        {
            SealedForm form = await hosts[0].SubmitNewAsync();
            AuditReceipt intent = await hosts[0].IntendAsync(form);
            using var start = new Barrier(2);
            Task<Outcome<FormCard>> withdrawing = Task.Run(
                async () =>
                {
                    start.SignalAndWait(TimeSpan.FromSeconds(30));
                    return await hosts[0].Forms.WithdrawAsync(form.Conversation, form.Request, ParticipantRole.Visitor, null, Token);
                },
                Token);
            Task<ClaimResult> claiming = Task.Run(
                () =>
                {
                    start.SignalAndWait(TimeSpan.FromSeconds(30));
                    return hosts[1].ClaimAsync(form, browser, intent);
                },
                Token);
            await withdrawing;
            ClaimResult claim = await claiming;

            FormRecord record = await hosts[0].FormAsync(form);
            if (claim.Outcome == ClaimOutcome.Claimed)
            {
                claims++;
                Assert.All(record.Values, static value => Assert.Equal(SealedValueState.Claimed, value.State));
                Assert.Equal(ReleaseOutcome.Released, (await hosts[1].ReleaseAsync(form, browser)).Outcome);
            }
            else
            {
                Assert.Equal(ClaimOutcome.Gone, claim.Outcome);
                Assert.All(record.Values, static value => Assert.Equal((SealedValueState.Destroyed, (DestroyReason?)DestroyReason.Withdrawn, null), (value.State, value.Reason, value.Claim)));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{claims} of 100 claims won");
    }

    [Fact]
    public async Task E27_A_withdrawal_after_the_view_leaves_the_screen_alone_and_ends_the_consent()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SubmitNewAsync();
        using var browser = new Browser();
        await host.ClaimAsync(form, browser, values: [form.IdOf("pan")]);

        Outcome<FormCard> withdrawn = await host.Forms.WithdrawAsync(form.Conversation, form.Request, ParticipantRole.Visitor, null, Token);

        Assert.Equal([SealedValueState.Claimed, SealedValueState.Destroyed, SealedValueState.Destroyed], withdrawn.Value!.Values.Select(static value => value.State));
        Assert.NotNull(Assert.Single(await host.Get<GuardedConsentStore>().ListAsync(form.Conversation, Token)).WithdrawnAt);
        Assert.Contains(await host.AuditAsync(), static entry => entry.Action == AuditAction.ConsentWithdrawn);
    }

    [Fact]
    public async Task Withdrawing_what_was_never_submitted_declines_it_and_what_does_not_exist_is_not_found()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        Assert.Equal(FormRequestState.Declined, (await host.Forms.WithdrawAsync(conversation, request, ParticipantRole.Visitor, null, Token)).Value!.State);
        Assert.Equal(SecureChatErrors.NotFound, (await host.Forms.WithdrawAsync(conversation, SecureChatId.New(), ParticipantRole.Visitor, null, Token)).Error);
        Assert.Equal(SecureChatErrors.NotFound, (await host.Forms.WithdrawAsync("../x", request, ParticipantRole.Visitor, null, Token)).Error);
        Assert.Empty(await host.Get<GuardedConsentStore>().ListAsync(conversation, Token));
    }

    [Fact]
    public async Task The_end_of_a_conversation_cancels_what_is_open_and_destroys_what_is_sealed_or_on_a_screen()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SubmitNewAsync();
        (_, string open) = await host.RequestAsync("contact", form.Conversation);
        using var browser = new Browser();
        await host.ClaimAsync(form, browser, values: [form.IdOf("pan")]);

        await host.Get<Conversations>().CloseAsync(form.Conversation, ParticipantRole.Visitor, agent: null, Token);

        Assert.Equal(FormRequestState.Cancelled, (await host.Records.FindAsync(form.Conversation, open, Token))!.State);
        Assert.All((await host.FormAsync(form)).Values, static value => Assert.Equal((DestroyReason.ConversationEnded, true), (value.Reason, value.KeyDestroyedAt is not null)));
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        Assert.Equal(ReleaseOutcome.Gone, (await host.ReleaseAsync(form, browser)).Outcome);
    }

    [Theory]
    [InlineData("insert", RecordKinds.ConversationEvent)]
    [InlineData("insert", RecordKinds.AuditPage)]
    [InlineData("replace", RecordKinds.Form)]
    public async Task A_crash_between_a_change_and_its_telling_is_told_by_the_sweeper_in_transcript_once(string operation, string kind)
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        int forms = 0;
        _bed.Data.Before = call => call.Operation == operation && call.Kind == kind && (kind != RecordKinds.Form || ++forms > 1)
            ? throw new IOException("gone")
            : default;
        await Assert.ThrowsAnyAsync<SecureChatException>(async () => await host.Forms.DeclineAsync(conversation, request, Token));
        _bed.Data.Before = null;
        Assert.NotEmpty((await host.Records.FindAsync(conversation, request, Token))!.Pending);

        _bed.Time.Advance(FormStateMachine.Grace);
        BedHost next = await _bed.StartHostAsync();
        await next.SweepAsync();

        Assert.Empty((await next.Records.FindAsync(conversation, request, Token))!.Pending);
        Assert.Single(await next.EventsAsync(conversation), static seen => seen.Form?.State == FormRequestState.Declined);
        Assert.Contains(await next.AuditAsync(), static entry => entry.Action == AuditAction.FormDeclined);
    }

    [Fact]
    public async Task P4_An_agent_who_uses_the_ids_of_coming_cards_for_messages_keeps_none_of_them_from_the_visitor()
    {
        await using var bed = new ProductBed();
        BedHost host = await bed.StartHostAsync();
        (string conversationId, string request) = await host.RequestAsync();
        Conversation conversation = (await host.Get<Conversations>().FindAsync(conversationId, TestContext.Current.CancellationToken))!;
        var agent = new Agent { Id = "agent-1", SessionId = "s", DisplayName = "Ada", IsAgent = true };
        for (int revision = 1; revision <= 12; revision++)
        {
            await host.Get<MessageService>().SendAsync(
                conversation, MessageSender.Of(agent), $"{request}-{revision}", "one moment", TestContext.Current.CancellationToken);
        }

        Assert.True((await host.SubmitAsync(conversationId, request)).IsSuccess);

        FormCard card = (await host.EventsAsync(conversationId)).Last(static seen => seen.Form is not null).Form!;
        Assert.Equal(FormRequestState.Submitted, card.State);
    }
}
