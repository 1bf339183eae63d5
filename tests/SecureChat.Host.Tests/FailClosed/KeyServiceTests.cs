using System.Security.Cryptography;
using SecureChat.Driver;
using SecureChat.Host.Tests.Vendor;

namespace SecureChat.Host.Tests.FailClosed;

/// <summary>P6 for the key provider: needed at start, where every fault refuses to start, and never afterwards.</summary>
public sealed class KeyServiceTests
{
    public static TheoryData<string, Fault> StartFaults => new MatrixTheoryData<string, Fault>(
        ["keys.wrap", "keys.unwrap"], [Fault.Throw, Fault.ThrowAfter, Fault.ThrowNotFound, Fault.Hang, Fault.HangAfter, Fault.Block]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StartFaults))]
    public async Task P6_a_key_service_that_fails_at_the_first_start_refuses_it_and_the_next_start_is_well(string member, Fault fault)
    {
        await using FaultyHost host = new();
        host.Faults.Arm(name => name == member, fault);
        await AssertRefusesToStartAsync(host, "SC3002");
        host.Faults.Unblock();
        await AssertJobAsync(host);
    }

    [Fact]
    public async Task P6_a_key_service_that_answers_nonsense_refuses_the_start()
    {
        (string Member, Func<byte[], byte[]?> Lie)[] lies =
        [
            ("keys.wrap", static _ => null),
            ("keys.wrap", static _ => []),
            ("keys.wrap", static _ => new byte[1 << 20]),
            ("keys.wrap", static answer => answer[..31]),
            ("keys.unwrap", static _ => null),
            ("keys.unwrap", static _ => []),
            ("keys.unwrap", static _ => new byte[32]),
            ("keys.unwrap", static _ => RandomNumberGenerator.GetBytes(32)),
            ("keys.unwrap", static answer => [.. answer, 1]),
        ];
        foreach ((string member, Func<byte[], byte[]?> lie) in lies)
        {
            await using FaultyHost host = new();
            host.Faults.Lie(member, lie);
            await AssertRefusesToStartAsync(host, "SC3002");
            host.Faults.Disarm();
            await AssertJobAsync(host);
        }
    }

    [Theory]
    [InlineData(Fault.Throw)]
    [InlineData(Fault.Hang)]
    [InlineData(Fault.Block)]
    public async Task P6_a_key_service_that_is_down_at_a_later_start_refuses_it_and_costs_no_value(Fault fault)
    {
        await using FaultyHost host = await FaultyHost.StartAsync("keys", isQuick: true);
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.StepUp);
        host.Faults.Arm(static name => name == "keys.unwrap", fault);
        await AssertRefusesToStartAsync(host, "SC3002");
        host.Faults.Unblock();
        await host.RestartAsync("keys");
        await AssertSealedBeforeOpensAsync(host, party);
    }

    [Fact]
    public async Task E56_a_key_service_that_does_not_know_the_key_is_a_lost_ring_and_its_return_costs_no_value()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("keys");
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.StepUp);
        host.Faults.Lie<byte[]>("keys.unwrap", static _ => throw new CryptographicException(Faults.Canary));
        await AssertRefusesToStartAsync(host, "SC1005");
        host.Faults.Lie<byte[]>("keys.unwrap", static _ => RandomNumberGenerator.GetBytes(32));
        await AssertRefusesToStartAsync(host, "SC1005");
        host.Faults.Disarm();
        await host.RestartAsync("keys");
        await AssertSealedBeforeOpensAsync(host, party);
    }

    [Fact]
    public async Task A_key_service_that_goes_down_later_is_not_missed()
    {
        await using FaultyHost host = await FaultyHost.StartAsync("keys");
        host.Faults.Arm(static _ => true, Fault.Throw);
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.Acknowledge);
        (await party.TryAsync(JobStep.Acknowledge)).Ok();
        Assert.Equal(0, host.Faults.Hits);
    }

    private static async Task AssertRefusesToStartAsync(FaultyHost host, string code)
    {
        SecureChatException refused = await Assert.ThrowsAnyAsync<SecureChatException>(() => host.RestartAsync("keys", isQuick: true));
        Assert.Equal(code, refused.Error.Code);
        Assert.DoesNotContain(Faults.Canary, refused.Message, StringComparison.Ordinal);
    }

    private static async Task AssertJobAsync(FaultyHost host)
    {
        await host.RestartAsync("keys");
        using var party = new Party(host);
        await party.ComeToAsync(JobStep.RevealAgain);
        await party.SucceedAsync(JobStep.Acknowledge);
        Assert.Empty(await host.HuntAsync(Scenario.Card));
    }

    private static async Task AssertSealedBeforeOpensAsync(FaultyHost host, Party party)
    {
        using AgentClient agent = host.Host.Agent(party.AgentId);
        (await agent.StepUpAsync(party.ConversationId, party.RequestId, party.Browser, $"code-{VisitorClient.NewId()}", Token, party.ValueIds)).Ok();
        Answer reveal = await agent.RevealAsync(party.ConversationId, party.RequestId, party.Browser, party.ValueIds, Token);
        Assert.Equal(Scenario.Card, party.Open(reveal.Ok())["pan"]);
    }
}
