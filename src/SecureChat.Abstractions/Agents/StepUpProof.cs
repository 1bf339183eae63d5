namespace SecureChat;

/// <summary>Proof of a fresh second factor, consumed once, for one reveal. Immutable.</summary>
public sealed class StepUpProof
{
    /// <summary>
    /// Names the evidence, the same for every use of the same evidence (for TOTP: agent and time step), so that it can be
    /// accepted once on all hosts. 1 to 200 characters; stored only as a SHA-256.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The factor as in RFC 8176, for example <c>otp</c> or <c>hwk</c>.</summary>
    public required string Factor { get; init; }

    /// <summary>When the factor was proved.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Copied from the request; SecureChat refuses a proof for anybody else.</summary>
    public required string AgentId { get; init; }

    /// <summary>Copied from the request.</summary>
    public required string SessionId { get; init; }

    /// <summary>Copied from the request.</summary>
    public required string FormRequestId { get; init; }

    /// <summary>Copied from the request.</summary>
    public required string ClaimId { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(StepUpProof);
}
