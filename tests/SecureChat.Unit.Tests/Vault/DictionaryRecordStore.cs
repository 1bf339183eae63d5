using System.Text;

namespace SecureChat.Unit.Tests.Vault;

/// <summary>The least that is a record store: a dictionary under a lock. Shared by several "hosts" in these tests.</summary>
internal sealed class DictionaryRecordStore : IRecordStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RecordKey, StoreRecord> _records = [];

    public RecordStoreDescription Description { get; } = new() { Name = "dictionary", IsDurable = false };

    /// <summary>Runs before each operation, outside the lock: to fail, to hang, or to let another host go first.</summary>
    public Func<string, RecordKey?, ValueTask>? Before { get; set; }

    public IReadOnlyList<StoreRecord> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _records.Values];
            }
        }
    }

    public int CountOf(string kind) => All.Count(record => record.Key.Kind == kind);

    public void Clear()
    {
        lock (_lock)
        {
            _records.Clear();
        }
    }

    /// <summary>A copy as a backup makes one.</summary>
    public DictionaryRecordStore Copy()
    {
        var copy = new DictionaryRecordStore();
        foreach (StoreRecord record in All)
        {
            copy._records.Add(record.Key, record);
        }

        return copy;
    }

    /// <summary>Writes past the contract, as somebody with access to the files does.</summary>
    public void Overwrite(RecordKey key, byte[] body)
    {
        lock (_lock)
        {
            _records[key] = new StoreRecord { Key = key, Version = _records.TryGetValue(key, out StoreRecord? old) ? old.Version : 1, Body = body };
        }
    }

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        await CallBeforeAsync("insert", record.Key);
        lock (_lock)
        {
            return _records.TryAdd(record.Key, WithVersion(record, 1));
        }
    }

    public async ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        await CallBeforeAsync("get", key);
        lock (_lock)
        {
            return _records.GetValueOrDefault(key);
        }
    }

    public async ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        await CallBeforeAsync("replace", record.Key);
        lock (_lock)
        {
            if (!_records.TryGetValue(record.Key, out StoreRecord? old) || old.Version != record.Version)
            {
                return false;
            }

            _records[record.Key] = WithVersion(record, record.Version + 1);
            return true;
        }
    }

    public async ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
    {
        await CallBeforeAsync("delete", key);
        lock (_lock)
        {
            return _records.TryGetValue(key, out StoreRecord? old) && old.Version == version && _records.Remove(key);
        }
    }

    public async ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken)
    {
        await CallBeforeAsync("delete-partition", null);
        lock (_lock)
        {
            RecordKey[] keys = [.. _records.Keys.Where(key => key.Kind == kind && key.Partition == partition)];
            return keys.Count(_records.Remove);
        }
    }

    public async ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        await CallBeforeAsync("list", null);
        return
        [
            .. All.Where(record => record.Key.Kind == query.Kind && record.Key.Partition == query.Partition)
                .Where(record => query.AfterId is null || Compare(record.Key.Id, query.AfterId) > 0)
                .OrderBy(static record => record.Key.Id, Comparer<string>.Create(Compare))
                .Take(query.Limit),
        ];
    }

    public async ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken)
    {
        await CallBeforeAsync("list-due", null);
        return
        [
            .. All.Where(record => record.Key.Kind == query.Kind && record.DueAt <= query.Before)
                .OrderBy(static record => record.DueAt)
                .Take(query.Limit),
        ];
    }

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => ValueTask.FromResult(ScrubResult.Complete);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => ValueTask.FromResult(TimeProvider.System.GetUtcNow());

    private static int Compare(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    private static StoreRecord WithVersion(StoreRecord record, long version) =>
        new() { Key = record.Key, Version = version, DueAt = record.DueAt, Body = record.Body.ToArray() };

    private ValueTask CallBeforeAsync(string operation, RecordKey? key) => Before?.Invoke(operation, key) ?? ValueTask.CompletedTask;
}
