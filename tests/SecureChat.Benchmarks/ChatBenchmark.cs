using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Benchmarks;

/// <summary>
/// Messages over the hub, from the first that is sent to the last that an agent has received, beside a bare hub that stores a row and
/// sends to a group. Each visitor sends the next message when the last is answered.
/// </summary>
internal static class ChatBenchmark
{
    private const double Budget = 0.7;
    private const int Many = 16;

    public static async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        using var folder = new BenchFolder();
        await using WebApplication app = Host(folder.File("host"), database: null);
        await app.StartAsync();
        await using WebApplication bare = BareHost.Build(folder.File("bare.db"));
        await bare.StartAsync();
        Room[] ours = await RoomsAsync([app], JoinOursAsync);
        Room[] theirs = await RoomsAsync([bare], JoinBareAsync);
        int samples = scale.IsQuick ? 3 : 101;
        int warmUps = scale.IsQuick ? 1 : 15;

        // The one conversation comes last: it alone is too few calls for the compiler to have finished with either side.
        Pair many = await MeasureAsync(theirs[..Many], ours[..Many], 8, warmUps, samples);
        Pair same = await MeasureAsync(theirs[..Many], theirs[..Many], 8, warmUps, samples);
        Pair one = await MeasureAsync(theirs[Many..], ours[Many..], 8, warmUps, samples);
        foreach (Room room in ours.Concat(theirs))
        {
            await room.DisposeAsync();
        }

        await app.StopAsync();
        await bare.StopAsync();
        return
        [
            Line("chat message, one conversation, one message at a time", one, Budget),
            Line(Row.Text($"chat message, {Many} conversations at once"), many, Budget),
            Line("A/A, wall clock", same, null),
        ];
    }

    /// <summary>The same talk on PostgreSQL: two hosts beside one at the same total load, and one beside SQLite.</summary>
    public static async Task<IReadOnlyList<Row>> RunOnPostgreSqlAsync(Scale scale)
    {
        await using PostgreSqlCluster cluster = await PostgreSqlCluster.TryStartAsync()
            ?? throw new InvalidOperationException("No PostgreSQL here: install the package postgresql, or name its folder of binaries in SECURECHAT_POSTGRES.");
        using var folder = new BenchFolder();
        string single = cluster.ConnectionString(await cluster.CreateDatabaseAsync()), shared = cluster.ConnectionString(await cluster.CreateDatabaseAsync());
        await using WebApplication lone = Host(folder.File("lone"), single);
        await using WebApplication first = Host(folder.File("pair"), shared);
        await using WebApplication second = Host(folder.File("pair"), shared);
        await using WebApplication embedded = Host(folder.File("sqlite"), database: null);
        foreach (WebApplication app in new[] { lone, first, second, embedded })
        {
            await app.StartAsync();
        }

        Room[] one = await RoomsAsync([lone], JoinOursAsync);
        Room[] two = await RoomsAsync([first, second], JoinOursAsync);
        Room[] file = await RoomsAsync([embedded], JoinOursAsync);
        int samples = scale.IsQuick ? 3 : 51;
        int warmUps = scale.IsQuick ? 1 : 15;
        Pair engines = await MeasureAsync(file[..Many], one[..Many], 8, warmUps, samples);
        Pair alone = await MeasureAsync(file[Many..], one[Many..], 8, warmUps, samples);

        // Behind the others: by now the compiler has finished with what all hosts of this process share.
        Pair hosts = await MeasureAsync(one[..Many], two[..Many], 8, warmUps, samples);
        foreach (Room room in one.Concat(two).Concat(file))
        {
            await room.DisposeAsync();
        }

        foreach (WebApplication app in new[] { lone, first, second, embedded })
        {
            await app.StopAsync();
        }

        return
        [
            Line(Row.Text($"chat message, {Many} conversations at once, two hosts on one PostgreSQL"), hosts, "one host on PostgreSQL", 1),
            Line(Row.Text($"chat message, {Many} conversations at once, PostgreSQL"), engines, "one host on SQLite", null),
            Line("chat message, one conversation, PostgreSQL", alone, "one host on SQLite", null),
        ];
    }

    private static WebApplication Host(string folder, string? database)
    {
        Directory.CreateDirectory(folder);
        return TestApp.Build(new TestHostOptions
        {
            Folder = folder,
            PostgreSql = database,
            Configure = static options =>
            {
                // Visitors who talk as fast as they can.
                options.Limits.VisitorMessageBurst = 1_000;
                options.Limits.VisitorMessagesPerSecond = 100;
                options.Limits.ConversationMessagesPerSecond = 1_000;
                options.Audit.JsonLinesFolder = null;
                options.Audit.HeadFile = null;
                options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5);
            },
        });
    }

    private static Row Line(string name, Pair pair, double? budget) => Line(name, pair, "a bare hub that stores the row", budget);

    private static Row Line(string name, Pair pair, string baseline, double? budget) => new()
    {
        Name = name,
        Samples = pair.Samples,
        Baseline = $"{baseline}, for each message: {pair.BaselineTime}",
        Subject = pair.SubjectTime,

        // Throughput is the inverse of time.
        Ratio = Row.Text($"{1 / pair.Ratio:0.00}x the throughput ({1 / pair.High:0.00} to {1 / pair.Low:0.00})"),
        Budget = budget is null ? "" : Row.Text($">= {budget}x"),
        IsOk = budget is null || 1 / pair.Ratio >= budget,
    };

    private static Task<Pair> MeasureAsync(Room[] baseline, Room[] subject, int messages, int warmUps, int samples) =>
        Pair.MeasureAsync(() => TalkAsync(baseline, messages), () => TalkAsync(subject, messages), warmUps, samples);

    private static async Task<double> TalkAsync(Room[] rooms, int messages)
    {
        foreach (Room room in rooms)
        {
            await room.ReadyAsync(messages);
        }

        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(rooms.Select(room => room.TalkAsync(messages)));
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (messages * rooms.Length);
    }

    private static async Task<Room[]> RoomsAsync(WebApplication[] apps, Func<Uri, int, Task<Room>> join)
    {
        // The last is the one that talks alone: a visitor has only so many messages.
        var rooms = new Room[Many + 1];
        for (int i = 0; i < rooms.Length; i++)
        {
            rooms[i] = await join(new Uri(apps[i % apps.Length].Urls.First()), i);
        }

        return rooms;
    }

    private static async Task<Room> JoinOursAsync(Uri root, int number)
    {
        using var agent = new AgentClient(root);
        agent.SignIn(CookieSignIn.Cookie("ann", "s1", "Agent"));
        using var visitor = new VisitorClient(root);
        await visitor.StartAsync(CancellationToken.None);
        (await agent.AssignAsync(visitor.ConversationId, CancellationToken.None)).Ok();
        string join = $$"""{"conversationId":"{{visitor.ConversationId}}","token":"{{visitor.Token}}","after":1000000000}""";
        return new Room(
            () => LoadClient.JoinAsync(root, null, join),
            await LoadClient.JoinAsync(root, agent.Cookie, $$"""{"conversationId":"{{visitor.ConversationId}}","after":0}"""));
    }

    private static async Task<Room> JoinBareAsync(Uri root, int number)
    {
        string join = $$"""{"conversationId":"room{{number}}"}""";
        return new Room(() => LoadClient.JoinAsync(root, null, join), await LoadClient.JoinAsync(root, null, join));
    }

    /// <summary>A visitor who sends and an agent who receives.</summary>
    private sealed class Room(Func<Task<LoadClient>> join, LoadClient agent) : IAsyncDisposable
    {
        // A connection of the product takes 60 calls at once, then 20 a second.
        private const int CallsOfConnection = 55;

        private static readonly string[] Texts = [.. MaskerTexts.CleanAscii(96).Select(static text => $"{text} {LoadClient.Mark}")];

        private LoadClient? _visitor;
        private int _calls;

        /// <summary>Connects anew where the next messages would be too many for the connection. Not timed.</summary>
        public async Task ReadyAsync(int messages)
        {
            _calls += messages;
            if (_visitor is not null && _calls <= CallsOfConnection)
            {
                return;
            }

            if (_visitor is not null)
            {
                await _visitor.DisposeAsync();
            }

            _visitor = await join();
            _calls = messages;
        }

        public async Task TalkAsync(int messages)
        {
            Task heard = agent.HearAsync(messages);
            for (int i = 0; i < messages; i++)
            {
                await _visitor!.SayAsync(Texts[i % Texts.Length]);
            }

            await heard;
        }

        public async ValueTask DisposeAsync()
        {
            if (_visitor is not null)
            {
                await _visitor.DisposeAsync();
            }

            await agent.DisposeAsync();
        }
    }
}
