namespace SecureChat.AspNetCore;

/// <summary>What the last sweep found, for the health check.</summary>
internal sealed class SweepState
{
    private readonly Lock _lock = new();
    private (DateTimeOffset At, DateTimeOffset? OldestOverdue, int Failed, int Unreadable, int Irrevocable)? _last;

    public (DateTimeOffset At, DateTimeOffset? OldestOverdue, int Failed, int Unreadable, int Irrevocable)? Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    public void Report(DateTimeOffset at, DateTimeOffset? oldestOverdue, int failed, int unreadable, int irrevocable)
    {
        lock (_lock)
        {
            _last = (at, oldestOverdue, failed, unreadable, irrevocable);
        }
    }
}
