using System.Text.Json.Serialization;

namespace SecureChat;

/// <summary>What an agent principal may do; granted by the host's authorisation policies.</summary>
[JsonConverter(typeof(WireNames<AgentRole>))]
public enum AgentRole
{
    /// <summary>Not an agent.</summary>
    None = 0,

    /// <summary>Talks to visitors and reveals values of conversations assigned to them.</summary>
    Agent = 1,

    /// <summary>Sees all conversations, assigns and transfers. Reveals only what is assigned to them, under their own name.</summary>
    Supervisor = 2,

    /// <summary>Lists consent, withdraws and destroys on a subject's behalf. Never reveals.</summary>
    PrivacyOfficer = 3,

    /// <summary>Reads the audit log. Never reads messages, never reveals.</summary>
    Auditor = 4,
}
