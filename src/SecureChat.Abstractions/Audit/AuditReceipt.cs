namespace SecureChat;

/// <summary>
/// Proof that an entry is in the audit log and every required sink has it. Only SecureChat's audit log can make one, and a claim
/// cannot be written down without one (P4). Immutable.
/// </summary>
public sealed class AuditReceipt
{
    internal AuditReceipt(AuditEntry entry)
    {
        Sequence = entry.Sequence;
        ChainHash = entry.ChainHash;
        Action = entry.Action;
        RequestId = entry.RequestId;
        ValueIds = entry.ValueIds;
    }

    /// <summary>Number of the entry.</summary>
    public long Sequence { get; }

    /// <summary>Chain value after the entry.</summary>
    public string ChainHash { get; }

    /// <summary>What was recorded.</summary>
    public AuditAction Action { get; }

    /// <summary>The form request it speaks of.</summary>
    public string? RequestId { get; }

    /// <summary>The values it speaks of.</summary>
    public IReadOnlyList<string> ValueIds { get; }

    /// <summary>Number and action.</summary>
    public override string ToString() => $"{nameof(AuditReceipt)} {Sequence} {Action}";
}
