using System.Text.Json.Serialization;

namespace SecureChat;

/// <summary>Who acts in a conversation.</summary>
[JsonConverter(typeof(WireNames<ParticipantRole>))]
public enum ParticipantRole
{
    /// <summary>SecureChat itself, for example an expiry.</summary>
    System = 0,

    /// <summary>The visitor of the conversation.</summary>
    Visitor = 1,

    /// <summary>An agent assigned to the conversation.</summary>
    Agent = 2,

    /// <summary>Application code through <see cref="ISecureChat"/>.</summary>
    Application = 3,

    /// <summary>A supervisor, under their own name.</summary>
    Supervisor = 4,

    /// <summary>A privacy officer.</summary>
    PrivacyOfficer = 5,

    /// <summary>An auditor.</summary>
    Auditor = 6,
}
