using SecureChat.AspNetCore;
using SecureChat.Stores.Tests.Conformance;
using SecureChat.Testing;

namespace SecureChat.Stores.Tests.Guarding;

public sealed class GuardedRecordStoreTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Answers_of_a_store_that_works_pass_through()
    {
        GuardedRecordStore store = Guard(Working());
        await store.PrepareAsync(CancellationToken.None);
        Assert.True(await store.InsertAsync(Record(), CancellationToken.None));
        Assert.False(await store.InsertAsync(Record(), CancellationToken.None));
        Assert.Equal(1, (await store.GetAsync(Key(), CancellationToken.None))!.Version);
        Assert.True(await store.ReplaceAsync(Record(version: 1), CancellationToken.None));
        Assert.Single(await store.ListAsync(new RecordQuery { Kind = "test", Partition = "p" }, CancellationToken.None));
        Assert.Empty(await store.ListDueAsync(new DueQuery { Kind = "test", Before = DateTimeOffset.MaxValue }, CancellationToken.None));
        Assert.Equal(ScrubResult.Complete, await store.ScrubAsync(CancellationToken.None));
        Assert.True(await store.DeleteAsync(Key(), 2, CancellationToken.None));
        Assert.Equal(0, await store.DeletePartitionAsync("test", "p", CancellationToken.None));
    }

    [Fact]
    public async Task A_fault_is_never_not_found()
    {
        Saboteur broken = Working();
        broken.OnGet = static (_, _) => throw new InvalidOperationException("secret-detail");
        broken.OnInsert = static (_, _) => ValueTask.FromException<bool>(new IOException("secret-detail"));
        GuardedRecordStore store = Guard(broken);
        foreach (Func<Task> call in (Func<Task>[])[async () => await store.GetAsync(Key(), CancellationToken.None), async () => await store.InsertAsync(Record(), CancellationToken.None)])
        {
            var fault = await Assert.ThrowsAsync<SecureChatStoreException>(call);
            Assert.Equal(SecureChatErrors.StoreUnavailable.Code, fault.Error.Code);
            Assert.DoesNotContain("secret-detail", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task E37_a_store_that_hangs_and_ignores_its_token_does_not_hang_the_caller()
    {
        var called = new TaskCompletionSource();
        Saboteur hanging = Working();
        hanging.OnReplace = (_, _) =>
        {
            called.SetResult();
            return new ValueTask<bool>(new TaskCompletionSource<bool>().Task);
        };
        Task<bool> pending = Guard(hanging).ReplaceAsync(Record(version: 1), CancellationToken.None).AsTask();
        await called.Task.WaitAsync(Limit);

        // The guard may still be about to start its timer when the store has been called.
        using var limit = new CancellationTokenSource(Limit);
        while (!pending.IsCompleted)
        {
            limit.Token.ThrowIfCancellationRequested();
            _time.Advance(Limit);
            await Task.Yield();
        }

        var fault = await Assert.ThrowsAsync<SecureChatStoreException>(() => pending);
        Assert.True(fault.IsTransient);
        Assert.Equal("replace", fault.Operation);
    }

    [Fact]
    public async Task A_store_that_blocks_its_thread_does_not_block_the_caller()
    {
        using var release = new ManualResetEventSlim();
        using var called = new ManualResetEventSlim();
        Saboteur blocking = Working();
        blocking.OnGet = (_, _) =>
        {
            called.Set();
            release.Wait(CancellationToken.None);
            return new ValueTask<StoreRecord?>((StoreRecord?)null);
        };
        using var cancel = new CancellationTokenSource();
        Task<StoreRecord?> pending = Guard(blocking).GetAsync(Key(), cancel.Token).AsTask();
        Assert.True(called.Wait(Limit));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.WaitAsync(Limit));
        release.Set();
    }

    [Fact]
    public async Task A_cancelled_token_passes_through_and_calls_nothing()
    {
        Saboteur untouched = Working();
        untouched.OnGet = static (_, _) => throw new InvalidOperationException();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Guard(untouched).GetAsync(Key(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_store_that_cancels_by_itself_is_a_fault()
    {
        Saboteur broken = Working();
        broken.OnGet = static (_, _) => throw new OperationCanceledException();
        await Assert.ThrowsAsync<SecureChatStoreException>(async () => await Guard(broken).GetAsync(Key(), CancellationToken.None));
    }

    [Fact]
    public async Task Faults_with_a_code_keep_it()
    {
        Saboteur newer = Working();
        newer.OnPrepare = static _ => throw new SecureChatConfigurationException(SecureChatErrors.SchemaNewer);
        await Assert.ThrowsAsync<SecureChatConfigurationException>(async () => await Guard(newer).PrepareAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Nonsense_is_a_fault()
    {
        StoreRecord other = new() { Key = new RecordKey { Kind = "test", Partition = "q", Id = "a" }, Version = 1, Body = Array.Empty<byte>() };
        await Refused(other);
        await Refused(Record(version: 0));
        await Refused(Record(version: -1));

        async Task Refused(StoreRecord answer)
        {
            Saboteur broken = Working();
            broken.OnGet = (_, _) => new(answer);
            broken.OnList = (_, _) => new([answer]);
            broken.OnListDue = static (_, _) => new((IReadOnlyList<StoreRecord>)null!);
            GuardedRecordStore store = Guard(broken);
            await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.GetAsync(Key(), CancellationToken.None));
            await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.ListAsync(new RecordQuery { Kind = "test", Partition = "p" }, CancellationToken.None));
            await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.ListDueAsync(new DueQuery { Kind = "test", Before = default }, CancellationToken.None));
        }
    }

    [Fact]
    public async Task More_records_than_asked_for_are_a_fault()
    {
        Saboteur broken = Working();
        broken.OnList = static (_, _) => new([Record(version: 1), Record(version: 1)]);
        GuardedRecordStore store = Guard(broken);
        await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.ListAsync(new RecordQuery { Kind = "test", Partition = "p", Limit = 1 }, CancellationToken.None));
    }

    private static Saboteur Working() => new(new InMemoryRecordStore(TimeProvider.System));

    private static RecordKey Key() => new() { Kind = "test", Partition = "p", Id = "a" };

    private static StoreRecord Record(long version = 0) => new() { Key = Key(), Version = version, Body = new byte[] { 1 } };

    private GuardedRecordStore Guard(IRecordStore inner) => new(inner, Limit, _time);
}
