using Microsoft.Data.Sqlite;
using SecureChat.AspNetCore;
using SecureChat.Stores;

namespace SecureChat.Benchmarks;

/// <summary>
/// What a host without the product writes, into the product's own table: the same row with the same padding, one connection, a prepared
/// insert, one transaction for each row, with the product's pragmas (write-ahead log, synchronous FULL, secure_delete).
/// </summary>
internal sealed class BareStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _truncate;
    private readonly byte[] _pad;
    private long _last;

    public BareStore(string path)
    {
        SqliteConnections.CreateFile(path);
        _connection = SqliteConnections.Open(path, TimeSpan.FromSeconds(5));
        SqliteSchema.Prepare(_connection, RecordStoreSlot.Data);
        _pad = new byte[SqliteSchema.LargestLocalPayload(_connection)];
        _insert = SqliteConnections.Command(_connection, "INSERT INTO record (kind, partition, id, version, due, pad, body) VALUES ($kind, $partition, $id, 1, NULL, $pad, $body)");
        _insert.Parameters.Add("$kind", SqliteType.Text).Value = "conversation-event";
        _insert.Parameters.Add("$partition", SqliteType.Text);
        _insert.Parameters.Add("$id", SqliteType.Text);
        _insert.Parameters.Add("$pad", SqliteType.Blob).Value = _pad;
        _insert.Parameters.Add("$body", SqliteType.Blob);
        _insert.Prepare();
        _truncate = SqliteConnections.Command(_connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <param name="partition">Whose row it is.</param>
    /// <param name="make">Its bytes, made for its number.</param>
    public long Insert(string partition, Func<long, byte[]> make)
    {
        lock (_lock)
        {
            string id = SequenceId.Format(++_last);
            _insert.Parameters[1].Value = partition;
            _insert.Parameters[2].Value = id;
            _insert.Parameters[3].Size = Math.Max(0, _pad.Length - 18 - partition.Length - id.Length);
            _insert.Parameters[4].Value = make(_last);
            _insert.ExecuteNonQuery();
            return _last;
        }
    }

    public void Truncate()
    {
        lock (_lock)
        {
            _truncate.ExecuteNonQuery();
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _truncate.Dispose();
        _connection.Dispose();
    }
}
