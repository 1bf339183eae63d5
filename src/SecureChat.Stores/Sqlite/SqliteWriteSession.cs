using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SecureChat.Stores;

/// <summary>
/// The connection that writes, with its prepared statements. Used by one thread at a time. After a fault inside a transaction it is closed,
/// which rolls back, and another is opened: SQLite may or may not have rolled back by itself.
/// </summary>
internal sealed class SqliteWriteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TimeSpan _busyTimeout;
    private readonly byte[] _pad;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _replace;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _deletePartition;
    private readonly SqliteCommand _checkpoint;

    public SqliteWriteSession(string path, TimeSpan busyTimeout)
    {
        _busyTimeout = busyTimeout;
        _connection = SqliteConnections.Open(path, busyTimeout);
        try
        {
            SqliteConnections.Configure(_connection, readOnly: false);
            _pad = new byte[SqliteSchema.LargestLocalPayload(_connection)];
            _begin = SqliteConnections.Command(_connection, "BEGIN IMMEDIATE");
            _commit = SqliteConnections.Command(_connection, "COMMIT");
            _insert = Command(
                "INSERT INTO record (kind, partition, id, version, due, pad, body) VALUES ($kind, $partition, $id, 1, $due, $pad, $body) ON CONFLICT DO NOTHING",
                "$kind", "$partition", "$id", "$due", "$pad", "$body");
            _replace = Command(
                "UPDATE record SET version = version + 1, due = $due, body = $body WHERE kind = $kind AND partition = $partition AND id = $id AND version = $version",
                "$kind", "$partition", "$id", "$version", "$due", "$body");
            _delete = Command(
                "DELETE FROM record WHERE kind = $kind AND partition = $partition AND id = $id AND version = $version",
                "$kind", "$partition", "$id", "$version");
            _deletePartition = Command("DELETE FROM record WHERE kind = $kind AND partition = $partition", "$kind", "$partition");
            _checkpoint = SqliteConnections.Command(_connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    // IMMEDIATE takes the write lock before anything is read: a deferred transaction over two processes reads an old snapshot and
    // then fails with SQLITE_BUSY_SNAPSHOT, which no busy timeout cures.
    public void Begin() => _begin.ExecuteNonQuery();

    /// <summary>Begins when nobody else writes. False at once otherwise, and for every fault: <see cref="Begin"/> waits, and says what is wrong.</summary>
    public bool TryBegin()
    {
        // Past the command: it waits and tries again for a second at least, and 0 means for ever.
        sqlite3 handle = _connection.Handle!;
        raw.sqlite3_busy_timeout(handle, 0);
        try
        {
            return raw.sqlite3_exec(handle, "BEGIN IMMEDIATE") == raw.SQLITE_OK;
        }
        finally
        {
            raw.sqlite3_busy_timeout(handle, (int)_busyTimeout.TotalMilliseconds);
        }
    }

    public void Commit() => _commit.ExecuteNonQuery();

    /// <summary>Executes one write inside the open transaction.</summary>
    /// <returns>Rows changed.</returns>
    public int Execute(SqliteWrite write)
    {
        RecordKey key = write.Key!;
        switch (write.Kind)
        {
            case SqliteWriteKind.Insert:
                SetKey(_insert, key);
                _insert.Parameters[3].Value = write.Due ?? (object)DBNull.Value;
                _insert.Parameters[4].Value = _pad;
                _insert.Parameters[4].Size = PadLength(key);
                _insert.Parameters[5].Value = write.Body;
                return Run(_insert, bodyAt: 5);
            case SqliteWriteKind.Replace:
                SetKey(_replace, key);
                _replace.Parameters[3].Value = write.Version;
                _replace.Parameters[4].Value = write.Due ?? (object)DBNull.Value;
                _replace.Parameters[5].Value = write.Body;
                return Run(_replace, bodyAt: 5);
            case SqliteWriteKind.Delete:
                SetKey(_delete, key);
                _delete.Parameters[3].Value = write.Version;
                return _delete.ExecuteNonQuery();
            case SqliteWriteKind.DeletePartition:
                _deletePartition.Parameters[0].Value = key.Kind;
                _deletePartition.Parameters[1].Value = key.Partition;
                return _deletePartition.ExecuteNonQuery();
            default:
                throw new InvalidOperationException("A scrub is no part of a transaction.");
        }
    }

    /// <summary>
    /// Moves everything into the database file and truncates the log. Freed pages are zero there already (secure_delete).
    /// </summary>
    /// <param name="patience">How long to wait for readers; writers of all processes wait meanwhile.</param>
    public ScrubResult Scrub(TimeSpan patience)
    {
        raw.sqlite3_busy_timeout(_connection.Handle!, (int)patience.TotalMilliseconds);
        try
        {
            using SqliteDataReader reader = _checkpoint.ExecuteReader();

            // The first column is the busy flag: a checkpoint that could not finish is no error, and nothing is scrubbed then.
            return reader.Read() && reader.GetInt64(0) == 0 ? ScrubResult.Complete : ScrubResult.Busy;
        }
        finally
        {
            raw.sqlite3_busy_timeout(_connection.Handle!, (int)_busyTimeout.TotalMilliseconds);
        }
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _insert.Dispose();
        _replace.Dispose();
        _delete.Dispose();
        _deletePartition.Dispose();
        _checkpoint.Dispose();
        _connection.Dispose();
    }

    private static int Run(SqliteCommand command, int bodyAt)
    {
        try
        {
            return command.ExecuteNonQuery();
        }
        finally
        {
            command.Parameters[bodyAt].Value = Array.Empty<byte>();
        }
    }

    private static void SetKey(SqliteCommand command, RecordKey key)
    {
        command.Parameters[0].Value = key.Kind;
        command.Parameters[1].Value = key.Partition;
        command.Parameters[2].Value = key.Id;
    }

    // Counting characters as bytes errs on the side of a longer pad.
    private int PadLength(RecordKey key) => Math.Max(0, _pad.Length - key.Kind.Length - key.Partition.Length - key.Id.Length);

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        SqliteCommand command = SqliteConnections.Command(_connection, sql);
        foreach (string name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }
}
