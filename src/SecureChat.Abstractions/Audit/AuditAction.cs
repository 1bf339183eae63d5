using System.Text.Json.Serialization;

namespace SecureChat;

/// <summary>What an audit entry records. Numbers are part of the log format and are never reused.</summary>
[JsonConverter(typeof(WireNames<AuditAction>))]
public enum AuditAction
{
    /// <summary>A conversation began.</summary>
    ConversationStarted = 10,

    /// <summary>A conversation ended.</summary>
    ConversationClosed = 11,

    /// <summary>An agent was assigned, or the conversation was transferred.</summary>
    ConversationAssigned = 12,

    /// <summary>Sensitive data was masked in a message.</summary>
    MessageMasked = 13,

    /// <summary>A value that was masked in a message is kept, sealed, until a consent covers it or its time ends.</summary>
    ValueKept = 14,

    /// <summary>A form was requested.</summary>
    FormRequested = 20,

    /// <summary>A form was opened by the visitor.</summary>
    FormOpened = 21,

    /// <summary>A form was submitted.</summary>
    FormSubmitted = 22,

    /// <summary>A form was declined.</summary>
    FormDeclined = 23,

    /// <summary>A form was cancelled.</summary>
    FormCancelled = 24,

    /// <summary>A form expired.</summary>
    FormExpired = 25,

    /// <summary>The visitor took more time for a form.</summary>
    FormExtended = 26,

    /// <summary>Consent was given.</summary>
    ConsentGiven = 30,

    /// <summary>Consent was withdrawn.</summary>
    ConsentWithdrawn = 31,

    /// <summary>A step-up was tried.</summary>
    StepUp = 40,

    /// <summary>An agent asks to see values; appended before anything is released (P4).</summary>
    RevealIntent = 41,

    /// <summary>How the reveal ended: granted or denied.</summary>
    RevealOutcome = 42,

    /// <summary>Values were handed to the claiming browser again inside the window.</summary>
    ReleaseRepeated = 43,

    /// <summary>Values were destroyed, keys included.</summary>
    ValuesDestroyed = 50,

    /// <summary>A transcript's key was destroyed.</summary>
    TranscriptDestroyed = 51,

    /// <summary>Something that was due could not be destroyed in six tries. It is tried on, and an operator must look at it.</summary>
    DeletionFailed = 52,

    /// <summary>Unreadable keys were abandoned by an operator.</summary>
    KeysAbandoned = 60,

    /// <summary>A new version of the key-encryption key was made. Of this and the next four the entry names the version in place of a value.</summary>
    KeyMade = 61,

    /// <summary>A version was taken out of use.</summary>
    KeyDisabled = 62,

    /// <summary>A version was taken into use again.</summary>
    KeyEnabled = 63,

    /// <summary>What older versions had wrapped was wrapped under this one.</summary>
    KeysRewrapped = 64,

    /// <summary>A version was destroyed; nothing that is stored needed it.</summary>
    KeyDestroyed = 65,

    /// <summary>The audit log was read.</summary>
    AuditRead = 70,

    /// <summary>Names and reasons were erased from a conversation's entries.</summary>
    DetailsErased = 71,
}
