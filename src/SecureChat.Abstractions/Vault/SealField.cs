namespace SecureChat;

/// <summary>One value to seal. The caller zeroes <see cref="Value"/> after the call.</summary>
public sealed class SealField
{
    /// <summary>Key of the field in its form.</summary>
    public required string FieldKey { get; init; }

    /// <summary>What the agent reads beside the value.</summary>
    public required string Label { get; init; }

    /// <summary>Policy group.</summary>
    public required DataClass DataClass { get; init; }

    /// <summary>The value, UTF-8. Valid only during the call: a vault must not keep the memory.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>What may be shown of it, for example <c>•••• 4242</c>.</summary>
    public required string MaskedPreview { get; init; }

    /// <summary>How long it lives unopened.</summary>
    public required TimeSpan LivesFor { get; init; }

    /// <summary>Delivered once and destroyed in the same step (always for <see cref="DataClass.AuthenticationData"/>).</summary>
    public required bool SingleDelivery { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(SealField);
}
