namespace SecureChat.AspNetCore;

/// <summary>Conversations, the newest first.</summary>
internal sealed class InsideListView
{
    public required IReadOnlyList<InsideConversation> Conversations { get; init; }

    public override string ToString() => nameof(InsideListView);
}

/// <summary>One of them.</summary>
internal sealed class InsideConversation
{
    public required string Id { get; init; }

    public required ConversationState State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public override string ToString() => nameof(InsideConversation);
}

/// <summary>Everything that the server has of a conversation.</summary>
internal sealed class InsideView
{
    public required ConversationView Conversation { get; init; }

    /// <summary>The transcript as visitor and agent read it, masked. Empty when its key was destroyed.</summary>
    public required IReadOnlyList<ConversationEvent> Events { get; init; }

    /// <summary>The records in both stores.</summary>
    public required IReadOnlyList<InsideRecord> Records { get; init; }

    public required IReadOnlyList<FormCard> Forms { get; init; }

    public required IReadOnlyList<ConsentRecord> Consents { get; init; }

    /// <summary>The entries of the audit log about it, among the newest 2,000 of the log.</summary>
    public required IReadOnlyList<InsideAuditEntry> Audit { get; init; }

    public required IReadOnlyList<InsideKey> Keys { get; init; }

    public override string ToString() => nameof(InsideView);
}

/// <summary>A record as it lies in a store.</summary>
internal sealed class InsideRecord
{
    /// <summary><c>data</c> or <c>keys</c>.</summary>
    public required string Store { get; init; }

    public required string Kind { get; init; }

    public required string Partition { get; init; }

    public required string Id { get; init; }

    public required long Version { get; init; }

    /// <summary>When the sweeper looks at it.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Length of the body.</summary>
    public required int Bytes { get; init; }

    /// <summary>The first 64 bytes of the body as stored, lower-case hexadecimal; empty for records of keys.</summary>
    public required string Hex { get; init; }

    /// <summary>What the body is.</summary>
    public required string Note { get; init; }

    public override string ToString() => nameof(InsideRecord);
}

/// <summary>An entry of the audit log.</summary>
internal sealed class InsideAuditEntry
{
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What happened.</summary>
    public required string Action { get; init; }

    /// <summary>How it ended.</summary>
    public required string Outcome { get; init; }

    public required ParticipantRole Actor { get; init; }

    /// <summary>Code of a refusal.</summary>
    public string? Code { get; init; }

    /// <summary>Why values were destroyed.</summary>
    public DestroyReason? Reason { get; init; }

    /// <summary>Chain value after this entry, lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    public override string ToString() => nameof(InsideAuditEntry);
}

/// <summary>A key and whether it is still there.</summary>
internal sealed class InsideKey
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    /// <summary><c>present</c> or <c>destroyed</c>.</summary>
    public required string State { get; init; }

    /// <summary>When it was destroyed.</summary>
    public DateTimeOffset? DestroyedAt { get; init; }

    public override string ToString() => nameof(InsideKey);
}
