using SecureChat.Conformance;

namespace SecureChat.Stores.Tests.Conformance;

/// <summary>The kit must bite: every clause of the smaller contracts has something that breaks it, and only what is named goes red.</summary>
public sealed class PartSaboteurTests
{
    private static readonly (string[] Broken, string Fault, Func<IAsyncDisposable> Suite)[] All =
    [
        .. ConsentSaboteur.All.Select(static one => (one.Broken, "consent store that " + one.Fault, (Func<IAsyncDisposable>)(() => new ConsentSuite(one.Make)))),
        .. SinkSaboteur.All.Select(static one => (one.Broken, "sink that " + one.Fault, (Func<IAsyncDisposable>)(() => new SinkSuite(one.Make)))),
        .. MaskerSaboteur.All.Select(static one => (one.Broken, "masker that " + one.Fault, (Func<IAsyncDisposable>)(() => new MaskerSuite(one.Make)))),
        .. FeedSaboteur.All.Select(static one => (one.Broken, "feed that " + one.Fault, (Func<IAsyncDisposable>)(() => new FeedSuite(one.Make)))),
    ];

    public static TheoryData<string> Faults => [.. All.Select(static one => one.Fault)];

    [Theory]
    [MemberData(nameof(Faults))]
    public Task What_is_broken_fails_its_clause_and_no_other(string fault)
    {
        (string[] broken, _, Func<IAsyncDisposable> suite) = All.Single(one => one.Fault == fault);
        return Bite.AssertOnlyAsync(suite, fault, broken);
    }

    [Fact]
    public async Task What_is_whole_fails_none()
    {
        await Bite.AssertOnlyAsync(static () => new ConsentSuite(static () => new ConsentSaboteur()) { Reopens = true }, "keeps all");
        await Bite.AssertOnlyAsync(static () => new SinkSuite(static () => new SinkSaboteur()) { Keeps = true }, "keeps all");
        await Bite.AssertOnlyAsync(static () => new MaskerSuite(static () => new MaskerSaboteur()), "keeps all");
        await Bite.AssertOnlyAsync(static () => new FeedSuite(static bus => new FeedSaboteur(bus)), "keeps all");
    }

    [Fact]
    public async Task What_a_restart_forgets_fails_the_clause_of_a_restart()
    {
        Assert.NotNull(await Bite.RunAsync(static () => new ConsentSuite(static () => new ConsentSaboteur()) { Reopens = true, IsForgetful = true }, "CON-014"));
        Assert.NotNull(await Bite.RunAsync(static () => new SinkSuite(static () => new SinkSaboteur()) { Keeps = true, IsForgetful = true }, "SNK-009"));
    }

    [Theory]
    [InlineData(typeof(ConsentStoreConformanceTests), "CON")]
    [InlineData(typeof(AuditSinkConformanceTests), "SNK")]
    [InlineData(typeof(MaskerConformanceTests), "MSK")]
    [InlineData(typeof(ConversationFeedConformanceTests), "FED")]
    public void Every_clause_has_a_saboteur(Type suite, string prefix)
    {
        // CON-014 and SNK-009 are about a restart, and have a test of their own here.
        IEnumerable<string> sabotaged = All.Select(static one => one.Broken[0]).Concat(["CON-014", "SNK-009"]).Where(clause => clause.StartsWith(prefix, StringComparison.Ordinal));
        Assert.Equal(SuiteCoverage.ClausesOf(suite).Select(static clause => clause.Id), sabotaged.Distinct().Order(StringComparer.Ordinal));
    }

    // None of these is found by the runner: they need an argument.
    private sealed class ConsentSuite(Func<ConsentSaboteur> make) : ConsentStoreConformanceTests
    {
        public bool Reopens { get; init; }

        public bool IsForgetful { get; init; }

        protected override int RaceRounds => 1;

        protected override Capability Reopening => Reopens ? Capability.Supported : Capability.Missing("This saboteur has nothing to reopen.");

        protected override ValueTask<IConsentStore> CreateAsync() => new(make());

        protected override ValueTask<IConsentStore> ReopenAsync(IConsentStore store) => IsForgetful ? CreateAsync() : new(store);
    }

    private sealed class SinkSuite(Func<SinkSaboteur> make) : AuditSinkConformanceTests
    {
        public bool Keeps { get; init; }

        public bool IsForgetful { get; init; }

        protected override Capability Keeping => Keeps ? Capability.Supported : Capability.Missing("This saboteur has nothing to reopen.");

        protected override ValueTask<IAuditSink> CreateAsync() => new(make());

        protected override async ValueTask<IReadOnlyList<string>> ReadAsync(IAuditSink sink) => await ((SinkSaboteur)sink).ReadAsync();

        protected override ValueTask<IAuditSink> ReopenAsync(IAuditSink sink) => IsForgetful ? CreateAsync() : new(sink);
    }

    private sealed class MaskerSuite(Func<MaskerSaboteur> make) : MaskerConformanceTests
    {
        protected override ValueTask<IMasker> CreateAsync() => new(make());
    }

    private sealed class FeedSuite(Func<FeedSaboteur.Bus, FeedSaboteur> make) : ConversationFeedConformanceTests
    {
        private readonly FeedSaboteur.Bus _bus = new();

        // In one process a hint needs no time; what is lost must not keep the suite waiting.
        protected override TimeSpan HintLimit => TimeSpan.FromSeconds(1);

        protected override ValueTask<IConversationFeed> CreateAsync() => new(make(_bus));
    }
}
