using SecureChat.Stores.PostgreSql;
using SecureChat.TestHost;

[assembly: AssemblyFixture(typeof(SecureChat.Stores.Tests.PostgreSql.PostgreSqlServer))]

namespace SecureChat.Stores.Tests.PostgreSql;

/// <summary>
/// One real server for the tests that do not stop it; each works in schemas of its own. <c>SECURECHAT_POSTGRES</c> names another folder
/// of binaries than the system's; without any the tests are skipped, which CI does not accept.
/// </summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    public const string Missing = "No PostgreSQL here: install the package postgresql, or name its folder of binaries in SECURECHAT_POSTGRES.";

    private readonly Lazy<Task<PostgreSqlCluster?>> _cluster = new(static () => PostgreSqlCluster.TryStartAsync());
    private int _schemas;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async Task<PostgreSqlCluster> ClusterAsync()
    {
        PostgreSqlCluster? cluster = await _cluster.Value;
        Assert.SkipUnless(cluster is not null, Missing);
        return cluster!;
    }

    /// <summary>Options for a store in schemas that nobody else uses.</summary>
    public async Task<PostgreSqlStoreOptions> OptionsAsync(string database = "postgres")
    {
        PostgreSqlCluster cluster = await ClusterAsync();
        int number = Interlocked.Increment(ref _schemas);
        return new PostgreSqlStoreOptions
        {
            ConnectionString = cluster.ConnectionString(database),
            Schema = $"data_{number}",
            KeysSchema = $"keys_{number}",
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsValueCreated && await _cluster.Value is { } cluster)
        {
            await cluster.DisposeAsync();
        }
    }
}
