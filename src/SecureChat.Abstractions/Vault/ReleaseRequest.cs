namespace SecureChat;

/// <summary>Asks for the values of a claim. Immutable.</summary>
public sealed class ReleaseRequest
{
    /// <summary>The conversation.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The form request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The claim that won.</summary>
    public required string ClaimId { get; init; }

    /// <summary>The agent of the claim.</summary>
    public required string AgentId { get; init; }

    /// <summary>The session of the claim.</summary>
    public required string SessionId { get; init; }

    /// <summary>The key of the claim.</summary>
    public required ClaimKey Key { get; init; }

    /// <summary>Encrypts a value to <see cref="Key"/>. The only way from a value to a <see cref="ReleaseEnvelope"/>.</summary>
    public required IReleaseSealer Sealer { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(ReleaseRequest);
}
