using Microsoft.Data.Sqlite;
using SecureChat.AspNetCore;

namespace SecureChat.Host.Tests;

/// <summary>The files of a host as somebody reads them who has the machine: bytes, rows, copies.</summary>
internal static class StoreFiles
{
    public const string Data = "chat.db";

    public const string Keys = "chat.keys.db";

    /// <summary>
    /// A file of a running host. The audit's files are locked for the moment of an append, and on Unix that lock shuts out every reader,
    /// however it shares: so it is waited for.
    /// </summary>
    public static Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken) => AppendOnlyFile.ReadAsync(path, TimeProvider.System, cancellationToken);

    /// <summary>A file that a host holds open.</summary>
    public static byte[] Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Copies one store, its log included, as a backup would.</summary>
    public static void Copy(string file, string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string path in Directory.EnumerateFiles(from, $"{file}*").Where(static path => !path.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.WriteAllBytes(Path.Combine(to, Path.GetFileName(path)), Read(path));
        }
    }

    /// <summary>Copies the Data Protection key ring, without which no key store opens.</summary>
    public static void CopyRing(string from, string to)
    {
        Directory.CreateDirectory(Path.Combine(to, "ring"));
        foreach (string path in Directory.EnumerateFiles(Path.Combine(from, "ring")))
        {
            File.Copy(path, Path.Combine(to, "ring", Path.GetFileName(path)));
        }
    }

    public static IReadOnlyList<string> Strings(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        #pragma warning disable CA2100 // Constants of these tests.
        command.CommandText = sql;
        #pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    public static IReadOnlyList<Row> Rows(string path, string? kind = null)
    {
        using SqliteConnection connection = StoreSnapshot.Open(path);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT kind, partition, id, version, body FROM record WHERE $kind IS NULL OR kind = $kind ORDER BY kind, partition, id";
        command.Parameters.AddWithValue("$kind", (object?)kind ?? DBNull.Value);
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<Row>();
        while (reader.Read())
        {
            rows.Add(new Row(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), (byte[])reader.GetValue(4)));
        }

        return rows;
    }
}

/// <summary>One stored record.</summary>
internal sealed record Row(string Kind, string Partition, string Id, long Version, byte[] Body);
