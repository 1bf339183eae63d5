using System.Collections.Concurrent;

namespace SecureChat.Unit.Tests.Agents;

/// <summary>A dictionary behind the store contract, with the clauses that step-up rests on removable one by one.</summary>
internal sealed class AgentsTestStore : IRecordStore
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<RecordKey, StoreRecord> _records = new();

    public RecordStoreDescription Description { get; } = new() { Name = "agents-test", IsDurable = false };

    /// <summary>Saboteur: an insert over an existing record answers yes.</summary>
    public bool InsertAlwaysWins { get; init; }

    /// <summary>Saboteur: a replace or delete with an old version answers yes.</summary>
    public bool VersionsAreIgnored { get; init; }

    /// <summary>Every call throws while set.</summary>
    public bool IsDown { get; set; }

    /// <summary>Every compare-and-set loses while set.</summary>
    public bool NeverWins { get; set; }

    public IEnumerable<StoreRecord> Records => _records.Values;

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        await TurnAsync();
        lock (_lock)
        {
            if (NeverWins)
            {
                return false;
            }

            bool isFree = !_records.ContainsKey(record.Key);
            if (isFree || InsertAlwaysWins)
            {
                _records[record.Key] = Copy(record, 1);
            }

            return isFree || InsertAlwaysWins;
        }
    }

    public async ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        await TurnAsync();
        return _records.GetValueOrDefault(key);
    }

    public async ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        await TurnAsync();
        lock (_lock)
        {
            if (NeverWins || !_records.TryGetValue(record.Key, out StoreRecord? stored) || (stored.Version != record.Version && !VersionsAreIgnored))
            {
                return false;
            }

            _records[record.Key] = Copy(record, stored.Version + 1);
            return true;
        }
    }

    public async ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
    {
        await TurnAsync();
        lock (_lock)
        {
            if (VersionsAreIgnored)
            {
                _records.TryRemove(key, out _);
                return true;
            }

            return !NeverWins && _records.TryGetValue(key, out StoreRecord? stored) && stored.Version == version && _records.TryRemove(key, out _);
        }
    }

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => ValueTask.FromResult(ScrubResult.Complete);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Gives the thread away, so that callers interleave between reading and writing.</summary>
    private async ValueTask TurnAsync()
    {
        if (IsDown)
        {
            throw new IOException("the disk is gone");
        }

        await Task.Yield();
    }

    private static StoreRecord Copy(StoreRecord record, long version) => new() { Key = record.Key, Version = version, DueAt = record.DueAt, Body = record.Body };
}
