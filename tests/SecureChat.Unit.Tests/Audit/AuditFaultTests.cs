using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Audit;

public sealed class AuditFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E8_a_store_that_throws_refuses_the_append_and_recovers_by_itself()
    {
        await using var bed = new AuditBed();
        await bed.AppendAsync();
        bed.Store.BeforeInsert = static (_, _) => throw new InvalidOperationException("disk gone");
        await AssertRefusedAsync(bed, "SC5001");
        bed.Store.BeforeInsert = null;
        Assert.Equal(2, (await bed.AppendAsync()).Sequence);
        Assert.True((await bed.VerifyAsync()).IsIntact);
    }

    [Fact]
    public async Task E8_a_store_that_throws_once_is_tried_once_more()
    {
        await using var bed = new AuditBed();
        int calls = 0;
        bed.Store.BeforeInsert = (_, _) => ++calls == 1 ? throw new InvalidOperationException("busy") : new((bool?)null);
        Assert.Equal(1, (await bed.AppendAsync()).Sequence);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task E8_a_write_that_happened_but_whose_answer_was_lost_is_found_and_not_doubled()
    {
        await using var bed = new AuditBed();
        await bed.AppendAsync();
        bed.Store.AfterInsert = static _ => throw new IOException("connection lost");
        Assert.Equal(2, (await bed.AppendAsync()).Sequence);
        bed.Store.AfterInsert = null;
        Assert.Equal(3, (await bed.AppendAsync()).Sequence);
        Assert.Equal(3, (await bed.VerifyAsync()).Count);
    }

    [Fact]
    public async Task E8_a_lost_answer_while_another_host_takes_the_number_gives_each_fact_one_entry()
    {
        var store = new TestRecordStore();
        await using var bed = new AuditBed(store);
        await using var other = new AuditBed(store);
        await bed.AppendAsync();
        int calls = 0;
        store.BeforeInsert = (record, _) =>
        {
            if (record.Key.Kind == RecordKinds.AuditPage && ++calls == 1)
            {
                return LoseAsync();
            }

            return new((bool?)null);

            async ValueTask<bool?> LoseAsync()
            {
                // The other host writes a fact that is equal in every field and at the same moment, then our answer is lost.
                await other.AppendAsync();
                throw new IOException("connection lost");
            }
        };
        AuditReceipt receipt = await bed.AppendAsync();
        Assert.Equal(3, receipt.Sequence);
        AuditVerification result = await bed.VerifyAsync();
        Assert.True(result.IsIntact, result.ToString());
        Assert.Equal(3, result.Count);
    }

    [Fact]
    public async Task E8_a_write_that_lands_after_its_retry_was_sent_is_not_doubled()
    {
        await using var bed = new AuditBed();
        await bed.AppendAsync();
        StoreRecord? late = null;
        bed.Store.BeforeInsert = (record, _) =>
        {
            if (late is null)
            {
                late = record;
                throw new IOException("connection lost");
            }

            bed.Store.Put(late);
            return new((bool?)null);
        };
        Assert.Equal(2, (await bed.AppendAsync()).Sequence);
        bed.Store.BeforeInsert = null;
        Assert.Equal(2, (await bed.VerifyAsync()).Count);
    }

    [Fact]
    public async Task E8_a_write_that_lands_after_it_was_refused_stays_in_the_log_and_breaks_nothing()
    {
        await using var bed = new AuditBed();
        await bed.AppendAsync();
        StoreRecord? late = null;
        bed.Store.BeforeInsert = (record, _) =>
        {
            late = record;
            throw new IOException("connection lost");
        };
        await AssertRefusedAsync(bed, "SC5001");
        bed.Store.BeforeInsert = null;
        bed.Store.Put(late!);
        Assert.Equal(3, (await bed.AppendAsync()).Sequence);
        Assert.Equal(3, (await bed.VerifyAsync()).Count);
    }

    [Fact]
    public async Task E8_a_store_that_hangs_refuses_the_append_in_bounded_time_and_recovers_by_itself()
    {
        await using var bed = new AuditBed();
        await bed.AppendAsync();
        bed.Store.BeforeInsert = static async (_, _) =>
        {
            await new TaskCompletionSource().Task;
            return null;
        };
        Exception? fault = await bed.AdvanceUntilFaultAsync(bed.AppendAsync().AsTask(), TimeSpan.FromSeconds(1));
        Assert.Equal("SC5001", Assert.IsType<SecureChatException>(fault).Error.Code);
        bed.Store.BeforeInsert = null;
        Task<AuditReceipt> next = bed.AppendAsync().AsTask();
        Assert.Null(await bed.AdvanceUntilFaultAsync(next, TimeSpan.FromMilliseconds(1)));
        Assert.Equal(2, (await next).Sequence);
    }

    [Fact]
    public async Task E8_a_store_that_denies_what_it_just_refused_is_not_believed()
    {
        await using var bed = new AuditBed();
        bed.Store.BeforeInsert = static (_, _) => new((bool?)false);
        await AssertRefusedAsync(bed, "SC5001");
        Assert.Empty(bed.Store.All);
    }

    [Fact]
    public async Task E8_a_store_that_answers_another_page_for_ever_is_given_up()
    {
        await using var bed = new AuditBed();
        bed.Store.BeforeInsert = (record, _) =>
        {
            // Says "exists", and what exists is never what a log could contain.
            bed.Store.Overwrite(record.Key, "nonsense"u8.ToArray());
            return new((bool?)false);
        };
        await AssertRefusedAsync(bed, "SC5001");
    }

    [Fact]
    public async Task E8_a_detail_that_cannot_be_stored_refuses_the_append_before_any_entry()
    {
        await using var bed = new AuditBed();
        bed.Store.BeforeInsert = static (record, _) =>
            record.Key.Kind == RecordKinds.AuditDetail ? throw new InvalidOperationException("full") : new((bool?)null);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(
            () => bed.AppendAsync(AuditBed.RichFact(SecureChatId.New(), "a", AuditLogTests.Detail("Ada", "x"))).AsTask());
        Assert.Equal("SC5001", fault.Error.Code);
        Assert.Empty(bed.Store.Of(RecordKinds.AuditPage));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task E8_without_a_pseudonym_there_is_no_entry(string? nonsense)
    {
        var store = new TestRecordStore();
        var options = new SecureChatOptions();
        var guarded = new GuardedRecordStore(store, TimeSpan.FromSeconds(10), TimeProvider.System);
        int calls = 0;
        await using var log = new AuditLog(
            guarded,
            (_, _, _) => ++calls == 1 ? throw new SecureChatException(SecureChatErrors.KeyUnavailable) : new(nonsense!),
            [],
            options,
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        for (int i = 0; i < 2; i++)
        {
            SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(
                () => log.AppendAsync(AuditBed.RichFact(SecureChatId.New(), "agent"), Token).AsTask());
            Assert.Equal("SC5001", fault.Error.Code);
        }

        Assert.Empty(store.All);
    }

    [Fact]
    public async Task A_required_sink_that_throws_refuses_the_action_by_name_and_every_other_sink_still_has_the_entry()
    {
        var before = new AuditTestSink();
        var failing = new AuditTestSink(static (_, _) => throw new InvalidOperationException("down"));
        var after = new AuditTestSink();
        var bestEffort = new AuditTestSink();
        await using var bed = new AuditBed(sinks: [before.As("before"), failing.As("mine"), after.As("after"), bestEffort.As("best", required: false)]);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => bed.AppendAsync().AsTask());
        Assert.Equal("SC5002", fault.Error.Code);
        Assert.Contains("mine", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("down", fault.Message, StringComparison.Ordinal);

        // Each append is tried anew, and the log has what was refused.
        await Assert.ThrowsAsync<SecureChatException>(() => bed.AppendAsync().AsTask());
        Assert.Equal(2, failing.Calls);
        Assert.Equal(2, (await bed.VerifyAsync()).Count);
        await bed.DisposeAsync();
        foreach (AuditTestSink sink in new[] { before, after, bestEffort })
        {
            Assert.Equal([1, 2], sink.Taken.Select(static entry => entry.Sequence));
        }
    }

    [Fact]
    public async Task A_required_sink_that_comes_back_takes_the_next_entries()
    {
        bool isDown = true;
        var sink = new AuditTestSink((_, _) => isDown ? throw new InvalidOperationException() : default);
        await using var bed = new AuditBed(sinks: sink.As("s"));
        await AssertRefusedAsync(bed, "SC5002");
        isDown = false;
        Assert.Equal(2, (await bed.AppendAsync()).Sequence);
        Assert.Equal([2], sink.Taken.Select(static entry => entry.Sequence));
    }

    [Fact]
    public async Task A_best_effort_sink_that_throws_blocks_nothing()
    {
        var sink = new AuditTestSink(static (_, _) => throw new InvalidOperationException());
        var good = new AuditTestSink();
        await using var bed = new AuditBed(sinks: [sink.As("bad", required: false), good.As("good")]);
        await bed.AppendManyAsync(3);
        Assert.Equal(3, good.Taken.Count);
        await bed.DisposeAsync();
        Assert.NotEqual(0, sink.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_best_effort_sink_that_hangs_blocks_nothing(bool blocksItsThread)
    {
        using var release = new ManualResetEventSlim();
        var hanging = new AuditTestSink(async (_, _) =>
        {
            if (blocksItsThread)
            {
                release.Wait(CancellationToken.None);
            }
            else
            {
                await new TaskCompletionSource().Task;
            }
        });
        var good = new AuditTestSink();
        var bed = new AuditBed(sinks: [hanging.As("hangs", required: false), good.As("good")]);

        // The clock stands still: whoever waited for this sink would wait for ever.
        await bed.AppendManyAsync(200).WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(200, good.Taken.Count);
        release.Set();
        bed.Log.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_required_sink_that_hangs_refuses_in_bounded_time_while_others_still_get_every_entry(bool honoursItsToken)
    {
        var hanging = new AuditTestSink(async (_, token) => await Task.Delay(Timeout.Infinite, honoursItsToken ? token : CancellationToken.None));
        var good = new AuditTestSink();
        var options = new SecureChatOptions();
        options.Audit.SinkTimeout = TimeSpan.FromSeconds(5);
        options.Storage.OperationTimeout = TimeSpan.FromHours(10);
        var bed = new AuditBed(options: options, sinks: [hanging.As("hangs"), good.As("good")]);
        Task<AuditReceipt>[] appends = [.. Enumerable.Range(0, 20).Select(_ => bed.AppendAsync().AsTask())];
        foreach (Task<AuditReceipt> append in appends)
        {
            Exception? fault = await bed.AdvanceUntilFaultAsync(append, TimeSpan.FromSeconds(1));
            Assert.Equal("SC5002", Assert.IsType<SecureChatException>(fault).Error.Code);
        }

        Assert.Equal(20, good.Taken.Count);
        Assert.Equal(20, (await bed.VerifyAsync()).Count);

        // All that waited was handed over together: it did not take twenty time limits, nor twenty threads.
        Assert.InRange(hanging.Calls, 1, 6);
        bed.Log.Dispose();
    }

    [Fact]
    public async Task A_sink_that_hangs_for_ever_is_not_given_a_thread_for_every_entry()
    {
        var hanging = new AuditTestSink(static async (_, _) => await new TaskCompletionSource().Task);
        var options = new SecureChatOptions();
        options.Storage.OperationTimeout = TimeSpan.FromHours(10);
        var bed = new AuditBed(options: options, sinks: hanging.As("hangs"));
        for (int i = 0; i < 12; i++)
        {
            Exception? fault = await bed.AdvanceUntilFaultAsync(bed.AppendAsync().AsTask(), TimeSpan.FromSeconds(1));
            Assert.Equal("SC5002", Assert.IsType<SecureChatException>(fault).Error.Code);
        }

        Assert.Equal(4, hanging.Calls);
        bed.Log.Dispose();
    }

    [Fact]
    public async Task A_burst_of_small_batches_is_not_refused_while_a_slow_sink_catches_up()
    {
        var open = new TaskCompletionSource();
        var slow = new AuditTestSink(async (_, _) => await open.Task);
        await using var bed = new AuditBed(sinks: slow.As("slow"));
        var appends = new List<Task<AuditReceipt>>();
        for (int i = 1; i <= 300; i++)
        {
            appends.Add(bed.AppendAsync().AsTask());
            while (bed.Store.InsertsOf(RecordKinds.AuditPage) < i)
            {
                await Task.Yield();
            }
        }

        open.SetResult();
        await Task.WhenAll(appends);
        Assert.Equal(300, slow.Taken.Count);
        Assert.InRange(slow.Calls, 1, 3);
    }

    [Fact]
    public async Task E51_a_sink_that_never_answers_holds_a_bounded_number_of_entries()
    {
        await using var bed = new AuditBed();
        await bed.AppendAsync();
        AuditEntry entry = Assert.Single(await bed.Log.ListAsync(0, 1, Token));
        AuditEntry[] batch = [.. Enumerable.Repeat(entry, 256)];
        var hanging = new AuditTestSink(static async (_, _) => await new TaskCompletionSource().Task);
        var pump = new AuditSinkPump(
            hanging.As("hangs", required: false), TimeSpan.FromSeconds(5), bed.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        int kept = Enumerable.Range(0, 500).Count(_ => !pump.SendAsync(batch).IsCompleted);
        Assert.InRange(kept, 64, 68);
    }

    [Fact]
    public async Task Sinks_get_entries_in_order_under_load()
    {
        var sink = new AuditTestSink();
        await using var bed = new AuditBed(sinks: sink.As("s"));
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(() => bed.AppendAsync().AsTask(), Token)));
        Assert.Equal(Enumerable.Range(1, 500).Select(static n => (long)n), sink.Taken.Select(static entry => entry.Sequence));
    }

    private static async Task AssertRefusedAsync(AuditBed bed, string code)
    {
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => bed.AppendAsync().AsTask());
        Assert.Equal(code, fault.Error.Code);
    }
}
