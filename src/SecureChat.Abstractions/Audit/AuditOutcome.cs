namespace SecureChat;

/// <summary>How an audited action ended. Numbers are part of the log format.</summary>
public enum AuditOutcome
{
    /// <summary>About to be tried.</summary>
    Intended = 0,

    /// <summary>Done.</summary>
    Succeeded = 1,

    /// <summary>Refused by a rule.</summary>
    Denied = 2,

    /// <summary>Failed by a fault.</summary>
    Failed = 3,
}
