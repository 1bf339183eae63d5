namespace SecureChat.AspNetCore;

/// <summary>
/// One token bucket, kept as a single number: the time at which it is full again (the generic cell rate algorithm). A bucket that is
/// full equals one that was never used, so forgetting idle ones loses nothing. Not thread-safe.
/// </summary>
internal struct RateGate
{
    private long _fullAt;

    /// <summary>Takes one token, or says in how many ticks there is one.</summary>
    public bool TryTake(long now, in Rate rate, out long wait)
    {
        long start = Math.Max(_fullAt, now);
        wait = start - now - (rate.Interval * (rate.Burst - 1));
        if (wait > 0)
        {
            return false;
        }

        wait = 0;
        _fullAt = start + rate.Interval;
        return true;
    }

    /// <summary>Gives one token back, when another limit refused the same call.</summary>
    public void GiveBack(in Rate rate) => _fullAt -= rate.Interval;
}

/// <summary>So many at once, and one more per interval.</summary>
internal readonly struct Rate
{
    private Rate(long interval, long burst)
    {
        Interval = interval;
        Burst = burst;
    }

    /// <summary>Ticks (100 ns) per token.</summary>
    public long Interval { get; }

    public long Burst { get; }

    public static Rate PerSecond(double perSecond, double burst) =>
        new(Math.Max(1, (long)(TimeSpan.TicksPerSecond / perSecond)), Math.Max(1, (long)Math.Ceiling(burst)));

    public static Rate PerMinute(double perMinute) => PerSecond(perMinute / 60, perMinute);
}
