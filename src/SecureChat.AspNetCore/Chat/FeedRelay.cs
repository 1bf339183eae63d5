using System.Threading.Channels;

namespace SecureChat.AspNetCore;

/// <summary>
/// Between this host's fan-out and the other hosts: gathers what was appended here and announces it in batches, one at a time, and wakes
/// the fan-out for what was appended elsewhere. Whatever fails here costs time and no event. Thread-safe.
/// </summary>
internal sealed partial class FeedRelay(
    ConversationEvents events,
    ConversationFanOut fanOut,
    IServiceProvider services,
    IOptions<SecureChatOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<FeedRelay> logger) : BackgroundService
{
    /// <summary>Conversations that wait to be announced; more are found by looking.</summary>
    public const int MostWaiting = 10_000;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (services.GetService<IConversationFeed>() is not { } feed)
        {
            return;
        }

        await lifetime.WaitForStartAsync(stoppingToken);
        events.Appended += OnAppended;
        try
        {
            await Task.WhenAll(AnnounceAsync(feed, stoppingToken), ListenAsync(feed, stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            events.Appended -= OnAppended;
            fanOut.IsTold = false;
        }
    }

    private void OnAppended(string conversationId)
    {
        lock (_lock)
        {
            if (_waiting.Count >= MostWaiting)
            {
                return;
            }

            _waiting.Add(conversationId);
        }

        _wake.Writer.TryWrite(true);
    }

    private async Task AnnounceAsync(IConversationFeed feed, CancellationToken cancellationToken)
    {
        ForeignCalls? foreign = Guard.Of(feed);
        while (await _wake.Reader.WaitToReadAsync(cancellationToken))
        {
            _wake.Reader.TryRead(out _);
            while (Take() is { Count: > 0 } batch)
            {
                try
                {
                    await Guard.CallAsync(
                        foreign,
                        async token => { await feed.AnnounceAsync(batch, token); return true; },
                        options.Value.Storage.OperationTimeout,
                        time,
                        static fault => new SecureChatException(SecureChatErrors.StoreUnavailable, null, fault),
                        cancellationToken);
                }
                catch (SecureChatException fault)
                {
                    LogAnnounceFailed(logger, batch.Count, fault.InnerException?.GetType().Name ?? nameof(SecureChatException));
                }
            }
        }
    }

    private async Task ListenAsync(IConversationFeed feed, CancellationToken cancellationToken)
    {
        TimeSpan pause = ShortestPause;
        while (true)
        {
            string fault = "nothing";
            try
            {
                // On a thread of the pool, whatever a vendor does before its first await.
                await Task.Run(
                    () => feed.ListenAsync(
                        () =>
                        {
                            pause = ShortestPause;
                            fanOut.IsTold = true;

                            // What was announced before is not heard any more.
                            fanOut.LookAtAll();
                        },
                        hint => fanOut.Look(hint.ConversationId),
                        cancellationToken).AsTask(),
                    cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception thrown)
            {
                fault = thrown.GetType().Name;
            }

            fanOut.IsTold = false;
            LogListenEnded(logger, fault, (int)Math.Ceiling(pause.TotalSeconds));
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private List<ConversationHint> Take()
    {
        lock (_lock)
        {
            List<ConversationHint> batch = [.. _waiting.Take(IConversationFeed.MaxBatch).Select(static id => new ConversationHint { ConversationId = id })];
            batch.ForEach(hint => _waiting.Remove(hint.ConversationId));
            return batch;
        }
    }

    [LoggerMessage(1064, LogLevel.Warning, "{Count} hints for other hosts were not announced ({FaultType}); the hosts look by themselves.", EventName = "FeedAnnounceFailed")]
    private static partial void LogAnnounceFailed(ILogger logger, int count, string faultType);

    [LoggerMessage(1065, LogLevel.Warning, "Hints of other hosts are not heard ({FaultType}); this host looks by itself every second and listens again in {Seconds} s.", EventName = "FeedListenEnded")]
    private static partial void LogListenEnded(ILogger logger, string faultType, int seconds);
}
