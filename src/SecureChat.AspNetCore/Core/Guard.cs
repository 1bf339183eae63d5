namespace SecureChat.AspNetCore;

/// <summary>Calls vendor code: bounded in time even when it ignores its token, with every fault mapped to a documented one.</summary>
internal static class Guard
{
    /// <summary>Whether a class is ours. Foreign code may block its thread, so it is called on a thread of its own.</summary>
    public static bool IsForeign(object implementation) =>
        implementation.GetType().Assembly.GetName().Name?.StartsWith("SecureChat.", StringComparison.Ordinal) != true
        || implementation.GetType().Assembly.GetName().Name!.EndsWith(".Tests", StringComparison.Ordinal);

    public static async ValueTask<T> CallAsync<T>(
        bool isForeign,
        Func<CancellationToken, ValueTask<T>> call,
        TimeSpan timeout,
        TimeProvider time,
        Func<Exception, SecureChatException> map,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (isForeign)
            {
                return await Task.Run(() => call(cancellationToken).AsTask(), cancellationToken).WaitAsync(timeout, time, cancellationToken);
            }

            // The common case answers at once (in-memory stores, cached keys); it costs no timer and no thread.
            ValueTask<T> pending = call(cancellationToken);
            if (pending.IsCompletedSuccessfully)
            {
                return pending.Result;
            }

            // A vendor that hangs and ignores its token must not hang the request (E37): we stop waiting, it keeps its thread.
            return await pending.AsTask().WaitAsync(timeout, time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault)
        {
            throw map(fault);
        }
    }
}
