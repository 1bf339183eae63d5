using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace SecureChat.Stores.Tests.Sqlite;

/// <summary>Other processes on the same file: raced, and killed in the middle of writing.</summary>
public sealed class SqliteProcessTests : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_fifty_replaces_from_two_processes_exactly_one_wins_in_each_round()
    {
        const int Rounds = 40;
        string path = _folder.File("race.db");
        var key = new RecordKey { Kind = "race", Partition = "p", Id = "a" };
        await using var store = new SqliteRecordStore(path, TimeProvider.System);
        await store.PrepareAsync(CancellationToken.None);
        Assert.True(await store.InsertAsync(new StoreRecord { Key = key, Body = Array.Empty<byte>() }, CancellationToken.None));

        using Process one = Start("race", path, Rounds);
        using Process two = Start("race", path, Rounds);
        string[] wins = await Task.WhenAll(one.StandardOutput.ReadToEndAsync(), two.StandardOutput.ReadToEndAsync()).WaitAsync(TimeLimit);
        await Task.WhenAll(one.WaitForExitAsync(), two.WaitForExitAsync()).WaitAsync(TimeLimit);

        Assert.Equal((0, 0), (one.ExitCode, two.ExitCode));
        int[][] rounds = [.. wins.Select(static text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => int.Parse(line, CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal(Rounds, rounds[0].Length);
        Assert.All(rounds[0].Zip(rounds[1]), static round => Assert.Equal(1, round.First + round.Second));
        Assert.Equal(Rounds + 1, (await store.GetAsync(key, CancellationToken.None))!.Version);
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_killed_process()
    {
        const int Rounds = 6;
        string path = _folder.File("kill.db");
        var acknowledged = new Dictionary<string, char>(StringComparer.Ordinal);
        for (int round = 0; round < Rounds; round++)
        {
            using Process worker = Start("write", path, 8);
            int killAfter = RandomNumberGenerator.GetInt32(20, 400);
            int lines = 0;
            while (await worker.StandardOutput.ReadLineAsync().WaitAsync(TimeLimit) is { } line)
            {
                // A short write to a pipe is atomic, so the kill cuts no line in two.
                acknowledged[line[2..]] = line[0];
                if (++lines == killAfter)
                {
                    worker.Kill();
                }
            }

            await worker.WaitForExitAsync().WaitAsync(TimeLimit);
            Assert.NotEqual(0, worker.ExitCode);
            Assert.True(lines >= killAfter, "The worker ended by itself.");

            await using var store = new SqliteRecordStore(path, TimeProvider.System);
            await store.PrepareAsync(CancellationToken.None);
            Dictionary<string, StoreRecord> stored = await ReadAllAsync(store);
            Assert.All(stored.Values, static record => Assert.True(IsWhole(record), $"{record} is half written."));
            foreach ((string id, char last) in acknowledged)
            {
                long version = stored.TryGetValue(id, out StoreRecord? record) ? record.Version : 0;
                bool holds = last switch
                {
                    '+' => version is 1 or 2,
                    '~' => version == 2 || (version == 0 && IsDeletedLater(id)),
                    _ => version == 0,
                };
                Assert.True(holds, $"round {round}: after '{last}' was acknowledged the stored version is {version}");
            }

            using SqliteConnection raw = TestFolder.OpenRaw(path);
            using SqliteCommand check = SqliteConnections.Command(raw, "PRAGMA integrity_check");
            Assert.Equal("ok", check.ExecuteScalar());
        }

        Assert.True(acknowledged.Count > Rounds * 5);
    }

    private static bool IsDeletedLater(string id) => int.Parse(id[(id.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture) % 3 == 0;

    private static bool IsWhole(StoreRecord record)
    {
        byte[] part = SHA256.HashData(Encoding.UTF8.GetBytes($"{record.Key.Id}:{record.Version.ToString(CultureInfo.InvariantCulture)}"));
        return record.Body.Span.SequenceEqual(Enumerable.Repeat(part, record.Version == 1 ? 8 : 200).SelectMany(static bytes => bytes).ToArray());
    }

    private static async Task<Dictionary<string, StoreRecord>> ReadAllAsync(IRecordStore store)
    {
        var all = new Dictionary<string, StoreRecord>(StringComparer.Ordinal);
        string? after = null;
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await store.ListAsync(new RecordQuery { Kind = "kill", Partition = "p", AfterId = after, Limit = 1000 }, CancellationToken.None);
            if (page.Count == 0)
            {
                return all;
            }

            foreach (StoreRecord record in page)
            {
                all.Add(record.Key.Id, record);
            }

            after = page[^1].Key.Id;
        }
    }

    private static Process Start(string command, string path, int number)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(TestFolder.Metadata("StoreWorker"));
        start.ArgumentList.Add(command);
        start.ArgumentList.Add(path);
        start.ArgumentList.Add(number.ToString(CultureInfo.InvariantCulture));
        return Process.Start(start)!;
    }
}
