using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SecureChat;
using SecureChat.Stores;

// write PATH WRITERS   inserts, replaces and deletes until it is killed; prints every acknowledged write
// race PATH ROUNDS     replaces one record version by version, 25 callers each; prints how many won in each round
using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true, NewLine = "\n" };
var printing = new Lock();
await using var store = new SqliteRecordStore(args[1], TimeProvider.System);
await store.PrepareAsync(CancellationToken.None);
int number = int.Parse(args[2], CultureInfo.InvariantCulture);
switch (args[0])
{
    case "write":
        string run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        await Task.WhenAll(Enumerable.Range(0, number).Select(writer => Task.Run(() => WriteAsync($"{run}-{writer}"))));
        break;
    case "race":
        for (long version = 1; version <= number; version++)
        {
            await RaceAsync(version);
        }

        break;
    default:
        return 2;
}

return 0;

async Task WriteAsync(string writer)
{
    for (int i = 0; ; i++)
    {
        string id = $"{writer}-{i.ToString(CultureInfo.InvariantCulture)}";
        await Acknowledged('+', id, store.InsertAsync(Record(id, 1), CancellationToken.None));
        await Acknowledged('~', id, store.ReplaceAsync(Record(id, 2, expected: 1), CancellationToken.None));
        if (i % 3 == 0)
        {
            await Acknowledged('-', id, store.DeleteAsync(Record(id, 0).Key, 2, CancellationToken.None));
        }

        if (i % 50 == 49)
        {
            await store.ScrubAsync(CancellationToken.None);
        }
    }
}

async Task Acknowledged(char what, string id, ValueTask<bool> write)
{
    if (!await write)
    {
        throw new InvalidOperationException("A write that nobody contends was refused.");
    }

    Print($"{what} {id}");
}

async Task RaceAsync(long version)
{
    // The other process may be ahead: its winner then already moved the record on, and ours must all lose.
    var key = new RecordKey { Kind = "race", Partition = "p", Id = "a" };
    while ((await store.GetAsync(key, CancellationToken.None))!.Version < version)
    {
        await Task.Yield();
    }

    bool[] won = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => Task.Run(async () =>
        await store.ReplaceAsync(new StoreRecord { Key = key, Version = version, Body = new byte[] { 1 } }, CancellationToken.None))));
    Print(won.Count(static one => one).ToString(CultureInfo.InvariantCulture));
}

void Print(string line)
{
    lock (printing)
    {
        output.WriteLine(line);
    }
}

// The body tells which record and version it belongs to, so that a half-written row shows.
static StoreRecord Record(string id, int version, long expected = 0) => new()
{
    Key = new RecordKey { Kind = "kill", Partition = "p", Id = id },
    Version = expected,
    Body = Enumerable.Repeat(SHA256.HashData(Encoding.UTF8.GetBytes($"{id}:{version.ToString(CultureInfo.InvariantCulture)}")), version == 1 ? 8 : 200)
        .SelectMany(static part => part).ToArray(),
};
