using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Audit;

/// <summary>A dictionary behind the store contract, with hooks for faults and open to the forger's hands.</summary>
internal sealed class AuditTestStore : IRecordStore
{
    private readonly Lock _lock = new();

    public SortedDictionary<(string Kind, string Partition, string Id), StoreRecord> Records { get; } =
        new(Comparer<(string, string, string)>.Create(static (a, b) =>
            string.CompareOrdinal(a.Item1, b.Item1) is not 0 and var kind ? kind
            : string.CompareOrdinal(a.Item2, b.Item2) is not 0 and var partition ? partition
            : string.CompareOrdinal(a.Item3, b.Item3)));

    /// <summary>Runs before an insert; its answer, if any, is given instead of inserting.</summary>
    public Func<StoreRecord, CancellationToken, ValueTask<bool?>>? BeforeInsert { get; set; }

    /// <summary>Runs after an insert has happened.</summary>
    public Action<StoreRecord>? AfterInsert { get; set; }

    public Action? OnGet { get; set; }

    public RecordStoreDescription Description { get; } = new() { Name = "test", IsDurable = false };

    public int PageInserts { get; private set; }

    public List<StoreRecord> Pages
    {
        get
        {
            lock (_lock)
            {
                return [.. Records.Values.Where(static record => record.Key.Kind == RecordKinds.AuditPage)];
            }
        }
    }

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => default;

    public async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        if (BeforeInsert is not null && await BeforeInsert(record, cancellationToken) is { } answer)
        {
            return answer;
        }

        bool inserted = Put(record);
        AfterInsert?.Invoke(record);
        return inserted;
    }

    public bool Put(StoreRecord record)
    {
        lock (_lock)
        {
            PageInserts += record.Key.Kind == RecordKinds.AuditPage ? 1 : 0;
            return Records.TryAdd(
                (record.Key.Kind, record.Key.Partition, record.Key.Id),
                new StoreRecord { Key = record.Key, Version = 1, DueAt = record.DueAt, Body = record.Body.ToArray() });
        }
    }

    public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        OnGet?.Invoke();
        lock (_lock)
        {
            return new(Records.GetValueOrDefault((key.Kind, key.Partition, key.Id)));
        }
    }

    public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var key = (record.Key.Kind, record.Key.Partition, record.Key.Id);
            if (!Records.TryGetValue(key, out StoreRecord? there) || there.Version != record.Version)
            {
                return new(false);
            }

            Records[key] = new StoreRecord { Key = record.Key, Version = record.Version + 1, Body = record.Body };
            return new(true);
        }
    }

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new(Records.Remove((key.Kind, key.Partition, key.Id)));
        }
    }

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var keys = Records.Keys.Where(key => key.Kind == kind && key.Partition == partition).ToList();
            keys.ForEach(key => Records.Remove(key));
            return new(keys.Count);
        }
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new([.. Records.Values
                .Where(record => record.Key.Kind == query.Kind && record.Key.Partition == query.Partition
                    && (query.AfterId is null || string.CompareOrdinal(record.Key.Id, query.AfterId) > 0))
                .Take(query.Limit)]);
        }
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => new([]);

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => new(ScrubResult.Complete);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(TimeProvider.System.GetUtcNow());

    /// <summary>A second store with the same records, for a forger to work on.</summary>
    public AuditTestStore Copy()
    {
        var copy = new AuditTestStore();
        lock (_lock)
        {
            foreach ((var key, StoreRecord record) in Records)
            {
                copy.Records.Add(key, record);
            }
        }

        return copy;
    }

    public void Overwrite(string pageId, byte[] body, long version = 1)
    {
        RecordKey key = new() { Kind = RecordKinds.AuditPage, Partition = AuditPage.Partition, Id = pageId };
        Records[(key.Kind, key.Partition, key.Id)] = new StoreRecord { Key = key, Version = version, Body = body };
    }
}
