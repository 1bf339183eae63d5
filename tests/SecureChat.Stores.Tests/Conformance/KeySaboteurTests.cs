using System.Security.Cryptography;
using SecureChat.Conformance;

namespace SecureChat.Stores.Tests.Conformance;

/// <summary>The kit of key providers must bite: every clause has a provider that breaks it, and only that clause's own fact goes red.</summary>
public sealed class KeySaboteurTests
{
    public static TheoryData<string, string> Faults =>
        [.. KeySaboteur.All.Select(static saboteur => new TheoryDataRow<string, string>(saboteur.Clause, saboteur.Fault))];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_broken_provider_fails_its_clause_and_no_other(string clause, string fault)
    {
        byte[] ring = RandomNumberGenerator.GetBytes(32);
        Func<byte[], KeySaboteur> make = KeySaboteur.All.Single(saboteur => saboteur.Clause == clause && saboteur.Fault == fault).Make;

        // A provider that answers another key is wrong wherever a key is compared.
        string[] broken = clause == "KEY-001" ? ["KEY-001", "KEY-006", "KEY-007", "KEY-011"] : [clause];
        await Bite.AssertOnlyAsync(() => new Suite(() => make(ring)), fault, broken);
    }

    [Fact]
    public async Task A_provider_with_a_key_of_its_own_on_each_host_fails_the_clause_of_two_hosts()
    {
        Assert.NotNull(await Bite.RunAsync(static () => new Suite(static () => new KeySaboteur(RandomNumberGenerator.GetBytes(32))), "KEY-006"));
        byte[] ring = RandomNumberGenerator.GetBytes(32);
        Assert.Null(await Bite.RunAsync(() => new Suite(() => new KeySaboteur(ring)), "KEY-006"));
    }

    [Fact]
    public void Every_clause_has_a_saboteur() => Assert.Equal(
        SuiteCoverage.ClausesOf(typeof(KeyEncryptionProviderConformanceTests)).Select(static clause => clause.Id),
        KeySaboteur.All.Select(static saboteur => saboteur.Clause).Append("KEY-006").Order(StringComparer.Ordinal));

    // Not found by the runner: it needs an argument.
    private sealed class Suite(Func<KeySaboteur> make) : KeyEncryptionProviderConformanceTests
    {
        protected override ValueTask<IKeyEncryptionProvider> CreateAsync() => new(make());
    }
}
