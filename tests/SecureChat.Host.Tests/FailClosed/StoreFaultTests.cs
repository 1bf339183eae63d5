using SecureChat.Driver;
using SecureChat.Host.Tests.Vendor;

namespace SecureChat.Host.Tests.FailClosed;

/// <summary>
/// P6 for the record stores: each call of each step fails once, before and after it took effect, on both slots; SQLite underneath.
/// No call is left out: the nth call fails, for n from 1 until the step has no nth call.
/// </summary>
public sealed class StoreFaultTests(ITestOutputHelper output)
{
    public static TheoryData<JobStep, Fault> Steps => new MatrixTheoryData<JobStep, Fault>(
        [
            JobStep.VisitorMessage, JobStep.AgentMessage, JobStep.RequestForm, JobStep.Open, JobStep.Submit, JobStep.StepUp, JobStep.Reveal,
            JobStep.RevealAgain, JobStep.Acknowledge, JobStep.Withdraw, JobStep.Cancel, JobStep.Decline, JobStep.Close,
        ],
        [Fault.Throw, Fault.ThrowAfter]);

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task P6_a_store_may_fail_at_any_call_of_a_step_and_nothing_is_released_lost_or_in_clear(JobStep step, Fault fault)
    {
        await using FaultyHost host = await FaultyHost.StartAsync("store");
        int n = 0, refused = 0;
        while (true)
        {
            n++;
            using var party = new Party(host);
            await party.ComeToAsync(step);
            host.Faults.Arm(static _ => true, fault, n);
            Answer answer = await party.TryAsync(step);
            bool wasHit = host.Faults.Hits > 0;
            host.Faults.Disarm();
            if (!wasHit)
            {
                Assert.Equal(200, answer.Status);
                break;
            }

            string because = $"{step}, call {n} ({fault})";
            if (answer.Status != 200)
            {
                FaultChecks.AssertRefused(answer, because);
                refused++;
            }

            await FaultChecks.AssertRecoversAsync(host, party, step, answer, because);
        }

        Assert.True(n > 2, "The step does not touch the store; the test would prove nothing.");
        Assert.True(refused > 0);
        await FaultChecks.AssertNothingInClearAsync(host);
        output.WriteLine($"{step} {fault}: {n - 1} calls failed one at a time, {refused} refusals, the others were absorbed");
    }
}
