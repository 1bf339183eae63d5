using System.Text;

namespace SecureChat.Host.Tests;

/// <summary>A vendor's store that, while armed, fails one operation on one kind and quotes what it choked on, as careless code does.</summary>
internal sealed class QuotingStore(IRecordStore inner, StoreFaults faults) : IRecordStore
{
    public RecordStoreDescription Description => inner.Description;

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

    public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        faults.Meet("insert", record.Key.Kind, record.Body);
        return inner.InsertAsync(record, cancellationToken);
    }

    public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        faults.Meet("get", key.Kind, default);
        return inner.GetAsync(key, cancellationToken);
    }

    public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        faults.Meet("replace", record.Key.Kind, record.Body);
        return inner.ReplaceAsync(record, cancellationToken);
    }

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
    {
        faults.Meet("delete", key.Kind, default);
        return inner.DeleteAsync(key, version, cancellationToken);
    }

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) =>
        inner.DeletePartitionAsync(kind, partition, cancellationToken);

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        faults.Meet("list", query.Kind, default);
        return inner.ListAsync(query, cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => inner.ListDueAsync(query, cancellationToken);

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken)
    {
        faults.Meet("scrub", "", default);
        return inner.ScrubAsync(cancellationToken);
    }

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => inner.GetTimeAsync(cancellationToken);
}

/// <summary>Which call of the store fails, and what its message quotes besides the record.</summary>
internal sealed class StoreFaults(string quoted)
{
    private volatile string? _armed;
    private int _thrown;

    public int Thrown => Volatile.Read(ref _thrown);

    /// <summary>Every call of that operation on that kind fails from now on; null: none.</summary>
    public void Arm(string? operation, string kind = "") => _armed = operation is null ? null : $"{operation} {kind}";

    public void Meet(string operation, string kind, ReadOnlyMemory<byte> body)
    {
        if (_armed == $"{operation} {kind}")
        {
            Interlocked.Increment(ref _thrown);
            throw new InvalidOperationException(
                $"cannot {operation} {kind}: {Encoding.UTF8.GetString(body.Span)} {Convert.ToHexString(body.Span)} of {quoted}",
                new ArgumentException(quoted, nameof(body)));
        }
    }
}
