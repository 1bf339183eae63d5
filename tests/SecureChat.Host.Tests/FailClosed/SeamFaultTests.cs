using SecureChat.Driver;
using SecureChat.Host.Tests.Vendor;

namespace SecureChat.Host.Tests.FailClosed;

/// <summary>P6 for masker, vault, consent store, required sink and step-up verifier: each member that a step calls goes wrong in every way.</summary>
public sealed class SeamFaultTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> Codes = new()
    {
        ["masker"] = "SC2001",
        ["vault"] = "SC3008",
        ["consent"] = "SC4003",
        ["sink"] = "SC5002",
        ["step-up"] = "SC6022",
    };

    private static JobStep[] Steps =>
    [
        JobStep.VisitorMessage, JobStep.AgentMessage, JobStep.RequestForm, JobStep.Submit, JobStep.StepUp, JobStep.Reveal, JobStep.RevealAgain,
        JobStep.Acknowledge, JobStep.Withdraw, JobStep.Cancel, JobStep.Decline, JobStep.Close,
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Side by side, each on a host of its own: nearly all of the time is waiting for what hangs.
    [Fact]
    public Task P6_a_vendor_may_go_wrong_in_any_way_and_nothing_is_released_lost_or_in_clear() => Parallel.ForEachAsync(
        Steps, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (step, _) => await CheckAsync(step));

    private async Task CheckAsync(JobStep step)
    {
        await using FaultyHost host = await FaultyHost.StartAsync("masker vault consent sink step-up", isQuick: true);
        string[] members = await MembersOfAsync(host, step);
        Assert.NotEmpty(members);
        int cases = 0, refused = 0;
        foreach (string member in members)
        {
            foreach (Fault fault in (Fault[])[Fault.Throw, Fault.ThrowAfter, Fault.ThrowNotFound, Fault.Hang, Fault.HangAfter, Fault.Block])
            {
                using var party = new Party(host);
                await party.ComeToAsync(step);
                host.Faults.Arm(name => name == member, fault);
                Answer answer = await party.TryIntoAsync(host.Faults, step);
                Assert.True(host.Faults.Hits > 0, $"{step} did not call {member}");
                host.Faults.Unblock();
                string because = $"{step} with {member} ({fault})";
                if (answer.Status != 200)
                {
                    FaultChecks.AssertRefused(answer, because, Codes[member.Split('.')[0]]);
                    refused++;
                }

                await FaultChecks.AssertRecoversAsync(host, party, step, answer, because);
                cases++;
            }
        }

        await FaultChecks.AssertNothingInClearAsync(host);
        output.WriteLine($"{step}: {string.Join(", ", members)}; {cases} cases, {refused} refused, the others were absorbed");

        // What takes no part in the answer may be absorbed: an end that is owed to the vault is finished later.
        Assert.True(refused == cases || step is JobStep.Close, $"{cases - refused} faults were absorbed by {step}");
    }

    [Fact]
    public async Task E37_a_masker_that_fails_holds_a_message_sent_over_the_hub_and_the_other_screen_stays_empty()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("masker");
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.VisitorMessage);
        await using HubClient visitorScreen = await party.Visitor.JoinAsync(Token);
        await using HubClient agentScreen = await party.Agent.JoinAsync(party.ConversationId, Token);
        var message = new { clientId = VisitorClient.NewId(), text = $"my card is {Party.Typed}" };
        host.Faults.Arm(static _ => true, Fault.Throw);
        var refused = await Assert.ThrowsAsync<HubCallException>(() => visitorScreen.InvokeAsync("Send", message, Token));
        Assert.Contains("SC2001", refused.Message, StringComparison.Ordinal);
        host.Faults.Disarm();

        // The next frame on the agent's screen is the retried message, masked; the held one never was there.
        await visitorScreen.InvokeAsync("Send", message, Token);
        await agentScreen.WaitForAsync("the message", static frame => frame.ToJsonString().Contains("[card]", StringComparison.Ordinal), TimeSpan.FromSeconds(30), Token);
        Assert.Single(agentScreen.Frames, static frame => frame.Contains("my card is", StringComparison.Ordinal));
        Assert.Empty(ByteHunt.Find(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', (string[])[.. agentScreen.Frames, .. visitorScreen.Frames])), Party.Typed, Faults.Canary));
    }

    [Fact]
    public async Task Saboteur_P4_with_a_sink_that_may_be_missed_a_reveal_goes_through_and_the_check_goes_red()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("best-effort-sink");
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.Reveal);
        host.Faults.Arm(static member => member == "sink.write", Fault.Throw);
        Answer answer = await party.TryAsync(JobStep.Reveal);
        Assert.Equal(200, answer.Status);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => FaultChecks.AssertRefused(answer, "a swallowed audit fault"));
    }

    [Fact]
    public async Task Saboteur_P1_a_masker_that_swallows_its_fault_and_hands_the_text_on_is_found_by_the_hunt()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("masker");
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.VisitorMessage);
        host.Faults.Lie<MaskRequest, MaskResult>("masker.mask", static (request, _) => new MaskResult { Text = request.Text });
        (await party.TryAsync(JobStep.VisitorMessage)).Ok();
        (await party.Agent.EventsAsync(party.ConversationId, Token)).Ok();
        Assert.NotEmpty(await host.HuntAsync(Party.Typed));
    }

    [Fact]
    public async Task Saboteur_P6_a_store_that_answers_not_found_for_a_fault_is_found_by_the_check()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("store");
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.Reveal);
        host.Faults.Lie<StoreRecord>("data.get.form", static _ => null);
        Answer answer = await party.TryAsync(JobStep.Reveal);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => FaultChecks.AssertRefused(answer, "a swallowed store fault"));
    }

    /// <summary>The members that a step calls when nothing is wrong.</summary>
    private static async Task<string[]> MembersOfAsync(FaultyHost host, JobStep step)
    {
        using var party = new Party(host);
        await party.ComeToAsync(step);
        var before = host.Faults.Calls.ToDictionary();
        await party.SucceedAsync(step);
        return [.. host.Faults.Calls.Where(call => call.Value > before.GetValueOrDefault(call.Key)).Select(static call => call.Key).Order(StringComparer.Ordinal)];
    }
}
