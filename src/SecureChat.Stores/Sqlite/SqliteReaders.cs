using System.Collections.Concurrent;

namespace SecureChat.Stores;

/// <summary>
/// A few connections that read beside the writer. A read runs on its caller's thread: it is short, and readers never wait for
/// writers in write-ahead mode. Every read is finished before its connection is given back, so none keeps a scrub waiting.
/// </summary>
internal sealed class SqliteReaders(string path, TimeSpan busyTimeout) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(Math.Clamp(Environment.ProcessorCount, 2, 8));
    private readonly ConcurrentStack<SqliteReadSession> _idle = new();
    private volatile bool _isClosed;

    public async ValueTask<T> ReadAsync<T, TArgument>(
        string operation, Func<SqliteReadSession, TArgument, T> read, TArgument argument, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteRecordStore));
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_idle.TryPop(out SqliteReadSession? session))
            {
                session = new SqliteReadSession(path, busyTimeout);
            }

            T result;
            try
            {
                result = read(session, argument);
            }
            catch
            {
                // After a fault the connection's state is unknown; the next read opens another.
                session.Dispose();
                throw;
            }

            _idle.Push(session);
            if (_isClosed)
            {
                CloseIdle();
            }

            return result;
        }
        catch (Exception fault)
        {
            throw SqliteFaults.Map(operation, fault);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose()
    {
        // Reads that run now close their connection themselves; the slots have nothing to release.
        _isClosed = true;
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (_idle.TryPop(out SqliteReadSession? session))
        {
            session.Dispose();
        }
    }
}
