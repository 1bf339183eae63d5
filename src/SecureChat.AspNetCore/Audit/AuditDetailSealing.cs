namespace SecureChat.AspNetCore;

/// <summary>
/// How detail rows are encrypted at rest. Optional: register one in the container and new rows are sealed with it; rows that were
/// written without stay readable.
/// </summary>
/// <remarks>
/// Detail rows hold masked text and an agent's name, never a value, and die with their partition. They are not put under the
/// conversation's key, because a transcript may be destroyed long before the record of who asked for what, and why.
/// </remarks>
internal sealed class AuditDetailSealing
{
    /// <summary>Encrypts. Arguments: associated data (partition and row id), the detail.</summary>
    public required Func<string, ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> SealAsync { get; init; }

    /// <summary>Decrypts; throws when it cannot.</summary>
    public required Func<string, ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> OpenAsync { get; init; }

    public override string ToString() => nameof(AuditDetailSealing);
}
