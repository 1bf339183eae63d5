using SecureChat.Driver;
using SecureChat.Host.Tests.Vendor;

namespace SecureChat.Host.Tests.FailClosed;

/// <summary>P6 for vendors that answer, but not what was asked: refused with the seam's code, nothing stored or shown, and all well again afterwards.</summary>
public sealed class NonsenseTests(ITestOutputHelper output)
{
    private const string Clean = "hello there";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E37_a_masker_that_answers_nonsense_holds_the_message()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("masker");
        (string What, string Text, Func<MaskRequest, MaskResult, MaskResult?> Lie)[] lies =
        [
            ("null", Clean, static (_, _) => null),
            ("no text", Clean, static (_, _) => new MaskResult { Text = null! }),
            ("no spans", Clean, static (request, _) => new MaskResult { Text = request.Text, Spans = null! }),
            ("no amendments", Clean, static (request, _) => new MaskResult { Text = request.Text, Amendments = null! }),
            ("the text of another message", Clean, static (_, _) => new MaskResult { Text = "my iban is none of yours" }),
            ("a changed text without a span", Clean, static (_, _) => new MaskResult { Text = "hello [name]" }),
            ("a text cut short", Party.Typed + " is it, ok", static (_, honest) => new MaskResult { Text = "[card]", Spans = honest.Spans }),
            ("a text that goes on", Party.Typed + " is it", static (_, honest) => new MaskResult { Text = honest.Text + " and more", Spans = honest.Spans }),
            ("endless growth", Party.Typed, static (_, honest) => new MaskResult { Text = new string('x', 4 << 20), Spans = honest.Spans }),
            ("a span found and left", Party.Typed + " is it", static (request, honest) => new MaskResult { Text = request.Text, Spans = honest.Spans }),
            ("a span found and moved", Party.Typed + " is it", static (request, honest) => new MaskResult { Text = "[card] is it " + Party.Typed, Spans = honest.Spans }),
            ("a span before the text", Clean, static (_, _) => Found(-5, 10)),
            ("a span of negative length", Clean, static (_, _) => Found(5, -5)),
            ("a span of no length", Clean, static (_, _) => Found(5, 0)),
            ("a span beyond the text", Clean, static (_, _) => Found(6, 600)),
            ("a span whose end overflows", Clean, static (_, _) => Found(int.MaxValue, int.MaxValue)),
            ("spans that overlap", Clean, static (_, _) => Found(0, 6, 4, 4)),
            ("spans in disorder", Clean, static (_, _) => Found(6, 5, 0, 5)),
            ("a span of no kind", Clean, static (_, _) => Found(0, 5, kind: "")),
            ("a kind that is the value", Party.Typed, static (request, _) => Found(0, 16, kind: request.Text)),
            ("a list of spans without end", Clean, static (request, _) => new MaskResult { Text = request.Text, Spans = new EndlessList<SensitiveSpan>(Span(0, 1)) }),
            ("a list of spans that throws", Clean, static (request, _) => new MaskResult { Text = request.Text, Spans = new ThrowingList<SensitiveSpan>() }),
            ("a list of amendments without end", Clean, static (request, _) => new MaskResult
            {
                Text = request.Text,
                Amendments = new EndlessList<MaskAmendment>(new MaskAmendment { Sequence = request.Recent[0].Sequence, Text = request.Recent[0].Text }),
            }),
            ("an amendment of a message it was not shown", Clean, static (request, _) => Amending(request, 9_999, "x")),
            ("an amendment that is null", Clean, static (request, _) => new MaskResult { Text = request.Text, Amendments = [null!] }),
            ("an amendment without a span", Clean, static (request, _) => Amending(request, request.Recent[0].Sequence, "rewritten")),
            ("half a character", Party.Typed, static (_, honest) => new MaskResult { Text = "\ud83d", Spans = honest.Spans }),
            ("a control character", Party.Typed, static (_, honest) => new MaskResult { Text = "\u0007", Spans = honest.Spans }),
        ];
        foreach ((string what, string text, Func<MaskRequest, MaskResult, MaskResult?> lie) in lies)
        {
            using var party = new Party(host);
            await party.ComeToAsync(JobStep.VisitorMessage);
            (await party.Visitor.SayAsync("the first", Token)).Ok();
            var message = new { clientId = VisitorClient.NewId(), text };
            string path = $"chat/visitor/conversations/{party.ConversationId}/messages";

            host.Faults.Lie("masker.mask", lie);
            Answer refused = await party.Visitor.PostAsync(path, message, Token);
            host.Faults.Disarm();
            FaultChecks.AssertRefused(refused, what, "SC2001");
            int before = (await party.Agent.EventsAsync(party.ConversationId, Token)).Ok()["events"]!.AsArray().Count;

            (await party.Visitor.PostAsync(path, message, Token)).Ok();
            Assert.Equal(before + 1, (await party.Agent.EventsAsync(party.ConversationId, Token)).Ok()["events"]!.AsArray().Count);
        }

        await FaultChecks.AssertNothingInClearAsync(host);
        output.WriteLine($"{lies.Length} kinds of nonsense");
    }

    [Fact]
    public async Task P1_a_masker_must_not_change_what_the_other_side_said()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("masker");
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.VisitorMessage);
        (await party.Agent.SayAsync(party.ConversationId, "what is your number?", Token)).Ok();
        host.Faults.Lie<MaskRequest, MaskResult>("masker.mask", static (request, _) => new MaskResult
        {
            Text = request.Text,
            Amendments = [new MaskAmendment { Sequence = request.Recent[^1].Sequence, Text = "[gone]", Spans = [Span(0, request.Recent[^1].Text.Length)] }],
        });
        FaultChecks.AssertRefused(await party.Visitor.SayAsync(Clean, Token), "an amendment of the other side's message", "SC2001");
    }

    [Fact]
    public async Task P6_a_vault_that_answers_nonsense_releases_and_loses_nothing()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("vault");
        int cases = 0;
        await EachAsync<SealResult>(
            JobStep.Submit,
            "vault.seal",
            ("null", static _ => null),
            ("no such outcome", static _ => new SealResult { Outcome = (SealOutcome)9 }),
            ("sealed without values", static _ => new SealResult { Outcome = SealOutcome.Sealed }),
            ("no list", static answer => new SealResult { Outcome = answer.Outcome, Values = null! }),
            ("a value too few", static answer => With(answer, answer.Values.Skip(1))),
            ("a value too many", static answer => With(answer, answer.Values.Append(answer.Values[0]))),
            ("a value that is null", static answer => With(answer, [null!, .. answer.Values.Skip(1)])),
            ("one id for all", static answer => With(answer, answer.Values.Select(value => Like(value, id: answer.Values[0].ValueId)))),
            ("an id that is a number", static answer => With(answer, answer.Values.Select((value, i) => Like(value, id: $"{i}234567890123456")))),
            ("an id that is a word", static answer => With(answer, answer.Values.Select((value, i) => Like(value, id: $"v{i}")))),
            ("an id made of the value", static answer => With(answer, answer.Values.Select((value, i) => Like(value, id: $"v-{i}-{Scenario.Card}")))),
            ("another field", static answer => With(answer, answer.Values.Select(value => Like(value, field: "other-" + value.FieldKey)))),
            ("another class of data", static answer => With(answer, answer.Values.Select(value => Like(value, dataClass: DataClass.General)))),
            ("a security code that may be delivered twice", static answer => With(answer, answer.Values.Select(value => Like(value, single: false)))),
            ("a life that is too long", static answer => With(answer, answer.Values.Select(value => Like(value, expires: value.ExpiresAt.AddHours(1))))),
            ("a life that is over", static answer => With(answer, answer.Values.Select(value => Like(value, expires: default(DateTimeOffset))))),
            ("a state that is none", static answer => With(answer, answer.Values.Select(value => Like(value, state: (SealedValueState)7)))),
            ("sealed and destroyed", static answer => With(answer, answer.Values.Select(value => Like(value, state: SealedValueState.Destroyed)))),
            ("values without end", static answer => With(answer, new EndlessList<SealedValue>(answer.Values[0]))));
        await EachAsync<ClaimResult>(
            JobStep.Reveal,
            "vault.claim",
            ("null", static _ => null),
            ("no such outcome", static _ => new ClaimResult { Outcome = (ClaimOutcome)9 }),
            ("claimed without an end", static _ => new ClaimResult { Outcome = ClaimOutcome.Claimed }),
            ("claimed for an hour", static answer => new ClaimResult { Outcome = ClaimOutcome.Claimed, Until = answer.Until!.Value.AddHours(1) }),
            ("there is no such value", static _ => new ClaimResult { Outcome = ClaimOutcome.NotFound }),
            ("no list", static answer => new ClaimResult { Outcome = answer.Outcome, Until = answer.Until, Values = null! }));
        await EachAsync<ReleaseResult>(
            JobStep.Reveal,
            "vault.release",
            ("null", static _ => null),
            ("no such outcome", static _ => new ReleaseResult { Outcome = (ReleaseOutcome)9 }),
            ("released without values", static _ => new ReleaseResult { Outcome = ReleaseOutcome.Released }),
            ("values and no release", static answer => With(answer, answer.Values, ReleaseOutcome.Gone)),
            ("there is no such claim", static _ => new ReleaseResult { Outcome = ReleaseOutcome.NotFound }),
            ("the claim is another's", static _ => new ReleaseResult { Outcome = ReleaseOutcome.Elsewhere }),
            ("a value that is null", static answer => With(answer, [null!])),
            ("a value without envelope", static answer => With(answer, [new ReleasedValue { ValueId = answer.Values[0].ValueId, FieldKey = "pan", Envelope = null! }])),
            ("a value not asked for", static answer => With(answer, answer.Values.Select(value => Like(value, id: "v-00000000000000000000000000000000")))),
            ("a value twice", static answer => With(answer, [answer.Values[0], answer.Values[0]])),
            ("a value under another field", static answer => With(answer, answer.Values.Select(value => Like(value, field: "note")))),
            ("values without end", static answer => With(answer, new EndlessList<ReleasedValue>(answer.Values[0]))),
            ("plain text among the ids", static answer => new ReleaseResult { Outcome = answer.Outcome, Until = answer.Until, Values = answer.Values, DestroyedValueIds = [Scenario.Card] }),
            ("no list of ids", static answer => new ReleaseResult { Outcome = answer.Outcome, Until = answer.Until, Values = answer.Values, DestroyedValueIds = null! }));
        foreach ((JobStep step, string member) in ((JobStep, string)[])[(JobStep.Acknowledge, "vault.acknowledge"), (JobStep.Withdraw, "vault.destroy")])
        {
            await EachAsync<DestroyResult>(
                step,
                member,
                ("null", static _ => null),
                ("no list", static _ => new DestroyResult { Destroyed = null! }),
                ("no list of what is open", static _ => new DestroyResult { StillOpen = null! }),
                ("a value that is null", static _ => new DestroyResult { Destroyed = [null!] }),
                ("destroyed and sealed", static answer => new DestroyResult { Destroyed = [.. answer.Destroyed.Select(value => Like(value, state: SealedValueState.Sealed))] }),
                ("a reason that is none", static answer => new DestroyResult { Destroyed = [.. answer.Destroyed.Select(value => Like(value, reason: (DestroyReason)99))] }),
                ("values without end", static answer => new DestroyResult { Destroyed = new EndlessList<SealedValue>(answer.Destroyed[0]) }));
        }

        foreach (JobStep step in (JobStep[])[JobStep.Submit, JobStep.Reveal, JobStep.Acknowledge, JobStep.Withdraw])
        {
            await EachAsync<IReadOnlyList<SealedValue>>(
                step,
                "vault.describe",
                ("null", static _ => null),
                ("a value that is null", static _ => [null!]),
                ("a state that is none", static answer => [.. answer.Select(value => Like(value, state: (SealedValueState)7))]),
                ("a reason that is none", static answer => [.. answer.Select(value => Like(value, state: SealedValueState.Destroyed, reason: (DestroyReason)99))]),
                ("values without end", static answer => new EndlessList<SealedValue>(answer[0])),
                ("a list that throws", static _ => new ThrowingList<SealedValue>()));
        }

        await FaultChecks.AssertNothingInClearAsync(host);
        output.WriteLine($"{cases} kinds of nonsense");

        async Task EachAsync<T>(JobStep step, string member, params (string What, Func<T, T?> Lie)[] lies)
        {
            foreach ((string what, Func<T, T?> lie) in lies)
            {
                using var party = new Party(host);
                await party.ComeToAsync(step);
                host.Faults.Lie(member, lie);
                Answer answer = await party.TryAsync(step);
                Assert.True(host.Faults.Hits > 0, $"{step} did not call {member}");
                host.Faults.Disarm();
                string because = $"{step} with {member}: {what}";
                FaultChecks.AssertRefused(answer, because, "SC3008");
                await FaultChecks.AssertRecoversAsync(host, party, step, answer, because);
                cases++;
            }
        }
    }

    [Fact]
    public async Task P2_a_vault_that_grants_every_claim_still_has_one_viewer()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("vault");
        for (int round = 0; round < 10; round++)
        {
            using var party = new Party(host);
            await party.ComeToAsync(JobStep.StepUp);
            ClaimingBrowser[] browsers = [.. Enumerable.Range(0, 6).Select(static _ => new ClaimingBrowser())];
            foreach (ClaimingBrowser browser in browsers)
            {
                (await party.Agent.StepUpAsync(party.ConversationId, party.RequestId, browser, $"code-{VisitorClient.NewId()}", Token, party.ValueIds)).Ok();
            }

            host.Faults.Lie<ClaimResult>("vault.claim", static answer => new ClaimResult { Outcome = ClaimOutcome.Claimed, Until = answer.Until });
            Answer[] answers = await Task.WhenAll(browsers.Select(browser => party.Agent.RevealAsync(party.ConversationId, party.RequestId, browser, party.ValueIds, Token)));
            host.Faults.Disarm();
            Assert.Single(answers, static answer => answer.Status == 200);
            Assert.Single(answers, static answer => Party.HasEnvelope(answer));
            Assert.All(answers.Where(static answer => answer.Status != 200), static answer => Assert.Equal("SC3005", answer.Code));
            Array.ForEach(browsers, static browser => browser.Dispose());
        }

        output.WriteLine("n = 10 rounds of 6 browsers");
    }

    [Fact]
    public async Task P2_a_vault_that_releases_to_everybody_still_has_one_viewer_also_after_a_transfer()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("vault");
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.RevealAgain);
        host.Faults.Lie<ClaimResult>("vault.claim", static _ => new ClaimResult { Outcome = ClaimOutcome.AlreadyYours, Until = TimeProvider.System.GetUtcNow().AddSeconds(30) });
        Assert.Equal(0, await party.CountOtherViewersAsync(host));
        string heir = $"agent-{VisitorClient.NewId()}";
        (await party.Agent.PostAsync($"chat/agent/conversations/{party.ConversationId}/transfer", new { agentId = heir, agentName = "Grace" }, Token)).Ok();
        using var browser = new ClaimingBrowser();
        AgentClient other = host.Agent(heir);
        (await other.StepUpAsync(party.ConversationId, party.RequestId, browser, $"code-{VisitorClient.NewId()}", Token, party.ValueIds)).Ok();
        Answer refused = await other.RevealAsync(party.ConversationId, party.RequestId, browser, party.ValueIds, Token);
        Assert.Equal((409, "SC3003"), (refused.Status, refused.Code));
        Assert.False(Party.HasEnvelope(refused));
    }

    [Fact]
    public async Task P1_what_a_vault_says_about_a_value_is_not_shown()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("vault");
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.Submit);

        // Label and preview come back as the value itself, and without a label the form's record could never be read again.
        host.Faults.Lie<SealResult>("vault.seal", static answer => With(answer, answer.Values.Select(value => Like(value, label: null, preview: Scenario.Card))));
        (await party.TryAsync(JobStep.Submit)).Ok();
        host.Faults.Lie<IReadOnlyList<SealedValue>>("vault.describe", static answer => [.. answer.Select(value => Like(value, label: Scenario.Card, preview: Scenario.Card))]);
        await party.SucceedAsync(JobStep.StepUp);
        Assert.Equal(Scenario.Card, party.Open(await party.SucceedAsync(JobStep.Reveal))["pan"]);
        (await party.Agent.CardAsync(party.ConversationId, party.RequestId, Token)).Ok();
        (await party.Agent.EventsAsync(party.ConversationId, Token)).Ok();
        await FaultChecks.AssertNothingInClearAsync(host);
    }

    [Fact]
    public async Task P3_a_vault_that_claims_to_destroy_and_does_not_is_not_called_deleted_and_opens_for_nobody()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("vault");
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.Withdraw);
        host.Faults.Lie<IReadOnlyList<SealedValue>>("vault.describe", static answer => [.. answer.Select(value => Like(value, state: SealedValueState.Sealed))]);
        (await party.TryAsync(JobStep.Withdraw)).Ok();
        Answer card = await party.Agent.CardAsync(party.ConversationId, party.RequestId, Token);
        Assert.All(card.Ok()["values"]!.AsArray(), static value => Assert.Null(value!["deletedAt"]));
        await party.SucceedAsync(JobStep.StepUp);
        Assert.Equal("SC3004", (await party.TryAsync(JobStep.Reveal)).Code);
        host.Faults.Disarm();
        await FaultChecks.AssertRecoversAsync(host, party, JobStep.Withdraw, await party.TryAsync(JobStep.Withdraw), "the vault tells the truth again");
    }

    [Fact]
    public async Task P5_a_consent_store_that_answers_nonsense_opens_nothing()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("consent");
        (string What, Func<ConsentRecord, ConsentRecord?> Lie)[] lies =
        [
            ("another conversation", static consent => Like(consent, conversation: "00000000000000000000000000")),
            ("another consent", static consent => Like(consent, id: "none")),
            ("half a record", static consent => Like(consent, purpose: null)),
        ];
        foreach ((JobStep step, string member) in ((JobStep, string)[])[(JobStep.Reveal, "consent.find"), (JobStep.Withdraw, "consent.withdraw")])
        {
            foreach ((string what, Func<ConsentRecord, ConsentRecord?> lie) in lies)
            {
                using var party = new Party(host);
                await party.ComeToAsync(step);
                host.Faults.Lie(member, lie);
                Answer answer = await party.TryAsync(step);
                host.Faults.Disarm();
                FaultChecks.AssertRefused(answer, $"{member}: {what}", "SC4003");
                await FaultChecks.AssertRecoversAsync(host, party, step, answer, what);
            }
        }

        // A consent that is not there, or withdrawn, is no fault: nothing is opened (P5).
        foreach (Func<ConsentRecord, ConsentRecord?> none in (Func<ConsentRecord, ConsentRecord?>[])[static _ => null, static consent => Like(consent, withdrawn: consent.GivenAt)])
        {
            using var party = new Party(host);
            await party.ComeToAsync(JobStep.Reveal);
            host.Faults.Lie("consent.find", none);
            Answer answer = await party.TryAsync(JobStep.Reveal);
            Assert.Equal("SC3004", answer.Code);
            Assert.False(Party.HasEnvelope(answer));
            host.Faults.Disarm();
        }

        // A withdrawal that the store forgot still has its force: the values are destroyed.
        using var forgotten = new Party(host);
        await forgotten.ComeToAsync(JobStep.Withdraw);
        host.Faults.Lie<ConsentRecord>("consent.withdraw", static _ => null);
        (await forgotten.TryAsync(JobStep.Withdraw)).Ok();
        host.Faults.Disarm();
        await FaultChecks.AssertRecoversAsync(host, forgotten, JobStep.Withdraw, await forgotten.TryAsync(JobStep.Withdraw), "a forgotten withdrawal");
        await FaultChecks.AssertNothingInClearAsync(host);
    }

    [Fact]
    public async Task E9_a_step_up_verifier_that_answers_nonsense_proves_nothing()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("step-up");
        (string What, Func<StepUpResult, StepUpResult?> Lie)[] lies =
        [
            ("null", static _ => null),
            ("no such outcome", static _ => new StepUpResult { Outcome = (StepUpOutcome)9 }),
            ("verified without proof", static _ => new StepUpResult { Outcome = StepUpOutcome.Verified }),
            ("a proof without id", static answer => Like(answer, id: " ")),
            ("a proof with an endless id", static answer => Like(answer, id: new string('x', 100_000))),
            ("a proof of another agent", static answer => Like(answer, agent: "grace")),
            ("a proof of another session", static answer => Like(answer, session: "s9")),
            ("a proof for another form", static answer => Like(answer, form: "00000000000000000000000000")),
            ("a proof for another claim", static answer => Like(answer, claim: "another-claim-another")),
            ("a proof without factor", static answer => Like(answer, factor: "")),
            ("a proof from last week", static answer => Like(answer, days: -7)),
            ("a proof from tomorrow", static answer => Like(answer, days: 1)),
        ];
        foreach ((string what, Func<StepUpResult, StepUpResult?> lie) in lies)
        {
            using var party = new Party(host);
            await party.ComeToAsync(JobStep.StepUp);
            host.Faults.Lie("step-up.verify", lie);
            Answer answer = await party.TryAsync(JobStep.StepUp);
            host.Faults.Disarm();
            FaultChecks.AssertRefused(answer, what, "SC6022");
            Assert.Equal("SC6013", (await party.TryAsync(JobStep.Reveal)).Code);
            await FaultChecks.AssertRecoversAsync(host, party, JobStep.StepUp, answer, what);
        }

        // The same evidence for two reveals: the second is refused, whoever vouches for it.
        using var first = new Party(host);
        using var second = new Party(host);
        await first.ComeToAsync(JobStep.StepUp);
        await second.ComeToAsync(JobStep.StepUp);
        host.Faults.Lie<StepUpResult>("step-up.verify", static answer => Like(answer, id: "the same evidence"));
        (await first.TryAsync(JobStep.StepUp)).Ok();
        Assert.Equal("SC6014", (await second.TryAsync(JobStep.StepUp)).Code);
    }

    private static SensitiveSpan Span(int start, int length, string kind = "thing") => new() { Kind = kind, Start = start, Length = length };

    private static MaskResult Found(int start, int length, int? start2 = null, int? length2 = null, string kind = "thing") => new()
    {
        Text = "•",
        Spans = start2 is null ? [Span(start, length, kind)] : [Span(start, length, kind), Span(start2.Value, length2!.Value, kind)],
    };

    private static MaskResult Amending(MaskRequest request, long sequence, string text) =>
        new() { Text = request.Text, Amendments = [new MaskAmendment { Sequence = sequence, Text = text }] };

    private static SealResult With(SealResult answer, IEnumerable<SealedValue> values) =>
        new() { Outcome = answer.Outcome, Values = values as IReadOnlyList<SealedValue> ?? [.. values] };

    private static ReleaseResult With(ReleaseResult answer, IEnumerable<ReleasedValue> values, ReleaseOutcome? outcome = null) =>
        new() { Outcome = outcome ?? answer.Outcome, Until = answer.Until, Values = values as IReadOnlyList<ReleasedValue> ?? [.. values] };

    private static ReleasedValue Like(ReleasedValue value, string? id = null, string? field = null) =>
        new() { ValueId = id ?? value.ValueId, FieldKey = field ?? value.FieldKey, Envelope = value.Envelope };

    private static SealedValue Like(
        SealedValue value,
        string? id = null,
        string? field = null,
        DataClass? dataClass = null,
        bool? single = null,
        DateTimeOffset? expires = null,
        SealedValueState? state = null,
        DestroyReason? reason = null,
        string? label = "Label",
        string? preview = "••••") => new()
        {
            ValueId = id ?? value.ValueId,
            FieldKey = field ?? value.FieldKey,
            Label = label!,
            DataClass = dataClass ?? value.DataClass,
            State = state ?? value.State,
            MaskedPreview = preview!,
            ExpiresAt = expires ?? value.ExpiresAt,
            SingleDelivery = single ?? value.SingleDelivery,
            DestroyReason = reason ?? value.DestroyReason,
        };

    private static ConsentRecord Like(ConsentRecord consent, string? conversation = null, string? id = null, string? purpose = "Purpose", DateTimeOffset? withdrawn = null) => new()
    {
        ConsentId = id ?? consent.ConsentId,
        ConversationId = conversation ?? consent.ConversationId,
        RequestId = consent.RequestId,
        Purpose = purpose!,
        NoticeKey = consent.NoticeKey,
        NoticeVersion = consent.NoticeVersion,
        Language = consent.Language,
        NoticeSha256 = consent.NoticeSha256,
        DataClasses = consent.DataClasses,
        GivenAt = consent.GivenAt,
        WithdrawnAt = withdrawn ?? consent.WithdrawnAt,
    };

    private static StepUpResult Like(
        StepUpResult answer, string? id = null, string? agent = null, string? session = null, string? form = null, string? claim = null, string? factor = null, int days = 0) => new()
        {
            Outcome = answer.Outcome,
            Proof = new StepUpProof
            {
                Id = id ?? answer.Proof!.Id,
                Factor = factor ?? answer.Proof!.Factor,
                At = answer.Proof!.At.AddDays(days),
                AgentId = agent ?? answer.Proof.AgentId,
                SessionId = session ?? answer.Proof.SessionId,
                FormRequestId = form ?? answer.Proof.FormRequestId,
                ClaimId = claim ?? answer.Proof.ClaimId,
            },
        };

    /// <summary>Says that it has one entry and never ends.</summary>
    private sealed class EndlessList<T>(T item) : IReadOnlyList<T>
    {
        public int Count => 1;

        public T this[int index] => item;

        public IEnumerator<T> GetEnumerator()
        {
            while (true)
            {
                yield return item;
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class ThrowingList<T> : IReadOnlyList<T>
    {
        public int Count => throw Faults.Vendor();

        public T this[int index] => throw Faults.Vendor();

        public IEnumerator<T> GetEnumerator() => throw Faults.Vendor();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
