namespace SecureChat.AspNetCore;

/// <summary>
/// The calls of one piece of vendor code. They run on threads of their own, so that code which blocks takes none of the host's; a call
/// that outlives its caller is told so by its token and counted. So many may be left hanging in a row: then the documented fault comes
/// at once, and one call per time limit is still let through, because a vendor may be back although what it lost never ends.
/// Thread-safe.
/// </summary>
internal sealed class ForeignCalls
{
    public const int MaxAbandoned = VendorThreads.Most;

    private readonly VendorThreads _threads = new();
    private readonly Lock _lock = new();
    private int _abandoned;

    // Of the abandoned calls those that hung before the vendor last answered: lost, and no sign that it hangs now.
    private int _lost;
    private long _lastBegun;

    /// <summary>Calls that nobody waits for any more and that have not ended.</summary>
    public int Abandoned
    {
        get
        {
            lock (_lock)
            {
                return _abandoned;
            }
        }
    }

    public async ValueTask<T> RunAsync<T>(
        Func<CancellationToken, ValueTask<T>> call, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!TryBegin(timeout, time))
        {
            throw new TimeoutException("Earlier calls still hang.");
        }

        var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken end = ends.Token;
        Task<T> running = Task.Factory.StartNew(() => call(end).AsTask(), end, TaskCreationOptions.DenyChildAttach, _threads).Unwrap();
        try
        {
            return await running.WaitAsync(timeout, time, cancellationToken);
        }
        finally
        {
            if (running.IsCompleted)
            {
                Answered();
                ends.Dispose();
            }
            else
            {
                Abandon(running, ends);
            }
        }
    }

    public override string ToString() => nameof(ForeignCalls);

    private bool TryBegin(TimeSpan timeout, TimeProvider time)
    {
        long now = time.GetTimestamp();
        lock (_lock)
        {
            if (_abandoned - _lost >= MaxAbandoned && time.GetElapsedTime(_lastBegun, now) < timeout)
            {
                return false;
            }

            _lastBegun = now;
            return true;
        }
    }

    private void Answered()
    {
        lock (_lock)
        {
            _lost = _abandoned;
        }
    }

    private void Abandon(Task running, CancellationTokenSource ends)
    {
        lock (_lock)
        {
            _abandoned++;
        }

        _ = running.ContinueWith(
            ended =>
            {
                lock (_lock)
                {
                    _abandoned--;
                    _lost = Math.Min(_lost, _abandoned);
                }

                _ = ended.Exception; // Seen: nobody waits for it.
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        // On another thread: what the vendor hangs on its token is vendor code too. A call that still waits for a thread leaves the queue.
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
