using System.Text.Json.Serialization;

namespace SecureChat;

/// <summary>Why a value was destroyed.</summary>
[JsonConverter(typeof(WireNames<DestroyReason>))]
public enum DestroyReason
{
    /// <summary>Seen and acknowledged, or delivered once.</summary>
    Viewed = 0,

    /// <summary>Its life or viewing window ended.</summary>
    Expired = 1,

    /// <summary>Consent was withdrawn.</summary>
    Withdrawn = 2,

    /// <summary>The request was cancelled.</summary>
    Cancelled = 3,

    /// <summary>Claimed, but its window ended without an acknowledgement.</summary>
    Forfeited = 4,

    /// <summary>Erased on a subject's or privacy officer's request.</summary>
    Erased = 5,

    /// <summary>Could not be opened.</summary>
    Undecryptable = 6,

    /// <summary>The conversation ended.</summary>
    ConversationEnded = 7,

    /// <summary>Another copy took its place: a value that was kept out of a message was handed over with its form, or written again.</summary>
    Replaced = 8,
}
