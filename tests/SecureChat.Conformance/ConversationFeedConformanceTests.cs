using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using Xunit;

namespace SecureChat.Conformance;

/// <summary>
/// Every clause of <see cref="IConversationFeed"/>. Inherit it, override <see cref="CreateAsync"/>, and run your test project: the facts come
/// along. A feed may lose hints when its carrier is down; on a healthy one this suite expects them.
/// </summary>
/// <example><code>
/// [ConformanceOf(typeof(AcmeFeed))]
/// public sealed class AcmeFeedTests : ConversationFeedConformanceTests
/// {
///     protected override ValueTask&lt;IConversationFeed&gt; CreateAsync() => new(new AcmeFeed("server=localhost"));
/// }
/// </code></example>
public abstract class ConversationFeedConformanceTests : IAsyncDisposable
{
    private readonly List<Listener> _listeners = [];
    private readonly List<IConversationFeed> _feeds = [];
    private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>How long a hint may take on a healthy carrier. Default 20 seconds.</summary>
    protected virtual TimeSpan HintLimit => TimeSpan.FromSeconds(20);

    /// <summary>Makes a feed on the carrier that all of them share, as two hosts would. The suite disposes it.</summary>
    protected abstract ValueTask<IConversationFeed> CreateAsync();

    /// <summary>Disposes the feeds of the fact. Override to remove their carrier as well, and call the base first.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (Listener listener in _listeners)
        {
            await listener.StopAsync();
            listener.Dispose();
        }

        foreach (IConversationFeed feed in _feeds)
        {
            await SuiteParts.DisposeAsync(feed);
        }

        GC.SuppressFinalize(this);
    }

    [Clause("FED-001", "A hint that one host announces is heard by another that listens")]
    public async Task Another_host_hears()
    {
        IConversationFeed announcing = await MakeAsync();
        Listener listener = await ListenAsync(await MakeAsync());
        await AnnounceAsync(announcing, "one");
        await HeardAsync(listener, "one");
    }

    [Clause("FED-002", "Every host that listens hears it")]
    public async Task All_hosts_hear()
    {
        IConversationFeed announcing = await MakeAsync();
        Listener[] listeners = [await ListenAsync(await MakeAsync()), await ListenAsync(await MakeAsync()), await ListenAsync(await MakeAsync())];
        await AnnounceAsync(announcing, "one");
        foreach (Listener listener in listeners)
        {
            await HeardAsync(listener, "one");
        }
    }

    [Clause("FED-003", "A batch of 100 hints with ids of one to 64 characters of A-Z a-z 0-9 - _ is heard as it was announced")]
    public async Task A_whole_batch_is_heard()
    {
        IConversationFeed announcing = await MakeAsync();
        Listener listener = await ListenAsync(await MakeAsync());
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        string[] ids =
        [
            .. Letters.Select(static letter => letter.ToString()),
            Letters,
            .. Enumerable.Range(0, IConversationFeed.MaxBatch - Letters.Length - 1).Select(number => $"{number:D2}{new string('z', ConversationHint.MaxIdLength - 2)}"),
        ];
        Assert.Equal(IConversationFeed.MaxBatch, ids.Length);
        await SuiteParts.WithinAsync(announcing.AnnounceAsync([.. ids.Select(Hint)], SuiteParts.Token));
        foreach (string id in ids)
        {
            await listener.HeardAsync(id, HintLimit);
        }
    }

    [Clause("FED-004", "Ids that differ in case only stay different")]
    public async Task Case_is_kept()
    {
        IConversationFeed announcing = await MakeAsync();
        Listener listener = await ListenAsync(await MakeAsync());
        await AnnounceAsync(announcing, "abc");
        await HeardAsync(listener, "abc");
        await AnnounceAsync(announcing, "ABC");
        await HeardAsync(listener, "ABC");
        Assert.DoesNotContain(Id("Abc"), listener.Heard);
    }

    [Clause("FED-005", "Batches one after the other are all heard: 20 of 100 hints")]
    public async Task Many_batches_are_heard()
    {
        const int Batches = 20;
        IConversationFeed announcing = await MakeAsync();
        Listener listener = await ListenAsync(await MakeAsync());
        for (int batch = 0; batch < Batches; batch++)
        {
            await AnnounceAsync(announcing, [.. Enumerable.Range(0, IConversationFeed.MaxBatch).Select(number => $"{batch}-{number}")]);
        }

        for (int batch = 0; batch < Batches; batch++)
        {
            for (int number = 0; number < IConversationFeed.MaxBatch; number++)
            {
                await HeardAsync(listener, $"{batch}-{number}");
            }
        }
    }

    [Clause("FED-006", "It says once that it listens, before the first hint is heard")]
    public async Task Listening_is_said_once()
    {
        IConversationFeed announcing = await MakeAsync();
        Listener listener = await ListenAsync(await MakeAsync());
        await AnnounceAsync(announcing, "one");
        await HeardAsync(listener, "one");
        Assert.Equal((1, 0), (listener.TimesSaid, listener.HeardBefore));
    }

    [Clause("FED-007", "One hint after the other: no call of the listener begins before the last has ended")]
    public async Task Hints_are_told_one_at_a_time()
    {
        IConversationFeed announcing = await MakeAsync(), other = await MakeAsync();
        Listener listener = await ListenAsync(await MakeAsync());
        for (int i = 0; i < 10; i++)
        {
            await AnnounceAsync(announcing, [.. Enumerable.Range(0, 50).Select(number => $"{i}-a{number}")]);
            await AnnounceAsync(other, [.. Enumerable.Range(0, 50).Select(number => $"{i}-b{number}")]);
        }

        await HeardAsync(listener, "9-a49");
        await HeardAsync(listener, "9-b49");
        Assert.Equal(0, listener.Overlaps);
    }

    [Clause("FED-008", "Cancelling ends the listening with OperationCanceledException, and the feed can listen again")]
    public async Task Listening_ends_and_begins_again()
    {
        IConversationFeed announcing = await MakeAsync(), feed = await MakeAsync();
        Listener first = await ListenAsync(feed);
        Exception? end = await first.StopAsync();
        Assert.True(end is OperationCanceledException, $"It ended with {end?.GetType().Name ?? "an answer"}.");
        Listener second = await ListenAsync(feed);
        await AnnounceAsync(announcing, "again");
        await HeardAsync(second, "again");
        Assert.DoesNotContain(Id("again"), first.Heard);
    }

    [Clause("FED-009", "A token that is cancelled before the call starts: OperationCanceledException, and nothing is announced")]
    public async Task A_cancelled_call_does_nothing()
    {
        IConversationFeed announcing = await MakeAsync();
        Listener listener = await ListenAsync(await MakeAsync());
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await announcing.AnnounceAsync([Hint(Id("never"))], cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await announcing.ListenAsync(static () => { }, static _ => { }, cancelled.Token));
        await AnnounceAsync(announcing, "after");
        await HeardAsync(listener, "after");
        Assert.DoesNotContain(Id("never"), listener.Heard);
    }

    [Clause("FED-010", "Disposing twice is harmless")]
    public async Task Dispose_is_idempotent()
    {
        IConversationFeed feed = await MakeAsync();
        await AnnounceAsync(feed, "one");
        await SuiteParts.DisposeAsync(feed);
        await SuiteParts.DisposeAsync(feed);
    }

    private static ConversationHint Hint(string id) => new() { ConversationId = id };

    private string Id(string name) => $"{_run}-{name}";

    private Task AnnounceAsync(IConversationFeed feed, params string[] names) =>
        SuiteParts.WithinAsync(feed.AnnounceAsync([.. names.Select(name => Hint(Id(name)))], SuiteParts.Token));

    private Task HeardAsync(Listener listener, string name) => listener.HeardAsync(Id(name), HintLimit);

    private async Task<IConversationFeed> MakeAsync()
    {
        IConversationFeed feed = await CreateAsync();
        Assert.NotNull(feed);
        _feeds.Add(feed);
        if (GetType().GetCustomAttribute<ConformanceOfAttribute>()?.Implementation is { } named)
        {
            Assert.IsType(named, feed);
        }

        return feed;
    }

    private async Task<Listener> ListenAsync(IConversationFeed feed)
    {
        var listener = new Listener(feed);
        _listeners.Add(listener);
        await listener.StartAsync();
        return listener;
    }

    /// <summary>One host's ear.</summary>
    private sealed class Listener(IConversationFeed feed) : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource _isListening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _heard = new(StringComparer.Ordinal);
        private Task? _listening;
        private int _timesSaid;
        private int _inside;

        public int TimesSaid => _timesSaid;

        public int HeardBefore { get; private set; }

        public int Overlaps { get; private set; }

        public IEnumerable<string> Heard => _heard.Where(static pair => pair.Value.Task.IsCompleted).Select(static pair => pair.Key);

        public async Task StartAsync()
        {
            _listening = Task.Run(async () => await feed.ListenAsync(Say, Hear, _stop.Token));
            Task first = await Task.WhenAny(_isListening.Task, _listening).WaitAsync(SuiteParts.TimeLimit, SuiteParts.Token);
            await first;
            Assert.True(_isListening.Task.IsCompleted, "The listening ended before it said that it listens.");
        }

        public async Task HeardAsync(string id, TimeSpan limit)
        {
            Task heard = Place(id).Task;
            Task first = await Task.WhenAny(heard, _listening!, Task.Delay(limit, SuiteParts.Token));
            Assert.True(heard.IsCompleted, first == _listening ? $"The listening ended ({_listening!.Exception?.InnerException?.GetType().Name ?? "without a fault"}) before the hint was heard." : $"The hint \"{id}\" was not heard within {limit}.");
        }

        /// <summary>Ends it, and answers with what.</summary>
        public async Task<Exception?> StopAsync()
        {
            await _stop.CancelAsync();
            return _listening is null ? null : await Record.ExceptionAsync(() => _listening.WaitAsync(SuiteParts.TimeLimit));
        }

        public void Dispose() => _stop.Dispose();

        private TaskCompletionSource Place(string id) =>
            _heard.GetOrAdd(id, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

        private void Say()
        {
            Interlocked.Increment(ref _timesSaid);
            _isListening.TrySetResult();
        }

        private void Hear(ConversationHint hint)
        {
            if (Interlocked.Increment(ref _inside) > 1)
            {
                Overlaps++;
            }

            if (_timesSaid == 0)
            {
                HeardBefore++;
            }

            // Long enough for another call to be seen that comes meanwhile.
            Thread.SpinWait(500);
            Place(hint.ConversationId).TrySetResult();
            Interlocked.Decrement(ref _inside);
        }
    }
}
