using System.Collections.Concurrent;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests;

/// <summary>What a store is asked: <c>insert</c>, <c>get</c>, <c>replace</c>, <c>delete</c>, <c>delete-partition</c>, <c>list</c>, <c>list-due</c>, <c>scrub</c>, <c>get-time</c>.</summary>
internal readonly record struct StoreCall(string Operation, string Kind, RecordKey? Key);

/// <summary>
/// The product's store in memory, with places to break in: hooks before and after, clauses of the contract that can be switched off,
/// and hands that write past the contract. Several "hosts" of one test share one. As foreign code the guard calls it on other
/// threads, so callers interleave.
/// </summary>
internal sealed class TestRecordStore : IRecordStore
{
    private readonly InMemoryRecordStore _inner;
    private readonly ConcurrentDictionary<(string Kind, string Partition), byte> _partitions = new();
    private readonly ConcurrentDictionary<string, int> _inserts = new(StringComparer.Ordinal);
    private int _writes;

    public TestRecordStore() => _inner = new InMemoryRecordStore(TimeProvider.System);

    /// <summary>Runs before each operation: to fail, to hang, or to let another host go first.</summary>
    public Func<StoreCall, ValueTask>? Before { get; set; }

    /// <summary>Runs before an insert; its answer, if any, is given instead of inserting.</summary>
    public Func<StoreRecord, CancellationToken, ValueTask<bool?>>? BeforeInsert { get; set; }

    /// <summary>Runs after an insert has happened: to lose its answer.</summary>
    public Func<StoreRecord, Task>? AfterInsert { get; set; }

    /// <summary>Runs between a read and its answer: to let others read the same.</summary>
    public Func<RecordKey, Task>? AfterGet { get; set; }

    /// <summary>Runs after a replace has happened: to lose its answer.</summary>
    public Func<StoreRecord, Task>? AfterReplace { get; set; }

    /// <summary>Saboteur: an insert over an existing record writes and answers yes.</summary>
    public bool InsertsBlindly { get; set; }

    /// <summary>Saboteur: a replace or delete with an old version writes and answers yes.</summary>
    public bool IgnoresVersions { get; set; }

    /// <summary>Every compare-and-set loses while set.</summary>
    public bool NeverWins { get; set; }

    public bool IsDown { get; set; }

    public bool IsDurable { get; set; } = true;

    public ScrubResult Scrubbed { get; set; } = ScrubResult.Complete;

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>How far the store's clock is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    public int Prepared { get; private set; }

    /// <summary>Inserts and replaces that took effect.</summary>
    public int Writes => _writes;

    public RecordStoreDescription Description => new() { Name = "test", IsDurable = IsDurable };

    /// <summary>Everything that is stored, in order of kind, partition and id.</summary>
    public IReadOnlyList<StoreRecord> All =>
    [
        .. _partitions.Keys.OrderBy(static at => at.Kind, StringComparer.Ordinal).ThenBy(static at => at.Partition, StringComparer.Ordinal)
            .SelectMany(at => Partition(at.Kind, at.Partition)),
    ];

    public IReadOnlyList<StoreRecord> Of(string kind) => [.. All.Where(record => record.Key.Kind == kind)];

    public int CountOf(string kind) => Of(kind).Count;

    /// <summary>Inserts that reached the store, whether or not there was room.</summary>
    public int InsertsOf(string kind) => _inserts.GetValueOrDefault(kind);

    public StoreRecord? Peek(RecordKey key) => Now(_inner.GetAsync(key, CancellationToken.None));

    /// <summary>Inserts past the hooks: a write that lands late.</summary>
    public bool Put(StoreRecord record)
    {
        _partitions.TryAdd((record.Key.Kind, record.Key.Partition), 0);
        _inserts.AddOrUpdate(record.Key.Kind, 1, static (_, count) => count + 1);
        bool inserted = Now(_inner.InsertAsync(record, CancellationToken.None));
        Interlocked.Add(ref _writes, inserted ? 1 : 0);
        return inserted;
    }

    /// <summary>Writes past the contract, as somebody with access to the files does: no version shows it unless one is given.</summary>
    public void Overwrite(RecordKey key, ReadOnlyMemory<byte> body, long? version = null)
    {
        StoreRecord? old = Peek(key);
        byte[] bytes = body.ToArray();
        Remove(key);
        _partitions.TryAdd((key.Kind, key.Partition), 0);
        Now(_inner.InsertAsync(new StoreRecord { Key = key, DueAt = old?.DueAt, Body = bytes }, CancellationToken.None));
        for (long at = 1; at < (version ?? old?.Version ?? 1); at++)
        {
            Now(_inner.ReplaceAsync(new StoreRecord { Key = key, Version = at, DueAt = old?.DueAt, Body = bytes }, CancellationToken.None));
        }
    }

    public void Remove(RecordKey key)
    {
        if (Peek(key) is { } stored)
        {
            Now(_inner.DeleteAsync(key, stored.Version, CancellationToken.None));
        }
    }

    public void Clear()
    {
        foreach ((string kind, string partition) in _partitions.Keys)
        {
            Now(_inner.DeletePartitionAsync(kind, partition, CancellationToken.None));
        }
    }

    /// <summary>A copy as a backup makes one.</summary>
    public TestRecordStore Copy()
    {
        var copy = new TestRecordStore();
        foreach (StoreRecord record in All)
        {
            copy.Put(record);
            copy.Overwrite(record.Key, record.Body, record.Version);
        }

        return copy;
    }

    public ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        Prepared++;
        return _inner.PrepareAsync(cancellationToken);
    }

    public async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        await CallAsync("insert", record.Key.Kind, record.Key);
        if (BeforeInsert is { } before && await before(record, cancellationToken) is { } answer)
        {
            return answer;
        }

        if (NeverWins)
        {
            return false;
        }

        bool inserted = Put(record);
        if (!inserted && InsertsBlindly)
        {
            inserted = ReplaceWhateverIsThere(record);
        }

        await (AfterInsert?.Invoke(record) ?? Task.CompletedTask);
        return inserted;
    }

    public async ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        await CallAsync("get", key.Kind, key);
        StoreRecord? record = await _inner.GetAsync(key, cancellationToken);
        if (AfterGet is { } pause)
        {
            await pause(key);
        }

        return record;
    }

    public async ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        await CallAsync("replace", record.Key.Kind, record.Key);
        bool replaced = !NeverWins
            && (IgnoresVersions ? ReplaceWhateverIsThere(record) : await _inner.ReplaceAsync(record, cancellationToken));
        Interlocked.Add(ref _writes, replaced ? 1 : 0);
        await (AfterReplace?.Invoke(record) ?? Task.CompletedTask);
        return replaced;
    }

    public async ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
    {
        await CallAsync("delete", key.Kind, key);
        if (IgnoresVersions)
        {
            Remove(key);
            return true;
        }

        return !NeverWins && await _inner.DeleteAsync(key, version, cancellationToken);
    }

    public async ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken)
    {
        await CallAsync("delete-partition", kind, null);
        return await _inner.DeletePartitionAsync(kind, partition, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        await CallAsync("list", query.Kind, null);
        return await _inner.ListAsync(query, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken)
    {
        await CallAsync("list-due", query.Kind, null);
        return await _inner.ListDueAsync(query, cancellationToken);
    }

    public async ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken)
    {
        await CallAsync("scrub", "", null);
        return Scrubbed;
    }

    public async ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        await CallAsync("get-time", "", null);
        return Clock.GetUtcNow() + Ahead;
    }

    /// <summary>The inner store answers at once or is not the store this decorates.</summary>
    private static T Now<T>(ValueTask<T> answer)
    {
        Assert.True(answer.IsCompletedSuccessfully);
        return answer.Result;
    }

    private IReadOnlyList<StoreRecord> Partition(string kind, string partition)
    {
        var records = new List<StoreRecord>();
        while (true)
        {
            IReadOnlyList<StoreRecord> page = Now(_inner.ListAsync(
                new RecordQuery { Kind = kind, Partition = partition, AfterId = records.Count == 0 ? null : records[^1].Key.Id, Limit = RecordRules.MaxLimit },
                CancellationToken.None));
            if (page.Count == 0)
            {
                return records;
            }

            records.AddRange(page);
        }
    }

    private bool ReplaceWhateverIsThere(StoreRecord record)
    {
        while (Peek(record.Key) is { } stored)
        {
            if (Now(_inner.ReplaceAsync(new StoreRecord { Key = record.Key, Version = stored.Version, DueAt = record.DueAt, Body = record.Body }, CancellationToken.None)))
            {
                return true;
            }
        }

        return false;
    }

    private ValueTask CallAsync(string operation, string kind, RecordKey? key) =>
        IsDown ? throw new IOException("the disk is gone") : Before?.Invoke(new StoreCall(operation, kind, key)) ?? ValueTask.CompletedTask;
}
