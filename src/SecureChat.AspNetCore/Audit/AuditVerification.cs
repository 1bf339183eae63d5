namespace SecureChat.AspNetCore;

/// <summary>What a verification found.</summary>
internal sealed class AuditVerification
{
    /// <summary>Entries that were read and hold, up to the first broken one.</summary>
    public required long Count { get; init; }

    /// <summary>Chain hash after the last of them, lower-case hexadecimal; 64 zeros for an empty log.</summary>
    public required string HeadHash { get; init; }

    /// <summary>
    /// Number of the first entry that was read: 1 for a log; for files whatever they begin with. The first entry of files that
    /// begin later is taken as the anchor: only the file before it, or a head, can vouch for that one entry.
    /// </summary>
    public long FirstSequence { get; init; } = 1;

    /// <summary>How many exported heads were compared.</summary>
    public int HeadsCompared { get; init; }

    public AuditBreak? Broken { get; init; }

    public bool IsIntact => Broken is null;

    public override string ToString() => IsIntact ? $"OK: {Count} entries" : $"BROKEN at {Broken}";
}
