using System.Text.Json;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Forms;

/// <summary>The state machine on which "at most one viewer" rests: every command in every state, and every interleaving of short sequences.</summary>
public sealed class FormStateMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Ids = ["value-a", "value-b"];

    /// <summary>A name, a command, and how far time moves before it.</summary>
    private sealed record Step(string Name, FormCommand Command, TimeSpan After);

    private static readonly Step[] Alphabet =
    [
        new("confirm", new FormCommand.Confirm(), TimeSpan.Zero),
        new("open", new FormCommand.Open(), TimeSpan.Zero),
        new("submit", Submit("submission-0000001"), TimeSpan.Zero),
        new("submit-other", Submit("submission-0000002"), TimeSpan.Zero),
        new("decline", new FormCommand.Decline(), TimeSpan.Zero),
        new("cancel", new FormCommand.Cancel { Actor = ParticipantRole.Agent, ActorId = "agent-1" }, TimeSpan.Zero),
        new("claim-1", Claim("agent-1", "claim-1", "key-1"), TimeSpan.Zero),
        new("claim-2", Claim("agent-2", "claim-2", "key-2"), TimeSpan.Zero),
        new("release-1", Release("agent-1", "claim-1", "key-1"), TimeSpan.Zero),
        new("release-1-other-key", Release("agent-1", "claim-1", "key-9"), TimeSpan.Zero),
        new("release-2", Release("agent-2", "claim-2", "key-2"), TimeSpan.Zero),
        new("acknowledge-1", new FormCommand.Acknowledge { AgentId = "agent-1", SessionId = "agent-1", ClaimId = "claim-1" }, TimeSpan.Zero),
        new("acknowledge-2", new FormCommand.Acknowledge { AgentId = "agent-2", SessionId = "agent-2", ClaimId = "claim-2" }, TimeSpan.Zero),
        new("withdraw", new FormCommand.Withdraw { Actor = ParticipantRole.Visitor }, TimeSpan.Zero),
        new("withdraw-values", new FormCommand.Destroy { Reason = DestroyReason.Withdrawn, UnopenedOnly = true }, TimeSpan.Zero),
        new("erase", new FormCommand.Destroy { Reason = DestroyReason.Erased }, TimeSpan.Zero),
        new("window-ends", new FormCommand.Settle(), TimeSpan.FromSeconds(61)),
        new("life-ends", new FormCommand.Settle(), TimeSpan.FromMinutes(31)),
        new("keys-destroyed", new FormCommand.KeysDestroyed { ValueIds = Ids }, TimeSpan.Zero),
        new("told", new FormCommand.Told { Number = long.MaxValue }, TimeSpan.Zero),
        new("grant", new FormCommand.Grant { TokenHash = [1] }, TimeSpan.Zero),
        new("grant-other", new FormCommand.Grant { TokenHash = [2] }, TimeSpan.Zero),
        new("extend", Extend(), TimeSpan.FromMinutes(1)),
    ];

    [Fact]
    public void Every_interleaving_of_short_sequences_keeps_every_promise()
    {
        // 23 commands, from seven starting points, all sequences of four: about 1,960,000 of them.
        int sequences = 0;
        foreach (FormRecord start in StartingPoints())
        {
            Walk(start, new History(), depth: 4, time: Start, trail: []);
        }

        Assert.True(sequences > 1_900_000, $"only {sequences} sequences were walked");

        void Walk(FormRecord form, History history, int depth, DateTimeOffset time, IReadOnlyList<string> trail)
        {
            if (depth == 0)
            {
                sequences++;
                return;
            }

            foreach (Step step in Alphabet)
            {
                DateTimeOffset now = time + step.After;
                FormTransition transition = FormStateMachine.Apply(form, step.Command, now);
                string[] here = [.. trail, step.Name];
                History after = Check(form, step.Command, transition, now, history, here);
                Walk(transition.Record, after, depth - 1, now, here);
            }
        }
    }

    [Fact]
    public void The_walk_bites_when_a_second_claim_is_let_through()
    {
        // Saboteur: a state machine that forgets the claim. The same check must object.
        FormRecord form = Submitted();
        FormTransition first = FormStateMachine.Apply(form, Claim("agent-1", "claim-1", "key-1"), Start);
        FormTransition released = FormStateMachine.Apply(first.Record, Release("agent-1", "claim-1", "key-1"), Start);
        History history = Check(first.Record, Release("agent-1", "claim-1", "key-1"), released, Start, new History(), ["claim-1", "release-1"]);
        FormRecord forgotten = released.Record with
        {
            Values = [.. form.Values],
        };
        FormTransition second = FormStateMachine.Apply(forgotten, Claim("agent-2", "claim-2", "key-2"), Start);
        FormTransition again = FormStateMachine.Apply(second.Record, Release("agent-2", "claim-2", "key-2"), Start);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
            Check(second.Record, Release("agent-2", "claim-2", "key-2"), again, Start, history, ["saboteur"]));
    }

    [Theory]
    [InlineData("gives a token to whoever opens it", "a token came from nowhere")]
    [InlineData("keeps the token for ever", "a token outlives")]
    [InlineData("keeps the token when consent is withdrawn", "a token outlives")]
    [InlineData("forgets the token with the submission", "a token was lost")]
    [InlineData("gives more time to whoever opens it", "the time of a form changed")]
    [InlineData("gives more time without end", "the time of a form changed")]
    [InlineData("does not count", "the time of a form changed")]
    public void The_walk_bites_when_a_form(string sabotage, string objection)
    {
        FormRecord requested = After(Unconfirmed(), new FormCommand.Confirm());
        FormRecord granted = After(requested, new FormCommand.Grant { TokenHash = [1] });
        (FormRecord before, FormCommand command, DateTimeOffset now, Func<FormRecord, FormRecord> lie) = sabotage switch
        {
            "gives a token to whoever opens it" =>
                (requested, new FormCommand.Open(), Start, static after => after with { TokenHash = [9] }),
            "keeps the token for ever" =>
                (granted, new FormCommand.Settle(), Start.AddHours(1), after => after with { TokenHash = granted.TokenHash }),
            "keeps the token when consent is withdrawn" =>
                (After(granted, Submit("submission-0000001")), new FormCommand.Withdraw { Actor = ParticipantRole.Visitor }, Start, after => after with { TokenHash = granted.TokenHash }),
            "forgets the token with the submission" =>
                (granted, Submit("submission-0000001"), Start, static after => after with { TokenHash = null }),
            "gives more time to whoever opens it" =>
                (requested, new FormCommand.Open(), Start, static after => after with { ExpiresAt = after.ExpiresAt.AddMinutes(1) }),
            "gives more time without end" =>
                (requested, Extend(), Start.AddMinutes(1), static after => after with { ExpiresAt = DateTimeOffset.MaxValue }),
            _ => ((FormRecord, FormCommand, DateTimeOffset, Func<FormRecord, FormRecord>))
                (requested, Extend(), Start.AddMinutes(1), static after => after with { Extensions = 0 }),
        };
        FormTransition honest = FormStateMachine.Apply(before, command, now);
        Check(before, command, honest, now, new History(), [sabotage]);

        Xunit.Sdk.XunitException bite = Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
            Check(before, command, honest with { Record = lie(honest.Record) }, now, new History(), [sabotage]));
        Assert.StartsWith(objection, bite.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_command_in_every_state_has_one_answer(string state, string command, string expected)
    {
        FormRecord form = States().Single(candidate => candidate.Name == state).Form;
        FormTransition transition = FormStateMachine.Apply(form, Alphabet.Single(step => step.Name == command).Command, Start);
        Assert.Equal(expected, transition.Outcome.ToString());
    }

    [Fact]
    public void The_table_covers_every_command_type()
    {
        Type[] commands = [.. typeof(FormCommand).GetNestedTypes(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic).Where(type => type.IsSubclassOf(typeof(FormCommand)))];
        IEnumerable<Type> covered = Alphabet.Select(step => step.Command.GetType()).Distinct();
        Assert.Equal([nameof(FormCommand.Mirror)], commands.Except(covered).Select(type => type.Name));
    }

    [Fact]
    public void E6_an_expiry_and_a_claim_at_the_same_moment_have_one_winner()
    {
        FormRecord form = Submitted();
        DateTimeOffset end = form.Values[0].ExpiresAt;
        Assert.Equal(FormOutcome.Done, FormStateMachine.Apply(form, Claim("agent-1", "claim-1", "key-1"), end - TimeSpan.FromTicks(1)).Outcome);
        FormTransition late = FormStateMachine.Apply(form, Claim("agent-1", "claim-1", "key-1"), end);
        Assert.Equal(FormOutcome.Gone, late.Outcome);
        Assert.All(late.Record.Values, value => Assert.Null(value.Ciphertext));
    }

    [Fact]
    public void E26_a_withdrawal_destroys_what_is_unopened_by_the_change_that_records_it_and_leaves_what_is_open_to_its_window()
    {
        FormTransition unopened = FormStateMachine.Apply(Submitted(), new FormCommand.Withdraw { Actor = ParticipantRole.Visitor }, Start);
        Assert.Equal(Start, unopened.Record.WithdrawnAt);
        Assert.All(unopened.Record.Values, value => Assert.Equal(DestroyReason.Withdrawn, value.Reason));
        Assert.Equal(
            [AuditAction.ConsentWithdrawn, AuditAction.ValuesDestroyed],
            unopened.Record.Pending.TakeLast(2).Select(fact => fact.Action));

        FormRecord opened = After(Submitted(), Claim("agent-1", "claim-1", "key-1", "value-a"));
        FormTransition late = FormStateMachine.Apply(opened, new FormCommand.Withdraw { Actor = ParticipantRole.Visitor }, Start);
        Assert.Equal(FormOutcome.Done, late.Outcome);
        Assert.Equal(["value-b"], late.Destroyed);
        Assert.Equal(FormOutcome.Already, FormStateMachine.Apply(late.Record, new FormCommand.Withdraw { Actor = ParticipantRole.Visitor }, Start.AddSeconds(1)).Outcome);
    }

    [Fact]
    public void An_unconfirmed_request_stays_due_until_somebody_decides_about_it()
    {
        FormRecord cancelled = After(Unconfirmed(), new FormCommand.Cancel { Actor = ParticipantRole.System });
        Assert.NotNull(FormStateMachine.DueAt(cancelled, Start));
    }

    [Fact]
    public void P7_a_single_delivery_value_is_destroyed_by_the_change_that_releases_it()
    {
        FormTransition claimed = FormStateMachine.Apply(Submitted(), Claim("agent-1", "claim-1", "key-1"), Start);
        FormTransition released = FormStateMachine.Apply(claimed.Record, Release("agent-1", "claim-1", "key-1"), Start);
        Assert.Equal(Ids, released.Released.Select(value => value.ValueId));
        Assert.Equal(["value-b"], released.Destroyed);
        Assert.Null(released.Record.Value("value-b")!.Ciphertext);
        FormTransition again = FormStateMachine.Apply(released.Record, Release("agent-1", "claim-1", "key-1"), Start);
        Assert.Equal(["value-a"], again.Released.Select(value => value.ValueId));
    }

    [Fact]
    public void A_claim_cannot_be_widened_to_values_its_step_up_was_not_for()
    {
        FormTransition first = FormStateMachine.Apply(Submitted(), Claim("agent-1", "claim-1", "key-1", "value-a"), Start);
        FormTransition wider = FormStateMachine.Apply(first.Record, Claim("agent-1", "claim-1", "key-1", "value-b"), Start);
        Assert.Equal(FormOutcome.TakenByOther, wider.Outcome);
    }

    [Fact]
    public void E4_a_window_that_ends_unseen_is_forfeited_and_one_that_was_served_is_viewed()
    {
        FormTransition claimed = FormStateMachine.Apply(Submitted(), Claim("agent-1", "claim-1", "key-1", "value-a"), Start);
        FormTransition unseen = FormStateMachine.Apply(claimed.Record, new FormCommand.Settle(), Start.AddSeconds(60));
        Assert.Equal(DestroyReason.Forfeited, unseen.Record.Value("value-a")!.Reason);
        FormTransition released = FormStateMachine.Apply(claimed.Record, Release("agent-1", "claim-1", "key-1"), Start.AddSeconds(1));
        FormTransition seen = FormStateMachine.Apply(released.Record, new FormCommand.Settle(), Start.AddSeconds(60));
        Assert.Equal(DestroyReason.Viewed, seen.Record.Value("value-a")!.Reason);
    }

    [Fact]
    public void What_is_due_is_never_forgotten()
    {
        // Whatever ends by itself, waits for its key's destruction or waits to be told has a due time; a finished form has none.
        foreach ((string name, FormRecord form) in States())
        {
            bool expects = form.IsOpen || form.Pending.Count > 0 || form.TokenHash is not null
                || form.Values.Any(value => value.State != SealedValueState.Destroyed || value.KeyDestroyedAt is null);
            Assert.True(expects == FormStateMachine.DueAt(form, Start) is not null, name);
        }
    }

    public static TheoryData<string, string, string> Table()
    {
        // State by state, in the order of the alphabet above. One letter per answer keeps the table readable.
        var letters = new Dictionary<char, string>
        {
            ['D'] = "Done", ['A'] = "Already", ['N'] = "NotOpen", ['O'] = "OtherSubmission",
            ['T'] = "TakenByOther", ['G'] = "Gone", ['F'] = "NotFound", ['E'] = "Elsewhere",
        };
        var rows = new Dictionary<string, string>
        {
            //               confirm open submit other decline cancel claim1 claim2 rel1 rel1k rel2 ack1 ack2 withdraw values erase window life keys told grant other extend
            ["unconfirmed"] = "D N N N N D F F F F F F F N A A A A A A",
            ["requested"] = "A D D D D D F F F F F F F N A A A A A D",
            ["opened"] = "A A D D D D F F F F F F F N A A A A A D",
            ["granted"] = "A A D D D D F F F F F F F N A A A A A D D D D",
            ["extended"] = "A A D D D D F F F F F F F N A A A A A D D D N",
            ["submitted"] = "N N A O N N D D F F F F F D D D A A A D",
            ["submitted by token"] = "N N A O N N D D F F F F F D D D A A A D N N N",
            ["declined"] = "N N N N A N F F F F F F F N A A A A A D",
            ["cancelled"] = "N N N N N A F F F F F F F N A A A A A D",
            ["expired"] = "N N N N N N F F F F F F F N A A A A A D",
            ["claimed"] = "N N A O N N A T D E F D F D A D A A A D",
            ["released"] = "N N A O N N G T D E F D F D A D A A D D",
            ["viewed"] = "N N A O N N G T G E F A F D A A A A D D",
            ["destroyed"] = "N N A O N N G G F F F F F D A A A A D D",
            ["withdrawn"] = "N N A O N N G G F F F F F A A A A A D D",
            ["deleted"] = "N N A O N N G G F F F F F D A A A A A A",
        };
        var data = new TheoryData<string, string, string>();
        foreach ((string state, string answers) in rows)
        {
            string[] columns = answers.Split(' ');
            for (int i = 0; i < columns.Length; i++)
            {
                data.Add(state, Alphabet[i].Name, letters[columns[i][0]]);
            }
        }

        return data;
    }

    private static IEnumerable<FormRecord> StartingPoints() =>
        States().Where(state => state.Name is "unconfirmed" or "requested" or "opened" or "submitted" or "claimed" or "released" or "granted").Select(state => state.Form);

    private static IEnumerable<(string Name, FormRecord Form)> States()
    {
        FormRecord unconfirmed = Unconfirmed();
        FormRecord requested = After(unconfirmed, new FormCommand.Confirm());
        FormRecord opened = After(requested, new FormCommand.Open());
        FormRecord submitted = Submitted();
        FormRecord claimed = After(submitted, Claim("agent-1", "claim-1", "key-1"));
        FormRecord released = After(claimed, Release("agent-1", "claim-1", "key-1"));
        FormRecord viewed = After(released, new FormCommand.Acknowledge { AgentId = "agent-1", SessionId = "agent-1", ClaimId = "claim-1" });
        FormRecord destroyed = After(submitted, new FormCommand.Destroy { Reason = DestroyReason.Withdrawn });
        yield return ("unconfirmed", unconfirmed);
        yield return ("requested", requested);
        yield return ("opened", opened);
        yield return ("granted", After(opened, new FormCommand.Grant { TokenHash = [1] }));
        yield return ("extended", After(opened, Extend()));
        yield return ("submitted by token", After(After(opened, new FormCommand.Grant { TokenHash = [1] }), Submit("submission-0000001")));
        yield return ("submitted", submitted);
        yield return ("declined", After(opened, new FormCommand.Decline()));
        yield return ("cancelled", After(opened, new FormCommand.Cancel { Actor = ParticipantRole.Agent }));
        yield return ("expired", FormStateMachine.Apply(opened with { ExpiresAt = Start }, new FormCommand.Settle(), Start).Record);
        yield return ("claimed", claimed);
        yield return ("released", released);
        yield return ("viewed", viewed);
        yield return ("destroyed", destroyed);
        yield return ("withdrawn", After(submitted, new FormCommand.Withdraw { Actor = ParticipantRole.Visitor }));
        yield return ("deleted", After(After(destroyed, new FormCommand.KeysDestroyed { ValueIds = Ids }), new FormCommand.Told { Number = long.MaxValue }));
    }

    private static FormRecord After(FormRecord form, FormCommand command) => FormStateMachine.Apply(form, command, Start).Record;

    private static FormRecord Submitted() => After(After(Unconfirmed(), new FormCommand.Confirm()), Submit("submission-0000001"));

    private static FormRecord Unconfirmed() => new()
    {
        ConversationId = "conversation",
        RequestId = "request",
        FormKey = "card-payment",
        FormVersion = 1,
        Title = "Card payment",
        Purpose = "Pay",
        NoticeKey = "payments-v1",
        RequestedBy = ParticipantRole.Agent,
        RequestedById = "agent-1",
        RequestedAt = Start,
        ExpiresAt = Start.AddMinutes(15),
    };

    private static FormCommand.Submit Submit(string id) => new()
    {
        SubmissionId = id,
        ConsentId = "consent",
        Values =
        [
            Value("value-a", "pan", DataClass.AccountData, single: false),
            Value("value-b", "cvc", DataClass.AuthenticationData, single: true),
        ],
    };

    private static FormCommand.Extend Extend() => new() { Life = TimeSpan.FromMinutes(20), Most = 1 };

    private static FormValue Value(string id, string field, DataClass dataClass, bool single) => new()
    {
        ValueId = id,
        FieldKey = field,
        Label = field,
        DataClass = dataClass,
        Preview = "••••",
        ExpiresAt = Start.AddMinutes(30),
        SingleDelivery = single,
        Ciphertext = [1, 2, 3],
        Fingerprint = [4],
    };

    private static FormCommand.Claim Claim(string agent, string claim, string key, params string[] values) => new()
    {
        AgentId = agent,
        SessionId = agent,
        ClaimId = claim,
        KeyThumbprint = key,
        Role = AgentRole.Agent,
        ValueIds = values.Length == 0 ? Ids : values,
        Window = TimeSpan.FromSeconds(60),
        Intent = Receipt(),
    };

    private static FormCommand.Release Release(string agent, string claim, string key) =>
        new() { AgentId = agent, SessionId = agent, ClaimId = claim, KeyThumbprint = key };

    private static AuditReceipt Receipt() => new(new AuditEntry
    {
        Sequence = 1,
        Id = SecureChatId.New(),
        At = Start,
        Action = AuditAction.RevealIntent,
        Outcome = AuditOutcome.Intended,
        Actor = ParticipantRole.Agent,
        RequestId = "request",
        ValueIds = Ids,
        Canonical = ReadOnlyMemory<byte>.Empty,
        ChainHash = "",
    });

    /// <summary>Checks one decision against the promises and gives the history including it.</summary>
    private static History Check(FormRecord before, FormCommand command, FormTransition transition, DateTimeOffset now, History history, IReadOnlyList<string> trail)
    {
        FormRecord after = transition.Record;
        if (transition.IsChanged == ReferenceEquals(before, after))
        {
            Fail("IsChanged lies");
        }

        // Nothing final changes back.
        if (!before.IsOpen && after.State != before.State)
        {
            Fail("a final request state changed");
        }

        // E20: one token at a time, given only while the form is open; it outlives the form by the grace and never a withdrawal.
        if (!ReferenceEquals(before.TokenHash, after.TokenHash) && after.TokenHash is not null
            && (command is not FormCommand.Grant grant || after.TokenHash != grant.TokenHash || !before.IsOpen || !before.IsConfirmed))
        {
            Fail("a token came from nowhere");
        }

        if (after.TokenHash is not null && (now >= after.ExpiresAt + FormStateMachine.TokenGrace || after.WithdrawnAt is not null))
        {
            Fail("a token outlives what it was for");
        }

        if (before.TokenHash is not null && after.TokenHash is null
            && after.WithdrawnAt is null && now < after.ExpiresAt + FormStateMachine.TokenGrace)
        {
            Fail("a token was lost: an answer that got lost could not be asked for again");
        }

        // More time is taken while there is some left, once each time, never back, and no more often than allowed.
        if (after.ExpiresAt != before.ExpiresAt
            && (command is not FormCommand.Extend more || !before.IsOpen || now >= before.ExpiresAt || after.ExpiresAt <= before.ExpiresAt
                || after.ExpiresAt != now + more.Life || after.Extensions != before.Extensions + 1 || after.Extensions > more.Most
                || after.Pending[^1].Action != AuditAction.FormExtended))
        {
            Fail("the time of a form changed by something that may not change it, or too far");
        }

        foreach (FormValue value in after.Values)
        {
            FormValue? old = before.Value(value.ValueId);
            if (old is not null && value.State < old.State)
            {
                Fail("a value went back");
            }

            if (old?.Claim is { } claim && value.Claim?.ClaimId != claim.ClaimId)
            {
                Fail("a claim changed hands");
            }

            if (value.State == SealedValueState.Destroyed && (value.Ciphertext is not null || value.Fingerprint is not null || value.Reason is null || value.DestroyedAt is null))
            {
                Fail("a tombstone holds something, or lacks its reason");
            }

            if (value.State != SealedValueState.Destroyed && (now >= value.ExpiresAt && value.State == SealedValueState.Sealed))
            {
                Fail("an expired value is alive");
            }

            if (value.KeyDestroyedAt is not null && value.State != SealedValueState.Destroyed)
            {
                Fail("a key is gone and its value is not");
            }
        }

        // P2: over the whole history each value is released under one claim and one key only; P7: single delivery once.
        foreach (FormValue value in transition.Released)
        {
            if (command is not FormCommand.Release release || transition.Outcome != FormOutcome.Done)
            {
                Fail("values were released without a release");
                break;
            }

            string viewer = $"{release.AgentId}/{release.ClaimId}/{release.KeyThumbprint} N N N D D D D D D N N N N N N N N N N N N N N N N N N N N N N N N N N N N N N";
            if (history.Viewers.TryGetValue(value.ValueId, out string? earlier) && earlier != viewer)
            {
                Fail("two viewers");
            }

            if (value.SingleDelivery && earlier is not null)
            {
                Fail("a single-delivery value was delivered twice");
            }

            if (value.Ciphertext is null || now >= value.Claim!.Until)
            {
                Fail("a dead value was released");
            }

            history = history.With(value.ValueId, viewer);
        }

        if (after.WithdrawnAt is not null && after.Values.Any(static value => value.State == SealedValueState.Sealed))
        {
            Fail("consent is withdrawn and an unopened value is alive");
        }

        // A new fact has the newest number, and every destruction is told.
        if (after.Pending.Count > 0 && (before.Pending is not [.., var last] || after.Pending[^1] != last) && after.Pending[^1].Number != after.Revision)
        {
            Fail("the newest fact is not pending");
        }

        // Two cards of a form are told apart by their revision, whichever arrives first.
        if (after.Revision < before.Revision || (after.Revision == before.Revision && LookOf(after) != LookOf(before)))
        {
            Fail("a form looks two ways in one revision");
        }

        foreach (string id in transition.Destroyed)
        {
            if (!after.Pending.Any(fact => fact.Action == AuditAction.ValuesDestroyed && fact.ValueIds.Contains(id)) && command is not FormCommand.Told)
            {
                Fail("a destruction is not told");
            }
        }

        return history;

        static string LookOf(FormRecord form) => JsonSerializer.Serialize(FormTeller.CardOf(form with { Revision = 0 }));

        void Fail(string why) => Assert.Fail($"{why} after {string.Join(", ", trail)}");
    }

    private sealed class History
    {
        public Dictionary<string, string> Viewers { get; private init; } = new(StringComparer.Ordinal);

        public History With(string valueId, string viewer) =>
            new() { Viewers = new Dictionary<string, string>(Viewers, StringComparer.Ordinal) { [valueId] = viewer } };
    }
}
