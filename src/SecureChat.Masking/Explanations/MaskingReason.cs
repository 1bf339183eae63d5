using System.Text.Json.Serialization;

namespace SecureChat.Masking;

/// <summary>Why a value is taken or left.</summary>
[JsonConverter(typeof(WireNames<MaskingReason>))]
public enum MaskingReason
{
    /// <summary>Taken: its shape, grouping or check digits are evidence enough.</summary>
    Shape = 0,

    /// <summary>Taken: words beside it say what it is.</summary>
    Words = 1,

    /// <summary>Taken: the question before it, or the name of its field, says what it is.</summary>
    Question = 2,

    /// <summary>Left: it has the shape, but neither a word beside it nor a question before it says so.</summary>
    NeedsWords = 3,

    /// <summary>Left: its check digits or its issuer are wrong.</summary>
    WrongCheckDigits = 4,

    /// <summary>Left: this engine does not look for its kind, or not for its country's.</summary>
    KindIsOff = 5,

    /// <summary>Left: the policy allows its kind here.</summary>
    AllowedByPolicy = 6,

    /// <summary>Left: the allow-list knows it.</summary>
    AllowList = 7,
}
