namespace SecureChat.TestHost;

/// <summary>Stores that break one clause of the contract, so that a test can show that its checks would notice.</summary>
public static class UnsafeStores
{
    public static IRecordStore Wrap(string? fault, RecordStoreSlot slot, IRecordStore store) => (fault, slot) switch
    {
        (null, _) => store,
        ("claim", RecordStoreSlot.Data) => new VersionBlindStore(store),
        ("lose", RecordStoreSlot.Data) => new ForgetfulStore(store),
        ("full", RecordStoreSlot.Data) => new CarefreeStore(store),
        ("claim" or "lose" or "full", _) => store,
        _ => throw new ArgumentException("There is no such fault.", nameof(fault)),
    };

    /// <summary>Replaces a form whatever version it has: the last writer wins, and two claims can both be told that they won.</summary>
    private sealed class VersionBlindStore(IRecordStore inner) : DelegatingStore(inner)
    {
        public override async ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
        {
            if (record.Key.Kind != "form")
            {
                return await base.ReplaceAsync(record, cancellationToken);
            }

            while (await GetAsync(record.Key, cancellationToken) is { } stored)
            {
                if (await base.ReplaceAsync(new StoreRecord { Key = record.Key, Version = stored.Version, DueAt = record.DueAt, Body = record.Body }, cancellationToken))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Says that an event is stored half a second before it is: what was acknowledged dies with the process.</summary>
    private sealed class ForgetfulStore(IRecordStore inner) : DelegatingStore(inner)
    {
        private static readonly TimeSpan Delay = TimeSpan.FromSeconds(0.5);

        public override ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
        {
            if (record.Key.Kind != "conversation-event")
            {
                return base.InsertAsync(record, cancellationToken);
            }

            _ = Task.Delay(Delay, CancellationToken.None).ContinueWith(_ => base.InsertAsync(record, CancellationToken.None).AsTask(), TaskScheduler.Default);
            return ValueTask.FromResult(true);
        }
    }

    /// <summary>Says that an event is stored whatever became of it.</summary>
    private sealed class CarefreeStore(IRecordStore inner) : DelegatingStore(inner)
    {
        public override async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
        {
            try
            {
                return await base.InsertAsync(record, cancellationToken);
            }
            catch (SecureChatStoreException) when (record.Key.Kind == "conversation-event")
            {
                return true;
            }
        }
    }

    private abstract class DelegatingStore(IRecordStore inner) : IRecordStore
    {
        public RecordStoreDescription Description => inner.Description;

        public ValueTask PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

        public virtual ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken) => inner.InsertAsync(record, cancellationToken);

        public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public virtual ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken) => inner.ReplaceAsync(record, cancellationToken);

        public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) => inner.DeleteAsync(key, version, cancellationToken);

        public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) =>
            inner.DeletePartitionAsync(kind, partition, cancellationToken);

        public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

        public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => inner.ListDueAsync(query, cancellationToken);

        public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => inner.ScrubAsync(cancellationToken);

        public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => inner.GetTimeAsync(cancellationToken);
    }
}
