namespace SecureChat;

/// <summary>What a step-up verification found.</summary>
public enum StepUpOutcome
{
    /// <summary>Wrong, stale or malformed response.</summary>
    Rejected = 0,

    /// <summary>The factor was proved now.</summary>
    Verified = 1,

    /// <summary>The agent has no second factor yet.</summary>
    NotEnrolled = 2,
}
