using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Testing;
using static SecureChat.Unit.Tests.Consent.ConsentParts;

namespace SecureChat.Unit.Tests.Consent;

public sealed class GuardedConsentStoreTests
{
    private static readonly (string Name, Func<GuardedConsentStore, CancellationToken, ValueTask> Call)[] Calls =
    [
        ("record", async (store, token) => await store.RecordAsync(Given("a", "1"), token)),
        ("find", async (store, token) => await store.FindAsync("a", "1", token)),
        ("withdraw", async (store, token) => await store.WithdrawAsync("a", "1", Start, token)),
        ("list", async (store, token) => await store.ListAsync("a", token)),
        ("list-by-subject", async (store, token) => await store.ListBySubjectAsync("s", token)),
    ];

    [Fact]
    public async Task Honest_answers_pass()
    {
        RecordConsentStore inner = Store(new TestRecordStore());
        GuardedConsentStore store = Guarded(inner);
        await store.RecordAsync(Given("a", "1", subject: "s"), default);
        Assert.NotNull(await store.FindAsync("a", "1", default));
        Assert.Null(await store.FindAsync("a", "2", default));
        Assert.NotNull((await store.WithdrawAsync("a", "1", Start, default))!.WithdrawnAt);
        Assert.Single(await store.ListAsync("a", default));
        Assert.Single(await store.ListBySubjectAsync("s", default));
    }

    [Fact]
    public async Task Every_fault_is_refused_with_SC4003_and_its_text_is_not_logged()
    {
        foreach ((string name, Func<GuardedConsentStore, CancellationToken, ValueTask> call) in Calls)
        {
            foreach (Exception fault in (Exception[])[new InvalidOperationException("person-canary"), new SecureChatException(SecureChatErrors.NotFound), new OperationCanceledException("person-canary")])
            {
                var logger = new Forms.ListLogger<GuardedConsentStore>();
                var refused = await Assert.ThrowsAsync<SecureChatException>(async () => await call(Guarded(new FakeConsentStore { Throw = fault }, logger: logger), default));
                Assert.Same(SecureChatErrors.ConsentUnavailable, refused.Error);
                Assert.DoesNotContain("canary", refused.Message, StringComparison.Ordinal);
                var line = Assert.Single(logger.Lines);
                Assert.Equal(1350, line.Id.Id);
                Assert.Contains(name, line.Text, StringComparison.Ordinal);
                Assert.DoesNotContain("canary", line.Text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_store_that_hangs_or_blocks_its_thread_is_left_after_the_time_limit()
    {
        foreach ((_, Func<GuardedConsentStore, CancellationToken, ValueTask> call) in Calls)
        {
            using var release = new ManualResetEventSlim();
            foreach (FakeConsentStore inner in (FakeConsentStore[])[new() { Hang = true }, new() { Block = release }])
            {
                var time = new FakeTimeProvider();
                Task pending = call(Guarded(inner, time), default).AsTask();
                time.Advance(TimeSpan.FromSeconds(14));
                Assert.False(pending.IsCompleted);
                time.Advance(TimeSpan.FromSeconds(2));
                var refused = await Assert.ThrowsAsync<SecureChatException>(() => pending.WaitAsync(TimeSpan.FromSeconds(30)));
                Assert.Same(SecureChatErrors.ConsentUnavailable, refused.Error);
            }

            release.Set();
        }
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_not_refused()
    {
        using var cancel = new CancellationTokenSource();
        GuardedConsentStore store = Guarded(new FakeConsentStore { Hang = true });
        Task pending = store.FindAsync("a", "1", cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Nonsense_about_one_consent_is_refused()
    {
        foreach (ConsentRecord nonsense in (ConsentRecord[])[Given("a", "2"), Given("b", "1"), Given("A", "1"), Given("a", "1", purpose: null!)])
        {
            var inner = new FakeConsentStore { One = nonsense };
            await RefusedAsync(async () => await Guarded(inner).FindAsync("a", "1", default));
            await RefusedAsync(async () => await Guarded(inner).WithdrawAsync("a", "1", Start, default));

            // Saboteur: without the guard the nonsense reaches the caller.
            Assert.Same(nonsense, await inner.FindAsync("a", "1", default));
        }

        await RefusedAsync(async () => await Guarded(new FakeConsentStore { One = Given("a", "1") }).WithdrawAsync("a", "1", Start, default));
        Assert.NotNull(await Guarded(new FakeConsentStore { One = Given("a", "1", withdrawnAt: Start) }).WithdrawAsync("a", "1", Start, default));
    }

    [Fact]
    public async Task Nonsense_lists_are_refused()
    {
        foreach (IReadOnlyList<ConsentRecord>? nonsense in (IReadOnlyList<ConsentRecord>?[])
            [
                null,
                new ConsentRecord[] { null! },
                new[] { Given("a", "1", subject: "s"), Given("b", "1", subject: "t") },
                new[] { Given("a", null!, subject: "s") },
                new LyingList(-1),
                new LyingList(0),
            ])
        {
            var inner = new FakeConsentStore { Many = nonsense };
            await RefusedAsync(async () => await Guarded(inner).ListAsync("a", default));
            await RefusedAsync(async () => await Guarded(inner).ListBySubjectAsync("s", default));
        }
    }

    [Fact]
    public async Task A_list_in_disorder_is_put_in_order_and_cut_off_from_its_owner()
    {
        List<ConsentRecord> vendor = [Given("a", "2", 2), Given("a", "1", 1)];
        IReadOnlyList<ConsentRecord> listed = await Guarded(new FakeConsentStore { Many = vendor }).ListAsync("a", default);
        vendor.Clear();
        Assert.Equal(["1", "2"], listed.Select(c => c.ConsentId));
    }

    [Fact]
    public async Task The_guard_wraps_whatever_store_is_registered_before_or_after()
    {
        foreach (bool before in (bool[])[true, false])
        {
            var services = new ServiceCollection();
            services.AddLogging().AddOptions();
            if (before)
            {
                services.AddSingleton<IConsentStore, FakeConsentStore>();
            }

            services.AddConsent().AddConsent();
            if (!before)
            {
                services.AddSingleton<IConsentStore, FakeConsentStore>();
            }

            await using ServiceProvider provider = services.BuildServiceProvider();
            var store = provider.GetRequiredService<GuardedConsentStore>();
            var fake = Assert.IsType<FakeConsentStore>(provider.GetRequiredService<IConsentStore>());
            Assert.Null(await store.FindAsync("a", "1", default));
            Assert.Equal(1, fake.CallCount);
            fake.Throw = new InvalidOperationException();
            await RefusedAsync(async () => await store.FindAsync("a", "1", default));
        }
    }

    private static async Task RefusedAsync(Func<Task> call) =>
        Assert.Same(SecureChatErrors.ConsentUnavailable, (await Assert.ThrowsAsync<SecureChatException>(call)).Error);

    private sealed class FakeConsentStore : IConsentStore
    {
        public Exception? Throw { get; set; }

        public bool Hang { get; init; }

        public ManualResetEventSlim? Block { get; init; }

        public ConsentRecord? One { get; init; }

        public IReadOnlyList<ConsentRecord>? Many { get; init; } = [];

        public int CallCount { get; private set; }

        public async ValueTask RecordAsync(ConsentRecord consent, CancellationToken cancellationToken) => await AnswerAsync(true);

        public ValueTask<ConsentRecord?> FindAsync(string conversationId, string consentId, CancellationToken cancellationToken) => AnswerAsync(One);

        public ValueTask<ConsentRecord?> WithdrawAsync(string conversationId, string consentId, DateTimeOffset at, CancellationToken cancellationToken) => AnswerAsync(One);

        public ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(string conversationId, CancellationToken cancellationToken) => AnswerAsync(Many!);

        public ValueTask<IReadOnlyList<ConsentRecord>> ListBySubjectAsync(string subjectRef, CancellationToken cancellationToken) => AnswerAsync(Many!);

        private ValueTask<T> AnswerAsync<T>(T answer)
        {
            CallCount++;
            Block?.Wait();
            if (Throw is not null)
            {
                throw Throw;
            }

            return Hang ? new ValueTask<T>(new TaskCompletionSource<T>().Task) : new ValueTask<T>(answer);
        }
    }

    /// <summary>A list that throws while being read (-1), or never ends (0).</summary>
    private sealed class LyingList(int kind) : IReadOnlyList<ConsentRecord>
    {
        private static readonly ConsentRecord Endless = Given("a", "1", subject: "s");

        public int Count => 1;

        public ConsentRecord this[int index] => throw new NotSupportedException();

        public IEnumerator<ConsentRecord> GetEnumerator()
        {
            while (true)
            {
                yield return kind < 0 ? throw new InvalidOperationException() : Endless;
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
