using System.Text.Json.Serialization;

namespace SecureChat;

/// <summary>What becomes of sensitive data that was found in free text.</summary>
[JsonConverter(typeof(WireNames<MaskAction>))]
public enum MaskAction
{
    /// <summary>Its characters are replaced by mask characters, all but a few at the end at most. The default for every kind.</summary>
    Mask = 0,

    /// <summary>It is replaced whole by a label such as <c>[payment-card]</c>.</summary>
    Label = 1,

    /// <summary>It is taken out of the text and leaves nothing.</summary>
    Drop = 2,

    /// <summary>Masked in the text, and kept sealed in the vault until its writer agrees or it dies. Never for <c>AuthenticationData</c>.</summary>
    Seal = 3,

    /// <summary>The message is not taken: its writer is told what stands in it and asked to use a secure form.</summary>
    Block = 4,

    /// <summary>It stands as it is, and both sides are told. Never for <c>AuthenticationData</c>.</summary>
    Warn = 5,

    /// <summary>It stands as it is and is not spoken of. Never for <c>AuthenticationData</c>.</summary>
    Allow = 6,
}
