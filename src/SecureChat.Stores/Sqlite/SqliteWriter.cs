namespace SecureChat.Stores;

/// <summary>
/// The one thread that writes. Writes that queue up while a commit waits for the disk share the next transaction (group commit):
/// each keeps its own exact result, and none is answered before the commit. A crash before the commit loses all of them, none of
/// which was acknowledged.
/// </summary>
internal sealed class SqliteWriter
{
    private const int QueueLimit = 4096;
    private const int BatchLimit = 128;
    private const int BatchBytes = 4 * 1024 * 1024;

    // While a truncating checkpoint waits for a reader, writers of every process wait too.
    private static readonly TimeSpan ScrubPatience = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly TimeSpan _busyTimeout;
    private readonly object _gate = new();
    private readonly Queue<SqliteWrite> _queue = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isCompleted;
    private SqliteWriteSession? _session;

    public SqliteWriter(string path, TimeSpan busyTimeout)
    {
        _path = path;
        _busyTimeout = busyTimeout;
        new Thread(Run) { IsBackground = true, Name = "SecureChat SQLite writer" }.Start();
    }

    public ValueTask<int> EnqueueAsync(SqliteWrite write, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isCompleted, typeof(SqliteRecordStore));
            if (_queue.Count >= QueueLimit)
            {
                // Shedding load keeps memory bounded when the disk stalls.
                throw SqliteFaults.Overloaded(write.Operation);
            }

            _queue.Enqueue(write);
            Monitor.Pulse(_gate);
        }

        return write.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more writes, finishes the queued ones and closes the connection.</summary>
    public Task CompleteAsync()
    {
        lock (_gate)
        {
            _isCompleted = true;
            Monitor.Pulse(_gate);
        }

        return _ended.Task;
    }

    private void Run()
    {
        var batch = new List<SqliteWrite>(BatchLimit);
        var scrubs = new List<SqliteWrite>();
        try
        {
            while (Take(batch, scrubs))
            {
                if (batch.Count > 0)
                {
                    Write(batch);
                    batch.Clear();
                }

                // After the writes that were queued with it: one checkpoint answers every scrub that waits.
                if (scrubs.Count > 0)
                {
                    Scrub(scrubs);
                    scrubs.Clear();
                }
            }
        }
        finally
        {
            Discard();
            _ended.TrySetResult();
        }
    }

    /// <summary>Waits for work and takes what is there, up to the limits of one transaction. False when there will be no more.</summary>
    private bool Take(List<SqliteWrite> batch, List<SqliteWrite> scrubs)
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_isCompleted)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            int bytes = 0;
            while (batch.Count < BatchLimit && bytes < BatchBytes && _queue.TryDequeue(out SqliteWrite? write))
            {
                if (write.TryStart())
                {
                    (write.Kind == SqliteWriteKind.Scrub ? scrubs : batch).Add(write);
                    bytes += write.Body.Length;
                }
            }

            return true;
        }
    }

    private void Write(List<SqliteWrite> batch)
    {
        bool hasBegun = false;
        bool isInside = false;
        try
        {
            SqliteWriteSession session = _session ??= new SqliteWriteSession(_path, _busyTimeout);
            session.Begin();
            hasBegun = true;
            isInside = true;
            foreach (SqliteWrite write in batch)
            {
                write.Result = session.Execute(write);
            }

            isInside = false;
            session.Commit();
        }
        catch (Exception fault)
        {
            // A lock that could not be had leaves the connection as it was.
            if (hasBegun || !SqliteFaults.IsBusy(fault))
            {
                Discard();
            }

            if (isInside && batch.Count > 1)
            {
                // Nothing of this transaction was kept. Alone, only the write that cannot be done fails.
                foreach (SqliteWrite write in batch)
                {
                    Write([write]);
                }

                return;
            }

            // After a failed commit the outcome is unknown; the caller is told of a fault and must assume neither.
            batch.ForEach(write => write.Fail(fault));
            return;
        }

        batch.ForEach(static write => write.Complete());
    }

    private void Scrub(List<SqliteWrite> scrubs)
    {
        try
        {
            SqliteWriteSession session = _session ??= new SqliteWriteSession(_path, _busyTimeout);
            int result = (int)session.Scrub(_busyTimeout < ScrubPatience ? _busyTimeout : ScrubPatience);
            foreach (SqliteWrite scrub in scrubs)
            {
                scrub.Result = result;
                scrub.Complete();
            }
        }
        catch (Exception fault)
        {
            Discard();
            scrubs.ForEach(scrub => scrub.Fail(fault));
        }
    }

    private void Discard()
    {
        SqliteWriteSession? session = _session;
        _session = null;
        try
        {
            session?.Dispose();
        }
        catch (Exception)
        {
            // A connection that cannot even be closed must not end the thread that serves the next write.
        }
    }
}
