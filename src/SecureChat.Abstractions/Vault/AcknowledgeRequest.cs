namespace SecureChat;

/// <summary>Says "seen": ends a claim. Immutable.</summary>
public sealed class AcknowledgeRequest
{
    /// <summary>The conversation.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The form request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The claim.</summary>
    public required string ClaimId { get; init; }

    /// <summary>The agent of the claim.</summary>
    public required string AgentId { get; init; }

    /// <summary>The session of the claim.</summary>
    public required string SessionId { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(AcknowledgeRequest);
}
