namespace SecureChat;

/// <summary>Asks for the exclusive right to see values of one form. Immutable.</summary>
public sealed class ClaimRequest
{
    /// <summary>The conversation.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The form request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The values, all of one form request. All are claimed or none.</summary>
    public required IReadOnlyList<string> ValueIds { get; init; }

    /// <summary>Chosen by the agent's browser, 128 random bits or more.</summary>
    public required string ClaimId { get; init; }

    /// <summary>The agent.</summary>
    public required string AgentId { get; init; }

    /// <summary>The agent's role.</summary>
    public required AgentRole Role { get; init; }

    /// <summary>The agent's sign-in session.</summary>
    public required string SessionId { get; init; }

    /// <summary>The browser's key.</summary>
    public required ClaimKey Key { get; init; }

    /// <summary>How long the values can be seen.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>Proof that the intent to reveal is in the audit log. Only SecureChat can make one: no audit, no value (P4).</summary>
    public required AuditReceipt Intent { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(ClaimRequest);
}
