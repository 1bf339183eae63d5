namespace SecureChat.Unit.Tests.Chat;

/// <summary>A record store in memory, shared by several "hosts" of one test, with a switch for faults.</summary>
internal sealed class ChatTestStore : IRecordStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, StoreRecord>> _partitions = new(StringComparer.Ordinal);

    /// <summary>Called before each operation with its name and kind; throws to break the store.</summary>
    public Action<string, string>? OnCall { get; set; }

    /// <summary>The saboteur: inserts over what is there.</summary>
    public bool InsertsBlindly { get; set; }

    /// <summary>What a scrub answers.</summary>
    public ScrubResult Scrubbed { get; set; } = ScrubResult.Complete;

    public int Writes { get; private set; }

    public RecordStoreDescription Description { get; } = new() { Name = "test", IsDurable = false };

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        OnCall?.Invoke("insert", record.Key.Kind);
        await Task.Yield();
        lock (_lock)
        {
            SortedDictionary<string, StoreRecord> partition = Partition(record.Key.Kind, record.Key.Partition);
            if (partition.ContainsKey(record.Key.Id) && !InsertsBlindly)
            {
                return false;
            }

            partition[record.Key.Id] = With(record, 1);
            Writes++;
            return true;
        }
    }

    public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        OnCall?.Invoke("get", key.Kind);
        lock (_lock)
        {
            return ValueTask.FromResult(Partition(key.Kind, key.Partition).GetValueOrDefault(key.Id));
        }
    }

    public async ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        OnCall?.Invoke("replace", record.Key.Kind);
        await Task.Yield();
        lock (_lock)
        {
            SortedDictionary<string, StoreRecord> partition = Partition(record.Key.Kind, record.Key.Partition);
            if (!partition.TryGetValue(record.Key.Id, out StoreRecord? stored) || stored.Version != record.Version)
            {
                return false;
            }

            partition[record.Key.Id] = With(record, stored.Version + 1);
            Writes++;
            return true;
        }
    }

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
    {
        OnCall?.Invoke("delete", key.Kind);
        lock (_lock)
        {
            SortedDictionary<string, StoreRecord> partition = Partition(key.Kind, key.Partition);
            return ValueTask.FromResult(
                partition.TryGetValue(key.Id, out StoreRecord? stored) && stored.Version == version && partition.Remove(key.Id));
        }
    }

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken)
    {
        OnCall?.Invoke("delete-partition", kind);
        lock (_lock)
        {
            SortedDictionary<string, StoreRecord> records = Partition(kind, partition);
            int count = records.Count;
            records.Clear();
            return ValueTask.FromResult(count);
        }
    }

    public async ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        OnCall?.Invoke("list", query.Kind);
        await Task.Yield();
        lock (_lock)
        {
            return
            [
                .. Partition(query.Kind, query.Partition)
                    .Where(pair => query.AfterId is null || string.CompareOrdinal(pair.Key, query.AfterId) > 0)
                    .Take(query.Limit)
                    .Select(pair => pair.Value),
            ];
        }
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<StoreRecord>>(
            [
                .. _partitions.Values
                    .SelectMany(partition => partition.Values)
                    .Where(record => record.Key.Kind == query.Kind && record.DueAt <= query.Before)
                    .OrderBy(record => record.DueAt)
                    .Take(query.Limit),
            ]);
        }
    }

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Scrubbed);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => ValueTask.FromResult(DateTimeOffset.UnixEpoch);

    public int Count(string kind)
    {
        lock (_lock)
        {
            return _partitions.Values.SelectMany(partition => partition.Values).Count(record => record.Key.Kind == kind);
        }
    }

    private static StoreRecord With(StoreRecord record, long version) =>
        new() { Key = record.Key, Version = version, DueAt = record.DueAt, Body = record.Body.ToArray() };

    private SortedDictionary<string, StoreRecord> Partition(string kind, string partition)
    {
        string name = kind + "\0" + partition;
        if (!_partitions.TryGetValue(name, out SortedDictionary<string, StoreRecord>? records))
        {
            _partitions.Add(name, records = new SortedDictionary<string, StoreRecord>(StringComparer.Ordinal));
        }

        return records;
    }
}
