using System.Security.Cryptography;

namespace SecureChat.Stores;

internal enum SqliteWriteKind
{
    Insert,
    Replace,
    Delete,
    DeletePartition,
    Scrub,
}

/// <summary>One queued write. Until the writer starts it, its caller can cancel it; from then on the caller waits for the exact outcome.</summary>
internal sealed class SqliteWrite
{
    private readonly TaskCompletionSource<int> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;

    public required SqliteWriteKind Kind { get; init; }

    /// <summary>For <see cref="SqliteWriteKind.DeletePartition"/> only kind and partition count.</summary>
    public RecordKey? Key { get; init; }

    public long Version { get; init; }

    public long? Due { get; init; }

    /// <summary>A copy of the caller's: a caller that stopped waiting may zero its own while this is still queued.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>Rows changed, known to the caller only after the commit.</summary>
    public int Result { get; set; }

    public string Operation => Kind switch
    {
        SqliteWriteKind.Insert => "insert",
        SqliteWriteKind.Replace => "replace",
        SqliteWriteKind.Delete => "delete",
        SqliteWriteKind.DeletePartition => "delete-partition",
        _ => "scrub",
    };

    /// <summary>The writer takes it. False when the caller cancelled it first.</summary>
    public bool TryStart() => Interlocked.Exchange(ref _started, 1) == 0;

    public void Complete()
    {
        CryptographicOperations.ZeroMemory(Body);
        _completion.TrySetResult(Result);
    }

    public void Fail(Exception fault)
    {
        CryptographicOperations.ZeroMemory(Body);
        _completion.TrySetException(SqliteFaults.Map(Operation, fault));
    }

    public ValueTask<int> WaitAsync(CancellationToken cancellationToken) =>
        _completion.Task.IsCompletedSuccessfully ? ValueTask.FromResult(Result) : WaitForCompletionAsync(cancellationToken);

    private async ValueTask<int> WaitForCompletionAsync(CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var write = (SqliteWrite)state!;
                if (write.TryStart())
                {
                    CryptographicOperations.ZeroMemory(write.Body);
                    write._completion.TrySetCanceled(token);
                }
            },
            this);
        await using (registration.ConfigureAwait(false))
        {
            return await _completion.Task.ConfigureAwait(false);
        }
    }
}
