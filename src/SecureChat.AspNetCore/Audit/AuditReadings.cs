namespace SecureChat.AspNetCore;

/// <summary>
/// Which page of the log goes on with which reading, so that each reading is audited and not each page: an entry per page would make
/// a log that is read grow without end. Bounded; a reading that is forgotten is audited once more. Thread-safe.
/// </summary>
internal sealed class AuditReadings(TimeProvider time)
{
    /// <summary>For how long one entry stands for a reading: who reads on and on, or waits for what is new, is on record once in this time.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private const int Capacity = 1000;

    private readonly Lock _lock = new();
    private readonly BoundedCache<(string Reader, long After), long> _audited = new(Capacity);

    /// <summary>Whether reading on from here belongs to a reading that is on record. From the start it is always a new one.</summary>
    public bool IsOnRecord(string reader, long after)
    {
        lock (_lock)
        {
            return after > 0 && _audited.TryGet((reader, after), out long at) && time.GetElapsedTime(at) < Span;
        }
    }

    /// <summary>Notes where a reading, on record since now or since its earlier page, goes on.</summary>
    public void GoesOn(string reader, long after, long next, bool isNew)
    {
        lock (_lock)
        {
            long at = isNew || !_audited.TryGet((reader, after), out long before) ? time.GetTimestamp() : before;
            foreach (long place in (ReadOnlySpan<long>)[after, next])
            {
                _audited.Remove((reader, place));
                _audited.GetOrAdd((reader, place), _ => at);
            }
        }
    }
}
