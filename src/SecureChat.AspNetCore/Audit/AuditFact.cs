namespace SecureChat.AspNetCore;

/// <summary>What somebody asks the log to record. The log pseudonymises the actor and puts the detail into an erasable row.</summary>
internal sealed class AuditFact
{
    /// <summary>
    /// Names the fact, for one that several hosts may tell, or one host again after a crash: the log takes it once. Behind more than
    /// <see cref="RecentEntries.Count"/> others it may stand there twice under this id, and a reader counts it once. <see langword="null"/>: told once, under a random id.
    /// </summary>
    public string? Id { get; init; }

    public required AuditAction Action { get; init; }

    public required AuditOutcome Outcome { get; init; }

    public required ParticipantRole Actor { get; init; }

    /// <summary>The agent's id; never written to the log, only its keyed pseudonym.</summary>
    public string? ActorId { get; init; }

    public string? ConversationId { get; init; }

    public string? RequestId { get; init; }

    public IReadOnlyList<string> ValueIds { get; init; } = [];

    public SecureChatError? Error { get; init; }

    public DestroyReason? Reason { get; init; }

    /// <summary>Erasable: the agent's name, the assignee, the stated reason. Masked before it gets here.</summary>
    public AuditDetail? Detail { get; init; }

    public override string ToString() => $"{nameof(AuditFact)} {Action}";
}

/// <summary>The personal part of an audit entry, in a row of its own that can be erased.</summary>
internal sealed class AuditDetail
{
    public string? ActorName { get; init; }

    /// <summary>Of an assignment: the id of the agent who has the conversation now.</summary>
    public string? AssignedToId { get; init; }

    /// <summary>Of an assignment: the name that the visitor sees.</summary>
    public string? AssignedToName { get; init; }

    public MaskedText? Reason { get; init; }

    public override string ToString() => nameof(AuditDetail);
}
