namespace SecureChat.AspNetCore;

/// <summary>A signed-in agent as the host's policies see them, for one call. Never stored.</summary>
internal sealed class Agent
{
    private const int MaxPublicName = 100;

    public required string Id { get; init; }

    /// <summary>The sign-in session: the host's <c>sid</c> claim when it issues one, otherwise the agent's id (the browser's key still binds a claim).</summary>
    public required string SessionId { get; init; }

    /// <summary>The name of the sign-in, which is often an address. For the agents themselves and the audit log. See <see cref="NameOf"/>.</summary>
    public string? DisplayName { get; init; }

    /// <summary>
    /// The name that visitors see and that stands in clear in records: the sign-in's, when it is one line that the masker would leave
    /// alone; otherwise none. Decided by our own engine, so that a name costs no call and has no fault of its own.
    /// </summary>
    public string? PublicName =>
        PlainText.IsLine(DisplayName, 1, MaxPublicName) && SecureChat.Masking.MaskingEngine.Default.Find(DisplayName).Count == 0 ? DisplayName : null;

    public bool IsAgent { get; init; }

    public bool IsSupervisor { get; init; }

    public bool IsPrivacyOfficer { get; init; }

    public bool IsAuditor { get; init; }

    public ParticipantRole Role =>
        IsSupervisor ? ParticipantRole.Supervisor
        : IsAgent ? ParticipantRole.Agent
        : IsPrivacyOfficer ? ParticipantRole.PrivacyOfficer
        : ParticipantRole.Auditor;

    /// <summary>
    /// The name of a sign-in, or none when it holds what no name is: a card, account or social security number that somebody keeps
    /// there would stand in the audit log and in the console (P1). An address or a phone number is an ordinary name.
    /// </summary>
    public static string? NameOf(string? signInName) =>
        SecureChat.Masking.MaskingEngine.Default.Find(signInName).All(static span => span.Kind is DataKinds.Email or DataKinds.Phone) ? signInName : null;

    public override string ToString() => nameof(Agent);
}
