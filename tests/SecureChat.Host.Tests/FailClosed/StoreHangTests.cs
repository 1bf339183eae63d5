using SecureChat.Driver;
using SecureChat.Host.Tests.Vendor;

namespace SecureChat.Host.Tests.FailClosed;

/// <summary>P6 for record stores that do not answer: each operation of each slot hangs, before and after it took effect, or blocks its thread.</summary>
public sealed class StoreHangTests(ITestOutputHelper output)
{
    private static JobStep[] Steps =>
        [JobStep.VisitorMessage, JobStep.RequestForm, JobStep.Submit, JobStep.StepUp, JobStep.Reveal, JobStep.Acknowledge, JobStep.Withdraw, JobStep.Close];

    // Side by side, each on a host of its own: nearly all of the time is waiting for what hangs.
    [Fact]
    public Task P6_a_store_that_does_not_answer_releases_and_loses_nothing() => Parallel.ForEachAsync(
        Steps, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (step, _) => await CheckAsync(step));

    private async Task CheckAsync(JobStep step)
    {
        await using FaultyHost host = await FaultyHost.StartAsync("store", isQuick: true);
        string[] operations = await OperationsOfAsync(host, step);
        int cases = 0, refused = 0;
        foreach (string operation in operations)
        {
            foreach (Fault fault in (Fault[])[Fault.Hang, Fault.HangAfter, Fault.Block])
            {
                using var party = new Party(host);
                await party.ComeToAsync(step);
                host.Faults.Arm(member => OperationOf(member) == operation, fault, nth: 1);
                Answer answer = await party.TryIntoAsync(host.Faults, step);
                Assert.True(host.Faults.Hits > 0, $"{step} did not call {operation}");
                host.Faults.Unblock();
                string because = $"{step} with {operation} ({fault})";
                if (answer.Status != 200)
                {
                    FaultChecks.AssertRefused(answer, because);
                    refused++;
                }

                await FaultChecks.AssertRecoversAsync(host, party, step, answer, because);
                cases++;
            }
        }

        Assert.True(refused > 0);
        await FaultChecks.AssertNothingInClearAsync(host);
        output.WriteLine($"{step}: {string.Join(", ", operations)}; {cases} cases, {refused} refusals, the others were absorbed");
    }

    private static string OperationOf(string member) => string.Join('.', member.Split('.').Take(2));

    private static async Task<string[]> OperationsOfAsync(FaultyHost host, JobStep step)
    {
        using var party = new Party(host);
        await party.ComeToAsync(step);
        var before = host.Faults.Calls.ToDictionary();
        await party.SucceedAsync(step);
        return [.. host.Faults.Calls.Where(call => call.Value > before.GetValueOrDefault(call.Key)).Select(static call => OperationOf(call.Key)).Distinct().Order(StringComparer.Ordinal)];
    }
}
