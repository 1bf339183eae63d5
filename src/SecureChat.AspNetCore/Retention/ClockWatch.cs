namespace SecureChat.AspNetCore;

/// <summary>
/// Keeps comparing the host's clock with the data store's after start. Lives and windows are decided by the host's clock, so a host
/// that is far off could show an expired value or expire a live one: it refuses reveals until the clock is right.
/// </summary>
internal sealed class ClockWatch(SecureChatStores stores, TimeProvider time)
{
    private long _skewTicks;

    public TimeSpan Skew => TimeSpan.FromTicks(Interlocked.Read(ref _skewTicks));

    public bool RefusesReveals => Skew.Duration() > StoreClock.Refusal;

    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        TimeSpan skew = await StoreClock.MeasureAsync(stores.Data, time, cancellationToken);
        Interlocked.Exchange(ref _skewTicks, skew.Ticks);
    }
}
