namespace SecureChat.AspNetCore;

/// <summary>
/// A vendor's store, bounded in time, with its faults mapped (<c>SC3001</c>) and its answers checked. A fault is never "not found".
/// </summary>
internal sealed class GuardedRecordStore(IRecordStore inner, TimeSpan timeout, TimeProvider time) : IRecordStore
{
    private const string Preparing = "prepare";

    private readonly ForeignCalls? _foreign = Guard.Of(inner);

    /// <summary>Read once: a property that throws while a fault is being mapped would hide the fault.</summary>
    public RecordStoreDescription Description { get; } = inner.Description is { Name.Length: > 0 } description
        ? description
        : throw new SecureChatStoreException(inner.GetType().Name, "description", isTransient: false);

    public async ValueTask PrepareAsync(CancellationToken cancellationToken) =>
        await CallAsync(Preparing, async token => { await inner.PrepareAsync(token); return true; }, cancellationToken);

    public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken) =>
        CallAsync("insert", token => inner.InsertAsync(record, token), cancellationToken);

    public async ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        StoreRecord? record = await CallAsync("get", token => inner.GetAsync(key, token), cancellationToken);
        Check("get", record is null || (record.Version > 0 && key.Equals(record.Key)));
        return record;
    }

    public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken) =>
        CallAsync("replace", token => inner.ReplaceAsync(record, token), cancellationToken);

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) =>
        CallAsync("delete", token => inner.DeleteAsync(key, version, token), cancellationToken);

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) =>
        CallAsync("delete-partition", token => inner.DeletePartitionAsync(kind, partition, token), cancellationToken);

    public async ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        StoreRecord[] records = await ListAsync("list", token => inner.ListAsync(query, token), query.Limit, cancellationToken);

        // Strictly ascending behind the id asked for: a store that repeats a page would be read for ever.
        string? last = query.AfterId;
        foreach (StoreRecord record in records)
        {
            Check("list", IsOf(record, query.Kind)
                && string.Equals(record.Key.Partition, query.Partition, StringComparison.Ordinal)
                && (last is null || RecordRules.Compare(record.Key.Id, last) > 0));
            last = record.Key.Id;
        }

        return records;
    }

    public async ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken)
    {
        StoreRecord[] records = await ListAsync("list-due", token => inner.ListDueAsync(query, token), query.Limit, cancellationToken);

        // What is listed as due is forgotten or ended: a record that is not due, a used proof for example, must stay.
        Check("list-due", Array.TrueForAll(records, record => IsOf(record, query.Kind) && record.DueAt <= query.Before));

        // Strictly behind the record asked for, and each behind the one before: a store that repeats a page would be swept for ever.
        StoreRecord? last = query.After;
        foreach (StoreRecord record in records)
        {
            Check("list-due", last is null || RecordRules.CompareDue(record, last) > 0);
            last = record;
        }

        return records;
    }

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) =>
        CallAsync("scrub", token => inner.ScrubAsync(token), cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        CallAsync("get-time", token => inner.GetTimeAsync(token), cancellationToken);

    private static bool IsOf(StoreRecord? record, string kind) =>
        record is { Version: > 0, Key: { Partition: not null, Id: not null } key } && string.Equals(key.Kind, kind, StringComparison.Ordinal);

    private async ValueTask<StoreRecord[]> ListAsync(
        string operation, Func<CancellationToken, ValueTask<IReadOnlyList<StoreRecord>>> call, int limit, CancellationToken cancellationToken)
    {
        // Copied inside the guarded call: a vendor's list may be lazy, and then it throws, hangs or goes on for ever while being read.
        StoreRecord[]? records = await CallAsync(
            operation, async token => await call(token) is { } list ? list.Take(limit + 1).ToArray() : null, cancellationToken);
        Check(operation, records is not null && records.Length <= limit);
        return records!;
    }

    private ValueTask<T> CallAsync<T>(string operation, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) =>
        Guard.CallAsync(
            _foreign,
            call,
            timeout,
            time,
            fault => Guard.Own(_foreign, fault) ?? Foreign(operation, fault),
            cancellationToken);

    /// <summary>What a vendor may say by its own exception: that its schema is newer, and whether trying again may help. Nothing else.</summary>
    private SecureChatException Foreign(string operation, Exception fault) => fault switch
    {
        SecureChatConfigurationException refusal when operation == Preparing => refusal,
        SecureChatStoreException store => new SecureChatStoreException(Description.Name, operation, store.IsTransient, store),
        _ => new SecureChatStoreException(Description.Name, operation, fault is TimeoutException, fault),
    };

    private void Check(string operation, bool holds)
    {
        if (!holds)
        {
            throw new SecureChatStoreException(Description.Name, operation, isTransient: false);
        }
    }
}
