using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace SecureChat.Stores.Tests.Sqlite;

/// <summary>After a scrub nothing that was replaced or deleted is in the files (P3), and the hunt would find it if it were.</summary>
public sealed class SqliteByteHuntTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 40, 1)]
    [InlineData(0, 300, 2)]
    [InlineData(200, 1500, 3)]
    [InlineData(900, 1300, 4)]
    [InlineData(1500, 9000, 5)]
    public async Task Nothing_replaced_or_deleted_is_left_in_the_files(int smallest, int largest, int seed)
    {
        string path = _folder.File("a.db");
        await using var store = new SqliteRecordStore(path, TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);

        (byte[][] live, byte[][] dead) = await ChurnAsync(store, smallest, largest, seed);

        Assert.True(dead.Length > 300);
        byte[] files = ReadFiles(path);
        Assert.Equal(0, dead.Count(mark => files.AsSpan().IndexOf(mark) >= 0));

        // The control: what lives is found by the same search.
        Assert.All(live, mark => Assert.True(files.AsSpan().IndexOf(mark) >= 0));
    }

    [Fact]
    public async Task Without_the_padding_the_hunt_goes_red()
    {
        // secure_delete stays on: this is what it leaves behind by itself, a body in a thousand.
        int found = 0;
        for (int seed = 1; seed <= 30 && found == 0; seed++)
        {
            string path = _folder.File($"{seed}.db");
            await using var store = new SqliteRecordStore(path, TimeProvider.System);
            await store.PrepareAsync(CancellationToken.None);
            using (SqliteConnection raw = TestFolder.OpenRaw(path))
            {
                TestFolder.Execute(raw, """
                    CREATE TRIGGER sabotage AFTER INSERT ON record BEGIN
                        UPDATE record SET pad = x'' WHERE kind = NEW.kind AND partition = NEW.partition AND id = NEW.id;
                    END
                    """);
            }

            (_, byte[][] dead) = await ChurnAsync(store, 20, 120, seed);
            byte[] files = ReadFiles(path);
            found = dead.Count(mark => files.AsSpan().IndexOf(mark) >= 0);
        }

        Assert.NotEqual(0, found);
    }

    [Fact]
    public async Task Every_byte_of_a_deleted_body_is_gone()
    {
        string path = _folder.File("a.db");
        await using var store = new SqliteRecordStore(path, TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);
        byte[] body = RandomNumberGenerator.GetBytes(20_000);
        var record = new StoreRecord { Key = new RecordKey { Kind = "test", Partition = "p", Id = "a" }, Body = body };
        Assert.True(await store.InsertAsync(record, CancellationToken.None));
        Assert.Equal(ScrubResult.Complete, await store.ScrubAsync(CancellationToken.None));
        Assert.Equal(Pieces(body).Count(), Found());
        Assert.True(await store.DeleteAsync(record.Key, 1, CancellationToken.None));
        Assert.Equal(ScrubResult.Complete, await store.ScrubAsync(CancellationToken.None));
        Assert.Equal(0, Found());

        int Found()
        {
            byte[] files = ReadFiles(path);
            return Pieces(body).Count(piece => files.AsSpan().IndexOf(piece) >= 0);
        }

        // Not over the ends of 1,020-byte overflow pages.
        static IEnumerable<byte[]> Pieces(byte[] all) =>
            Enumerable.Range(0, all.Length / 1020).Select(page => all.AsSpan((page * 1020) + 100, 16).ToArray());
    }

    [Fact]
    public async Task Without_secure_delete_the_hunt_goes_red()
    {
        string path = _folder.File("a.db");
        await using var store = new SqliteRecordStore(path, TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);
        byte[][] marks = [.. Enumerable.Range(0, 50).Select(static _ => Encoding.ASCII.GetBytes("~" + Convert.ToHexString(RandomNumberGenerator.GetBytes(9))))];
        foreach (byte[] mark in marks)
        {
            await store.InsertAsync(new StoreRecord { Key = new RecordKey { Kind = "test", Partition = "p", Id = Convert.ToHexString(mark) }, Body = mark }, CancellationToken.None);
        }

        using (SqliteConnection raw = TestFolder.OpenRaw(path))
        {
            TestFolder.Execute(raw, "PRAGMA secure_delete = OFF");
            TestFolder.Execute(raw, "DELETE FROM record");
        }

        Assert.Equal(ScrubResult.Complete, await store.ScrubAsync(CancellationToken.None));
        byte[] files = ReadFiles(path);
        Assert.NotEqual(0, marks.Count(mark => files.AsSpan().IndexOf(mark) >= 0));
    }

    [Fact]
    public async Task Without_the_scrub_the_hunt_goes_red()
    {
        string path = _folder.File("a.db");
        await using var store = new SqliteRecordStore(path, TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);
        byte[] mark = RandomNumberGenerator.GetBytes(20);
        var record = new StoreRecord { Key = new RecordKey { Kind = "test", Partition = "p", Id = "a" }, Body = mark };
        Assert.True(await store.InsertAsync(record, CancellationToken.None));
        Assert.True(await store.DeleteAsync(record.Key, 1, CancellationToken.None));
        Assert.True(ReadFiles(path).AsSpan().IndexOf(mark) >= 0);
    }

    [Fact]
    public async Task No_byte_of_a_body_lies_in_a_cell_that_can_move()
    {
        // What the padding promises, whatever the lengths of names and body: the local part of a row ends before its body starts.
        string path = _folder.File("a.db");
        await using var store = new SqliteRecordStore(path, TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);
        using SqliteConnection raw = TestFolder.OpenRaw(path);
        int local = SqliteSchema.LargestLocalPayload(raw);
        foreach (int names in (int[])[1, 60, 84, 85, 86, 100, 256])
        {
            await store.InsertAsync(
                new StoreRecord { Key = new RecordKey { Kind = "test", Partition = new string('p', names), Id = new string('ä', names) }, Body = new byte[] { 1 } },
                CancellationToken.None);
        }

        long shortest = SqliteConnections.Read(
            raw,
            "SELECT min(octet_length(kind) + octet_length(partition) + octet_length(id) + octet_length(pad)) FROM record");
        Assert.True(shortest >= local, $"{shortest} bytes before the body, {local} in the cell");
    }

    /// <summary>Keys in random order, sizes mixed: this is what makes SQLite split and merge pages. Ends with a scrub.</summary>
    private static async Task<(byte[][] Live, byte[][] Dead)> ChurnAsync(SqliteRecordStore store, int smallest, int largest, int seed)
    {
        var random = new Random(seed);
        var live = new Dictionary<RecordKey, (long Version, byte[] Mark)>();
        var dead = new List<byte[]>();
        for (int step = 0; step < 40; step++)
        {
            var writes = new List<Task<bool>>();
            foreach (RecordKey key in live.Keys.Where(_ => random.Next(5) == 0).ToList())
            {
                (long version, byte[] mark) = live[key];
                dead.Add(mark);
                if (random.Next(2) == 0)
                {
                    live.Remove(key);
                    writes.Add(store.DeleteAsync(key, version, CancellationToken.None).AsTask());
                }
                else
                {
                    byte[] next = Mark();
                    live[key] = (version + 1, next);
                    writes.Add(store.ReplaceAsync(new StoreRecord { Key = key, Version = version, Body = Body(next) }, CancellationToken.None).AsTask());
                }
            }

            for (int i = 0; i < 40; i++)
            {
                var key = new RecordKey { Kind = "test", Partition = $"p{random.Next(3)}", Id = Convert.ToHexString(Bytes(13)) };
                byte[] mark = Mark();
                live.Add(key, (1, mark));
                DateTimeOffset? due = random.Next(2) == 0 ? DateTimeOffset.UnixEpoch.AddSeconds(random.Next()) : null;
                writes.Add(store.InsertAsync(new StoreRecord { Key = key, Body = Body(mark), DueAt = due }, CancellationToken.None).AsTask());
            }

            Assert.All(await Task.WhenAll(writes), Assert.True);
        }

        List<RecordKey> partition = [.. live.Keys.Where(static key => key.Partition == "p2")];
        dead.AddRange(partition.Select(key => live[key].Mark));
        Assert.Equal(partition.Count, await store.DeletePartitionAsync("test", "p2", CancellationToken.None));
        partition.ForEach(key => live.Remove(key));
        Assert.Equal(ScrubResult.Complete, await store.ScrubAsync(CancellationToken.None));
        return ([.. live.Values.Select(static entry => entry.Mark)], [.. dead]);

        byte[] Bytes(int count)
        {
            byte[] bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }

        byte[] Mark() => Encoding.ASCII.GetBytes("~" + Convert.ToHexString(Bytes(9)));

        // The mark in front, where a cell would keep it.
        byte[] Body(byte[] mark) => [.. mark, .. Bytes(random.Next(smallest, largest))];
    }

    private static byte[] ReadFiles(string path) =>
        [.. new[] { path, path + "-wal" }.Where(File.Exists).SelectMany(static file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        })];
}
