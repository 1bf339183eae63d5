using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using SecureChat.AspNetCore;

namespace SecureChat.Stores.Tests.Sqlite;

/// <summary>Any sequence of calls has the same answers on SQLite and in memory. A failure prints its seed and the shrunk sequence.</summary>
public sealed class SqliteModelTests : IDisposable
{
    private static readonly string[] Partitions = ["p", "p1", "P"];
    private static readonly string[] Ids = ["a", "A", "b", "é", "\uFFFD", "\U0001F4B3"];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sequences_of_calls_have_the_answers_of_the_model()
    {
        Gen<Call> call =
            from what in Gen.Choose(0, 9)
            from partition in Gen.Elements(Partitions)
            from id in Gen.Elements(Ids)
            from version in Gen.Choose(1, 3)
            from due in Gen.Choose(-1, 5)
            from size in Gen.Elements(0, 1, 30, 1100, 3000)
            select new Call { What = what, Partition = partition, Id = id, Version = version, Due = due, Size = size };
        string path = _folder.File("model.db");
        await using var sqlite = new SqliteRecordStore(path, TimeProvider.System);
        await sqlite.PrepareAsync(CancellationToken.None);
        int run = 0;

        // The checker asks synchronously; nothing here needs the thread that waits.
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(60),
            Prop.ForAll(Gen.ListOf(call).ToArbitrary(), calls =>
            {
                // A kind of its own for every sequence: one file serves them all.
                string kind = string.Create(CultureInfo.InvariantCulture, $"model-{run++}");
                var model = new InMemoryRecordStore(TimeProvider.System);
                return calls.All(one => Ask(model, kind, one) == Ask(sqlite, kind, one));
            }));
    }

    private static string Ask(IRecordStore store, string kind, Call call) => RunAsync(store, kind, call).GetAwaiter().GetResult();

    private static async Task<string> RunAsync(IRecordStore store, string kind, Call call)
    {
        CancellationToken token = CancellationToken.None;
        var key = new RecordKey { Kind = kind, Partition = call.Partition, Id = call.Id };
        byte[] body = new byte[call.Size];
        Array.Fill(body, (byte)(call.What + call.Version + call.Due));
        var record = new StoreRecord
        {
            Key = key,
            Version = call.Version,
            DueAt = call.Due < 0 ? null : DateTimeOffset.UnixEpoch.AddMilliseconds(call.Due),
            Body = body,
        };
        return call.What switch
        {
            0 or 1 or 2 => Text(await store.InsertAsync(record, token)),
            3 or 4 => Text(await store.ReplaceAsync(record, token)),
            5 => Text(await store.DeleteAsync(key, call.Version, token)),
            6 => Text(call.Due == 0 ? await store.DeletePartitionAsync(kind, call.Partition, token) : 0),
            7 => await store.GetAsync(key, token) is { } read ? Describe(read) : "none",
            8 => string.Join('|', (await store.ListAsync(new RecordQuery { Kind = kind, Partition = call.Partition, AfterId = call.Due < 2 ? null : call.Id, Limit = call.Version }, token)).Select(Describe)),
            _ => string.Join('|', (await store.ListDueAsync(new DueQuery { Kind = kind, Before = DateTimeOffset.UnixEpoch.AddMilliseconds(call.Due), Limit = call.Version * 3, After = call.Size % 2 == 0 ? null : new StoreRecord { Key = key, Body = body, DueAt = DateTimeOffset.UnixEpoch.AddMilliseconds(call.Due / 2) } }, token)).Select(Describe)),
        };

        static string Text<T>(T value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

        static string Describe(StoreRecord record) =>
            $"{record.Key.Partition}/{record.Key.Id} v{Text(record.Version)} {Text(record.DueAt?.ToUnixTimeMilliseconds())} {Convert.ToHexString(record.Body.Span)}";
    }

    private sealed class Call
    {
        public int What { get; init; }

        public required string Partition { get; init; }

        public required string Id { get; init; }

        public int Version { get; init; }

        public int Due { get; init; }

        public int Size { get; init; }

        public override string ToString() => $"({What} {Partition}/{Id} v{Version} due {Due} {Size} B)";
    }
}
