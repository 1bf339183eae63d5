namespace SecureChat;

/// <summary>
/// An immutable fact in the audit log. Holds random ids, enums and keyed commitments only, never personal data: reason and names
/// lie in a detail row that can be erased without breaking the log.
/// </summary>
public sealed class AuditEntry
{
    /// <summary>Position in the log, from 1, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>
    /// Names the fact. The log takes a fact once, however many hosts tell it; only behind more than 1,000 others could one that is
    /// told again, after a crash, stand there a second time, under the same id.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>When it was appended (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened.</summary>
    public required AuditAction Action { get; init; }

    /// <summary>How it ended.</summary>
    public required AuditOutcome Outcome { get; init; }

    /// <summary>Role of who acted.</summary>
    public required ParticipantRole Actor { get; init; }

    /// <summary>Keyed pseudonym of who acted; <see langword="null"/> for the system.</summary>
    public string? ActorRef { get; init; }

    /// <summary>The conversation.</summary>
    public string? ConversationId { get; init; }

    /// <summary>The form request.</summary>
    public string? RequestId { get; init; }

    /// <summary>The values concerned.</summary>
    public IReadOnlyList<string> ValueIds { get; init; } = [];

    /// <summary>Error code (<c>SC####</c>) of a refusal or fault.</summary>
    public string? Code { get; init; }

    /// <summary>Why values were destroyed.</summary>
    public DestroyReason? Reason { get; init; }

    /// <summary>Id of the erasable detail row.</summary>
    public string? DetailId { get; init; }

    /// <summary>HMAC-SHA256 of the detail under a key kept in the detail row, lower-case hexadecimal.</summary>
    public string? DetailCommitment { get; init; }

    /// <summary>The canonical bytes that are hashed: leaf = SHA-256(0x00 || canonical) (RFC 6962).</summary>
    public required ReadOnlyMemory<byte> Canonical { get; init; }

    /// <summary>Chain value after this entry, lower-case hexadecimal: SHA-256(0x02 || previous chain || leaf).</summary>
    public required string ChainHash { get; init; }

    /// <summary>Number and action.</summary>
    public override string ToString() => $"{nameof(AuditEntry)} {Sequence} {Action}";
}
