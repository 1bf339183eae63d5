using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Core;

/// <summary>What vendor code may do to the host: nothing but fail, in bounded time, with the documented fault.</summary>
public sealed class ForeignCallsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P6_a_vendor_that_throws_not_found_is_a_fault_and_its_text_is_not_ours()
    {
        var lie = new SecureChatException(SecureChatErrors.NotFound, "4111111111111111");
        GuardedRecordStore store = new(new ThrowingStore(lie), Limit, _time);
        SecureChatStoreException fault = await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.GetAsync(ThrowingStore.Key, Token));
        Assert.Equal("SC3001", fault.Error.Code);
        Assert.DoesNotContain("4111", fault.Message, StringComparison.Ordinal);

        // What a store may say itself stays: whether trying again may help, under the store's own name.
        store = new(new ThrowingStore(new SecureChatStoreException("4111111111111111", "x", isTransient: true)), Limit, _time);
        fault = await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.GetAsync(ThrowingStore.Key, Token));
        Assert.True(fault.IsTransient);
        Assert.Equal(("throwing", "get"), (fault.Store, fault.Operation));

        var masker = new GuardedMasker(new ThrowingMasker(lie), new MaskingTrial(Options.Create(new SecureChatOptions()), NullLogger<MaskingTrial>.Instance), Options.Create(new SecureChatOptions()), _time);
        SecureChatException masking = await Assert.ThrowsAsync<SecureChatException>(
            async () => await masker.MaskAsync(new MaskRequest { Text = "hello", Sender = ParticipantRole.Visitor }, Token));
        Assert.Equal("SC2001", masking.Error.Code);
        Assert.DoesNotContain("4111", masking.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E37_a_call_that_outlives_its_time_is_told_so_by_its_token()
    {
        var calls = new ForeignCalls();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> pending = calls.RunAsync(
            async token =>
            {
                await using CancellationTokenRegistration registration = token.Register(told.SetResult);
                called.SetResult();
                await told.Task;
                return 1;
            },
            Limit,
            _time,
            CancellationToken.None).AsTask();
        await called.Task.WaitAsync(Limit, Token);
        await AdvanceUntilAsync(pending);
        await Assert.ThrowsAsync<TimeoutException>(() => pending);
        await told.Task.WaitAsync(Limit, Token);
        await UntilAsync(() => calls.Abandoned == 0, "the call that ended was still counted");
    }

    [Fact]
    public async Task E51_a_vendor_that_never_comes_back_costs_a_bounded_number_of_calls_and_then_fails_at_once()
    {
        var calls = new ForeignCalls();
        var never = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        int begun = 0;
        for (int i = 0; i < ForeignCalls.MaxAbandoned; i++)
        {
            using var gone = new CancellationTokenSource();
            var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<int> pending = calls.RunAsync(
                _ =>
                {
                    Interlocked.Increment(ref begun);
                    called.SetResult();
                    return new ValueTask<int>(never.Task);
                },
                Limit,
                _time,
                gone.Token).AsTask();
            await called.Task.WaitAsync(Limit, Token);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        }

        Assert.Equal(ForeignCalls.MaxAbandoned, calls.Abandoned);
        await Assert.ThrowsAsync<TimeoutException>(async () => await calls.RunAsync(
            _ =>
            {
                Interlocked.Increment(ref begun);
                return ValueTask.FromResult(1);
            },
            Limit,
            _time,
            CancellationToken.None));
        Assert.Equal(ForeignCalls.MaxAbandoned, begun);

        // It comes back: so does the host.
        never.SetResult(1);
        await UntilAsync(() => calls.Abandoned == 0, "calls that ended were still counted");
        Assert.Equal(2, await calls.RunAsync(static _ => ValueTask.FromResult(2), Limit, _time, CancellationToken.None));
    }

    private static async Task UntilAsync(Func<bool> holds, string otherwise)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
        {
            Assert.False(limit.IsCancellationRequested, otherwise);
            await Task.Yield();
        }
    }

    private async Task AdvanceUntilAsync(Task pending)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!pending.IsCompleted)
        {
            Assert.False(limit.IsCancellationRequested, "the call did not time out");
            _time.Advance(Limit);
            await Task.Yield();
        }
    }

    private sealed class ThrowingMasker(Exception fault) : IMasker
    {
        public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken) => throw fault;
    }

    private sealed class ThrowingStore(Exception fault) : IRecordStore
    {
        public static RecordKey Key { get; } = new() { Kind = "test", Partition = "p", Id = "a" };

        public RecordStoreDescription Description { get; } = new() { Name = "throwing", IsDurable = true };

        public ValueTask PrepareAsync(CancellationToken cancellationToken) => throw fault;

        public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken) => throw fault;

        public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) => throw fault;

        public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken) => throw fault;

        public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) => throw fault;

        public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) => throw fault;

        public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) => throw fault;

        public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => throw fault;

        public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => throw fault;

        public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => throw fault;
    }
}
