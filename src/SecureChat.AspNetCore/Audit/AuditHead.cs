namespace SecureChat.AspNetCore;

/// <summary>
/// Sequence and chain hash of the log's end at a moment. A chain alone cannot tell that its tail was cut off or that all of it
/// was written anew (E52); a head that is kept elsewhere can.
/// </summary>
internal sealed class AuditHead
{
    public required long Sequence { get; init; }

    /// <summary>Lower-case hexadecimal.</summary>
    public required string ChainHash { get; init; }

    public required DateTimeOffset At { get; init; }

    public override string ToString() => $"{nameof(AuditHead)} {Sequence}";
}
