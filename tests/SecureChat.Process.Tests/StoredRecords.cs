using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace SecureChat.ProcessTests;

/// <summary>What lies in a host's files or database, read past the product: another program sees this.</summary>
internal static class StoredRecords
{
    /// <summary>Release keys in the key file, of one conversation or of all.</summary>
    public static int ReleaseKeys(string folder, string? conversationId = null) =>
        Rows(folder, "chat.keys.db", "release-key", conversationId).Count;

    public static int OpenIndexEntries(string folder, string conversationId) =>
        Rows(folder, "chat.db", "open-conversation", "open").Count(row => row.Id == conversationId);

    public static List<JsonNode> Forms(string folder, string? conversationId = null) =>
        [.. Rows(folder, "chat.db", "form", conversationId).Select(static row => JsonNode.Parse(row.Body)!)];

    public static JsonNode Conversation(string folder, string conversationId) =>
        JsonNode.Parse(Rows(folder, "chat.db", "conversation", conversationId).Single().Body)!;

    /// <summary>
    /// What is unfinished about the stored forms: facts nobody told, values destroyed in name only, requests nobody can see. Empty
    /// once the sweeper was there.
    /// </summary>
    public static IEnumerable<string> Unfinished(string folder, string? conversationId = null)
    {
        foreach (JsonNode form in Forms(folder, conversationId))
        {
            string id = form["requestId"]!.GetValue<string>();
            if (form["pending"]?.AsArray().Count > 0)
            {
                yield return $"form {id} has facts that nobody told: {form["pending"]!.ToJsonString()}";
            }

            if (form["isConfirmed"]?.GetValue<bool>() != true)
            {
                yield return $"form {id} is left unconfirmed";
            }

            foreach (JsonNode? value in form["values"]?.AsArray() ?? [])
            {
                bool isDestroyed = value!["state"]!.GetValue<string>() == "destroyed";
                if (isDestroyed && value["keyDestroyedAt"] is null)
                {
                    yield return $"a value of form {id} is destroyed and its key is not";
                }

                if (isDestroyed && (value["ciphertext"] is not null || value["fingerprint"] is not null))
                {
                    yield return $"a destroyed value of form {id} still has its ciphertext";
                }
            }
        }
    }

    private static List<(string Partition, string Id, string Body)> Rows(string folder, string file, string kind, string? partition)
    {
        if (Engines.DatabaseOf(folder) is { } database)
        {
            return RowsOf(database, file == "chat.db" ? "securechat" : "securechat_keys", kind, partition);
        }

        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(folder, file),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT partition, id, body FROM record WHERE kind = $kind AND ($partition IS NULL OR partition = $partition) ORDER BY partition, id";
        command.Parameters.AddWithValue("$kind", kind);
        command.Parameters.AddWithValue("$partition", (object?)partition ?? DBNull.Value);
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<(string, string, string)>();
        while (reader.Read())
        {
            // Keys are wrapped bytes; only the bodies of the data file are text.
            string body = file == "chat.db" ? System.Text.Encoding.UTF8.GetString((byte[])reader[2]) : string.Empty;
            rows.Add((reader.GetString(0), Convert.ToString(reader[1], CultureInfo.InvariantCulture)!, body));
        }

        return rows;
    }

    private static List<(string Partition, string Id, string Body)> RowsOf(string database, string schema, string kind, string? partition)
    {
        using var connection = new NpgsqlConnection(database);
        connection.Open();
        using NpgsqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own names.
        command.CommandText = $"SELECT partition, id, body FROM {schema}.record WHERE kind = $1 AND ($2::text IS NULL OR partition = $2) ORDER BY partition, id";
#pragma warning restore CA2100
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)partition ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        using NpgsqlDataReader reader = command.ExecuteReader();
        var rows = new List<(string, string, string)>();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0), reader.GetString(1), schema == "securechat" ? System.Text.Encoding.UTF8.GetString((byte[])reader[2]) : string.Empty));
        }

        return rows;
    }
}
