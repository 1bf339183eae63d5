using Microsoft.Data.Sqlite;

namespace SecureChat.Stores;

/// <summary>
/// The record store on one SQLite file. Durable (write-ahead log, <c>synchronous=FULL</c>); safe for several processes on one
/// machine, because every write begins IMMEDIATE and compares inside its statement.
/// </summary>
internal sealed class SqliteRecordStore : IRecordStore, IAsyncDisposable, IDisposable
{
    private readonly string _path;
    private readonly RecordStoreSlot _slot;
    private readonly TimeSpan _busyTimeout;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _preparing = new(1);
    private readonly Lock _lifetime = new();
    private readonly SqliteReaders _readers;
    private volatile SqliteWriter? _writer;
    private bool _isDisposed;

    public SqliteRecordStore(string path, TimeProvider time)
        : this(path, RecordStoreSlot.Data, TimeSpan.FromSeconds(5), time)
    {
    }

    public SqliteRecordStore(string path, RecordStoreSlot slot, TimeSpan busyTimeout, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(time);
        _path = Path.GetFullPath(path);
        _slot = slot;
        _busyTimeout = busyTimeout;
        _time = time;
        _readers = new SqliteReaders(_path, busyTimeout);
    }

    public RecordStoreDescription Description { get; } = new() { Name = SqliteFaults.StoreName, IsDurable = true };

    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        await _preparing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_writer is null)
            {
                // Start-up may wait for another host's migration; that wait must not hold the caller's thread.
                await Task.Run(CreateOrMigrate, cancellationToken).ConfigureAwait(false);
                lock (_lifetime)
                {
                    ObjectDisposedException.ThrowIf(_isDisposed, this);
                    _writer = new SqliteWriter(_path, _busyTimeout);
                }
            }
        }
        catch (Exception fault) when (fault is not ObjectDisposedException)
        {
            throw SqliteFaults.Map("prepare", fault);
        }
        finally
        {
            _preparing.Release();
        }
    }

    public async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(record);
        return await WriteAsync(Write(SqliteWriteKind.Insert, record, cancellationToken), cancellationToken).ConfigureAwait(false) == 1;
    }

    public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(key);
        _ = Writer();
        return _readers.ReadAsync("get", static (session, argument) => session.Get(argument), key, cancellationToken);
    }

    public async ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(record);
        return await WriteAsync(Write(SqliteWriteKind.Replace, record, cancellationToken), cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(key);
        return await WriteAsync(new SqliteWrite { Kind = SqliteWriteKind.Delete, Key = key, Version = version }, cancellationToken).ConfigureAwait(false) == 1;
    }

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(kind, partition);
        var key = new RecordKey { Kind = kind, Partition = partition, Id = string.Empty };
        return WriteAsync(new SqliteWrite { Kind = SqliteWriteKind.DeletePartition, Key = key }, cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(query);
        _ = Writer();
        return _readers.ReadAsync("list", static (session, argument) => session.List(argument), query, cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(query);
        _ = Writer();
        return _readers.ReadAsync("list-due", static (session, argument) => session.ListDue(argument), query, cancellationToken);
    }

    public async ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) =>
        (ScrubResult)await WriteAsync(new SqliteWrite { Kind = SqliteWriteKind.Scrub }, cancellationToken).ConfigureAwait(false);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        // The hosts of one file share a machine, and so its clock.
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_time.GetUtcNow());
    }

    public async ValueTask DisposeAsync()
    {
        if (Close() is { } writer)
        {
            await writer.CompleteAsync().ConfigureAwait(false);
        }
    }

    // A container that is disposed synchronously must be able to dispose its stores.
    public void Dispose() => Close()?.CompleteAsync().GetAwaiter().GetResult();

    private static SqliteWrite Write(SqliteWriteKind kind, StoreRecord record, CancellationToken cancellationToken)
    {
        // Before the body is copied.
        cancellationToken.ThrowIfCancellationRequested();
        return new SqliteWrite
        {
            Kind = kind,
            Key = record.Key,
            Version = record.Version,
            Due = record.DueAt?.ToUnixTimeMilliseconds(),
            Body = record.Body.ToArray(),
        };
    }

    private ValueTask<int> WriteAsync(SqliteWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Writer().EnqueueAsync(write, cancellationToken);
    }

    private SqliteWriter Writer()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _writer ?? throw new InvalidOperationException("PrepareAsync comes before every other call.");
    }

    private SqliteWriter? Close()
    {
        lock (_lifetime)
        {
            _isDisposed = true;
        }

        _readers.Dispose();
        return _writer;
    }

    private void CreateOrMigrate()
    {
        SqliteConnections.CreateFile(_path);
        using SqliteConnection connection = SqliteConnections.Open(_path, _busyTimeout);
        SqliteSchema.Prepare(connection, _slot);
    }
}
