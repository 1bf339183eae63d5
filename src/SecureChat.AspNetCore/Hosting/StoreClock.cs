namespace SecureChat.AspNetCore;

/// <summary>Compares the host's clock with a store's: lifetimes and single use are judged by both (E7).</summary>
internal static class StoreClock
{
    /// <summary>From here on the operator is warned.</summary>
    public static readonly TimeSpan Warning = TimeSpan.FromSeconds(5);

    /// <summary>From here on nothing is revealed and the host does not start.</summary>
    public static readonly TimeSpan Refusal = TimeSpan.FromSeconds(60);

    /// <summary>How far the store's clock is ahead of the host's; negative when behind. The time of the call itself is no difference.</summary>
    public static async ValueTask<TimeSpan> MeasureAsync(IRecordStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        DateTimeOffset before = time.GetUtcNow();
        DateTimeOffset there = await store.GetTimeAsync(cancellationToken);
        DateTimeOffset after = time.GetUtcNow();
        return there < before ? there - before : there > after ? there - after : TimeSpan.Zero;
    }
}
