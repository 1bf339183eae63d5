namespace SecureChat;

/// <summary>One value on its way to the one viewer. Immutable.</summary>
public sealed class ReleasedValue
{
    /// <summary>The value.</summary>
    public required string ValueId { get; init; }

    /// <summary>Key of the field in its form.</summary>
    public required string FieldKey { get; init; }

    /// <summary>The value, encrypted to the claiming browser.</summary>
    public required ReleaseEnvelope Envelope { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(ReleasedValue);
}
