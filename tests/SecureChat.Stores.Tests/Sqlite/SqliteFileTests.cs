using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace SecureChat.Stores.Tests.Sqlite;

public sealed class SqliteFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_newer_schema_refuses_to_start_and_is_left_untouched()
    {
        string path = _folder.File("a.db");
        await using (var store = new SqliteRecordStore(path, TimeProvider.System))
        {
            await store.PrepareAsync(CancellationToken.None);
        }

        using (SqliteConnection raw = TestFolder.OpenRaw(path))
        {
            TestFolder.Execute(raw, "PRAGMA journal_mode = DELETE");
            TestFolder.Execute(raw, "PRAGMA user_version = 99");
        }

        byte[] before = File.ReadAllBytes(path);
        await using var newer = new SqliteRecordStore(path, TimeProvider.System);
        var refusal = await Assert.ThrowsAsync<SecureChatConfigurationException>(async () => await newer.PrepareAsync(CancellationToken.None));
        Assert.Equal(SecureChatErrors.SchemaNewer.Code, refusal.Error.Code);
        Assert.DoesNotContain(path, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task A_foreign_database_or_the_other_slots_file_refuses_to_start()
    {
        string foreign = _folder.File("foreign.db");
        using (SqliteConnection raw = TestFolder.OpenRaw(foreign))
        {
            TestFolder.Execute(raw, "CREATE TABLE things (name TEXT)");
        }

        string keys = _folder.File("a.keys.db");
        await using (var store = new SqliteRecordStore(keys, RecordStoreSlot.Keys, TimeSpan.FromSeconds(5), TimeProvider.System))
        {
            await store.PrepareAsync(CancellationToken.None);
        }

        foreach (string path in (string[])[foreign, keys])
        {
            await using var store = new SqliteRecordStore(path, RecordStoreSlot.Data, TimeSpan.FromSeconds(5), TimeProvider.System);
            var refusal = await Assert.ThrowsAsync<SecureChatConfigurationException>(async () => await store.PrepareAsync(CancellationToken.None));
            Assert.Equal(SecureChatErrors.OptionsInvalid.Code, refusal.Error.Code);
        }
    }

    [Fact]
    public async Task Files_are_for_the_hosts_user_only_and_a_missing_folder_is_made()
    {
        string path = _folder.File("deep/er/a.db");
        await using var store = new SqliteRecordStore(path, TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);
        await store.InsertAsync(Record("a", [1]), CancellationToken.None);
        Assert.True(File.Exists(path + "-wal"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
            foreach (string file in (string[])[path, path + "-wal", path + "-shm"])
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public async Task Many_hosts_may_prepare_one_new_file_at_the_same_time()
    {
        const int rounds = 200;
        for (int round = 0; round < rounds; round++)
        {
            string path = _folder.File($"new-{round}.db");
            SqliteRecordStore[] hosts = [.. Enumerable.Range(0, 6).Select(_ => new SqliteRecordStore(path, TimeProvider.System))];

            // All at the gate together: a host that looks at the file in the middle of another's creation must see before or after.
            using var gate = new Barrier(hosts.Length);
            await Task.WhenAll(hosts.Select(host => Task.Factory.StartNew(
                () =>
                {
                    Assert.True(gate.SignalAndWait(TimeSpan.FromSeconds(30)), "Not every host came to the gate within 30 s.");
                    return host.PrepareAsync(CancellationToken.None).AsTask();
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap()));
            for (int i = 0; i < hosts.Length; i++)
            {
                Assert.Equal(i == 0, await hosts[i].InsertAsync(Record("a", [(byte)i]), CancellationToken.None));
            }

            foreach (SqliteRecordStore host in hosts)
            {
                await host.DisposeAsync();
            }

            Assert.False(File.Exists(path + "-wal"));
        }
    }

    [Fact]
    public async Task A_lock_held_too_long_is_a_transient_fault_without_path_and_the_store_recovers()
    {
        string path = _folder.File("secret-name.db");
        await using var store = new SqliteRecordStore(path, RecordStoreSlot.Data, TimeSpan.FromMilliseconds(100), TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);
        Assert.True(await store.InsertAsync(Record("a", [1]), CancellationToken.None));
        using (SqliteConnection raw = TestFolder.OpenRaw(path))
        {
            TestFolder.Execute(raw, "BEGIN IMMEDIATE");
            var fault = await Assert.ThrowsAsync<SecureChatStoreException>(async () => await store.InsertAsync(Record("b", [2]), CancellationToken.None));
            Assert.True(fault.IsTransient);
            Assert.Equal(("sqlite", "insert"), (fault.Store, fault.Operation));
            Assert.DoesNotContain("secret-name", fault.ToString(), StringComparison.Ordinal);

            // Readers do not wait for writers.
            Assert.NotNull(await store.GetAsync(Record("a", []).Key, CancellationToken.None));
            TestFolder.Execute(raw, "ROLLBACK");
        }

        Assert.Null(await store.GetAsync(Record("b", []).Key, CancellationToken.None));
        Assert.True(await store.InsertAsync(Record("b", [2]), CancellationToken.None));
    }

    [Fact]
    public async Task A_queued_write_can_be_cancelled_and_then_never_happens()
    {
        string path = _folder.File("a.db");
        await using var store = new SqliteRecordStore(path, RecordStoreSlot.Data, TimeSpan.FromSeconds(30), TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        Task<bool> first;
        using (SqliteConnection raw = TestFolder.OpenRaw(path))
        {
            TestFolder.Execute(raw, "BEGIN IMMEDIATE");
            first = store.InsertAsync(Record("first", [1]), CancellationToken.None).AsTask();
            Task<bool>[] queued = [.. Enumerable.Range(0, 20).Select(i => store.InsertAsync(Record($"q{i}", [1]), cancel.Token).AsTask())];
            await cancel.CancelAsync();

            // The writer took the first, and perhaps some more with it; whatever it had not taken ends at once.
            await Task.WhenAny(queued[^1], Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
            Assert.True(queued[^1].IsCanceled);
            Assert.False(first.IsCompleted);
            TestFolder.Execute(raw, "ROLLBACK");
        }

        Assert.True(await first);
        Assert.Null(await store.GetAsync(Record("q19", []).Key, CancellationToken.None));
    }

    [Fact]
    public async Task One_write_that_cannot_be_done_does_not_spoil_those_that_share_its_transaction()
    {
        string path = _folder.File("a.db");
        await using var store = new SqliteRecordStore(path, RecordStoreSlot.Data, TimeSpan.FromSeconds(30), TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);
        Task<bool>[] writes;
        using (SqliteConnection raw = TestFolder.OpenRaw(path))
        {
            TestFolder.Execute(raw, "CREATE TRIGGER sabotage BEFORE INSERT ON record WHEN NEW.id = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'no'); END");

            // While the lock is held the first write waits and the others queue up behind it, into one transaction.
            TestFolder.Execute(raw, "BEGIN IMMEDIATE");
            writes = [.. Enumerable.Range(0, 40).Select(i => store.InsertAsync(Record(i == 20 ? "bad" : $"w{i % 35}", [(byte)i]), CancellationToken.None).AsTask())];
            TestFolder.Execute(raw, "ROLLBACK");
        }

        for (int i = 0; i < writes.Length; i++)
        {
            if (i == 20)
            {
                await Assert.ThrowsAsync<SecureChatStoreException>(() => writes[i]);
            }
            else
            {
                Assert.Equal(i < 35, await writes[i]);
            }
        }

        Assert.Equal(34, (await store.ListAsync(new RecordQuery { Kind = "test", Partition = "p" }, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_foreign_reader_makes_scrub_busy_and_our_own_never_do()
    {
        string path = _folder.File("a.db");
        await using var store = new SqliteRecordStore(path, RecordStoreSlot.Data, TimeSpan.FromMilliseconds(200), TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);
        Assert.True(await store.InsertAsync(Record("a", new byte[5000]), CancellationToken.None));
        using (SqliteConnection raw = TestFolder.OpenRaw(path))
        {
            TestFolder.Execute(raw, "BEGIN");
            using SqliteCommand read = SqliteConnections.Command(raw, "SELECT count(*) FROM record");
            read.ExecuteScalar();
            Assert.True(await store.DeleteAsync(Record("a", []).Key, 1, CancellationToken.None));
            Assert.Equal(ScrubResult.Busy, await store.ScrubAsync(CancellationToken.None));
            TestFolder.Execute(raw, "COMMIT");
        }

        Assert.Equal(ScrubResult.Complete, await store.ScrubAsync(CancellationToken.None));
        Assert.Equal(0, new FileInfo(path + "-wal").Length);
    }

    [Fact]
    public async Task Calls_before_prepare_and_after_dispose_are_refused()
    {
        var store = new SqliteRecordStore(_folder.File("a.db"), TimeProvider.System);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.InsertAsync(Record("a", [1]), CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.GetAsync(Record("a", []).Key, CancellationToken.None));
        await store.PrepareAsync(CancellationToken.None);
        Task<bool>[] last = [.. Enumerable.Range(0, 50).Select(i => store.InsertAsync(Record($"{i}", [1]), CancellationToken.None).AsTask())];
        store.Dispose();
        Assert.All(await Task.WhenAll(last), Assert.True);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.InsertAsync(Record("b", [1]), CancellationToken.None));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync(Record("a", []).Key, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.PrepareAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Every_connection_of_the_store_deletes_securely_and_syncs_fully()
    {
        string path = _folder.File("a.db");
        await using (var store = new SqliteRecordStore(path, TimeProvider.System))
        {
            await store.PrepareAsync(CancellationToken.None);
        }

        using SqliteConnection connection = SqliteConnections.Open(path, TimeSpan.FromSeconds(1));
        SqliteConnections.Configure(connection, readOnly: true);
        Assert.Equal(1, SqliteConnections.Read(connection, "PRAGMA secure_delete"));
        Assert.Equal(2, SqliteConnections.Read(connection, "PRAGMA synchronous"));
        Assert.Equal(2, SqliteConnections.Read(connection, "PRAGMA temp_store"));
        Assert.Equal(1000, SqliteConnections.Read(connection, "PRAGMA busy_timeout"));
        Assert.Equal(SqliteSchema.PageSize, SqliteConnections.Read(connection, "PRAGMA page_size"));
        Assert.Throws<SqliteException>(() => SqliteConnections.Execute(connection, "DELETE FROM record"));
    }

    [Fact]
    public async Task Use_sqlite_fills_both_slots_and_replaces_earlier_choices()
    {
        var builder = new Builder();
        builder.UseSqlite(_folder.File("first.db")).UseSqlite(_folder.File("host.db"));
        await using ServiceProvider services = builder.Services.BuildServiceProvider();
        foreach (RecordStoreSlot slot in Enum.GetValues<RecordStoreSlot>())
        {
            IRecordStore store = Assert.Single(services.GetKeyedServices<IRecordStore>(slot));
            await store.PrepareAsync(CancellationToken.None);
            Assert.True(await store.InsertAsync(Record("a", [1]), CancellationToken.None));
        }

        Assert.True(File.Exists(_folder.File("host.db")));
        Assert.True(File.Exists(_folder.File("host.keys.db")));
        Assert.False(File.Exists(_folder.File("first.db")));
    }

    [Fact]
    public void A_container_can_be_disposed_synchronously()
    {
        var builder = new Builder();
        builder.UseSqlite(_folder.File("host.db"));
        using ServiceProvider services = builder.Services.BuildServiceProvider();
        Assert.NotNull(services.GetKeyedService<IRecordStore>(RecordStoreSlot.Data));
    }

    [Theory]
    [InlineData("", null, 5000)]
    [InlineData("data/", null, 5000)]
    [InlineData(":memory:", null, 5000)]
    [InlineData("file:x.db?mode=memory", null, 5000)]
    [InlineData("x.db", "", 5000)]
    [InlineData("x.db", "./x.db", 5000)]
    [InlineData("x.db", null, 99)]
    [InlineData("x.db", null, 30_001)]
    public void Options_that_cannot_work_are_refused_with_the_code(string data, string? keys, int busy)
    {
        var builder = new Builder();
        builder.UseSqlite(options =>
        {
            options.DataPath = data;
            options.BusyTimeout = TimeSpan.FromMilliseconds(busy);
            if (keys is not null)
            {
                options.KeysPath = keys;
            }
        });
        using ServiceProvider services = builder.Services.BuildServiceProvider();
        var refusal = Assert.Throws<OptionsValidationException>(() => services.GetRequiredKeyedService<IRecordStore>(RecordStoreSlot.Data));
        Assert.Contains("SC1001", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.db", "x.keys.db")]
    [InlineData("data/se.cure/chat.sqlite", "data/se.cure/chat.keys.sqlite")]
    [InlineData("plain", "plain.keys")]
    public void The_key_file_lies_beside_the_data_file(string data, string keys) =>
        Assert.Equal(keys, new SqliteStoreOptions { DataPath = data }.KeysPath);

    private static StoreRecord Record(string id, byte[] body) => new() { Key = new RecordKey { Kind = "test", Partition = "p", Id = id }, Body = body };

    private sealed class Builder : ISecureChatBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();
    }
}
