using SecureChat.Driver;
using SecureChat.Host.Tests.Vendor;

namespace SecureChat.Host.Tests.FailClosed;

/// <summary>E51: vendor code that blocks and never comes back costs a bounded number of threads, and none that the host needs.</summary>
public sealed class VendorThreadTests(ITestOutputHelper output)
{
    private const int Callers = 300;

    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E51_a_masker_that_blocks_every_thread_it_gets_leaves_the_host_serving()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("masker", isQuick: true);
        VisitorClient[] visitors = [.. Enumerable.Range(0, Callers).Select(_ => host.Visitor())];
        foreach (VisitorClient visitor in visitors)
        {
            await visitor.StartAsync(Token);
        }

        host.Faults.Arm(static member => member == "masker.mask", Fault.Block);
        Task<Answer>[] held = [.. visitors.Select(visitor => visitor.SayAsync("hello", Token))];

        // While all of them hang: the host's own page and the product's other endpoints answer.
        long start = TimeProvider.System.GetTimestamp();
        using var bystander = new VisitorClient(host.Host.Root);
        Assert.Equal(200, (await bystander.GetAsync("outside", Token).WaitAsync(Quick, Token)).Status);
        await bystander.StartAsync(Token).WaitAsync(Quick, Token);
        TimeSpan took = TimeProvider.System.GetElapsedTime(start);

        Answer[] answers = await Task.WhenAll(held).WaitAsync(TimeSpan.FromSeconds(60), Token);
        Assert.All(answers, static answer => FaultChecks.AssertRefused(answer, "a masker that blocks", "SC2001"));
        Assert.InRange(host.Faults.MostBlocked, 1, 32);

        host.Faults.Unblock();
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.VisitorMessage);
        await party.SucceedAsync(JobStep.VisitorMessage);
        output.WriteLine($"n = {Callers} callers, {host.Faults.MostBlocked} threads held, a bystander was served in {took.TotalMilliseconds:0} ms");
    }

    [Fact]
    public async Task A_masker_that_hung_for_ever_and_is_back_is_asked_again()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("masker", isQuick: true);
        VisitorClient[] visitors = [.. Enumerable.Range(0, 100).Select(_ => host.Visitor())];
        foreach (VisitorClient visitor in visitors)
        {
            await visitor.StartAsync(Token);
        }

        // What hangs here never ends, as a connection to a machine that is gone does.
        host.Faults.Arm(static member => member == "masker.mask", Fault.Hang);
        Answer[] answers = await Task.WhenAll(visitors.Select(visitor => visitor.SayAsync("hello", Token)));
        Assert.All(answers, static answer => FaultChecks.AssertRefused(answer, "a masker that hangs", "SC2001"));
        host.Faults.Disarm();
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.VisitorMessage);
        await party.SucceedAsync(JobStep.VisitorMessage);
    }

    [Fact]
    public async Task A_required_sink_that_hung_for_ever_and_is_back_is_asked_again()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("sink", isQuick: true);
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.Reveal);
        host.Faults.Arm(static _ => true, Fault.Hang);
        for (int i = 0; i < 6; i++)
        {
            FaultChecks.AssertRefused(await party.TryAsync(JobStep.StepUp), "a sink that hangs", "SC5002");
        }

        host.Faults.Disarm();
        await party.SucceedAsync(JobStep.Reveal);
    }
}
