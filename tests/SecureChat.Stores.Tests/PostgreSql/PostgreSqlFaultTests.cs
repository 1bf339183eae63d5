using System.Globalization;
using System.Text;
using Npgsql;
using SecureChat.Stores.PostgreSql;
using SecureChat.TestHost;

namespace SecureChat.Stores.Tests.PostgreSql;

/// <summary>A server that is restarted, crashes, cuts connections or is held up, and what it writes into its log meanwhile.</summary>
public sealed class PostgreSqlFaultTests(PostgreSqlServer server)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P2_What_was_acknowledged_survives_a_restart_and_a_crash_of_the_server_under_load(bool isCrash)
    {
        await using PostgreSqlCluster? cluster = await PostgreSqlCluster.TryStartAsync();
        Assert.SkipUnless(cluster is not null, PostgreSqlServer.Missing);
        var options = new PostgreSqlStoreOptions { ConnectionString = cluster!.ConnectionString() };
        await using var store = new PostgreSqlRecordStore(options, RecordStoreSlot.Data);
        await store.PrepareAsync(Token);
        var versions = new long[8];
        int refused = 0;
        using var stop = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(0, versions.Length).Select(writer => Task.Run(() => WriteAsync(writer)))];
        await UntilAsync(() => versions.Min() > 20, "every writer is under way");

        await cluster.StopAsync(isCrash);
        await UntilAsync(() => Volatile.Read(ref refused) >= versions.Length, "the writers notice");
        long[] before = [.. versions];
        long down = TimeProvider.System.GetTimestamp();
        await cluster.StartAsync();
        await UntilAsync(() => versions.Zip(before).All(static pair => pair.First > pair.Second + 5), "every writer goes on");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"acknowledged {versions.Sum()}, refused {refused}, going on {TimeProvider.System.GetElapsedTime(down).TotalMilliseconds:F0} ms after the start"));
        await stop.CancelAsync();
        await Task.WhenAll(writers).WaitAsync(TimeLimit);

        for (int writer = 0; writer < versions.Length; writer++)
        {
            // What was acknowledged is there; what was refused may be, once, since its outcome was unknown.
            Assert.Equal(versions[writer], (await store.GetAsync(Key(writer), Token))!.Version);
        }

        async Task WriteAsync(int writer)
        {
            long version = 0;
            while (!stop.IsCancellationRequested)
            {
                var record = new StoreRecord { Key = Key(writer), Version = version, Body = BitConverter.GetBytes(version) };
                try
                {
                    bool isDone = version == 0 ? await store.InsertAsync(record, CancellationToken.None) : await store.ReplaceAsync(record, CancellationToken.None);
                    if (isDone)
                    {
                        version++;
                    }
                    else
                    {
                        // Only a write whose outcome was unknown can have been before this one: exactly one.
                        long stored = (await store.GetAsync(record.Key, CancellationToken.None))!.Version;
                        Assert.Equal(version + 1, stored);
                        version = stored;
                    }

                    Volatile.Write(ref versions[writer], version);
                }
                catch (SecureChatStoreException fault)
                {
                    Assert.True(fault.IsTransient);
                    Interlocked.Increment(ref refused);
                    await Task.Delay(20);
                }
            }
        }

        static RecordKey Key(int writer) => new() { Kind = "form", Partition = "p", Id = $"w{writer.ToString(CultureInfo.InvariantCulture)}" };
    }

    [Fact]
    public async Task A_read_survives_cut_connections_and_a_write_is_not_repeated()
    {
        PostgreSqlCluster cluster = await server.ClusterAsync();
        string database = await cluster.CreateDatabaseAsync();
        await using var store = new PostgreSqlRecordStore(await server.OptionsAsync(database), RecordStoreSlot.Data);
        await store.PrepareAsync(Token);
        var key = new RecordKey { Kind = "form", Partition = "p", Id = "a" };
        Assert.True(await store.InsertAsync(new StoreRecord { Key = key, Body = new byte[] { 1 } }, Token));
        for (int round = 0; round < 20; round++)
        {
            await WarmAsync();
            await cluster.ExecuteAsync($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database}'");
            Assert.Equal(1, (await store.GetAsync(key, Token))!.Version);

            // One fault empties the pool: the next write meets a new connection.
            await WarmAsync();
            await cluster.ExecuteAsync($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database}'");
            SecureChatStoreException fault = await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.ReplaceAsync(new StoreRecord { Key = key, Version = 77, Body = new byte[] { 2 } }, Token));
            Assert.True(fault.IsTransient);
            Assert.False(await store.ReplaceAsync(new StoreRecord { Key = key, Version = 77, Body = new byte[] { 2 } }, Token));
        }

        Task WarmAsync() => Task.WhenAll(Enumerable.Range(0, 10).Select(_ => store.GetAsync(key, Token).AsTask()));
    }

    [Fact]
    public async Task A_row_that_is_held_up_ends_in_a_transient_fault_and_is_not_written_later()
    {
        PostgreSqlCluster cluster = await server.ClusterAsync();
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        options.CommandTimeout = TimeSpan.FromSeconds(1);
        await using var store = new PostgreSqlRecordStore(options, RecordStoreSlot.Data);
        await store.PrepareAsync(Token);
        var key = new RecordKey { Kind = "form", Partition = "p", Id = "a" };
        Assert.True(await store.InsertAsync(new StoreRecord { Key = key, Body = new byte[] { 1 } }, Token));
        await using var other = new NpgsqlConnection(cluster.ConnectionString());
        await other.OpenAsync(Token);
        await using (NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token))
        {
            await using var hold = new NpgsqlCommand($"SELECT FROM {options.Schema}.record FOR UPDATE", other);
            await hold.ExecuteNonQueryAsync(Token);
            SecureChatStoreException fault = await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.ReplaceAsync(new StoreRecord { Key = key, Version = 1, Body = new byte[] { 2 } }, Token));
            Assert.True(fault.IsTransient);
        }

        Assert.Equal(1, (await store.GetAsync(key, Token))!.Version);
    }

    [Fact]
    public async Task P5_No_name_and_no_body_reaches_the_log_of_the_server_or_a_message()
    {
        await using PostgreSqlCluster? cluster = await PostgreSqlCluster.TryStartAsync();
        Assert.SkipUnless(cluster is not null, PostgreSqlServer.Missing);
        var options = new PostgreSqlStoreOptions { ConnectionString = cluster!.ConnectionString(), CommandTimeout = TimeSpan.FromSeconds(1) };
        await using var store = new PostgreSqlRecordStore(options, RecordStoreSlot.Data);
        await store.PrepareAsync(Token);
        const string Marker = "marker-5a1dcafe";
        byte[] body = Encoding.UTF8.GetBytes(Marker + "-body");
        var record = new StoreRecord { Key = new RecordKey { Kind = "form", Partition = Marker, Id = Marker }, Body = body, Version = 1 };
        Assert.True(await store.InsertAsync(record, Token));
        var messages = new StringBuilder();
        await using var other = new NpgsqlConnection(cluster.ConnectionString());
        await other.OpenAsync(Token);
        await using (NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token))
        {
            // Fails while it waits, and while it works: both make the server write down a statement and its fault.
            await using var hold = new NpgsqlCommand("SELECT FROM securechat.record FOR UPDATE", other);
            await hold.ExecuteNonQueryAsync(Token);
            messages.Append(await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.ReplaceAsync(record, Token)));
        }

        await cluster.ExecuteAsync("ALTER TABLE securechat.record RENAME COLUMN body TO content");
        messages.Append(await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.InsertAsync(Other(record), Token)));

        // What another program writes into a statement does reach the log: the hunt finds it.
        await Assert.ThrowsAsync<PostgresException>(() => cluster.ExecuteAsync("SELECT 'control-77e0' || 1/0"));
        string log = await File.ReadAllTextAsync(cluster.LogFile, Token);
        Assert.Contains("control-77e0", log, StringComparison.Ordinal);
        Assert.Contains("canceling statement", log, StringComparison.Ordinal);
        Assert.Contains("column \"body\" of relation", log, StringComparison.Ordinal);
        foreach (string text in (string[])[Marker, Convert.ToHexString(body), Convert.ToHexStringLower(body), Convert.ToBase64String(body)])
        {
            Assert.DoesNotContain(text, log, StringComparison.Ordinal);
            Assert.DoesNotContain(text, messages.ToString(), StringComparison.Ordinal);
        }
    }

    private static StoreRecord Other(StoreRecord record) =>
        new() { Key = new RecordKey { Kind = record.Key.Kind, Partition = record.Key.Partition, Id = record.Key.Id + "-2" }, Body = record.Body };

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeLimit, $"It did not come about that {what}.");
            await Task.Delay(10, Token);
        }
    }
}
