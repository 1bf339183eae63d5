using Microsoft.Data.Sqlite;
using SecureChat.Stores;

namespace SecureChat.Benchmarks;

/// <summary>
/// What a host without the product writes: one table, one connection, a prepared insert, one transaction for each row, with the
/// product's pragmas (write-ahead log, synchronous FULL, secure_delete).
/// </summary>
internal sealed class BareStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _truncate;
    private long _last;

    public BareStore(string path)
    {
        SqliteConnections.CreateFile(path);
        _connection = SqliteConnections.Open(path, TimeSpan.FromSeconds(5));
        using (SqliteCommand journal = SqliteConnections.Command(_connection, "PRAGMA journal_mode = WAL"))
        {
            journal.ExecuteScalar();
        }

        SqliteConnections.Configure(_connection, readOnly: false);
        SqliteConnections.Execute(_connection, "CREATE TABLE row (partition TEXT NOT NULL, id INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (partition, id)) WITHOUT ROWID");
        _insert = SqliteConnections.Command(_connection, "INSERT INTO row (partition, id, body) VALUES ($partition, $id, $body)");
        _insert.Parameters.Add("$partition", SqliteType.Text);
        _insert.Parameters.Add("$id", SqliteType.Integer);
        _insert.Parameters.Add("$body", SqliteType.Blob);
        _insert.Prepare();
        _truncate = SqliteConnections.Command(_connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    public long Insert(string partition, byte[] body)
    {
        lock (_lock)
        {
            _insert.Parameters[0].Value = partition;
            _insert.Parameters[1].Value = ++_last;
            _insert.Parameters[2].Value = body;
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
