using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// The store of Development: everything is gone when the process ends. Bodies are copied in and out, and zeroed when they are
/// replaced or deleted, so that a destroyed key does not wait for the garbage collector.
/// </summary>
internal sealed class InMemoryRecordStore(TimeProvider time) : IRecordStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Partition), List<Entry>> _partitions = [];
    private readonly Dictionary<string, SortedSet<Entry>> _due = new(StringComparer.Ordinal);

    public RecordStoreDescription Description { get; } = new() { Name = "in-memory", IsDurable = false };

    public ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(record);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ref List<Entry>? partition = ref CollectionsMarshal.GetValueRefOrAddDefault(_partitions, (record.Key.Kind, record.Key.Partition), out _);
            partition ??= [];
            int at = IndexOf(partition, record.Key.Id);
            if (at >= 0)
            {
                return ValueTask.FromResult(false);
            }

            var entry = new Entry { Key = record.Key, Version = 1, Due = record.DueAt?.ToUnixTimeMilliseconds(), Body = record.Body.ToArray() };
            partition.Insert(~at, entry);
            Schedule(entry);
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return ValueTask.FromResult(Find(key)?.ToRecord());
        }
    }

    public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(record);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            Entry? entry = Find(record.Key);
            if (entry is null || entry.Version != record.Version)
            {
                return ValueTask.FromResult(false);
            }

            // Copied before the old one is zeroed: both may be the same array.
            byte[] body = record.Body.ToArray();
            Unschedule(entry);
            CryptographicOperations.ZeroMemory(entry.Body);
            entry.Body = body;
            entry.Due = record.DueAt?.ToUnixTimeMilliseconds();
            entry.Version++;
            Schedule(entry);
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_partitions.TryGetValue((key.Kind, key.Partition), out List<Entry>? partition))
            {
                return ValueTask.FromResult(false);
            }

            int at = IndexOf(partition, key.Id);
            if (at < 0 || partition[at].Version != version)
            {
                return ValueTask.FromResult(false);
            }

            Forget(partition[at]);
            partition.RemoveAt(at);
            if (partition.Count == 0)
            {
                _partitions.Remove((key.Kind, key.Partition));
            }

            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(kind, partition);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_partitions.Remove((kind, partition), out List<Entry>? entries))
            {
                return ValueTask.FromResult(0);
            }

            entries.ForEach(Forget);
            return ValueTask.FromResult(entries.Count);
        }
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(query);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_partitions.TryGetValue((query.Kind, query.Partition), out List<Entry>? partition))
            {
                return ValueTask.FromResult<IReadOnlyList<StoreRecord>>([]);
            }

            int from = 0;
            if (query.AfterId is not null)
            {
                int at = IndexOf(partition, query.AfterId);
                from = at >= 0 ? at + 1 : ~at;
            }

            int count = Math.Min(query.Limit, partition.Count - from);
            return ValueTask.FromResult<IReadOnlyList<StoreRecord>>(partition.GetRange(from, count).ConvertAll(static entry => entry.ToRecord()));
        }
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(query);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_due.TryGetValue(query.Kind, out SortedSet<Entry>? due))
            {
                return ValueTask.FromResult<IReadOnlyList<StoreRecord>>([]);
            }

            long before = query.Before.ToUnixTimeMilliseconds();
            IEnumerable<Entry> from = query.After is { } after ? due.GetViewBetween(Entry.At(after), Entry.Last).SkipWhile(entry => IsAt(entry, after)) : due;
            return ValueTask.FromResult<IReadOnlyList<StoreRecord>>(
                [.. from.TakeWhile(entry => entry.Due <= before).Take(query.Limit).Select(static entry => entry.ToRecord())]);
        }
    }

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(ScrubResult.Complete);
    }

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(time.GetUtcNow());
    }

    /// <summary>The index of an id, or the complement of where it belongs. Appending, the usual case, is found at once.</summary>
    private static int IndexOf(List<Entry> partition, string id)
    {
        int low = 0, high = partition.Count - 1;
        if (high >= 0 && RecordRules.Compare(partition[high].Key.Id, id) < 0)
        {
            return ~(high + 1);
        }

        while (low <= high)
        {
            int middle = low + ((high - low) / 2);
            int order = RecordRules.Compare(partition[middle].Key.Id, id);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    private Entry? Find(RecordKey key)
    {
        if (!_partitions.TryGetValue((key.Kind, key.Partition), out List<Entry>? partition))
        {
            return null;
        }

        int at = IndexOf(partition, key.Id);
        return at < 0 ? null : partition[at];
    }

    private static bool IsAt(Entry entry, StoreRecord record) => DueOrder.Instance.Compare(entry, Entry.At(record)) == 0;

    private void Forget(Entry entry)
    {
        Unschedule(entry);
        CryptographicOperations.ZeroMemory(entry.Body);
    }

    private void Schedule(Entry entry)
    {
        if (entry.Due is not null)
        {
            ref SortedSet<Entry>? due = ref CollectionsMarshal.GetValueRefOrAddDefault(_due, entry.Key.Kind, out _);
            due ??= new SortedSet<Entry>(DueOrder.Instance);
            due.Add(entry);
        }
    }

    private void Unschedule(Entry entry)
    {
        if (entry.Due is not null)
        {
            _due[entry.Key.Kind].Remove(entry);
        }
    }

    private sealed class Entry
    {
        public required RecordKey Key { get; init; }

        public long Version { get; set; }

        public long? Due { get; set; }

        public required byte[] Body { get; set; }

        /// <summary>Behind everything that is due.</summary>
        public static Entry Last { get; } = new() { Key = new RecordKey { Kind = "last", Partition = "last", Id = "last" }, Due = long.MaxValue, Body = [] };

        /// <summary>The place of a record in the order of what is due.</summary>
        public static Entry At(StoreRecord record) => new() { Key = record.Key, Due = record.DueAt?.ToUnixTimeMilliseconds(), Body = [] };

        public StoreRecord ToRecord() => new()
        {
            Key = Key,
            Version = Version,
            DueAt = Due is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null,
            Body = Body.AsSpan().ToArray(),
        };
    }

    private sealed class DueOrder : IComparer<Entry>
    {
        public static DueOrder Instance { get; } = new();

        public int Compare(Entry? x, Entry? y)
        {
            int order = Nullable.Compare(x!.Due, y!.Due);
            order = order != 0 ? order : RecordRules.Compare(x.Key.Partition, y.Key.Partition);
            return order != 0 ? order : RecordRules.Compare(x.Key.Id, y.Key.Id);
        }
    }
}
