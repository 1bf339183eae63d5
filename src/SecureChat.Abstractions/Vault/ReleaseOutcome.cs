namespace SecureChat;

/// <summary>What was decided about a release.</summary>
public enum ReleaseOutcome
{
    /// <summary>No such form or claim.</summary>
    NotFound = 0,

    /// <summary>The values are in the answer.</summary>
    Released = 1,

    /// <summary>Claimed by another agent, session, browser or claim.</summary>
    Elsewhere = 2,

    /// <summary>Acknowledged, expired or destroyed.</summary>
    Gone = 3,

    /// <summary>The stored value does not open; it is destroyed with that reason.</summary>
    Undecryptable = 4,
}
