using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

/// <summary>Hints between hosts. Time stands still unless a test moves it: what arrives without that was not found by looking.</summary>
public sealed class FeedRelayTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_host_appends_reaches_the_connections_of_another_at_once_in_order_and_once()
    {
        ChatWorld world = World();
        var bus = new Bus();
        await using var here = await TwinAsync(world, bus);
        await using var there = await TwinAsync(world, bus);
        Conversation conversation = (await here.Kit.StartAsync()).Conversation;
        var probe = new Probe(conversation.Id);
        there.Kit.Feed.TryAttach(probe.Connection, 1);
        for (int i = 0; i < 20; i++)
        {
            await (i % 3 == 0 ? there : here).Kit.SendAsync(conversation, $"number {i}");
        }

        await probe.WaitForAsync(21);
        Assert.Equal(Enumerable.Range(1, 21).Select(static number => (long)number), probe.Sequences);
    }

    [Fact]
    public async Task A_lost_hint_costs_ten_looks_at_the_clock_and_no_event()
    {
        ChatWorld world = World();
        var bus = new Bus();
        await using var here = await TwinAsync(world, bus);
        await using var there = await TwinAsync(world, bus);
        Conversation conversation = (await here.Kit.StartAsync()).Conversation;
        var probe = new Probe(conversation.Id);
        there.Kit.Feed.TryAttach(probe.Connection, 1);
        await probe.WaitForAsync(1);
        bus.Loses = true;
        await here.Kit.SendAsync(conversation, "lost");
        await UntilAsync(() => bus.Lost > 0, "the hint is lost");
        for (int polls = 0; probe.Sequences.Count < 2; polls++)
        {
            Assert.True(polls <= 2 * ConversationFanOut.PollsPerLook, "Nobody looked.");
            world.Time.Advance(ConversationFanOut.PollInterval);
            await Task.Delay(20, Token);
        }

        Assert.Equal([1L, 2L], probe.Sequences);
    }

    [Fact]
    public async Task A_host_that_hears_nothing_looks_every_second_and_listens_again()
    {
        ChatWorld world = World();
        var bus = new Bus();
        await using var here = await TwinAsync(world, bus);
        await using var there = await TwinAsync(world, bus);
        Conversation conversation = (await here.Kit.StartAsync()).Conversation;
        var probe = new Probe(conversation.Id);
        there.Kit.Feed.TryAttach(probe.Connection, 1);
        await probe.WaitForAsync(1);

        bus.Break();
        await UntilAsync(() => !there.Kit.Feed.IsTold && !here.Kit.Feed.IsTold, "both notice");
        await here.Kit.SendAsync(conversation, "nobody is told");
        world.Time.Advance(ConversationFanOut.PollInterval);
        await probe.WaitForAsync(2);

        bus.Mend();
        await UntilAsync(
            () =>
            {
                world.Time.Advance(TimeSpan.FromSeconds(1));
                return there.Kit.Feed.IsTold && here.Kit.Feed.IsTold;
            },
            "both listen again");
        await here.Kit.SendAsync(conversation, "told again");
        await probe.WaitForAsync(3);
        Assert.Equal([1L, 2L, 3L], probe.Sequences);
    }

    [Fact]
    public async Task E51_What_comes_while_one_announcement_is_under_way_goes_in_batches_each_conversation_once()
    {
        ChatWorld world = World();
        var bus = new Bus();
        await using var here = await TwinAsync(world, bus);
        world.StoresPlain = true;
        bus.Hold();
        var conversations = new List<string>();
        for (int i = 0; i < 251; i++)
        {
            string id = SecureChatId.New();
            conversations.Add(id);
            for (int twice = 0; twice < 2; twice++)
            {
                await here.Kit.Events.AppendAsync(
                    id, sequence => new ConversationEvent { Sequence = sequence, Kind = ConversationEventKind.ConversationStarted, At = world.Time.GetUtcNow(), Actor = ParticipantRole.Visitor }, Token);
            }

            if (i == 0)
            {
                await UntilAsync(() => bus.Announced.Count == 1, "the first announcement");
            }
        }

        bus.LetGo();
        await UntilAsync(() => bus.Announced.Sum(static batch => batch.Count) >= conversations.Count, "everything is announced");
        Assert.All(bus.Announced, static batch => Assert.InRange(batch.Count, 1, IConversationFeed.MaxBatch));
        Assert.InRange(bus.Announced.Count, 4, 5);
        Assert.Equal(conversations.Order(StringComparer.Ordinal), bus.Announced.SelectMany(static batch => batch).Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(bus.Announced.Sum(static batch => batch.Count), conversations.Count, conversations.Count + 1);
    }

    [Fact]
    public async Task A_hint_of_a_conversation_that_nobody_here_is_in_costs_no_reading()
    {
        ChatWorld world = World();
        var bus = new Bus();
        await using var here = await TwinAsync(world, bus);
        int calls = 0;
        world.Store.Before = _ =>
        {
            Interlocked.Increment(ref calls);
            return ValueTask.CompletedTask;
        };
        for (int i = 0; i < 1000; i++)
        {
            bus.Forge(SecureChatId.New());
        }

        Assert.Equal(0, Volatile.Read(ref calls));
    }

    // The limits are not what is tested here, and time stands still.
    private static ChatWorld World() => new()
    {
        Configure = static options =>
        {
            options.Limits.VisitorMessageBurst = 1_000;
            options.Limits.HostWritesPerSecond = 100_000;
            options.Limits.ConversationsPerAddressPerMinute = 10_000;
        },
    };

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit, $"It did not come about that {what}.");
            await Task.Delay(5, Token);
        }
    }

    private static async Task<Twin> TwinAsync(ChatWorld world, Bus bus)
    {
        var kit = new ChatKit(world, services => services.AddSingleton<IConversationFeed>(bus));
        var relay = new FeedRelay(
            kit.Events, kit.Feed, kit.Get<IServiceProvider>(), kit.Get<IOptions<SecureChatOptions>>(), world.Time, new Started(), NullLogger<FeedRelay>.Instance);
        await relay.StartAsync(Token);
        await UntilAsync(() => kit.Feed.IsTold, "the host listens");
        return new Twin(kit, relay);
    }

    private sealed record Twin(ChatKit Kit, FeedRelay Relay) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Relay.StopAsync(CancellationToken.None);
            Relay.Dispose();
            await Kit.DisposeAsync();
        }
    }

    private sealed class Started : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted { get; } = new(canceled: true);

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }

    /// <summary>A carrier in memory that can lose, hold and break.</summary>
    private sealed class Bus : IConversationFeed
    {
        private readonly ConcurrentDictionary<object, Action<ConversationHint>> _listeners = new();
        private TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _lost;

        public Bus() => _held.SetResult();

        public bool Loses { get; set; }

        public int Lost => Volatile.Read(ref _lost);

        public ConcurrentQueue<IReadOnlyList<string>> Announced { get; } = new();

        public void Break() => _broken.SetException(new IOException());

        public void Mend() => _broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void LetGo() => _held.SetResult();

        public void Forge(string id)
        {
            foreach (Action<ConversationHint> heard in _listeners.Values)
            {
                heard(new ConversationHint { ConversationId = id });
            }
        }

        public async ValueTask AnnounceAsync(IReadOnlyList<ConversationHint> hints, CancellationToken cancellationToken)
        {
            Announced.Enqueue([.. hints.Select(static hint => hint.ConversationId)]);
            await _held.Task.WaitAsync(cancellationToken);
            if (Loses || _broken.Task.IsFaulted)
            {
                Interlocked.Increment(ref _lost);
                throw new IOException();
            }

            foreach (ConversationHint hint in hints)
            {
                Forge(hint.ConversationId);
            }
        }

        public async ValueTask ListenAsync(Action listening, Action<ConversationHint> heard, CancellationToken cancellationToken)
        {
            object key = new();
            _listeners[key] = heard;
            try
            {
                if (!_broken.Task.IsFaulted)
                {
                    listening();
                }

                await _broken.Task.WaitAsync(cancellationToken);
            }
            finally
            {
                _listeners.TryRemove(key, out _);
            }
        }
    }
}
