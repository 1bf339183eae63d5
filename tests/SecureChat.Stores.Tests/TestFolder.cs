using System.Reflection;
using Microsoft.Data.Sqlite;

namespace SecureChat.Stores.Tests;

/// <summary>A folder of its own for one test.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("securechat-stores-");

    public static string Metadata(string key) => typeof(TestFolder).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>A connection that is not the store's: another program, or a saboteur.</summary>
    public static SqliteConnection OpenRaw(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = SqliteConnections.Command(connection, sql);
        command.ExecuteNonQuery();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
