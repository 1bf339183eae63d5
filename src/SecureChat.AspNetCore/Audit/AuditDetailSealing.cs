namespace SecureChat.AspNetCore;

/// <summary>
/// How detail rows are encrypted at rest: a seam between the log and its keys (<see cref="AuditDetailKeys"/>). Rows that were written
/// without stay readable.
/// </summary>
internal sealed class AuditDetailSealing
{
    /// <summary>Encrypts. Arguments: partition, row id, what is to be hidden.</summary>
    public required Func<string, string, ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> SealAsync { get; init; }

    /// <summary>Decrypts; <see langword="null"/> when the key was destroyed, an exception when it cannot.</summary>
    public required Func<string, string, ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]?>> OpenAsync { get; init; }

    /// <summary>Destroys the key of a partition, and with it every copy of its rows.</summary>
    public Func<string, CancellationToken, ValueTask>? EraseAsync { get; init; }

    public override string ToString() => nameof(AuditDetailSealing);
}
