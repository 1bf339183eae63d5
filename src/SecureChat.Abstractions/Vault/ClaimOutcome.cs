namespace SecureChat;

/// <summary>What was decided about a claim.</summary>
public enum ClaimOutcome
{
    /// <summary>No such form or value.</summary>
    NotFound = 0,

    /// <summary>This claim won, now.</summary>
    Claimed = 1,

    /// <summary>This very claim won before; nothing changed.</summary>
    AlreadyYours = 2,

    /// <summary>Another claim holds at least one of the values.</summary>
    TakenByOther = 3,

    /// <summary>At least one of the values is destroyed or has expired.</summary>
    Gone = 4,
}
