namespace SecureChat.AspNetCore;

/// <summary>A signed-in agent as the host's policies see them, for one call. Never stored.</summary>
internal sealed class Agent
{
    public required string Id { get; init; }

    /// <summary>The sign-in session: the host's <c>sid</c> claim when it issues one, otherwise the agent's id (the browser's key still binds a claim).</summary>
    public required string SessionId { get; init; }

    public string? DisplayName { get; init; }

    public bool IsAgent { get; init; }

    public bool IsSupervisor { get; init; }

    public bool IsPrivacyOfficer { get; init; }

    public bool IsAuditor { get; init; }

    public ParticipantRole Role =>
        IsSupervisor ? ParticipantRole.Supervisor
        : IsAgent ? ParticipantRole.Agent
        : IsPrivacyOfficer ? ParticipantRole.PrivacyOfficer
        : ParticipantRole.Auditor;

    public override string ToString() => nameof(Agent);
}
