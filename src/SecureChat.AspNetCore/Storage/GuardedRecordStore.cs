namespace SecureChat.AspNetCore;

/// <summary>
/// A vendor's store, bounded in time, with its faults mapped (<c>SC3001</c>) and its answers checked. A fault is never "not found".
/// </summary>
internal sealed class GuardedRecordStore(IRecordStore inner, TimeSpan timeout, TimeProvider time) : IRecordStore
{
    private const string Preparing = "prepare";

    private readonly ForeignCalls? _foreign = Guard.Of(inner);

    public RecordStoreDescription Description => inner.Description;

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
        IReadOnlyList<StoreRecord>? records = await CallAsync("list", token => inner.ListAsync(query, token), cancellationToken);
        Check("list", records is not null && records.Count <= query.Limit && records.All(record =>
            record is not null && record.Version > 0
            && string.Equals(record.Key.Kind, query.Kind, StringComparison.Ordinal)
            && string.Equals(record.Key.Partition, query.Partition, StringComparison.Ordinal)));
        return records!;
    }

    public async ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoreRecord>? records = await CallAsync("list-due", token => inner.ListDueAsync(query, token), cancellationToken);
        Check("list-due", records is not null && records.Count <= query.Limit && records.All(record =>
            record is not null && record.Version > 0 && string.Equals(record.Key.Kind, query.Kind, StringComparison.Ordinal)));
        return records!;
    }

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) =>
        CallAsync("scrub", token => inner.ScrubAsync(token), cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        CallAsync("get-time", token => inner.GetTimeAsync(token), cancellationToken);

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
