namespace SecureChat.Stores.PostgreSql;

/// <summary>
/// The statements of one table. Each is a whole operation: compare and write are one statement, which PostgreSQL evaluates again on the
/// newest version of the row when it had to wait for another writer. Names of schema and table are checked before they come here.
/// </summary>
internal sealed class PostgreSqlStatements
{
    public PostgreSqlStatements(string schema, string table)
    {
        string name = $"\"{schema}\".\"{table}\"";
        Insert = $"INSERT INTO {name} (kind, partition, id, version, due, body) VALUES ($1, $2, $3, 1, $4, $5) ON CONFLICT DO NOTHING";
        Get = $"SELECT version, due, body FROM {name} WHERE kind = $1 AND partition = $2 AND id = $3";
        Replace = $"UPDATE {name} SET version = version + 1, due = $4, body = $5 WHERE kind = $1 AND partition = $2 AND id = $3 AND version = $6";
        Delete = $"DELETE FROM {name} WHERE kind = $1 AND partition = $2 AND id = $3 AND version = $4";
        DeletePartition = $"DELETE FROM {name} WHERE kind = $1 AND partition = $2";
        List = $"SELECT version, due, body, id FROM {name} WHERE kind = $1 AND partition = $2 AND id > $3 ORDER BY id LIMIT $4";
        ListDue = $"SELECT version, due, body, id, partition FROM {name} WHERE kind = $1 AND due <= $2 AND (due, partition, id) > ($3, $4, $5) ORDER BY due, partition, id LIMIT $6";
    }

    public string Insert { get; }

    public string Get { get; }

    public string Replace { get; }

    public string Delete { get; }

    public string DeletePartition { get; }

    public string List { get; }

    public string ListDue { get; }
}
