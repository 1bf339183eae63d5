using System.Text;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

public sealed class RecordVaultTests : IAsyncDisposable
{
    private readonly ProductBed _bed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task P1_P3_Values_are_sealed_each_under_a_key_in_the_other_store_and_open_for_the_claiming_browser_alone()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();

        Assert.Equal(["pan", "exp", "cvc"], form.Values.Select(static value => value.FieldKey));
        Assert.All(form.Values, static value => Assert.Equal(SealedValueState.Sealed, value.State));
        Assert.Equal(3, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        Assert.Equal(0, _bed.Data.CountOf(RecordKinds.ReleaseKey));
        foreach (StoreRecord record in _bed.Data.All.Concat(_bed.Keys.All))
        {
            Assert.Equal(-1, record.Body.Span.IndexOf(Encoding.UTF8.GetBytes(ProductBed.Pan)));
        }

        using var browser = new Browser();
        ClaimResult claim = await host.ClaimAsync(form, browser);
        Assert.Equal(ClaimOutcome.Claimed, claim.Outcome);
        Assert.Equal(_bed.Time.GetUtcNow().AddSeconds(60), claim.Until);
        Dictionary<string, string> read = browser.Open(form, await host.ReleaseAsync(form, browser));
        Assert.Equal((ProductBed.Pan, "12/29", ProductBed.Code), (read["pan"], read["exp"], read["cvc"]));
    }

    [Fact]
    public async Task E18_A_release_whose_key_goes_with_an_end_at_the_same_moment_finds_the_value_gone_not_broken()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        using var browser = new Browser();
        await host.ClaimAsync(form, browser);
        bool hasEnded = false;
        _bed.Keys.Before = async call =>
        {
            if (!hasEnded && call.Operation == "get")
            {
                hasEnded = true;
                await host.Vault.DestroyAsync(
                    new DestroyRequest { ConversationId = form.Conversation, RequestId = form.Request, Reason = DestroyReason.ConversationEnded }, Token);
            }
        };

        ReleaseResult released = await host.ReleaseAsync(form, browser);

        Assert.True(hasEnded);
        Assert.Equal(ReleaseOutcome.Gone, released.Outcome);
        Assert.Empty(released.Values);
        Assert.All(
            await host.Vault.DescribeAsync(form.Conversation, form.Request, Token),
            static value => Assert.Equal(DestroyReason.ConversationEnded, value.DestroyReason));
    }

    [Fact]
    public async Task E17_The_same_submission_again_is_the_same_values_and_writes_nothing()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        (int data, int keys) = (_bed.Data.Writes, _bed.Keys.Writes);

        SealResult again = await host.Vault.SealAsync(BedHost.SealRequest(form.Conversation, form.Request), Token);

        Assert.Equal(SealOutcome.AlreadySealed, again.Outcome);
        Assert.Equal(form.ValueIds, again.Values.Select(static value => value.ValueId));
        Assert.Equal((data, keys), (_bed.Data.Writes, _bed.Keys.Writes));
    }

    [Theory]
    [InlineData("submission-000001", "4242424242424243", 3)]
    [InlineData("submission-000001", "", 3)]
    [InlineData("submission-000002", ProductBed.Pan, 3)]
    [InlineData("submission-000001", ProductBed.Pan, 2)]
    public async Task E17_A_repeat_with_another_content_field_or_id_is_rejected_and_writes_nothing(string submission, string pan, int fields)
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        (int data, int keys) = (_bed.Data.Writes, _bed.Keys.Writes);
        SealRequest request = BedHost.SealRequest(form.Conversation, form.Request, submission, pan);

        SealResult other = await host.Vault.SealAsync(
            new SealRequest
            {
                ConversationId = request.ConversationId,
                RequestId = request.RequestId,
                SubmissionId = request.SubmissionId,
                ConsentId = request.ConsentId,
                Fields = [.. request.Fields.Take(fields)],
            },
            Token);

        Assert.Equal(SealOutcome.Mismatch, other.Outcome);
        Assert.Equal((data, keys), (_bed.Data.Writes, _bed.Keys.Writes));
    }

    [Fact]
    public async Task E17_A_repeat_after_the_values_are_gone_is_answered_with_their_tombstones_and_writes_nothing()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        await host.Vault.DestroyAsync(
            new DestroyRequest { ConversationId = form.Conversation, RequestId = form.Request, Reason = DestroyReason.Erased }, Token);
        (int data, int keys) = (_bed.Data.Writes, _bed.Keys.Writes);

        SealResult again = await host.Vault.SealAsync(BedHost.SealRequest(form.Conversation, form.Request), Token);

        Assert.Equal(SealOutcome.AlreadySealed, again.Outcome);
        Assert.All(again.Values, static value => Assert.Equal((SealedValueState.Destroyed, (DestroyReason?)DestroyReason.Erased), (value.State, value.DestroyReason)));
        Assert.Equal((data, keys), (_bed.Data.Writes, _bed.Keys.Writes));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("unconfirmed")]
    [InlineData("declined")]
    [InlineData("cancelled")]
    [InlineData("expired")]
    public async Task E18_Nothing_is_sealed_into_a_form_that_is_not_open_and_no_key_is_left(string state)
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        switch (state)
        {
            case "unknown":
                request = SecureChatId.New();
                break;
            case "unconfirmed":
                FormRecord stored = (await host.Records.FindAsync(conversation, request, Token))!;
                request = SecureChatId.New();
                Assert.True(await host.Records.InsertAsync(stored with { RequestId = request, IsConfirmed = false }, Token));
                break;
            case "declined":
                await host.Records.ApplyAsync(conversation, request, new FormCommand.Decline(), Token);
                break;
            case "cancelled":
                await host.Records.ApplyAsync(conversation, request, new FormCommand.Cancel { Actor = ParticipantRole.Agent }, Token);
                break;
            default:
                _bed.Time.Advance(TimeSpan.FromMinutes(15));
                break;
        }

        SealResult result = await host.Vault.SealAsync(BedHost.SealRequest(conversation, request), Token);

        Assert.Equal(SealOutcome.Refused, result.Outcome);
        Assert.Empty(result.Values);
        Assert.Equal(0, _bed.Keys.InsertsOf(RecordKinds.ReleaseKey));
    }

    [Fact]
    public async Task E18_A_form_that_is_cancelled_while_its_values_are_sealed_takes_none_and_leaves_no_key()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        int cancelled = 0;
        _bed.Keys.AfterInsert = async record =>
        {
            // The third key is there, the form is not replaced yet.
            if (record.Key.Kind == RecordKinds.ReleaseKey && Interlocked.Increment(ref cancelled) == 3)
            {
                var cancel = new FormCommand.Cancel { Actor = ParticipantRole.Agent };
                Assert.Equal(FormOutcome.Done, (await host.Records.ApplyAsync(conversation, request, cancel, Token))!.Outcome);
            }
        };

        SealResult result = await host.Vault.SealAsync(BedHost.SealRequest(conversation, request), Token);

        Assert.Equal(SealOutcome.Refused, result.Outcome);
        Assert.Equal(3, _bed.Keys.InsertsOf(RecordKinds.ReleaseKey));
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
    }

    [Fact]
    public async Task E20_Of_two_tabs_that_submit_together_one_wins_and_the_other_leaves_no_key()
    {
        BedHost[] hosts = [await _bed.StartHostAsync(), await _bed.StartHostAsync()];
        for (int round = 0; round < 50; round++)
        {
            (string conversation, string request) = await hosts[0].RequestAsync();
            SealResult[] results = await Task.WhenAll(hosts.Select((host, tab) =>
                Task.Run(() => host.Vault.SealAsync(BedHost.SealRequest(conversation, request, $"submission-00000{tab}"), Token).AsTask(), Token)));
            Assert.Equal([SealOutcome.Sealed, SealOutcome.Mismatch], results.Select(static result => result.Outcome).Order());
            Assert.Equal(3 * (round + 1), _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_crash_between_keys_and_form_loses_nothing_that_was_acknowledged_and_its_keys_are_swept(int step)
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        int calls = 0;
        _bed.Keys.Before = call => call is { Operation: "insert", Kind: RecordKinds.ReleaseKey } && ++calls == step ? throw new IOException("gone") : default;
        _bed.Data.Before = call => call is { Operation: "replace", Kind: RecordKinds.Form } ? throw new IOException("gone") : default;

        SecureChatException fault = await Assert.ThrowsAnyAsync<SecureChatException>(
            async () => await host.Vault.SealAsync(BedHost.SealRequest(conversation, request), Token));

        Assert.Equal("SC3001", fault.Error.Code);
        _bed.Keys.Before = _bed.Data.Before = null;
        Assert.Equal(step - 1, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        Assert.Equal(FormRequestState.Requested, (await host.Records.FindAsync(conversation, request, Token))!.State);

        // The client tries again, on a host that knows nothing of the first try.
        BedHost next = await _bed.StartHostAsync();
        Assert.Equal(SealOutcome.Sealed, (await next.Vault.SealAsync(BedHost.SealRequest(conversation, request), Token)).Outcome);
        Assert.Equal(step - 1 + 3, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        _bed.Time.Advance(ReleaseKeys.OrphanGrace);
        await next.SweepAsync();
        Assert.Equal(3, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
    }

    [Fact]
    public async Task A_submission_whose_answer_was_lost_is_found_by_the_retry_and_keeps_its_keys()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        _bed.Data.AfterReplace = static record => record.Key.Kind == RecordKinds.Form ? throw new IOException("connection lost") : Task.CompletedTask;
        await Assert.ThrowsAnyAsync<SecureChatException>(async () => await host.Vault.SealAsync(BedHost.SealRequest(conversation, request), Token));
        _bed.Data.AfterReplace = null;

        SealResult retry = await host.Vault.SealAsync(BedHost.SealRequest(conversation, request), Token);

        Assert.Equal(SealOutcome.AlreadySealed, retry.Outcome);
        var form = new SealedForm(conversation, request, retry.Values);
        using var browser = new Browser();
        await host.ClaimAsync(form, browser);
        Assert.Equal(ProductBed.Pan, browser.Open(form, await host.ReleaseAsync(form, browser))["pan"]);
    }

    [Fact]
    public async Task A_key_store_that_kept_another_key_or_none_acknowledges_nothing()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        _bed.Keys.BeforeInsert = static (record, _) => new(record.Key.Kind == RecordKinds.ReleaseKey ? false : null);

        SecureChatException fault = await Assert.ThrowsAnyAsync<SecureChatException>(
            async () => await host.Vault.SealAsync(BedHost.SealRequest(conversation, request), Token));

        Assert.Equal("SC3001", fault.Error.Code);
        Assert.Equal(FormRequestState.Requested, (await host.Records.FindAsync(conversation, request, Token))!.State);
    }

    [Fact]
    public async Task A_submission_so_slow_that_its_keys_could_be_swept_is_not_acknowledged()
    {
        BedHost host = await _bed.StartHostAsync();
        BedHost sweeping = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        SealRequest three = BedHost.SealRequest(conversation, request);
        var eight = new SealRequest
        {
            ConversationId = conversation,
            RequestId = request,
            SubmissionId = three.SubmissionId,
            ConsentId = three.ConsentId,
            Fields = [.. Enumerable.Range(0, 8).Select(static n => BedHost.Field($"f{n}", "Text", DataClass.General, "value", "••••", TimeSpan.FromMinutes(30)))],
        };

        // Every insert stays just inside its own time limit; all of them together do not stay inside the grace of the first key.
        _bed.Keys.AfterInsert = async record =>
        {
            if (record.Key.Kind == RecordKinds.ReleaseKey)
            {
                _bed.Time.Advance(TimeSpan.FromSeconds(9));
                await sweeping.SweepAsync();
            }
        };

        SecureChatException fault = await Assert.ThrowsAnyAsync<SecureChatException>(async () => await host.Vault.SealAsync(eight, Token));

        Assert.Equal("SC3001", fault.Error.Code);
        Assert.Equal(8, _bed.Keys.InsertsOf(RecordKinds.ReleaseKey));
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        _bed.Keys.AfterInsert = null;
        SealResult retry = await host.Vault.SealAsync(eight, Token);
        var form = new SealedForm(conversation, request, retry.Values);
        using var browser = new Browser();
        await host.ClaimAsync(form, browser);
        Assert.Equal(8, (await host.ReleaseAsync(form, browser)).Values.Count);
    }

    [Theory]
    [InlineData(AuditAction.StepUp, false, false)]
    [InlineData(AuditAction.RevealOutcome, false, false)]
    [InlineData(AuditAction.RevealIntent, true, false)]
    [InlineData(AuditAction.RevealIntent, false, true)]
    public async Task P4_A_receipt_for_something_else_claims_nothing(AuditAction action, bool otherRequest, bool fewerValues)
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        using var browser = new Browser();
        AuditReceipt receipt = await host.IntendAsync(
            form, action, otherRequest ? SecureChatId.New() : form.Request, fewerValues ? [form.IdOf("pan"), form.IdOf("exp")] : form.ValueIds);

        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => host.ClaimAsync(form, browser, receipt));

        Assert.Equal("SC5001", fault.Error.Code);
        Assert.All((await host.FormAsync(form)).Values, static value => Assert.Null(value.Claim));
    }

    [Fact]
    public async Task E1_P2_Of_fifty_callers_on_two_hosts_one_wins_in_each_of_200_rounds()
    {
        BedHost[] hosts = [await _bed.StartHostAsync(), await _bed.StartHostAsync()];
        Browser[] browsers = [.. Enumerable.Range(0, 50).Select(static number => new Browser($"agent-{number}"))];
        string conversation = (await hosts[0].StartConversationAsync()).Id;
        for (int round = 0; round < 200; round++)
        {
            SealedForm form = await hosts[0].SealAsync(conversation);
            AuditReceipt intent = await hosts[0].IntendAsync(form);

            ClaimResult[] results = await Task.WhenAll(browsers.Select((browser, number) => Task.Run(() => hosts[number % 2].ClaimAsync(form, browser, intent), Token)));

            int winner = Array.FindIndex(results, static result => result.Outcome == ClaimOutcome.Claimed);
            Assert.Single(results, static result => result.Outcome == ClaimOutcome.Claimed);
            Assert.Equal(49, results.Count(static result => result.Outcome == ClaimOutcome.TakenByOther));

            // Losers learn who opened it and hold nothing.
            Assert.All(results, result => Assert.All(result.Values, value => Assert.Equal(browsers[winner].AgentId, value.ClaimedBy)));
            ReleaseResult[] releases = await Task.WhenAll(
                browsers.Where((_, number) => number == winner || number % 10 == 0).Select(browser => Task.Run(() => hosts[round % 2].ReleaseAsync(form, browser), Token)));
            ReleaseResult released = Assert.Single(releases, static release => release.Outcome == ReleaseOutcome.Released);
            Assert.Equal(ProductBed.Pan, browsers[winner].Open(form, released)["pan"]);
            await hosts[0].AcknowledgeAsync(form, browsers[winner]);
        }

        Array.ForEach(browsers, static browser => browser.Dispose());
    }

    [Fact]
    public async Task Saboteur_a_store_without_compare_and_set_lets_two_callers_win()
    {
        BedHost[] hosts = [await _bed.StartHostAsync(), await _bed.StartHostAsync()];
        SealedForm form = await hosts[0].SealAsync();
        AuditReceipt intent = await hosts[0].IntendAsync(form);
        Browser[] browsers = [new Browser("agent-1"), new Browser("agent-2")];
        _bed.Data.IgnoresVersions = true;
        int readers = 0;
        var bothRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bed.Data.AfterGet = _ =>
        {
            if (Interlocked.Increment(ref readers) == 2)
            {
                bothRead.SetResult();
            }

            return bothRead.Task.WaitAsync(TimeSpan.FromSeconds(30));
        };

        ClaimResult[] results = await Task.WhenAll(hosts.Select((host, number) => Task.Run(() => host.ClaimAsync(form, browsers[number], intent), Token)));

        Assert.All(results, static result => Assert.Equal(ClaimOutcome.Claimed, result.Outcome));
        Array.ForEach(browsers, static browser => browser.Dispose());
    }

    [Fact]
    public async Task E2_E3_The_claiming_browser_gets_the_value_as_often_as_it_asks_inside_the_window_and_nobody_else_ever()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        using var browser = new Browser();
        await host.ClaimAsync(form, browser);
        Assert.Equal(ClaimOutcome.AlreadyYours, (await host.ClaimAsync(form, browser)).Outcome);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(ProductBed.Pan, browser.Open(form, await host.ReleaseAsync(form, browser))["pan"]);
        }

        using var sameAgentOtherBrowser = new Browser(claimId: browser.ClaimId);
        using var sameAgentOtherSession = new Browser(sessionId: "session-2", claimId: browser.ClaimId);
        using var otherAgent = new Browser("agent-2", browser.SessionId, browser.ClaimId);
        using var otherClaim = new Browser();
        foreach ((Browser other, ReleaseOutcome expected) in new[]
        {
            (sameAgentOtherBrowser, ReleaseOutcome.Elsewhere), (sameAgentOtherSession, ReleaseOutcome.Elsewhere), (otherAgent, ReleaseOutcome.Elsewhere),
            (otherClaim, ReleaseOutcome.NotFound),
        })
        {
            ReleaseResult refused = await host.ReleaseAsync(form, other);
            Assert.Equal(expected, refused.Outcome);
            Assert.Empty(refused.Values);
            Assert.Equal(ClaimOutcome.TakenByOther, (await host.ClaimAsync(form, other)).Outcome);
        }

        _bed.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(ReleaseOutcome.Gone, (await host.ReleaseAsync(form, browser)).Outcome);
        Assert.All(await host.Vault.DescribeAsync(form.Conversation, form.Request, Token), static value => Assert.Equal(DestroyReason.Viewed, value.DestroyReason));
    }

    [Fact]
    public async Task P7_A_security_code_is_delivered_once_and_its_key_is_gone_before_the_answer_leaves()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        using var browser = new Browser();
        await host.ClaimAsync(form, browser);

        ReleaseResult first = await host.ReleaseAsync(form, browser);

        Assert.Equal([form.IdOf("cvc")], first.DestroyedValueIds);
        Assert.Equal(ProductBed.Code, browser.Open(form, first)["cvc"]);
        Assert.Null(_bed.Keys.Peek(form.ReleaseKeyOf("cvc")));
        Assert.NotNull(_bed.Keys.Peek(form.ReleaseKeyOf("pan")));
        ReleaseResult second = await host.ReleaseAsync(form, browser);
        Assert.Equal(["exp", "pan"], browser.Open(form, second).Keys.Order());
        Assert.Empty(second.DestroyedValueIds);
    }

    [Fact]
    public async Task E5_A_store_that_fails_while_a_value_is_released_costs_nobody_the_value()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        using var browser = new Browser();
        await host.ClaimAsync(form, browser);
        foreach ((TestRecordStore store, string operation, string kind) in new[]
        {
            (_bed.Keys, "get", RecordKinds.ReleaseKey), (_bed.Data, "get", RecordKinds.Form), (_bed.Data, "replace", RecordKinds.Form),
        })
        {
            store.Before = call => call.Operation == operation && call.Kind == kind ? throw new IOException("gone") : default;
            Assert.Equal("SC3001", (await Assert.ThrowsAnyAsync<SecureChatException>(() => host.ReleaseAsync(form, browser))).Error.Code);
            store.Before = null;
        }

        Assert.All((await host.FormAsync(form)).Values, static value => Assert.Equal(SealedValueState.Claimed, value.State));
        Assert.Equal(["cvc", "exp", "pan"], browser.Open(form, await host.ReleaseAsync(form, browser)).Keys.Order());
    }

    [Theory]
    [InlineData("key is gone")]
    [InlineData("key is damaged")]
    [InlineData("key of another value")]
    [InlineData("ciphertext is damaged")]
    [InlineData("ciphertext of another value")]
    [InlineData("life is lengthened")]
    [InlineData("delivery is repeated")]
    public async Task E5_E54_What_cannot_be_opened_is_destroyed_as_undecryptable_and_the_other_values_are_still_delivered(string damage)
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        SealedForm other = await host.SealAsync();
        using var browser = new Browser();
        await host.ClaimAsync(form, browser);
        await DamageAsync(host, form, other, damage);

        ReleaseResult broken = await host.ReleaseAsync(form, browser);

        Assert.Equal(ReleaseOutcome.Undecryptable, broken.Outcome);
        Assert.Empty(broken.Values);
        Assert.Equal([form.IdOf("cvc")], broken.DestroyedValueIds);
        SealedValue tombstone = (await host.Vault.DescribeAsync(form.Conversation, form.Request, Token))[2];
        Assert.Equal((SealedValueState.Destroyed, (DestroyReason?)DestroyReason.Undecryptable), (tombstone.State, tombstone.DestroyReason));
        Assert.NotNull(tombstone.KeyDestroyedAt);
        Assert.Null(_bed.Keys.Peek(form.ReleaseKeyOf("cvc")));
        Assert.Equal(["exp", "pan"], browser.Open(form, await host.ReleaseAsync(form, browser)).Keys.Order());
    }

    [Fact]
    public async Task E54_A_viewing_window_that_was_written_longer_ends_with_the_authenticated_life_of_the_value()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        using var browser = new Browser();
        await host.ClaimAsync(form, browser);
        FormRecord record = await host.FormAsync(form);
        FormValue[] values = [.. record.Values.Select(value => value with { Claim = value.Claim! with { Until = value.Claim.Until.AddYears(70) } })];
        // With a right MAC: what lies below it holds as well.
        _bed.Data.Overwrite(form.RecordKey, host.Get<RecordMacs>().Write(
            form.RecordKey, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(record with { Values = values }, SecureChatJson.Options)));

        // Within the life of the longest-living value nothing tells; after it and the longest window there is, nothing opens.
        _bed.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(ReleaseOutcome.Undecryptable, (await host.ReleaseAsync(form, browser)).Outcome);
        Assert.Equal(["exp", "pan"], browser.Open(form, await host.ReleaseAsync(form, browser)).Keys.Order());
        _bed.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Empty((await host.ReleaseAsync(form, browser)).Values);
        Assert.Empty((await host.ReleaseAsync(form, browser)).Values);
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
    }

    [Fact]
    public async Task P3_Acknowledging_destroys_ciphertext_then_keys_then_says_so_and_repeats_change_nothing()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        using var browser = new Browser();
        await host.ClaimAsync(form, browser);
        await host.ReleaseAsync(form, browser);
        var steps = new List<string>();
        _bed.Data.Before = _bed.Keys.Before = call =>
        {
            if (call.Operation is "replace" or "delete" or "scrub")
            {
                steps.Add($"{call.Operation} {call.Kind}".Trim());
            }

            return default;
        };

        DestroyResult done = await host.AcknowledgeAsync(form, browser);

        Assert.True(done.IsComplete);
        Assert.Equal([form.IdOf("pan"), form.IdOf("exp")], done.Destroyed.Select(static value => value.ValueId));
        Assert.Equal(["replace form", "delete release-key", "delete release-key", "scrub", "scrub", "replace form"], steps);
        FormRecord record = await host.FormAsync(form);
        Assert.All(record.Values, value => Assert.Equal((null, DestroyReason.Viewed, _bed.Time.GetUtcNow()), (value.Ciphertext, value.Reason, value.KeyDestroyedAt)));
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));

        steps.Clear();
        DestroyResult again = await host.AcknowledgeAsync(form, browser);
        Assert.True(again is { Found: true, IsComplete: true, Destroyed.Count: 0 });
        Assert.Empty(steps);
        using var other = new Browser("agent-2", claimId: browser.ClaimId);
        Assert.False((await host.AcknowledgeAsync(form, other)).Found);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P3_Nothing_says_deleted_while_either_store_is_busy_and_the_next_call_finishes(bool isData)
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        (isData ? _bed.Data : _bed.Keys).Scrubbed = ScrubResult.Busy;
        var request = new DestroyRequest { ConversationId = form.Conversation, RequestId = form.Request, Reason = DestroyReason.Erased };

        DestroyResult busy = await host.Vault.DestroyAsync(request, Token);

        Assert.False(busy.IsComplete);
        Assert.All(busy.Destroyed, static value => Assert.Equal((SealedValueState.Destroyed, null), (value.State, value.KeyDestroyedAt)));
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        Assert.NotNull(_bed.Data.Peek(form.RecordKey)!.DueAt);

        _bed.Data.Scrubbed = _bed.Keys.Scrubbed = ScrubResult.Complete;
        Assert.True((await host.Vault.DestroyAsync(request, Token)).IsComplete);
        Assert.All((await host.FormAsync(form)).Values, static value => Assert.NotNull(value.KeyDestroyedAt));
    }

    [Fact]
    public async Task P3_A_fault_between_the_steps_of_an_end_is_finished_by_the_next_call()
    {
        BedHost host = await _bed.StartHostAsync();
        var request = (SealedForm form) => new DestroyRequest { ConversationId = form.Conversation, RequestId = form.Request, Reason = DestroyReason.Erased };
        foreach ((TestRecordStore store, string operation, int skip) in new[]
        {
            (_bed.Data, "replace", 0), (_bed.Keys, "delete", 0), (_bed.Keys, "delete", 1), (_bed.Keys, "scrub", 0), (_bed.Data, "scrub", 0), (_bed.Data, "replace", 1),
        })
        {
            SealedForm form = await host.SealAsync();
            int left = skip;
            store.Before = call => call.Operation == operation && left-- == 0 ? throw new IOException("gone") : default;
            await Assert.ThrowsAnyAsync<SecureChatException>(async () => await host.Vault.DestroyAsync(request(form), Token));
            store.Before = null;
            Assert.All((await host.FormAsync(form)).Values, static value => Assert.Null(value.KeyDestroyedAt));

            Assert.True((await host.Vault.DestroyAsync(request(form), Token)).IsComplete);
            Assert.All((await host.FormAsync(form)).Values, static value => Assert.NotNull(value.KeyDestroyedAt));
            Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        }
    }

    [Fact]
    public async Task E26_E27_Destroying_what_nobody_opened_leaves_what_is_on_a_screen()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        using var browser = new Browser();
        await host.ClaimAsync(form, browser, values: [form.IdOf("pan")]);

        DestroyResult result = await host.Vault.DestroyAsync(
            new DestroyRequest { ConversationId = form.Conversation, RequestId = form.Request, Reason = DestroyReason.Withdrawn, UnopenedOnly = true }, Token);

        Assert.Equal([form.IdOf("exp"), form.IdOf("cvc")], result.Destroyed.Select(static value => value.ValueId));
        Assert.Equal([form.IdOf("pan")], result.StillOpen);
        Assert.Equal(["pan"], browser.Open(form, await host.ReleaseAsync(form, browser)).Keys);
    }

    [Fact]
    public async Task Values_that_do_not_exist_are_not_claimed_released_or_destroyed()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        SealedForm nowhere = form with { Request = SecureChatId.New() };
        using var browser = new Browser();
        string unknown = SecureChatId.New();

        Assert.Equal(ClaimOutcome.NotFound, (await host.ClaimAsync(nowhere, browser)).Outcome);
        Assert.Equal(ClaimOutcome.NotFound, (await host.ClaimAsync(form, browser, await host.IntendAsync(form, values: [unknown]), unknown)).Outcome);
        Assert.Equal(ReleaseOutcome.NotFound, (await host.ReleaseAsync(nowhere, browser)).Outcome);
        Assert.False((await host.AcknowledgeAsync(nowhere, browser)).Found);
        Assert.Empty(await host.Vault.DescribeAsync(nowhere.Conversation, nowhere.Request, Token));
        Assert.False((await host.Vault.DestroyAsync(
            new DestroyRequest { ConversationId = form.Conversation, RequestId = form.Request, Reason = DestroyReason.Erased, ValueIds = [unknown] }, Token)).Found);
        Assert.All((await host.FormAsync(form)).Values, static value => Assert.Equal(SealedValueState.Sealed, value.State));
    }

    [Fact]
    public async Task E6_An_expired_value_is_gone_whether_or_not_the_sweeper_was_there()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        _bed.Time.Advance(TimeSpan.FromMinutes(30));
        using var browser = new Browser();

        Assert.All(await host.Vault.DescribeAsync(form.Conversation, form.Request, Token), static value => Assert.Equal(DestroyReason.Expired, value.DestroyReason));
        Assert.Equal(ClaimOutcome.Gone, (await host.ClaimAsync(form, browser)).Outcome);
        Assert.All((await host.FormAsync(form)).Values, static value => Assert.Null(value.Ciphertext));
    }

    [Fact]
    public async Task E45_A_copy_of_the_data_store_taken_before_the_end_opens_nothing_with_the_keys_after_it()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        (TestRecordStore data, TestRecordStore keys) = (_bed.Data.Copy(), _bed.Keys.Copy());
        using var browser = new Browser();
        await host.ClaimAsync(form, browser);
        await host.AcknowledgeAsync(form, browser);

        await using ProductBed after = _bed.Restored(data.Copy());
        BedHost restored = await after.StartHostAsync();
        using var thief = new Browser();
        Assert.Equal(ClaimOutcome.Claimed, (await restored.ClaimAsync(form, thief)).Outcome);
        Assert.Equal(ReleaseOutcome.Undecryptable, (await restored.ReleaseAsync(form, thief)).Outcome);

        // Saboteur: with the keys of that time it does open, as the documentation says.
        await using ProductBed both = _bed.Restored(data, keys);
        BedHost whole = await both.StartHostAsync();
        await whole.ClaimAsync(form, thief);
        Assert.Equal(ProductBed.Pan, thief.Open(form, await whole.ReleaseAsync(form, thief))["pan"]);
    }

    /// <summary>Works on the security code, the value with the shortest life.</summary>
    private async Task DamageAsync(BedHost host, SealedForm form, SealedForm other, string damage)
    {
        RecordKey key = form.ReleaseKeyOf("cvc");
        FormRecord record = await host.FormAsync(form);
        FormRecord foreign = await host.FormAsync(other);
        switch (damage)
        {
            case "key is gone":
                _bed.Keys.Remove(key);
                return;
            case "key is damaged":
                byte[] wrapped = _bed.Keys.Peek(key)!.Body.ToArray();
                wrapped[^1] ^= 1;
                _bed.Keys.Overwrite(key, wrapped);
                return;
            case "key of another value":
                _bed.Keys.Overwrite(key, _bed.Keys.Peek(other.ReleaseKeyOf("cvc"))!.Body);
                return;
        }

        FormValue[] values = [.. record.Values.Select(value => value.FieldKey != "cvc" ? value : damage switch
        {
            "ciphertext is damaged" => value with { Ciphertext = [.. value.Ciphertext!.Select((b, at) => at == value.Ciphertext!.Length / 2 ? (byte)(b ^ 1) : b)] },
            "ciphertext of another value" => value with { Ciphertext = foreign.Values.Single(static candidate => candidate.FieldKey == "cvc").Ciphertext },
            "life is lengthened" => value with { ExpiresAt = value.ExpiresAt.AddDays(1) },
            _ => value with { SingleDelivery = false },
        })];
        // With a right MAC: what lies below it holds as well.
        _bed.Data.Overwrite(form.RecordKey, host.Get<RecordMacs>().Write(
            form.RecordKey, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(record with { Values = values }, SecureChatJson.Options)));
    }
}
