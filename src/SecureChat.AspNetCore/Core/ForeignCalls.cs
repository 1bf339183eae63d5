namespace SecureChat.AspNetCore;

/// <summary>
/// The calls of one piece of vendor code. Each runs on a thread of the pool, because foreign code may block it; a call that outlives
/// its caller is told so by its token and counted. So many may be left hanging at once: a vendor that never comes back costs a bounded
/// number of threads, and the host goes on refusing with the documented fault instead of starving. Thread-safe.
/// </summary>
internal sealed class ForeignCalls
{
    public const int MaxAbandoned = 64;

    private int _abandoned;

    /// <summary>Calls that nobody waits for any more and that have not ended.</summary>
    public int Abandoned => Volatile.Read(ref _abandoned);

    public async ValueTask<T> RunAsync<T>(
        Func<CancellationToken, ValueTask<T>> call, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Abandoned >= MaxAbandoned)
        {
            throw new TimeoutException("Earlier calls still hang.");
        }

        var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken end = ends.Token;
        Task<T> running = Task.Run(() => call(end).AsTask(), cancellationToken);
        try
        {
            return await running.WaitAsync(timeout, time, cancellationToken);
        }
        finally
        {
            if (running.IsCompleted)
            {
                ends.Dispose();
            }
            else
            {
                Abandon(running, ends);
            }
        }
    }

    public override string ToString() => nameof(ForeignCalls);

    private void Abandon(Task running, CancellationTokenSource ends)
    {
        Interlocked.Increment(ref _abandoned);
        _ = running.ContinueWith(
            ended =>
            {
                Interlocked.Decrement(ref _abandoned);
                _ = ended.Exception; // Seen: nobody waits for it.
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        // On a thread of its own: what the vendor hangs on its token is vendor code too.
        _ = Task.Run(
            () =>
            {
                using (ends)
                {
                    ends.Cancel();
                }
            },
            CancellationToken.None);
    }
}
