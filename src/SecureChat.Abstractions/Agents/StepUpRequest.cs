using System.Security.Claims;

namespace SecureChat;

/// <summary>Asks for one verification of a second factor, bound to one reveal. Immutable.</summary>
public sealed class StepUpRequest
{
    /// <summary>The agent as the host authenticated them.</summary>
    public required ClaimsPrincipal Principal { get; init; }

    /// <summary>The agent's stable id.</summary>
    public required string AgentId { get; init; }

    /// <summary>The agent's sign-in session.</summary>
    public required string SessionId { get; init; }

    /// <summary>The form request whose values are to be revealed.</summary>
    public required string FormRequestId { get; init; }

    /// <summary>The claim the proof is for, chosen by the agent's browser.</summary>
    public required string ClaimId { get; init; }

    /// <summary>
    /// The values that this proof opens, and no others. A verifier that makes a challenge of its own (a passkey) can bind it to them.
    /// </summary>
    public IReadOnlyList<string> ValueIds { get; init; } = [];

    /// <summary>What the agent entered or the authenticator answered. Not logged.</summary>
    public required string Response { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(StepUpRequest);
}
