using System.Collections.Concurrent;
using SecureChat.Stores.PostgreSql;
using SecureChat.TestHost;

namespace SecureChat.Stores.Tests.PostgreSql;

public sealed class PostgreSqlConversationFeedTests(PostgreSqlServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hints_reach_whoever_listens_on_the_same_schema_and_nobody_else()
    {
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        await using var one = new PostgreSqlConversationFeed(options);
        await using var two = new PostgreSqlConversationFeed(options);
        await using var other = new PostgreSqlConversationFeed(await server.OptionsAsync());
        await using var heard = await Listener.StartAsync(two);
        await using var foreign = await Listener.StartAsync(other);
        string[] ids = [.. Enumerable.Range(0, IConversationFeed.MaxBatch).Select(static number => number.ToString("D64", System.Globalization.CultureInfo.InvariantCulture))];
        await one.AnnounceAsync([.. ids.Select(static id => new ConversationHint { ConversationId = id })], Token);
        await heard.HearsAsync(ids.Length);
        Assert.Equal(ids, heard.Ids);
        await one.AnnounceAsync([new ConversationHint { ConversationId = "last" }], Token);
        await heard.HearsAsync(ids.Length + 1);
        Assert.Empty(foreign.Ids);
    }

    [Fact]
    public async Task What_somebody_else_writes_into_the_channel_is_no_hint()
    {
        PostgreSqlCluster cluster = await server.ClusterAsync();
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        await using var feed = new PostgreSqlConversationFeed(options);
        await using var heard = await Listener.StartAsync(feed);
        foreach (string payload in (string[])["", "a b", "<script>", "ä", new string('a', 65), "\n\n", "good-1\nbad id\ngood-2"])
        {
            await cluster.ExecuteAsync($"SELECT pg_notify('{options.Schema}', '{payload}')");
        }

        await heard.HearsAsync(2);
        Assert.Equal(["good-1", "good-2"], heard.Ids);
        await Assert.ThrowsAsync<ArgumentException>(async () => await feed.AnnounceAsync([new ConversationHint { ConversationId = "a\nb" }], Token));
    }

    [Fact]
    public async Task A_cut_connection_ends_the_listening_with_a_fault_and_another_begins()
    {
        PostgreSqlCluster cluster = await server.ClusterAsync();
        string database = await cluster.CreateDatabaseAsync();
        await using var feed = new PostgreSqlConversationFeed(await server.OptionsAsync(database));
        await using (var heard = await Listener.StartAsync(feed))
        {
            await cluster.ExecuteAsync($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database}'");
            Exception fault = await Assert.ThrowsAnyAsync<Exception>(() => heard.Listening.WaitAsync(Limit, Token));
            Assert.False(fault is TimeoutException or OperationCanceledException, fault.ToString());
        }

        await using var again = await Listener.StartAsync(feed);
        await feed.AnnounceAsync([new ConversationHint { ConversationId = "a" }], Token);
        await again.HearsAsync(1);
    }

    private sealed class Listener : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _arrived = new(0);
        private readonly ConcurrentQueue<string> _ids = new();
        private int _awaited;

        private Listener()
        {
        }

        public Task Listening { get; private set; } = null!;

        public IEnumerable<string> Ids => _ids;

        public static async Task<Listener> StartAsync(IConversationFeed feed)
        {
            var listener = new Listener();
            listener.Listening = feed.ListenAsync(
                listener._started.SetResult,
                hint =>
                {
                    listener._ids.Enqueue(hint.ConversationId);
                    listener._arrived.Release();
                },
                listener._stop.Token).AsTask();
            await listener._started.Task.WaitAsync(Limit, Token);
            return listener;
        }

        public async Task HearsAsync(int count)
        {
            for (; _awaited < count; _awaited++)
            {
                Assert.True(await _arrived.WaitAsync(Limit, Token), $"Hint {_awaited + 1} was not heard.");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            try
            {
                await Listening;
            }
            catch (Exception)
            {
                // The test has seen it, or it is the end that was asked for.
            }

            _stop.Dispose();
            _arrived.Dispose();
        }
    }
}
