using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.Host.Tests;

namespace SecureChat.ProcessTests;

public sealed class RollingRestartOnSqliteTests() : RollingRestartTests(StoreEngine.Sqlite);

public sealed class RollingRestartOnPostgreSqlTests() : RollingRestartTests(StoreEngine.PostgreSql);

/// <summary>A deployment: one host after the other is stopped and started again while people talk through both.</summary>
public abstract class RollingRestartTests(StoreEngine engine)
{
    private const int Parties = 6;
    private const int Rounds = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // Shorter than the hosts' own limit: who hangs on to connections would be ended by the platform.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);

    private static readonly string[] Words =
        [.. from first in "bcdfghklmnprstvw" from second in "aeiou" from third in "bdgklmnprst" select $"{first}{second}{third}"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_is_there_once_and_every_screen_shows_it_in_one_order_without_a_gap()
    {
        using var folder = new TempFolder();
        await Engines.PrepareAsync(engine, folder.Path);
        HostProcess?[] hosts = [await StartAsync(folder.Path), await StartAsync(folder.Path)];
        try
        {
            var talks = new List<Talk>();
            for (int i = 0; i < Parties; i++)
            {
                talks.Add(await Talk.StartAsync(hosts, i));
            }

            using var done = new CancellationTokenSource();
            Task[] talking = [.. talks.Select(talk => Task.Run(() => talk.SpeakUntilAsync(done.Token), Token))];
            Task[] watching = [.. talks.Select(talk => Task.Run(() => talk.WatchUntilAsync(done.Token), Token))];
            for (int round = 0; round < Rounds * 2; round++)
            {
                int turn = round % 2;
                HostProcess leaving = hosts[turn]!;
                int before = talks.Sum(static talk => talk.Acknowledged.Count);
                hosts[turn] = null;
                Assert.True(await leaving.StopAsync(StopLimit), $"The host was not down within {StopLimit.TotalSeconds} s. It said: {string.Join('\n', leaving.Output.TakeLast(20))}");
                await leaving.DisposeAsync();
                await UntilAsync("the other host carries the talk", () => talks.Sum(static talk => talk.Acknowledged.Count) > before + Parties);
                hosts[turn] = await StartAsync(folder.Path);
            }

            await done.CancelAsync();
            await Task.WhenAll(talking).WaitAsync(Limit, Token);
            await Task.WhenAll(watching).WaitAsync(Limit, Token);

            int messages = 0, moves = 0;
            foreach (Talk talk in talks)
            {
                Transcript transcript = await Transcript.ReadAsync(hosts[0]!.Visitor(talk.Visitor));
                Assert.Empty(transcript.Faults());
                Assert.Equal(
                    talk.Acknowledged.Order(StringComparer.Ordinal),
                    transcript.Messages.Select(static entry => entry["clientId"]!.GetValue<string>()).Intersect(talk.Acknowledged).Order(StringComparer.Ordinal));
                Assert.Equal(Enumerable.Range(1, transcript.Events.Count).Select(static number => (long)number), talk.Shown);
                messages += talk.Acknowledged.Count;
                moves += talk.Moves;
            }

            Assert.True(moves >= Parties, $"Only {moves} connections moved to another host.");
            Seed.Report($"{Rounds * 2} restarts on {engine} under load: {messages} messages acknowledged by {Parties} parties, 0 lost, 0 doubled, {moves} connections moved");
        }
        finally
        {
            foreach (HostProcess? host in hosts)
            {
                await (host?.DisposeAsync() ?? default);
            }
        }
    }

    private static Task<HostProcess> StartAsync(string folder) => HostProcess.StartAsync(folder, ["busy=1"]);

    private static async Task UntilAsync(string what, Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
        {
            Assert.False(limit.IsCancellationRequested, $"Not within {Limit.TotalSeconds} s: {what}.");
            await Task.Delay(10, Token);
        }
    }

    /// <summary>A visitor who sends again, by the same id, what was not acknowledged, and a screen that joins again behind what it has shown.</summary>
    private sealed class Talk(HostProcess?[] hosts, VisitorClient visitor, int number)
    {
        private readonly ConcurrentQueue<string> _acknowledged = new();

        public VisitorClient Visitor { get; } = visitor;

        public IReadOnlyCollection<string> Acknowledged => _acknowledged;

        public List<long> Shown { get; } = [];

        public int Moves { get; private set; }

        private HostProcess Host(int at) => hosts[at % 2] ?? hosts[(at + 1) % 2] ?? throw new HttpRequestException("Both hosts are down.");

        public static async Task<Talk> StartAsync(HostProcess?[] hosts, int number)
        {
            var visitor = new VisitorClient(hosts[number % 2]!.Root);
            await visitor.StartAsync(Token);
            return new Talk(hosts, visitor, number);
        }

        public async Task SpeakUntilAsync(CancellationToken done)
        {
            for (int i = 0; !done.IsCancellationRequested; i++)
            {
                string id = VisitorClient.NewId();
                for (int attempt = 0; ; attempt++)
                {
                    Assert.True(attempt < 2_000, $"Message {i} of party {number} was never acknowledged.");
                    try
                    {
                        using VisitorClient here = Host(number + attempt).Visitor(Visitor);
                        Answer answer = await here.SayAsync($"word {Words[i % Words.Length]}", Token, id);
                        if (answer.Status == 200)
                        {
                            _acknowledged.Enqueue(id);
                            break;
                        }

                        Assert.Contains(answer.Status, new[] { 429, 503 });
                    }
                    catch (Exception fault) when (fault is HttpRequestException or IOException)
                    {
                        // Down, or it went down in between: whether the message is there the next try finds out.
                    }

                    await Task.Delay(20, Token);
                }

                await Task.Delay(20, Token);
            }
        }

        public async Task WatchUntilAsync(CancellationToken done)
        {
            bool isLast = false;
            for (int attempt = number; !isLast; attempt++)
            {
                isLast = done.IsCancellationRequested;
                try
                {
                    using VisitorClient here = Host(attempt).Visitor(Visitor);
                    await using HubClient screen = await here.JoinAsync(Token, Shown.Count == 0 ? 0 : Shown[^1]);
                    int read = 0;
                    while (!screen.Closed.IsCompleted && !done.IsCancellationRequested)
                    {
                        Take(screen, ref read);
                        await Task.WhenAny(screen.Closed, Task.Delay(20, Token));
                    }

                    if (isLast)
                    {
                        // Nobody speaks any more: what the store has is all there is to show.
                        long last = (await Transcript.ReadAsync(here)).Events.Count;
                        await UntilAsync($"the screen of party {number} shows event {last}", () =>
                        {
                            Take(screen, ref read);
                            return Shown.Count > 0 && Shown[^1] == last;
                        });
                    }

                    Take(screen, ref read);
                    Moves++;
                }
                catch (Exception fault) when (fault is HttpRequestException or IOException or System.Net.WebSockets.WebSocketException or HubCallException)
                {
                    await Task.Delay(20, Token);
                }
            }
        }

        private void Take(HubClient screen, ref int read)
        {
            IReadOnlyList<string> frames = screen.Frames;
            for (; read < frames.Count; read++)
            {
                JsonObject frame = JsonNode.Parse(frames[read])!.AsObject();
                if (frame["target"]?.GetValue<string>() == "event")
                {
                    Shown.Add(frame["arguments"]![0]!["sequence"]!.GetValue<long>());
                }
            }
        }
    }
}
