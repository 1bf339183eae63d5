using System.Collections.Concurrent;
using SecureChat;

namespace Acme;

public sealed class AcmeRecordStore : IRecordStore
{
    private readonly ConcurrentDictionary<RecordKey, StoreRecord> _records = new();

    public RecordStoreDescription Description { get; } = new() { Name = "acme", IsDurable = false };

    public ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(record);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_records.TryAdd(record.Key, Copy(record, version: 1)));
    }

    public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(key);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_records.GetValueOrDefault(key));
    }

    public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(record);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_records.TryGetValue(record.Key, out StoreRecord? stored)
            && stored.Version == record.Version
            && _records.TryUpdate(record.Key, Copy(record, stored.Version + 1), stored));
    }

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(key);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_records.TryGetValue(key, out StoreRecord? stored)
            && stored.Version == version
            && _records.TryRemove(new KeyValuePair<RecordKey, StoreRecord>(key, stored)));
    }

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(kind, partition);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_records.Keys
            .Where(key => key.Kind == kind && key.Partition == partition)
            .Count(key => _records.TryRemove(key, out _)));
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(query);
        cancellationToken.ThrowIfCancellationRequested();
        return new([.. _records.Values
            .Where(record => record.Key.Kind == query.Kind && record.Key.Partition == query.Partition)
            .Where(record => query.AfterId is null || RecordRules.Compare(record.Key.Id, query.AfterId) > 0)
            .Order(Comparer<StoreRecord>.Create(static (left, right) => RecordRules.Compare(left.Key.Id, right.Key.Id)))
            .Take(query.Limit)]);
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(query);
        cancellationToken.ThrowIfCancellationRequested();
        return new([.. _records.Values
            .Where(record => record.Key.Kind == query.Kind && record.DueAt <= query.Before)
            .Where(record => query.After is null || RecordRules.CompareDue(record, query.After) > 0)
            .Order(Comparer<StoreRecord>.Create(RecordRules.CompareDue))
            .Take(query.Limit)]);
    }

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(ScrubResult.Complete);
    }

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(TimeProvider.System.GetUtcNow());
    }

    // The caller may zero its array after the call; due times are kept to the millisecond.
    private static StoreRecord Copy(StoreRecord record, long version) => new()
    {
        Key = record.Key,
        Version = version,
        DueAt = record.DueAt is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due.ToUnixTimeMilliseconds()) : null,
        Body = record.Body.ToArray(),
    };
}
