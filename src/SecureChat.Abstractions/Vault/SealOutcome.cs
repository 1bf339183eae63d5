namespace SecureChat;

/// <summary>What happened to a seal.</summary>
public enum SealOutcome
{
    /// <summary>The form does not take a submission now (cancelled, expired, unknown). Nothing is stored.</summary>
    Refused = 0,

    /// <summary>Sealed now.</summary>
    Sealed = 1,

    /// <summary>The same submission was sealed before; nothing changed.</summary>
    AlreadySealed = 2,

    /// <summary>Another submission, or another content under the same id, was sealed before; nothing changed.</summary>
    Mismatch = 3,
}
