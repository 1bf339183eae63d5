namespace SecureChat.Stores;

/// <summary>
/// The one place that writes. A write that finds nobody writing is done at once on its caller's thread: handing it to another thread and
/// back costs more than the write. Writes that come meanwhile queue up for a thread of our own and share its next transaction (group
/// commit): each keeps its own exact result, and none is answered before the commit. A crash before the commit loses all of them, none of
/// which was acknowledged.
/// </summary>
/// <remarks>
/// A caller's thread waits for the disk at most, for one transaction, and never for another process: a file that somebody has locked is
/// left to our thread. So a store holds one thread of the host's pool at a time.
/// </remarks>
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
    private readonly List<SqliteWrite> _batch = new(BatchLimit);
    private readonly List<SqliteWrite> _scrubs = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Whoever owns may touch the session and the two lists: one caller, or our thread. Owned as long as anything waits.
    private bool _isOwned;
    private bool _isHandedOver;
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
        bool isOwner;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isCompleted, typeof(SqliteRecordStore));
            if (_queue.Count >= QueueLimit)
            {
                // Shedding load keeps memory bounded when the disk stalls.
                throw SqliteFaults.Overloaded(write.Operation);
            }

            _queue.Enqueue(write);
            isOwner = !_isOwned;
            _isOwned = true;
        }

        if (isOwner)
        {
            WriteOnce();
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

    /// <summary>One transaction on a caller's thread; what it cannot do at once, and what came meanwhile, is for our thread.</summary>
    private void WriteOnce()
    {
        bool isDone = false;
        try
        {
            TakeAll();
            isDone = TryWriteAtOnce() && TryScrubAtOnce();
        }
        catch (Exception)
        {
            // Nobody else writes before the owner has given up; our thread goes on with what was taken.
        }

        lock (_gate)
        {
            if (isDone && _queue.Count == 0)
            {
                Release();
                return;
            }

            _isHandedOver = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        try
        {
            while (WaitForHandover())
            {
                do
                {
                    if (_batch.Count > 0)
                    {
                        Write(_batch);
                        _batch.Clear();
                    }

                    // After the writes that were queued with it: one checkpoint answers every scrub that waits.
                    if (_scrubs.Count > 0)
                    {
                        Scrub(_scrubs);
                        _scrubs.Clear();
                    }
                }
                while (TakeMore());
            }
        }
        finally
        {
            Discard();
            _ended.TrySetResult();
        }
    }

    /// <summary>False when there will be no more work.</summary>
    private bool WaitForHandover()
    {
        lock (_gate)
        {
            while (!_isHandedOver)
            {
                if (_isCompleted && !_isOwned)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            _isHandedOver = false;
            return true;
        }
    }

    /// <summary>Takes what has come, or gives the writing up when nothing has.</summary>
    private bool TakeMore()
    {
        lock (_gate)
        {
            if (_queue.Count == 0)
            {
                Release();
                return false;
            }

            Take();
            return true;
        }
    }

    private void TakeAll()
    {
        lock (_gate)
        {
            Take();
        }
    }

    /// <summary>Takes what waits, up to the limits of one transaction. Under the gate, by the owner.</summary>
    private void Take()
    {
        int bytes = 0;
        while (_batch.Count < BatchLimit && bytes < BatchBytes && _queue.TryDequeue(out SqliteWrite? write))
        {
            if (write.TryStart())
            {
                (write.Kind == SqliteWriteKind.Scrub ? _scrubs : _batch).Add(write);
                bytes += write.Body.Length;
            }
        }
    }

    private void Release()
    {
        _isOwned = false;
        if (_isCompleted)
        {
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>False when another process holds the file: nothing was done then.</summary>
    private bool TryWriteAtOnce()
    {
        if (_batch.Count > 0)
        {
            // Opening the connection may wait for another process too.
            if (_session is not { } session || !session.TryBegin())
            {
                return false;
            }

            Write(_batch, hasBegun: true);
            _batch.Clear();
        }

        return true;
    }

    /// <summary>False when a reader or another process is in the way: our thread waits for it.</summary>
    private bool TryScrubAtOnce()
    {
        if (_scrubs.Count > 0)
        {
            if (_session is null || !TryScrub(TimeSpan.Zero))
            {
                return false;
            }

            _scrubs.Clear();
        }

        return true;
    }

    private void Write(List<SqliteWrite> batch, bool hasBegun = false)
    {
        bool isInside = false;
        try
        {
            SqliteWriteSession session = _session ??= new SqliteWriteSession(_path, _busyTimeout);
            if (!hasBegun)
            {
                session.Begin();
                hasBegun = true;
            }

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
            Answer(scrubs, session.Scrub(_busyTimeout < ScrubPatience ? _busyTimeout : ScrubPatience));
        }
        catch (Exception fault)
        {
            Discard();
            scrubs.ForEach(scrub => scrub.Fail(fault));
        }
    }

    private bool TryScrub(TimeSpan patience)
    {
        try
        {
            if (_session!.Scrub(patience) is not ScrubResult.Complete)
            {
                return false;
            }

            Answer(_scrubs, ScrubResult.Complete);
            return true;
        }
        catch (Exception)
        {
            // Our thread tries again, on a new connection, and says what is wrong.
            Discard();
            return false;
        }
    }

    private static void Answer(List<SqliteWrite> scrubs, ScrubResult result)
    {
        foreach (SqliteWrite scrub in scrubs)
        {
            scrub.Result = (int)result;
            scrub.Complete();
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
