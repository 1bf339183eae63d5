using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.Host.Tests;

namespace SecureChat.ProcessTests;

public sealed class PairRaceOnSqliteTests() : PairRaceTests(StoreEngine.Sqlite);

public sealed class PairRaceOnPostgreSqlTests() : PairRaceTests(StoreEngine.PostgreSql);

/// <summary>Two parties who want opposite things of one form at the same moment, each through a host process of its own.</summary>
public abstract class PairRaceTests(StoreEngine engine)
{
    private const int Rounds = 40;
    private const int AtOnce = 4;
    private const int SweepRounds = 10;

    // How much later one of the two may start, so that over the rounds each is first.
    private const int HeadStartMilliseconds = 25;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E26_a_withdrawal_and_a_reveal_have_one_winner_and_the_audit_says_which()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine);
        var shown = new ConcurrentDictionary<string, bool>();
        await RunAsync(hosts, "withdraw against reveal", async (pair, round) =>
        {
            SubmittedCard card = await pair.SubmitAsync();
            using var browser = new ClaimingBrowser();
            await pair.Agent.StepUpAsync(card, browser);
            (Answer withdraw, Answer reveal) = await RaceAsync(
                round,
                () => pair.OtherVisitor.ActAsync(card.RequestId, "withdraw", Token),
                () => pair.Agent.RevealAsync(card, browser));

            Assert.Equal(200, withdraw.Status);
            Assert.True(reveal is { Status: 200 } or { Status: 410, Code: "SC3004" }, reveal.Text);
            shown[card.RequestId] = reveal.Status == 200;
            pair.Expect(card.RequestId, reveal.Status == 200 ? "viewed" : "withdrawn");
            return reveal.Status == 200 ? "the reveal won" : "the withdrawal won";
        });

        ILookup<string?, AuditLine> audit = (await hosts.One.ReadAuditAsync()).ToLookup(static line => line.Request);
        Assert.All(shown, pair =>
        {
            bool granted = audit[pair.Key].Any(static line => line is { Action: AuditAction.RevealOutcome, Outcome: AuditOutcome.Succeeded });
            Assert.Equal(pair.Value, granted);
            Assert.Contains(audit[pair.Key], static line => line.Action == AuditAction.ConsentWithdrawn);
        });
    }

    [Fact]
    public async Task An_acknowledgement_ends_what_a_reload_at_the_same_moment_may_still_see()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine);
        await RunAsync(hosts, "acknowledge against reload", async (pair, round) =>
        {
            SubmittedCard card = await pair.SubmitAsync();
            using var browser = new ClaimingBrowser();
            await pair.Agent.StepUpAsync(card, browser);
            (await pair.Agent.RevealAsync(card, browser)).Ok();
            (Answer acknowledge, Answer reload) = await RaceAsync(
                round,
                () => pair.OtherAgent.AcknowledgeAsync(card.ConversationId, card.RequestId, browser, Token),
                () => pair.Agent.RevealAsync(card, browser, reason: null));

            Assert.Equal(200, acknowledge.Status);
            Assert.True(reload is { Status: 200 } or { Status: 410, Code: "SC3004" }, reload.Text);
            if (reload.Status == 200)
            {
                Assert.Equal(["exp", "pan"], AgentClient.Open(reload.Json!, card.ConversationId, card.RequestId, browser).Keys.Order());
            }

            Assert.Equal(410, (await pair.Agent.RevealAsync(card, browser)).Status);
            pair.Expect(card.RequestId, "viewed");
            return reload.Status == 200 ? "the reload saw it" : "the reload came late";
        });
    }

    [Fact]
    public async Task E18_a_cancellation_and_a_submission_leave_no_value_behind_whoever_was_first()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine);
        await RunAsync(hosts, "cancel against submit", async (pair, round) =>
        {
            string requestId = await pair.RequestAsync();
            (Answer cancel, Answer submit) = await RaceAsync(
                round,
                () => pair.OtherAgent.ActAsync(pair.Visitor.ConversationId, requestId, "cancel", new { }, Token),
                () => pair.Visitor.SubmitAsync(requestId, Scenario.CardFields(), Token));

            Assert.Equal(200, cancel.Status);
            Assert.True(submit is { Status: 200 } or { Status: 409, Code: "SC6012" }, submit.Text);
            pair.Expect(requestId, submit.Status == 200 ? "cancelled" : null);
            return submit.Status == 200 ? "the submission was first" : "the cancellation was first";
        });
    }

    [Fact]
    public async Task The_end_of_a_conversation_and_a_reveal_leave_no_value_behind()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine);
        await RunAsync(hosts, "close against reveal", async (pair, round) =>
        {
            SubmittedCard card = await pair.SubmitAsync();
            using var browser = new ClaimingBrowser();
            await pair.Agent.StepUpAsync(card, browser);
            (Answer close, Answer reveal) = await RaceAsync(
                round,
                () => pair.OtherVisitor.CloseAsync(Token),
                () => pair.Agent.RevealAsync(card, browser));

            Assert.Equal(200, close.Status);
            Assert.True(reveal is { Status: 200 } or { Status: 410, Code: "SC3004" }, reveal.Text);
            Assert.Equal(410, (await pair.Agent.RevealAsync(card, browser)).Status);
            pair.ExpectDestroyed(card.RequestId);
            return reveal.Status == 200 ? "the reveal was first" : "the end was first";
        });
    }

    [Fact]
    public async Task E18_the_end_of_a_conversation_and_a_submission_leave_no_value_behind()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine);
        await RunAsync(hosts, "close against submit", async (pair, round) =>
        {
            string requestId = await pair.RequestAsync();
            (Answer close, Answer submit) = await RaceAsync(
                round,
                () => pair.OtherVisitor.CloseAsync(Token),
                () => pair.Visitor.SubmitAsync(requestId, Scenario.CardFields(), Token));

            Assert.Equal(200, close.Status);
            Assert.True(submit is { Status: 200 } or { Status: 409 }, submit.Text);
            pair.Expect(requestId, submit.Status == 200 ? "conversationEnded" : null);
            return submit.Status == 200 ? "the submission was first" : "the end was first";
        });
    }

    [Fact]
    public async Task E18_a_form_requested_while_the_conversation_ends_cannot_be_filled_in()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine);
        await RunAsync(hosts, "close against request", async (pair, round) =>
        {
            await pair.StartAsync();
            (Answer close, Answer request) = await RaceAsync(
                round,
                () => pair.OtherVisitor.CloseAsync(Token),
                () => pair.Agent.PostAsync($"chat/agent/conversations/{pair.Visitor.ConversationId}/forms", new { formKey = "card-payment" }, Token));

            Assert.Equal(200, close.Status);
            Assert.True(request is { Status: 200 } or { Status: 409 }, request.Text);
            Assert.All(StoredRecords.Forms(hosts.Folder, pair.Visitor.ConversationId), static form => Assert.Equal("cancelled", form["state"]!.GetValue<string>()));
            if (request.Status == 200)
            {
                Answer submit = await pair.Visitor.SubmitAsync(request.Json!["requestId"]!.GetValue<string>(), Scenario.CardFields(), Token);
                Assert.Equal(409, submit.Status);
            }

            return request.Status == 200 ? "the request was first" : "the end was first";
        });
    }

    [Fact]
    public async Task E6_an_expiry_and_a_reveal_have_one_winner()
    {
        // Time is moved on both hosts at once, so these rounds run one after the other. A window longer than the step keeps a claim
        // that was in time alive: who won is then plain to see.
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine, "unopened=60", "window=600", "sweep=1");
        await RunAsync(
            hosts,
            "expiry against reveal",
            async (pair, round) =>
            {
                SubmittedCard card = await pair.SubmitAsync();
                using var browser = new ClaimingBrowser();
                await pair.Agent.StepUpAsync(card, browser);
                (Answer _, Answer reveal) = await RaceAsync(
                    round,
                    async () =>
                    {
                        await hosts.AdvanceAsync(TimeSpan.FromSeconds(61));
                        await pair.OtherHost.SweepAsync();
                        return await pair.OtherAgent.CardAsync(card.ConversationId, card.RequestId, Token);
                    },
                    () => pair.Agent.RevealAsync(card, browser));

                Assert.True(reveal is { Status: 200 } or { Status: 410, Code: "SC3004" }, reveal.Text);
                if (reveal.Status == 200)
                {
                    Assert.Equal(3, AgentClient.Open(reveal.Json!, card.ConversationId, card.RequestId, browser).Count);
                    (await pair.Agent.AcknowledgeAsync(card.ConversationId, card.RequestId, browser, Token)).Ok();
                }

                pair.Expect(card.RequestId, reveal.Status == 200 ? "viewed" : "expired");
                return reveal.Status == 200 ? "the reveal was in time" : "the value had expired";
            },
            atOnce: 1);
    }

    [Fact]
    public async Task E17_E20_of_two_tabs_that_submit_one_is_accepted_and_a_repeat_on_the_other_host_gets_the_same_receipt()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine);
        await RunAsync(hosts, "submit against submit", async (pair, round) =>
        {
            string requestId = await pair.RequestAsync();
            string one = VisitorClient.NewId();
            string two = round % 2 == 0 ? one : VisitorClient.NewId();
            (Answer first, Answer second) = await RaceAsync(
                round,
                () => pair.Visitor.SubmitAsync(requestId, Scenario.CardFields("111"), Token, one),
                () => pair.OtherVisitor.SubmitAsync(requestId, Scenario.CardFields(one == two ? "111" : "222"), Token, two));

            if (one == two)
            {
                Assert.Equal((200, 200), (first.Status, second.Status));
                Assert.Equal(Scenario.Ids(first.Json!), Scenario.Ids(second.Json!));
            }
            else
            {
                Assert.Equal([200, 409], new[] { first.Status, second.Status }.Order());
            }

            // What is opened is the accepted one.
            Answer accepted = first.Status == 200 ? first : second;
            var card = new SubmittedCard(pair.Visitor.ConversationId, requestId, Scenario.Ids(accepted.Json!));
            using var browser = new ClaimingBrowser();
            await pair.Agent.StepUpAsync(card, browser);
            Dictionary<string, string> values = AgentClient.Open((await pair.Agent.RevealAsync(card, browser)).Ok(), card.ConversationId, requestId, browser);
            Assert.Equal(first.Status == 200 ? "111" : "222", values["cvc"]);
            (await pair.Agent.AcknowledgeAsync(card.ConversationId, requestId, browser, Token)).Ok();
            pair.Expect(requestId, "viewed");
            return one == two ? "a repeat" : first.Status == 200 ? "the first tab won" : "the second tab won";
        });
    }

    [Fact]
    public async Task E16_two_requests_of_one_form_are_one_request()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine);
        await RunAsync(hosts, "request against request", async (pair, round) =>
        {
            await pair.StartAsync();
            string path = $"chat/agent/conversations/{pair.Visitor.ConversationId}/forms";
            (Answer first, Answer second) = await RaceAsync(
                round,
                () => pair.Agent.PostAsync(path, new { formKey = "card-payment" }, Token),
                () => pair.OtherAgent.PostAsync(path, new { formKey = "card-payment" }, Token));

            Assert.Equal(first.Ok()["requestId"]!.GetValue<string>(), second.Ok()["requestId"]!.GetValue<string>());
            Assert.Single([first, second], static answer => answer.Json!["isNew"]!.GetValue<bool>());
            (await pair.Visitor.ActAsync(first.Json!["requestId"]!.GetValue<string>(), "decline", Token)).Ok();
            return first.Json!["isNew"]!.GetValue<bool>() ? "the first asked" : "the second asked";
        });
    }

    [Fact]
    public async Task Of_two_agents_who_take_a_conversation_one_has_it()
    {
        await using TwoHosts hosts = await TwoHosts.StartAsync(engine);
        await RunAsync(hosts, "assign against assign", async (pair, round) =>
        {
            await pair.Visitor.StartAsync(Token);
            using AgentClient rival = pair.OtherHost.Agent($"rival-{round}");
            (Answer first, Answer second) = await RaceAsync(
                round,
                () => pair.Agent.AssignAsync(pair.Visitor.ConversationId, Token),
                () => rival.AssignAsync(pair.Visitor.ConversationId, Token));

            Assert.Equal([200, 404], new[] { first.Status, second.Status }.Order());
            Transcript transcript = await Transcript.ReadAsync(pair.Visitor);
            Assert.Equal(1, transcript.Count("assigned"));
            return first.Status == 200 ? "the first has it" : "the second has it";
        });
    }

    /// <summary>
    /// Plays the rounds, then lets every window end and checks what is left: each form ended as its round expects, nothing half done,
    /// no key, and an audit log that verifies on both hosts.
    /// </summary>
    private static async Task RunAsync(TwoHosts hosts, string name, Func<Pair, int, Task<string>> play, int atOnce = AtOnce)
    {
        var outcomes = new ConcurrentQueue<string>();
        var pairs = new ConcurrentBag<Pair>();
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Rounds),
                new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = Token },
                async (round, _) =>
                {
                    var pair = new Pair(hosts, round);
                    pairs.Add(pair);
                    try
                    {
                        outcomes.Enqueue(await play(pair, round));
                    }
                    catch (Exception fault)
                    {
                        throw new InvalidOperationException($"{name}, round {round}, seed {Seed.Current}: {fault.Message}", fault);
                    }
                });

            await EndAsync(hosts);
            var faults = new List<string>(StoredRecords.Unfinished(hosts.Folder));
            foreach (Pair pair in pairs)
            {
                faults.AddRange((await pair.FaultsAsync()).Select(fault => $"round {pair.Round}: {fault}"));
            }

            Assert.True(faults.Count == 0, $"{name}, seed {Seed.Current}: {string.Join('\n', faults)}");
            Assert.Equal(0, StoredRecords.ReleaseKeys(hosts.Folder));
            Assert.StartsWith("OK", await hosts.One.VerifyAuditAsync(), StringComparison.Ordinal);
            Assert.StartsWith("OK", await hosts.Two.VerifyAuditAsync(), StringComparison.Ordinal);
            Seed.Report($"{name}: {Rounds} rounds; {string.Join(", ", outcomes.CountBy(static outcome => outcome).Select(static pair => $"{pair.Key} {pair.Value} times"))}");
        }
        finally
        {
            foreach (Pair pair in pairs)
            {
                pair.Dispose();
            }
        }
    }

    /// <summary>
    /// Lets every viewing window and every grace end. A truncating checkpoint gives way to readers, the other host's among them, and
    /// is then owed for another grace; so the sweepers may need more than one round.
    /// </summary>
    private static async Task EndAsync(TwoHosts hosts)
    {
        await hosts.AdvanceAsync(TimeSpan.FromSeconds(90));
        for (int round = 0; round < SweepRounds; round++)
        {
            await hosts.One.SweepAsync();
            await hosts.Two.SweepAsync();
            if (!StoredRecords.Unfinished(hosts.Folder).Any())
            {
                return;
            }

            await hosts.AdvanceAsync(TimeSpan.FromSeconds(15));
        }
    }

    /// <summary>Both at once; but in the first round the one before the other and in the second the other before the one, so that both orders happen in every run.</summary>
    private static async Task<(Answer One, Answer Other)> RaceAsync(int round, Func<Task<Answer>> one, Func<Task<Answer>> other)
    {
        if (round == 0)
        {
            Answer before = await one();
            return (before, await other());
        }

        if (round == 1)
        {
            Answer before = await other();
            return (await one(), before);
        }

        int headStart = Seed.For("head start", round).Next(-HeadStartMilliseconds, HeadStartMilliseconds + 1);
        Task<Answer> late = LateAsync(headStart < 0 ? one : other, Math.Abs(headStart));
        Task<Answer> early = headStart < 0 ? other() : one();
        await Task.WhenAll(early, late);
        return headStart < 0 ? (await late, await early) : (await early, await late);

        static async Task<Answer> LateAsync(Func<Task<Answer>> act, int milliseconds)
        {
            await Task.Delay(milliseconds, Token);
            return await act();
        }
    }

    /// <summary>One round's visitor and agent, each with a connection to either host.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly Lazy<VisitorClient> _otherVisitor;
        private readonly Dictionary<string, Func<string, bool>> _expected = new(StringComparer.Ordinal);
        private readonly HashSet<string> _empty = new(StringComparer.Ordinal);

        public Pair(TwoHosts hosts, int round)
        {
            Round = round;
            OtherHost = hosts[round + 1];
            Visitor = new VisitorClient(hosts[round].Root);
            Agent = hosts[round].Agent($"ada-{round}");
            OtherAgent = OtherHost.Agent($"ada-{round}");
            _otherVisitor = new(() => OtherHost.Visitor(Visitor));
        }

        public int Round { get; }

        public HostProcess OtherHost { get; }

        public VisitorClient Visitor { get; }

        /// <summary>The same visitor through the other host. Only after the conversation was started.</summary>
        public VisitorClient OtherVisitor => _otherVisitor.Value;

        public AgentClient Agent { get; }

        public AgentClient OtherAgent { get; }

        public async Task StartAsync()
        {
            await Visitor.StartAsync(Token);
            (await Agent.AssignAsync(Visitor.ConversationId, Token)).Ok();
        }

        public async Task<string> RequestAsync()
        {
            await StartAsync();
            return await Agent.RequestFormAsync(Visitor.ConversationId, "card-payment", Token);
        }

        public Task<SubmittedCard> SubmitAsync() => Scenario.SubmitCardAsync(Visitor, Agent);

        /// <summary>Every value of the form must end for this reason; null: there must be no value at all.</summary>
        public void Expect(string requestId, string? reason)
        {
            if (reason is null)
            {
                _empty.Add(requestId);
            }
            else
            {
                _expected[requestId] = actual => actual == reason;
            }
        }

        public void ExpectDestroyed(string requestId) => _expected[requestId] = static _ => true;

        public async Task<IEnumerable<string>> FaultsAsync()
        {
            Transcript transcript = await Transcript.ReadAsync(Visitor);
            var faults = new List<string>(transcript.Faults());
            foreach ((string requestId, Func<string, bool> fits) in _expected)
            {
                JsonArray values = transcript.Card(requestId)!["values"]!.AsArray();
                if (values.Count != 3 || !transcript.SaysDeleted(requestId) || !values.All(value => fits(value!["reason"]!.GetValue<string>())))
                {
                    faults.Add($"the values ended otherwise than they should: {values.ToJsonString()}");
                }
            }

            foreach (string requestId in _empty.Where(requestId => transcript.Card(requestId)!["values"]!.AsArray().Count > 0))
            {
                faults.Add($"form {requestId} has values although it was refused");
            }

            return faults;
        }

        public void Dispose()
        {
            Visitor.Dispose();
            Agent.Dispose();
            OtherAgent.Dispose();
            if (_otherVisitor.IsValueCreated)
            {
                OtherVisitor.Dispose();
            }
        }
    }
}
