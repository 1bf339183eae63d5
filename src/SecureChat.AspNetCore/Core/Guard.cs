namespace SecureChat.AspNetCore;

/// <summary>Calls vendor code: bounded in time even when it ignores its token, with every fault mapped to a documented one.</summary>
internal static class Guard
{
    /// <summary>Whether a class is ours. Foreign code may block its thread, so it is called on a thread of its own.</summary>
    public static bool IsForeign(object implementation) =>
        implementation.GetType().Assembly.GetName().Name is not ("SecureChat.AspNetCore" or "SecureChat.Masking" or "SecureChat.Stores" or "SecureChat.Stores.PostgreSql");

    /// <summary>What counts the calls of a class that is not ours; <see langword="null"/> for ours.</summary>
    public static ForeignCalls? Of(object implementation) => IsForeign(implementation) ? new ForeignCalls() : null;

    /// <summary>
    /// A documented fault that one of our own classes threw, to be passed on as it is. From vendor code it is a fault like any other: a
    /// vendor that throws "not found", or an error with text of its own in it, must be neither believed nor quoted.
    /// </summary>
    public static SecureChatException? Own(ForeignCalls? foreign, Exception fault) => foreign is null ? fault as SecureChatException : null;

    public static async ValueTask<T> CallAsync<T>(
        ForeignCalls? foreign,
        Func<CancellationToken, ValueTask<T>> call,
        TimeSpan timeout,
        TimeProvider time,
        Func<Exception, SecureChatException> map,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (foreign is not null)
            {
                return await foreign.RunAsync(call, timeout, time, cancellationToken);
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
