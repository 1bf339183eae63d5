using System.Text.Json.Serialization;

namespace SecureChat;

/// <summary>Where a sealed value stands. Goes one way only.</summary>
[JsonConverter(typeof(WireNames<SealedValueState>))]
public enum SealedValueState
{
    /// <summary>Nobody has opened it.</summary>
    Sealed = 0,

    /// <summary>One agent on one browser holds the right to see it.</summary>
    Claimed = 1,

    /// <summary>Gone; the tombstone stays.</summary>
    Destroyed = 2,
}
