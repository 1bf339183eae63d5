namespace SecureChat.AspNetCore;

/// <summary>Keeps the key ring true while the host runs (<see cref="KeyRing.RefreshAsync"/>), and tells the health check.</summary>
internal sealed partial class KeyRefresher(KeyRing ring, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<KeyRefresher> logger) : BackgroundService
{
    private volatile bool _isFresh = true;

    /// <summary>Whether the last look found every version openable.</summary>
    public bool IsFresh => _isFresh;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.WaitForStartAsync(stoppingToken);
        using var timer = new PeriodicTimer(KeyRing.RefreshInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                _isFresh = await ring.RefreshAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The key store did not answer: then nothing can be opened anyway. Keys stay; the next look asks again.
                _isFresh = false;
                LogFailed(logger, (fault as SecureChatException)?.Error.Code ?? fault.GetType().Name);
            }
        }
    }

    [LoggerMessage(1206, LogLevel.Warning, "The key store could not be asked for new key versions ({Fault}); the next look is in 30 seconds", EventName = "KeyRefreshFailed")]
    private static partial void LogFailed(ILogger logger, string fault);
}
