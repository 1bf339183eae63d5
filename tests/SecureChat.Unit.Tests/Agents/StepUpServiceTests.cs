using System.Text;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Agents;

public sealed class StepUpServiceTests
{
    [Fact]
    public async Task A_right_answer_opens_its_claim_once()
    {
        var bench = new StepUpBench();

        Outcome<StepUpTicket> outcome = await bench.VerifyAsync(StepUpBench.RightCode);

        Assert.True(outcome.IsSuccess);
        Assert.Equal("otp", outcome.Value.Factor);
        Assert.Equal(bench.Time.GetUtcNow() + bench.Options.StepUpFreshness, outcome.Value.ExpiresAt);
        Assert.True(await bench.ConsumeAsync());
        Assert.False(await bench.ConsumeAsync());
        AuditFact fact = Assert.Single(bench.Audit);
        Assert.Equal((AuditAction.StepUp, AuditOutcome.Succeeded), (fact.Action, fact.Outcome));
        Assert.Equal((StepUpBench.Conversation, StepUpBench.Request, "anna"), (fact.ConversationId, fact.RequestId, fact.ActorId));
    }

    [Fact]
    public async Task A_wrong_answer_opens_nothing_and_is_audited()
    {
        var bench = new StepUpBench();

        Assert.Same(SecureChatErrors.StepUpRejected, (await bench.VerifyAsync("wrong")).Error);

        Assert.False(await bench.ConsumeAsync());
        AuditFact fact = Assert.Single(bench.Audit);
        Assert.Equal(AuditOutcome.Denied, fact.Outcome);
        Assert.Same(SecureChatErrors.StepUpRejected, fact.Error);
    }

    [Fact]
    public async Task Without_a_step_up_nothing_can_be_consumed() => Assert.False(await new StepUpBench().ConsumeAsync());

    [Fact]
    public async Task E9_A_ticket_opens_no_other_claim_request_agent_or_session()
    {
        var bench = new StepUpBench();
        Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);

        Assert.False(await bench.ConsumeAsync(claim: StepUpBench.OtherClaim));
        Assert.False(await bench.ConsumeAsync(request: StepUpBench.OtherRequest));
        Assert.False(await bench.ConsumeAsync(StepUpBench.Agent(id: "bert")));
        Assert.False(await bench.ConsumeAsync(StepUpBench.Agent(session: "session-2")));
        Assert.True(await bench.ConsumeAsync());
    }

    [Fact]
    public async Task E9_A_ticket_that_expired_between_prompt_and_reveal_opens_nothing()
    {
        var bench = new StepUpBench();
        await bench.VerifyAsync(StepUpBench.RightCode);
        bench.Time.Advance(bench.Options.StepUpFreshness - TimeSpan.FromSeconds(1));
        Assert.True(await bench.ConsumeAsync());

        await bench.VerifyAsync(StepUpBench.RightCode);
        bench.Time.Advance(bench.Options.StepUpFreshness);
        Assert.False(await bench.ConsumeAsync());
        Assert.DoesNotContain(bench.Store.All, record => record.Key.Kind == RecordKinds.StepUp);
    }

    [Fact]
    public async Task E9_Of_64_consumers_on_two_hosts_one_wins()
    {
        var bench = new StepUpBench();
        StepUpService other = bench.NewHost();
        await bench.VerifyAsync(StepUpBench.RightCode);

        bool[] won = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => bench.ConsumeAsync(host: i % 2 == 0 ? bench.Host : other).AsTask())));

        Assert.Single(won, true);
    }

    [Fact]
    public async Task Saboteur_A_store_without_compare_and_set_lets_more_than_one_consumer_win()
    {
        var bench = new StepUpBench(new TestRecordStore { IgnoresVersions = true });
        await bench.VerifyAsync(StepUpBench.RightCode);
        bench.Store.AfterGet = Gate(participants: 2);
        StepUpService[] hosts = [bench.Host, bench.NewHost()];

        bool[] won = await Task.WhenAll(hosts.Select(host => Task.Run(() => bench.ConsumeAsync(host: host).AsTask())));

        Assert.Equal(2, won.Count(static w => w));
    }

    [Fact]
    public async Task E51_Of_10000_guesses_64_at_a_time_on_two_hosts_at_most_five_reach_the_verifier()
    {
        var bench = new StepUpBench();
        StepUpService[] hosts = [bench.Host, bench.NewHost()];
        int rejected = 0, locked = 0;

        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (guess, token) =>
        {
            SecureChatError? error = (await bench.VerifyAsync($"{guess:D6}", host: hosts[guess % 2], cancellationToken: token)).Error;
            Interlocked.Increment(ref error == SecureChatErrors.StepUpLocked ? ref locked : ref rejected);
        });

        Assert.Equal(5, bench.Calls);
        Assert.Equal((5, 9_995), (rejected, locked));

        // Five attempts and one lock: a flood does not fill the log.
        Assert.Equal(6, bench.Audit.Count);
        Assert.Single(bench.Audit, fact => fact.Error == SecureChatErrors.StepUpLocked);
    }

    [Fact]
    public async Task Saboteur_Without_compare_and_set_guesses_overtake_the_count()
    {
        var bench = new StepUpBench(new TestRecordStore { IgnoresVersions = true, InsertsBlindly = true });
        bench.Store.AfterGet = Gate(participants: 8);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bench.NewHost()).Select(host => Task.Run(() => bench.VerifyAsync("000000", host: host).AsTask())));

        Assert.True(bench.Calls > 5, $"{bench.Calls} calls");
    }

    [Fact]
    public async Task A_locked_agent_is_told_how_long_to_wait_and_may_try_again_then()
    {
        var bench = new StepUpBench();
        for (int i = 0; i < 5; i++)
        {
            await bench.VerifyAsync("wrong");
            bench.Time.Advance(TimeSpan.FromSeconds(10));
        }

        Outcome<StepUpTicket> refusal = await bench.VerifyAsync(StepUpBench.RightCode);
        Assert.Same(SecureChatErrors.StepUpLocked, refusal.Error);
        int retryAfter = Assert.IsType<int>(refusal.Facts![StepUpService.RetryAfterFact]);
        Assert.Equal(250, retryAfter);
        Assert.False(await bench.ConsumeAsync());

        bench.Time.Advance(TimeSpan.FromSeconds(retryAfter - 1));
        Assert.Same(SecureChatErrors.StepUpLocked, (await bench.VerifyAsync(StepUpBench.RightCode)).Error);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
    }

    [Fact]
    public async Task A_lock_holds_for_the_agent_in_every_session_and_for_no_other_agent()
    {
        var bench = new StepUpBench();
        for (int i = 0; i < 5; i++)
        {
            await bench.VerifyAsync("wrong", claim: $"claim-00000000{i:D8}");
        }

        Assert.Same(SecureChatErrors.StepUpLocked, (await bench.VerifyAsync(StepUpBench.RightCode, StepUpBench.Agent(session: "session-2"), request: StepUpBench.OtherRequest)).Error);
        Assert.True((await bench.VerifyAsync(StepUpBench.RightCode, StepUpBench.Agent(id: "bert"))).IsSuccess);
    }

    [Fact]
    public async Task A_success_forgets_the_failures_before_it()
    {
        var bench = new StepUpBench();
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 4; i++)
            {
                Assert.Same(SecureChatErrors.StepUpRejected, (await bench.VerifyAsync("wrong")).Error);
            }

            Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
        }
    }

    [Fact]
    public async Task E51_Failures_of_a_day_lock_the_agent_however_slowly_they_come_and_whatever_succeeds_between_them()
    {
        var bench = new StepUpBench();
        bench.Options.StepUpFailuresPerDay = 12;
        DateTimeOffset first = bench.Time.GetUtcNow();
        for (int failure = 0; failure < 12; failure++)
        {
            Assert.Same(SecureChatErrors.StepUpRejected, (await bench.VerifyAsync("wrong", claim: $"claim-00000000{failure:D8}")).Error);
            Assert.Equal(failure < 11, (await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
            bench.Time.Advance(TimeSpan.FromMinutes(30));
        }

        // On every host, with the right code, and with every window of minutes long over.
        int calls = bench.Calls;
        Outcome<StepUpTicket> refusal = await bench.VerifyAsync(StepUpBench.RightCode, host: bench.NewHost());
        Assert.Same(SecureChatErrors.StepUpLocked, refusal.Error);
        Assert.Equal(calls, bench.Calls);
        Assert.Single(bench.Audit, static fact => fact.Error == SecureChatErrors.StepUpLocked);

        TimeSpan wait = TimeSpan.FromSeconds(Assert.IsType<int>(refusal.Facts![StepUpService.RetryAfterFact]));
        Assert.Equal(first + TimeSpan.FromHours(24), bench.Time.GetUtcNow() + wait);
        bench.Time.Advance(wait - TimeSpan.FromSeconds(1));
        Assert.Same(SecureChatErrors.StepUpLocked, (await bench.VerifyAsync(StepUpBench.RightCode)).Error);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
    }

    [Fact]
    public async Task A_day_of_right_codes_and_of_a_verifier_that_is_down_locks_nobody()
    {
        var bench = new StepUpBench();
        bench.Options.StepUpFailuresPerDay = 5;
        for (int i = 0; i < 50; i++)
        {
            bench.Answer = static _ => throw new IOException("down");
            Assert.Same(SecureChatErrors.StepUpUnavailable, (await bench.VerifyAsync("x")).Error);
            bench.Answer = null;
            Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
            bench.Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task E51_Saboteur_Without_the_count_of_the_day_slow_guesses_go_on()
    {
        var bench = new StepUpBench();
        bench.Options.StepUpFailuresPerDay = int.MaxValue;
        for (int failure = 0; failure < 40; failure++)
        {
            Assert.Same(SecureChatErrors.StepUpRejected, (await bench.VerifyAsync("wrong")).Error);
            bench.Time.Advance(TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task A_clock_that_was_ahead_for_a_moment_locks_nobody_out_for_longer_than_the_window()
    {
        var bench = new StepUpBench();
        var ahead = new StepUpBench(bench.Store);
        ahead.Time.Advance(TimeSpan.FromDays(400));
        for (int i = 0; i < 5; i++)
        {
            await ahead.VerifyAsync("wrong");
        }

        Assert.Same(SecureChatErrors.StepUpLocked, (await bench.VerifyAsync(StepUpBench.RightCode)).Error);
        bench.Time.Advance(bench.Options.StepUpAttemptWindow);
        Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
    }

    [Fact]
    public async Task E9_Evidence_is_accepted_once_on_all_hosts_for_whatever_claim()
    {
        var bench = new StepUpBench();
        StepUpService[] hosts = [bench.Host, bench.NewHost()];
        bench.Options.StepUpAttempts = 20;
        bench.Answer = request => StepUpBench.Verified(request, bench.Time.GetUtcNow(), "the same");

        Outcome<StepUpTicket>[] outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(i =>
            Task.Run(() => bench.VerifyAsync("x", host: hosts[i % 2], claim: $"claim-00000000{i:D8}").AsTask())));

        Assert.Single(outcomes, static outcome => outcome.IsSuccess);
        Assert.All(outcomes.Where(static outcome => !outcome.IsSuccess), static outcome => Assert.True(outcome.Error == SecureChatErrors.StepUpRejected || outcome.Error == SecureChatErrors.StepUpLocked));
        Assert.Single(bench.Store.All, record => record.Key.Kind == RecordKinds.SingleUse);
        Assert.DoesNotContain(bench.Store.All, record => record.Key.Id.Contains("the same", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Saboteur_A_store_that_inserts_twice_accepts_evidence_twice()
    {
        var bench = new StepUpBench(new TestRecordStore { InsertsBlindly = true });
        bench.Answer = request => StepUpBench.Verified(request, bench.Time.GetUtcNow(), "the same");

        Assert.True((await bench.VerifyAsync("x")).IsSuccess);
        Assert.True((await bench.VerifyAsync("x")).IsSuccess);
    }

    [Fact]
    public async Task A_new_step_up_for_the_same_claim_renews_its_ticket()
    {
        var bench = new StepUpBench();
        await bench.VerifyAsync(StepUpBench.RightCode);
        bench.Time.Advance(bench.Options.StepUpFreshness);
        Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);

        Assert.True(await bench.ConsumeAsync());
        Assert.False(await bench.ConsumeAsync());
    }

    public static TheoryData<string> Nonsense =>
        ["null", "verified without proof", "unknown outcome", "other agent", "other session", "other request", "other claim", "future", "stale", "empty id", "blank id", "long id", "empty factor", "long factor"];

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task An_answer_that_cannot_be_true_opens_nothing(string kind)
    {
        var bench = new StepUpBench();
        DateTimeOffset now = bench.Time.GetUtcNow();
        bench.Answer = request => kind switch
        {
            "null" => null,
            "verified without proof" => new StepUpResult { Outcome = StepUpOutcome.Verified },
            "unknown outcome" => new StepUpResult { Outcome = (StepUpOutcome)7 },
            _ => new StepUpResult
            {
                Outcome = StepUpOutcome.Verified,
                Proof = new StepUpProof
                {
                    Id = kind switch { "empty id" => "", "blank id" => "  ", "long id" => new string('x', 201), _ => "evidence" },
                    Factor = kind switch { "empty factor" => "", "long factor" => new string('x', 51), _ => "otp" },
                    At = kind switch { "future" => now + TimeSpan.FromMinutes(1), "stale" => now - bench.Options.StepUpFreshness, _ => now },
                    AgentId = kind == "other agent" ? "bert" : request.AgentId,
                    SessionId = kind == "other session" ? "session-2" : request.SessionId,
                    FormRequestId = kind == "other request" ? StepUpBench.OtherRequest : request.FormRequestId,
                    ClaimId = kind == "other claim" ? StepUpBench.OtherClaim : request.ClaimId,
                },
            },
        };

        Assert.Same(SecureChatErrors.StepUpUnavailable, (await bench.VerifyAsync("x")).Error);

        Assert.False(await bench.ConsumeAsync());
        Assert.DoesNotContain(bench.Store.All, record => record.Key.Kind is RecordKinds.StepUp or RecordKinds.SingleUse);
        Assert.Equal(AuditOutcome.Failed, Assert.Single(bench.Audit).Outcome);
    }

    [Fact]
    public async Task A_verifier_that_throws_opens_nothing()
    {
        var bench = new StepUpBench { Answer = static _ => throw new InvalidOperationException("code 123456") };

        Outcome<StepUpTicket> outcome = await bench.VerifyAsync("x");

        Assert.Same(SecureChatErrors.StepUpUnavailable, outcome.Error);
        Assert.False(await bench.ConsumeAsync());
    }

    [Fact]
    public async Task A_verifier_that_hangs_and_ignores_its_token_is_given_up()
    {
        var bench = new StepUpBench(verifier: new HangingVerifier());
        Task<Outcome<StepUpTicket>> pending = bench.VerifyAsync("x").AsTask();
        await ((HangingVerifier)bench.Verifier).Entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

        // The guard's timer starts just after the call; the clock moves until it fires.
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (!pending.IsCompleted && limit.Elapsed < TimeSpan.FromSeconds(30))
        {
            bench.Time.Advance(bench.Options.StepUpTimeout);
            await Task.Yield();
        }

        Assert.Same(SecureChatErrors.StepUpUnavailable, (await pending).Error);
        Assert.False(await bench.ConsumeAsync());
    }

    [Fact]
    public async Task An_agent_without_a_second_factor_is_told_so()
    {
        var bench = new StepUpBench { Answer = static _ => new StepUpResult { Outcome = StepUpOutcome.NotEnrolled } };

        Assert.Same(SecureChatErrors.StepUpNotEnrolled, (await bench.VerifyAsync("x")).Error);
    }

    [Fact]
    public async Task Without_a_verifier_nothing_is_opened()
    {
        var bench = new StepUpBench(hasVerifier: false);

        Assert.Same(SecureChatErrors.StepUpUnavailable, (await bench.VerifyAsync(StepUpBench.RightCode)).Error);
        Assert.False(await bench.ConsumeAsync());
    }

    [Fact]
    public async Task A_store_that_is_down_lets_no_attempt_through()
    {
        var bench = new StepUpBench();
        bench.Store.IsDown = true;

        await Assert.ThrowsAsync<SecureChatStoreException>(async () => await bench.VerifyAsync(StepUpBench.RightCode));
        await Assert.ThrowsAsync<SecureChatStoreException>(async () => await bench.ConsumeAsync());
        Assert.Equal(0, bench.Calls);
    }

    [Fact]
    public async Task A_store_whose_compare_and_set_never_wins_lets_no_attempt_through_and_is_not_asked_for_ever()
    {
        var bench = new StepUpBench();
        bench.Store.NeverWins = true;

        await Assert.ThrowsAsync<SecureChatStoreException>(async () => await bench.VerifyAsync(StepUpBench.RightCode));
        Assert.Equal(0, bench.Calls);
    }

    [Fact]
    public async Task A_count_that_cannot_be_read_is_not_zero()
    {
        var bench = new StepUpBench();
        await bench.VerifyAsync("wrong");
        StoreRecord count = Assert.Single(bench.Store.All, record => record.Key.Kind == RecordKinds.Attempts);
        Assert.True(await bench.Store.ReplaceAsync(new StoreRecord { Key = count.Key, Version = count.Version, Body = "null"u8.ToArray() }, CancellationToken.None));

        await Assert.ThrowsAsync<SecureChatStoreException>(async () => await bench.VerifyAsync(StepUpBench.RightCode));
        Assert.Equal(1, bench.Calls);
    }

    [Fact]
    public async Task P4_A_step_up_that_cannot_be_audited_leaves_no_ticket()
    {
        var bench = new StepUpBench { IsAuditDown = true };

        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(async () => await bench.VerifyAsync(StepUpBench.RightCode));

        Assert.Same(SecureChatErrors.AuditUnavailable, fault.Error);
        Assert.False(await bench.ConsumeAsync());
    }

    [Fact]
    public async Task A_caller_that_hangs_up_cannot_keep_a_guess_out_of_the_audit_log()
    {
        using var hangUp = new CancellationTokenSource();
        var bench = new StepUpBench();
        bench.Answer = _ =>
        {
            hangUp.Cancel();
            return StepUpResult.Rejected;
        };

        await bench.VerifyAsync("000000", cancellationToken: hangUp.Token);

        Assert.Equal(AuditOutcome.Denied, Assert.Single(bench.Audit).Outcome);
    }

    [Theory]
    [InlineData("../etc", StepUpBench.Claim, "x")]
    [InlineData(StepUpBench.Request, "short", "x")]
    [InlineData(StepUpBench.Request, StepUpBench.Claim, "")]
    public async Task Malformed_questions_cost_no_attempt(string request, string claim, string response)
    {
        var bench = new StepUpBench();

        Assert.Same(SecureChatErrors.InvalidRequest, (await bench.VerifyAsync(response, request: request, claim: claim)).Error);

        Assert.Empty(bench.Store.All);
    }

    [Fact]
    public async Task Nothing_that_is_stored_names_the_agent_or_holds_the_response_and_everything_runs_out()
    {
        var bench = new StepUpBench();
        await bench.VerifyAsync("wrong");
        bench.Options.StepUpAttempts = 20;
        await bench.VerifyAsync(StepUpBench.RightCode, StepUpBench.Agent(session: "secret-session"));
        await bench.VerifyAsync("wrong");

        Assert.Equal(3, bench.Store.All.Count);
        Assert.All(bench.Store.All, record =>
        {
            Assert.NotNull(record.DueAt);
            string all = record.Key.Partition + record.Key.Id + Encoding.UTF8.GetString(record.Body.Span);
            Assert.All(["anna", "secret-session", "evidence", StepUpBench.Claim, "right", "wrong"], word => Assert.DoesNotContain(word, all, StringComparison.Ordinal));
        });
    }

    private sealed class HangingVerifier : IStepUpVerifier
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<StepUpResult> VerifyAsync(StepUpRequest request, CancellationToken cancellationToken)
        {
            Entered.TrySetResult();
            await new TaskCompletionSource().Task;
            return StepUpResult.Rejected;
        }
    }

    /// <summary>Holds everybody's first read until all have read: the worst interleaving, every time.</summary>
    private static Func<RecordKey, Task> Gate(int participants)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int arrived = 0;
        return _ =>
        {
            if (Interlocked.Increment(ref arrived) == participants)
            {
                all.SetResult();
            }

            return all.Task.WaitAsync(TimeSpan.FromSeconds(30));
        };
    }
}
