using SecureChat.Conformance;
using SecureChat.Testing;

namespace SecureChat.Stores.Tests.Conformance;

/// <summary>The kit of vaults must bite: every clause has a vault that breaks it, and only what is named goes red.</summary>
public sealed class VaultSaboteurTests
{
    public static TheoryData<string> Faults => [.. VaultSaboteur.All.Select(static saboteur => saboteur.Fault)];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_broken_vault_fails_its_clause_and_no_other(string fault)
    {
        (string[] broken, _, Func<TimeProvider, VaultSaboteur> make) = VaultSaboteur.All.Single(saboteur => saboteur.Fault == fault);
        await Bite.AssertOnlyAsync(() => new Suite(make), fault, broken);
    }

    [Fact]
    public Task A_whole_vault_fails_none() => Bite.AssertOnlyAsync(() => new Suite(static time => new VaultSaboteur(time)) { Shares = true, Reopens = true }, "keeps all");

    [Fact]
    public async Task A_vault_with_values_of_its_own_on_each_host_fails_the_clauses_of_two_hosts_and_of_a_restart()
    {
        Assert.NotNull(await Bite.RunAsync(static () => new Suite(static time => new VaultSaboteur(time)) { Shares = true, IsForgetful = true }, "VLT-026"));
        Assert.NotNull(await Bite.RunAsync(static () => new Suite(static time => new VaultSaboteur(time)) { Reopens = true, IsForgetful = true }, "VLT-027"));
    }

    [Fact]
    public void Every_clause_has_a_saboteur() => Assert.Equal(
        SuiteCoverage.ClausesOf(typeof(VaultConformanceTests)).Select(static clause => clause.Id),
        VaultSaboteur.All.Select(static saboteur => saboteur.Broken[0]).Concat(["VLT-026", "VLT-027"]).Distinct().Order(StringComparer.Ordinal));

    // Not found by the runner: it needs an argument.
    private sealed class Suite(Func<TimeProvider, VaultSaboteur> make) : VaultConformanceTests
    {
        private readonly FakeTimeProvider _time = new();

        public bool Shares { get; init; }

        public bool Reopens { get; init; }

        public bool IsForgetful { get; init; }

        protected override int RaceRounds => 1;

        protected override Capability Sharing => Shares ? Capability.Supported : Capability.Missing("This saboteur cannot be opened twice.");

        protected override Capability Reopening => Reopens ? Capability.Supported : Capability.Missing("This saboteur has nothing to reopen.");

        protected override ValueTask<IVault> CreateAsync() => new(make(_time));

        protected override ValueTask PassAsync(TimeSpan time)
        {
            _time.Advance(time);
            return ValueTask.CompletedTask;
        }

        protected override ValueTask<IVault> OpenAnotherAsync(IVault vault) => IsForgetful ? CreateAsync() : new(vault);

        protected override ValueTask<IVault> ReopenAsync(IVault vault) => IsForgetful ? CreateAsync() : new(vault);
    }
}
