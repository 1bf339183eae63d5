using System.Reflection;
using SecureChat.AspNetCore;
using SecureChat.Conformance;

namespace SecureChat.Stores.Tests.Conformance;

/// <summary>The kit must bite: every clause has a store that breaks it, and the clause's own fact goes red on that store.</summary>
public sealed class SaboteurTests
{
    public static TheoryData<string, string> Faults =>
        [.. Saboteur.All.Select(static saboteur => new TheoryDataRow<string, string>(saboteur.Clause, saboteur.Fault))];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_broken_store_fails_its_clause(string clause, string fault)
    {
        Func<Saboteur> make = Saboteur.All.Single(saboteur => saboteur.Clause == clause && saboteur.Fault == fault).Make;
        await AssertPassesAsync(clause, new Suite(static () => new Saboteur(new InMemoryRecordStore(TimeProvider.System))));
        await AssertFailsAsync(clause, new Suite(make));
    }

    [Fact]
    public async Task Two_slots_in_one_store_fail_their_clause()
    {
        var shared = new InMemoryRecordStore(TimeProvider.System);
        await AssertFailsAsync("REC-033", new Suite(() => new Saboteur(shared)));
    }

    [Fact]
    public async Task A_store_that_calls_itself_durable_and_forgets_fails_its_clause()
    {
        static Saboteur Make() => new(new InMemoryRecordStore(TimeProvider.System))
        {
            Describes = new RecordStoreDescription { Name = "forgetful", IsDurable = true },
        };
        await AssertFailsAsync("REC-035", new Suite(Make) { Reopen = static _ => Make() });
        await AssertFailsAsync("REC-035", new Suite(Make));
        await AssertPassesAsync("REC-035", new Suite(Make) { Reopen = static store => store });
    }

    [Fact]
    public async Task A_lock_inside_one_process_fails_the_clause_of_two_hosts()
    {
        var shared = new InMemoryRecordStore(TimeProvider.System);
        Saboteur Make()
        {
            var host = new Saboteur(shared);
            var turn = new SemaphoreSlim(1);
            Func<StoreRecord, CancellationToken, ValueTask<bool>> lookFirst = Saboteur.LookFirstAsync(host);
            host.OnReplace = async (record, token) =>
            {
                await turn.WaitAsync(token);
                try
                {
                    return await lookFirst(record, token);
                }
                finally
                {
                    turn.Release();
                }
            };
            return host;
        }

        await AssertFailsAsync("REC-036", new Suite(Make) { OpenAnother = _ => Make() });
        await AssertPassesAsync("REC-022", new Suite(Make));
        await AssertPassesAsync("REC-036", new Suite(() => new Saboteur(shared)) { OpenAnother = _ => new Saboteur(shared) });
    }

    [Fact]
    public void Every_clause_has_a_saboteur()
    {
        // REC-033, REC-035 and REC-036 are about two stores, and have tests of their own here.
        IEnumerable<string> sabotaged = Saboteur.All.Select(static saboteur => saboteur.Clause).Concat(["REC-033", "REC-035", "REC-036"]);
        Assert.Equal(
            SuiteCoverage.ClausesOf(typeof(RecordStoreConformanceTests)).Select(static clause => clause.Id),
            sabotaged.Distinct().Order(StringComparer.Ordinal));
    }

    private static async Task AssertFailsAsync(string clause, Suite suite)
    {
        await using (suite)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(clause, suite));
        }
    }

    private static async Task AssertPassesAsync(string clause, Suite suite)
    {
        await using (suite)
        {
            await RunAsync(clause, suite);
        }
    }

    private static Task RunAsync(string clause, Suite suite) => (Task)typeof(RecordStoreConformanceTests).GetMethods()
        .Single(method => method.GetCustomAttribute<ClauseAttribute>()?.Id == clause)
        .Invoke(suite, BindingFlags.DoNotWrapExceptions, null, null, null)!;

    // Not found by the runner: it needs an argument.
    private sealed class Suite(Func<Saboteur> make) : RecordStoreConformanceTests
    {
        public Func<IRecordStore, IRecordStore>? Reopen { get; init; }

        public Func<IRecordStore, IRecordStore>? OpenAnother { get; init; }

        protected override int RaceRounds => 5;

        protected override Capability Reopening => Reopen is null ? Capability.Missing("This saboteur has nothing to reopen.") : Capability.Supported;

        protected override Capability Sharing => OpenAnother is null ? Capability.Missing("This saboteur cannot be opened twice.") : Capability.Supported;

        protected override ValueTask<IRecordStore> CreateAsync() => new(make());

        protected override ValueTask<IRecordStore> ReopenAsync(IRecordStore store) => new(Reopen!(store));

        protected override ValueTask<IRecordStore> OpenAnotherAsync(IRecordStore store) => new(OpenAnother!(store));

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await base.DisposeAsync();
            }
            catch (ObjectDisposedException)
            {
                // One saboteur is about exactly this.
            }
        }
    }
}
