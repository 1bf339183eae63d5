namespace SecureChat.AspNetCore;

/// <summary>
/// The threads on which one piece of vendor code is called. A class that blocks (a driver without async, a lock, a service that does not
/// answer) holds threads of this set and none of the host's pool, so the host serves on; and it can hold no more than
/// <see cref="Most"/>, after which calls wait here until their time is over. Threads come with demand and go when idle.
/// </summary>
internal sealed class VendorThreads : TaskScheduler
{
    /// <summary>
    /// A class that is asynchronous throughout needs a thread for microseconds. This many are enough for one that blocks for 20 ms
    /// in each call to serve 1,600 calls a second, and few enough for a host to lose.
    /// </summary>
    public const int Most = 32;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    // A monitor, because an idle thread waits on it for work.
    private readonly object _lock = new();
    private readonly LinkedList<Task> _queue = new();
    private int _threads;
    private int _idle;

    public override int MaximumConcurrencyLevel => Most;

    protected override void QueueTask(Task task)
    {
        lock (_lock)
        {
            _queue.AddLast(task);
            if (_queue.Count > _idle && _threads < Most)
            {
                _threads++;

                // Not of the pool, and no reason for the process to live on.
                new Thread(Run) { IsBackground = true, Name = "SecureChat vendor call" }.UnsafeStart();
            }
            else
            {
                Monitor.Pulse(_lock);
            }
        }
    }

    /// <summary>Called when a task is cancelled before it ran: what nobody waits for must not fill the queue of a vendor that hangs.</summary>
    protected override bool TryDequeue(Task task)
    {
        lock (_lock)
        {
            return _queue.Remove(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_lock)
        {
            return [.. _queue];
        }
    }

    private void Run()
    {
        while (Next() is { } task)
        {
            TryExecuteTask(task);
        }
    }

    private Task? Next()
    {
        lock (_lock)
        {
            while (_queue.First is null)
            {
                _idle++;
                bool isWoken = Monitor.Wait(_lock, Idle);
                _idle--;
                if (!isWoken && _queue.First is null)
                {
                    _threads--;
                    return null;
                }
            }

            Task task = _queue.First.Value;
            _queue.RemoveFirst();
            return task;
        }
    }
}
