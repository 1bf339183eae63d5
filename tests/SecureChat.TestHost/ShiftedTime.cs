namespace SecureChat.TestHost;

/// <summary>The machine's clock, moved ahead: lives and graces of minutes end when a test says so. Timers and intervals stay real.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private long _aheadTicks;

    public TimeSpan Ahead
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _aheadTicks));
        set => Volatile.Write(ref _aheadTicks, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
