using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using SecureChat.AspNetCore;

namespace SecureChat.Stores.Tests.Conformance;

/// <summary>A store that works, except for what a test replaces.</summary>
internal sealed class Saboteur(IRecordStore inner) : IRecordStore, IAsyncDisposable
{
    public IRecordStore Inner { get; set; } = inner;

    public RecordStoreDescription? Describes { get; init; }

    public Func<CancellationToken, ValueTask>? OnPrepare { get; set; }

    public Func<StoreRecord, CancellationToken, ValueTask<bool>>? OnInsert { get; set; }

    public Func<RecordKey, CancellationToken, ValueTask<StoreRecord?>>? OnGet { get; set; }

    public Func<StoreRecord, CancellationToken, ValueTask<bool>>? OnReplace { get; set; }

    public Func<RecordKey, long, CancellationToken, ValueTask<bool>>? OnDelete { get; set; }

    public Func<string, string, CancellationToken, ValueTask<int>>? OnDeletePartition { get; set; }

    public Func<RecordQuery, CancellationToken, ValueTask<IReadOnlyList<StoreRecord>>>? OnList { get; set; }

    public Func<DueQuery, CancellationToken, ValueTask<IReadOnlyList<StoreRecord>>>? OnListDue { get; set; }

    public Func<CancellationToken, ValueTask<ScrubResult>>? OnScrub { get; set; }

    public Func<CancellationToken, ValueTask<DateTimeOffset>>? OnGetTime { get; set; }

    public Action? OnDispose { get; set; }

    public RecordStoreDescription Description => Describes ?? Inner.Description;

    public ValueTask PrepareAsync(CancellationToken cancellationToken) =>
        OnPrepare?.Invoke(cancellationToken) ?? Inner.PrepareAsync(cancellationToken);

    public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken) =>
        OnInsert?.Invoke(record, cancellationToken) ?? Inner.InsertAsync(record, cancellationToken);

    public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) =>
        OnGet?.Invoke(key, cancellationToken) ?? Inner.GetAsync(key, cancellationToken);

    public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken) =>
        OnReplace?.Invoke(record, cancellationToken) ?? Inner.ReplaceAsync(record, cancellationToken);

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) =>
        OnDelete?.Invoke(key, version, cancellationToken) ?? Inner.DeleteAsync(key, version, cancellationToken);

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) =>
        OnDeletePartition?.Invoke(kind, partition, cancellationToken) ?? Inner.DeletePartitionAsync(kind, partition, cancellationToken);

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) =>
        OnList?.Invoke(query, cancellationToken) ?? Inner.ListAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) =>
        OnListDue?.Invoke(query, cancellationToken) ?? Inner.ListDueAsync(query, cancellationToken);

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) =>
        OnScrub?.Invoke(cancellationToken) ?? Inner.ScrubAsync(cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        OnGetTime?.Invoke(cancellationToken) ?? Inner.GetTimeAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        OnDispose?.Invoke();
        return ValueTask.CompletedTask;
    }

    /// <summary>One fault for every clause of the suite: clause, what is wrong, how it is made.</summary>
    public static IReadOnlyList<(string Clause, string Fault, Func<Saboteur> Make)> All { get; } =
    [
        ("REC-001", "get forgets the due time", () => With(static store => store.OnGet = async (key, token) =>
            await store.Inner.GetAsync(key, token) is { } read ? Copy(read, withoutDue: true) : null)),
        ("REC-002", "a missing record is a fault", () => With(static store => store.OnGet = async (key, token) =>
            await store.Inner.GetAsync(key, token) ?? throw new KeyNotFoundException())),
        ("REC-003", "trailing zeros are lost", () => With(static store => store.OnInsert = (record, token) =>
            store.Inner.InsertAsync(Copy(record, body: record.Body.Span.TrimEnd((byte)0).ToArray()), token))),
        ("REC-004", "names are kept as ASCII", () => WithNames(static name => Encoding.ASCII.GetString(Encoding.ASCII.GetBytes(name)))),
        ("REC-005", "names are folded to lower case", () => WithNames(static name => name.ToLowerInvariant())),
        ("REC-005", "names are normalised", () => WithNames(static name => name.Normalize())),
        ("REC-005", "trailing spaces are lost", () => WithNames(static name => name.TrimEnd())),
        ("REC-006", "large bodies are refused", () => With(static store => store.OnInsert = (record, token) =>
            record.Body.Length > 512 * 1024 ? throw new InvalidOperationException() : store.Inner.InsertAsync(record, token))),
        ("REC-007", "too large bodies are cut", () => With(static store => store.OnInsert = (record, token) =>
            store.Inner.InsertAsync(Copy(record, body: record.Body[..Math.Min(record.Body.Length, StoreRecord.MaxBodyBytes)]), token))),
        ("REC-008", "insert overwrites", () => With(static store => store.OnInsert = async (record, token) =>
            await store.Inner.InsertAsync(record, token) || await ForceAsync(store.Inner, record, token))),
        ("REC-009", "deleted keys stay taken", () => With(static store =>
        {
            var gone = new ConcurrentDictionary<RecordKey, bool>();
            store.OnDelete = async (key, version, token) => await store.Inner.DeleteAsync(key, version, token) && gone.TryAdd(key, true);
            store.OnInsert = (record, token) => gone.ContainsKey(record.Key) ? new(false) : store.Inner.InsertAsync(record, token);
        })),
        ("REC-010", "replace keeps the old due time", () => With(static store => store.OnReplace = async (record, token) =>
            await store.Inner.GetAsync(record.Key, token) is { } old
            && await store.Inner.ReplaceAsync(new StoreRecord { Key = record.Key, Version = record.Version, Body = record.Body, DueAt = old.DueAt }, token))),
        ("REC-011", "replace ignores the version", () => With(static store => store.OnReplace = (record, token) => ForceAsync(store.Inner, record, token))),
        ("REC-012", "delete deletes nothing", () => With(static store => store.OnDelete = async (key, version, token) =>
            await store.Inner.GetAsync(key, token) is { } read && read.Version == version)),
        ("REC-013", "delete ignores the version", () => With(static store => store.OnDelete = async (key, _, token) =>
            await store.Inner.GetAsync(key, token) is { } read && await store.Inner.DeleteAsync(key, read.Version, token))),
        ("REC-014", "delete partition takes a prefix", () => With(static store =>
        {
            var names = new ConcurrentDictionary<string, bool>();
            store.OnInsert = (record, token) =>
            {
                names.TryAdd(record.Key.Partition, true);
                return store.Inner.InsertAsync(record, token);
            };
            store.OnDeletePartition = async (kind, partition, token) =>
            {
                int deleted = await store.Inner.DeletePartitionAsync(kind, partition, token);
                foreach (string name in names.Keys.Where(name => partition.StartsWith(name, StringComparison.Ordinal)))
                {
                    await store.Inner.DeletePartitionAsync(kind, name, token);
                }

                return deleted;
            };
        })),
        ("REC-014", "delete partition stops after a page", () => With(static store => store.OnDeletePartition = async (kind, partition, token) =>
        {
            IReadOnlyList<StoreRecord> page = await store.Inner.ListAsync(new RecordQuery { Kind = kind, Partition = partition }, token);
            foreach (StoreRecord record in page)
            {
                await store.Inner.DeleteAsync(record.Key, record.Version, token);
            }

            return page.Count;
        })),
        ("REC-015", "list is in UTF-16 order", () => With(static store => store.OnList = async (query, token) =>
            [.. (await store.Inner.ListAsync(query, token)).OrderBy(static record => record.Key.Id, StringComparer.Ordinal)])),
        ("REC-016", "list includes the id to start after", () => With(static store => store.OnList = async (query, token) =>
        {
            IReadOnlyList<StoreRecord> page = await store.Inner.ListAsync(query, token);
            return query.AfterId is not null
                && await store.Inner.GetAsync(new RecordKey { Kind = query.Kind, Partition = query.Partition, Id = query.AfterId }, token) is { } first
                ? [first, .. page.Take(query.Limit - 1)]
                : page;
        })),
        ("REC-016", "list ignores the limit", () => With(static store => store.OnList = (query, token) =>
            store.Inner.ListAsync(new RecordQuery { Kind = query.Kind, Partition = query.Partition, AfterId = query.AfterId, Limit = 1000 }, token))),
        ("REC-017", "due records are in no order", () => With(static store => store.OnListDue = async (query, token) =>
            [.. (await store.Inner.ListDueAsync(query, token)).Reverse()])),
        ("REC-037", "list due ignores the record to start after", () => With(static store => store.OnListDue = (query, token) =>
            store.Inner.ListDueAsync(new DueQuery { Kind = query.Kind, Before = query.Before, Limit = query.Limit }, token))),
        ("REC-037", "list due starts after a time, and not after a record", () => With(static store => store.OnListDue = async (query, token) =>
            [.. (await store.Inner.ListDueAsync(query, token)).Where(record => query.After is null || record.DueAt > query.After.DueAt)])),
        ("REC-037", "what is due at once is in UTF-16 order", () => With(static store => store.OnListDue = async (query, token) =>
            [.. (await store.Inner.ListDueAsync(query, token)).OrderBy(static record => record.DueAt)
                .ThenBy(static record => record.Key.Partition, StringComparer.Ordinal).ThenBy(static record => record.Key.Id, StringComparer.Ordinal)])),
        ("REC-018", "what is due now is left out", () => With(static store => store.OnListDue = (query, token) =>
            store.Inner.ListDueAsync(new DueQuery { Kind = query.Kind, Before = query.Before.AddMilliseconds(-1), Limit = query.Limit }, token))),
        ("REC-019", "no due time counts as long ago", () => With(static store => store.OnInsert = (record, token) =>
            store.Inner.InsertAsync(new StoreRecord { Key = record.Key, Body = record.Body, DueAt = record.DueAt ?? DateTimeOffset.MinValue }, token))),
        ("REC-020", "due times are rounded up", () => With(static store => store.OnInsert = (record, token) =>
            store.Inner.InsertAsync(new StoreRecord { Key = record.Key, Body = record.Body, DueAt = record.DueAt?.AddTicks(9_999) }, token))),
        ("REC-020", "due times are kept to the second", () => With(static store => store.OnInsert = (record, token) =>
            store.Inner.InsertAsync(new StoreRecord { Key = record.Key, Body = record.Body, DueAt = record.DueAt is { } due ? DateTimeOffset.FromUnixTimeSeconds(due.ToUnixTimeSeconds()) : null }, token))),
        ("REC-021", "insert looks first and writes later", () => With(static store => store.OnInsert = async (record, token) =>
        {
            if (await store.Inner.GetAsync(record.Key, token) is not null)
            {
                return false;
            }

            await Task.Delay(5, token);
            return await store.Inner.InsertAsync(record, token) || await ForceAsync(store.Inner, record, token);
        })),
        ("REC-022", "replace looks first and writes later", () => With(static store => store.OnReplace = LookFirstAsync(store))),
        ("REC-023", "delete looks first and deletes later", () => With(static store => store.OnDelete = async (key, version, token) =>
        {
            if (await store.Inner.GetAsync(key, token) is not { } read || read.Version != version)
            {
                return false;
            }

            await Task.Delay(5, token);
            await store.Inner.DeleteAsync(key, version, token);
            return true;
        })),
        ("REC-024", "a late replace brings a deleted record back", () => With(static store => store.OnReplace = async (record, token) =>
        {
            if (await store.Inner.GetAsync(record.Key, token) is not { } read || read.Version != record.Version)
            {
                return false;
            }

            await Task.Delay(5, token);
            return await store.Inner.ReplaceAsync(record, token) || await store.Inner.InsertAsync(record, token);
        })),
        ("REC-025", "reads come from a replica that lags", () => With(static store =>
        {
            var replica = new ConcurrentDictionary<RecordKey, StoreRecord?>();
            store.OnGet = async (key, token) =>
            {
                StoreRecord? now = await store.Inner.GetAsync(key, token);
                return replica.TryGetValue(key, out StoreRecord? before) ? before : replica[key] = now;
            };
        })),
        ("REC-026", "the token is ignored", () => With(static store =>
        {
            store.OnInsert = (record, _) => store.Inner.InsertAsync(record, CancellationToken.None);
            store.OnGet = (key, _) => store.Inner.GetAsync(key, CancellationToken.None);
        })),
        ("REC-026", "the write happens before the token is looked at", () => With(static store => store.OnReplace = async (record, token) =>
        {
            bool replaced = await store.Inner.ReplaceAsync(record, CancellationToken.None);
            token.ThrowIfCancellationRequested();
            return replaced;
        })),
        ("REC-027", "the caller's array is kept", () => With(static store =>
        {
            var bodies = new ConcurrentDictionary<RecordKey, ReadOnlyMemory<byte>>();
            store.OnInsert = (record, token) =>
            {
                bodies[record.Key] = record.Body;
                return store.Inner.InsertAsync(record, token);
            };
            store.OnGet = async (key, token) => await store.Inner.GetAsync(key, token) is { } read
                ? Copy(read, body: bodies.TryGetValue(key, out ReadOnlyMemory<byte> body) ? body : read.Body)
                : null;
        })),
        ("REC-028", "bodies that were read are zeroed with the record", () => With(static store =>
        {
            var handedOut = new ConcurrentBag<StoreRecord>();
            store.OnGet = async (key, token) =>
            {
                StoreRecord? read = await store.Inner.GetAsync(key, token);
                if (read is not null)
                {
                    handedOut.Add(read);
                }

                return read;
            };
            store.OnDelete = (key, version, token) =>
            {
                foreach (StoreRecord record in handedOut.Where(record => record.Key.Equals(key)))
                {
                    MemoryMarshal.AsMemory(record.Body).Span.Clear();
                }

                return store.Inner.DeleteAsync(key, version, token);
            };
        })),
        ("REC-029", "prepare starts afresh", () => With(static store => store.OnPrepare = _ =>
        {
            store.Inner = new InMemoryRecordStore(TimeProvider.System);
            return ValueTask.CompletedTask;
        })),
        ("REC-030", "the clock is an hour off", () => With(static store => store.OnGetTime = async token =>
            (await store.Inner.GetTimeAsync(token)).AddHours(1))),
        ("REC-030", "the clock stands still", () => With(static store =>
        {
            DateTimeOffset start = TimeProvider.System.GetUtcNow();
            store.OnGetTime = token =>
            {
                token.ThrowIfCancellationRequested();
                return new(start);
            };
        })),
        ("REC-031", "the description holds an address", () => new Saboteur(new InMemoryRecordStore(TimeProvider.System))
        {
            Describes = new RecordStoreDescription { Name = "server=10.0.0.1;password=x", IsDurable = false },
        }),
        ("REC-032", "a second dispose is a fault", () => With(static store =>
        {
            bool isDisposed = false;
            store.OnDispose = () =>
            {
                ObjectDisposedException.ThrowIf(isDisposed, store);
                isDisposed = true;
            };
        })),
        ("REC-034", "scrub never finishes", () => With(static store => store.OnScrub = static _ => new(ScrubResult.Busy))),
        ("REC-034", "scrub empties the store", () => With(static store => store.OnScrub = _ =>
        {
            store.Inner = new InMemoryRecordStore(TimeProvider.System);
            return new(ScrubResult.Complete);
        })),
    ];

    public static Func<StoreRecord, CancellationToken, ValueTask<bool>> LookFirstAsync(Saboteur store) => async (record, token) =>
    {
        if (await store.Inner.GetAsync(record.Key, token) is not { } read || read.Version != record.Version)
        {
            return false;
        }

        await Task.Delay(5, token);
        await store.Inner.ReplaceAsync(record, token);
        return true;
    };

    private static Saboteur With(Action<Saboteur> sabotage)
    {
        var store = new Saboteur(new InMemoryRecordStore(TimeProvider.System));
        sabotage(store);
        return store;
    }

    private static Saboteur WithNames(Func<string, string> change)
    {
        return With(store =>
        {
            store.OnInsert = (record, token) => store.Inner.InsertAsync(
                new StoreRecord { Key = Change(record.Key), Body = record.Body, DueAt = record.DueAt }, token);
            store.OnGet = (key, token) => store.Inner.GetAsync(Change(key), token);
        });

        RecordKey Change(RecordKey key) => new() { Kind = key.Kind, Partition = change(key.Partition), Id = change(key.Id) };
    }

    private static StoreRecord Copy(StoreRecord record, ReadOnlyMemory<byte>? body = null, bool withoutDue = false) => new()
    {
        Key = record.Key,
        Version = record.Version,
        DueAt = withoutDue ? null : record.DueAt,
        Body = body ?? record.Body,
    };

    private static async ValueTask<bool> ForceAsync(IRecordStore inner, StoreRecord record, CancellationToken token) =>
        await inner.GetAsync(record.Key, token) is { } read
        && await inner.ReplaceAsync(new StoreRecord { Key = record.Key, Body = record.Body, DueAt = record.DueAt, Version = read.Version }, token);
}
