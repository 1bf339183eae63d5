using Microsoft.Data.Sqlite;

namespace SecureChat.Host.Tests;

/// <summary>Every row of both store files of a host, to show that a call changed nothing. Read past the product, from the files themselves.</summary>
internal sealed class StoreSnapshot
{
    /// <summary>What a refused call may leave behind: evidence of itself and the count of attempts.</summary>
    private static readonly string[] Allowed = ["audit-page", "audit-detail", "attempts"];

    private readonly Dictionary<string, string> _rows;

    private StoreSnapshot(Dictionary<string, string> rows) => _rows = rows;

    public int Count => _rows.Count;

    public static StoreSnapshot Of(string folder, bool withEvidence = false)
    {
        var rows = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in new[] { DataFile(folder), KeysFile(folder) })
        {
            if (!File.Exists(file))
            {
                continue;
            }

            using SqliteConnection connection = Open(file);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT kind, partition, id, version, due, hex(body) FROM record";
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                string kind = reader.GetString(0);
                if (withEvidence || !Allowed.Contains(kind))
                {
                    rows[$"{Path.GetFileName(file)} {kind} {reader.GetString(1)}/{reader.GetString(2)}"] = $"v{reader.GetInt64(3)} due {reader.GetValue(4)} {reader.GetString(5)}";
                }
            }
        }

        return new StoreSnapshot(rows);
    }

    public static string DataFile(string folder) => Path.Combine(folder, "chat.db");

    public static string KeysFile(string folder) => Path.Combine(folder, "chat.keys.db");

    /// <summary>A connection past the product, for reading and for damage.</summary>
    public static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 10 }.ToString());
        connection.Open();
        return connection;
    }

    public static int Execute(string file, string sql)
    {
        using SqliteConnection connection = Open(file);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>Rows of one kind.</summary>
    public IEnumerable<string> OfKind(string kind) => _rows.Keys.Where(row => row.Split(' ')[1] == kind);

    /// <summary>What is there now and was not, was there and is not, or has another body, version or due time. Names only.</summary>
    public IReadOnlyList<string> ChangesTo(StoreSnapshot later) =>
    [
        .. later._rows.Keys.Except(_rows.Keys).Select(row => $"added {row}"),
        .. _rows.Keys.Except(later._rows.Keys).Select(row => $"removed {row}"),
        .. _rows.Where(row => later._rows.TryGetValue(row.Key, out string? now) && now != row.Value).Select(row => $"changed {row.Key}"),
    ];
}
