using SecureChat.TestHost;

[assembly: AssemblyFixture(typeof(SecureChat.ProcessTests.Engines))]

namespace SecureChat.ProcessTests;

/// <summary>Where hosts keep their records.</summary>
public enum StoreEngine
{
    Sqlite,
    PostgreSql,
}

/// <summary>Makes an engine ready for hosts that share a folder; one server of PostgreSQL serves all tests, each with a database of its own.</summary>
public sealed class Engines : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgreSqlCluster?>> Cluster = new(static () => PostgreSqlCluster.TryStartAsync());

    /// <summary>Before the first host starts on the folder.</summary>
    public static async Task PrepareAsync(StoreEngine engine, string folder)
    {
        if (engine == StoreEngine.PostgreSql)
        {
            PostgreSqlCluster? cluster = await Cluster.Value;
            Assert.SkipUnless(cluster is not null, "No PostgreSQL here: install the package postgresql, or name its folder of binaries in SECURECHAT_POSTGRES.");
            await File.WriteAllTextAsync(Path.Combine(folder, "postgresql"), cluster!.ConnectionString(await cluster.CreateDatabaseAsync()));
        }
    }

    /// <summary>The connection string of the folder's database; <see langword="null"/> when the records lie in SQLite files.</summary>
    public static string? DatabaseOf(string folder) =>
        File.Exists(Path.Combine(folder, "postgresql")) ? File.ReadAllText(Path.Combine(folder, "postgresql")) : null;

    public async ValueTask DisposeAsync()
    {
        if (Cluster.IsValueCreated && await Cluster.Value is { } cluster)
        {
            await cluster.DisposeAsync();
        }
    }
}
