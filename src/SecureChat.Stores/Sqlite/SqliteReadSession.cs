using Microsoft.Data.Sqlite;

namespace SecureChat.Stores;

/// <summary>A connection that only reads, with its prepared statements. Used by one caller at a time.</summary>
internal sealed class SqliteReadSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _get;
    private readonly SqliteCommand _list;
    private readonly SqliteCommand _listDue;

    public SqliteReadSession(string path, TimeSpan busyTimeout)
    {
        _connection = SqliteConnections.Open(path, busyTimeout);
        try
        {
            SqliteConnections.Configure(_connection, readOnly: true);
            _get = Command(
                "SELECT version, due, body FROM record WHERE kind = $kind AND partition = $partition AND id = $id",
                "$kind", "$partition", "$id");
            _list = Command(
                "SELECT version, due, body, id FROM record WHERE kind = $kind AND partition = $partition AND id > $after ORDER BY id LIMIT $limit",
                "$kind", "$partition", "$after", "$limit");

            // The index is named so that a plan without it is an error, not a scan of everything.
            _listDue = Command(
                "SELECT version, due, body, id, partition FROM record INDEXED BY record_due WHERE kind = $kind AND due <= $before AND (due, partition, id) > ($due, $partition, $id) ORDER BY due, partition, id LIMIT $limit",
                "$kind", "$before", "$due", "$partition", "$id", "$limit");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public StoreRecord? Get(RecordKey key)
    {
        _get.Parameters[0].Value = key.Kind;
        _get.Parameters[1].Value = key.Partition;
        _get.Parameters[2].Value = key.Id;
        using SqliteDataReader reader = _get.ExecuteReader();
        return reader.Read() ? Record(reader, key) : null;
    }

    public IReadOnlyList<StoreRecord> List(RecordQuery query)
    {
        _list.Parameters[0].Value = query.Kind;
        _list.Parameters[1].Value = query.Partition;
        _list.Parameters[2].Value = query.AfterId ?? string.Empty;
        _list.Parameters[3].Value = query.Limit;
        using SqliteDataReader reader = _list.ExecuteReader();
        var records = new List<StoreRecord>();
        while (reader.Read())
        {
            records.Add(Record(reader, new RecordKey { Kind = query.Kind, Partition = query.Partition, Id = reader.GetString(3) }));
        }

        return records;
    }

    public IReadOnlyList<StoreRecord> ListDue(DueQuery query)
    {
        _listDue.Parameters[0].Value = query.Kind;
        _listDue.Parameters[1].Value = query.Before.ToUnixTimeMilliseconds();

        // Names are never empty, so the first page starts behind a place that is before them all.
        _listDue.Parameters[2].Value = query.After?.DueAt?.ToUnixTimeMilliseconds() ?? long.MinValue;
        _listDue.Parameters[3].Value = query.After?.Key.Partition ?? string.Empty;
        _listDue.Parameters[4].Value = query.After?.Key.Id ?? string.Empty;
        _listDue.Parameters[5].Value = query.Limit;
        using SqliteDataReader reader = _listDue.ExecuteReader();
        var records = new List<StoreRecord>();
        while (reader.Read())
        {
            records.Add(Record(reader, new RecordKey { Kind = query.Kind, Partition = reader.GetString(4), Id = reader.GetString(3) }));
        }

        return records;
    }

    public void Dispose()
    {
        _get.Dispose();
        _list.Dispose();
        _listDue.Dispose();
        _connection.Dispose();
    }

    private static StoreRecord Record(SqliteDataReader reader, RecordKey key) => new()
    {
        Key = key,
        Version = reader.GetInt64(0),
        DueAt = reader.IsDBNull(1) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
        Body = reader.GetFieldValue<byte[]>(2),
    };

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
