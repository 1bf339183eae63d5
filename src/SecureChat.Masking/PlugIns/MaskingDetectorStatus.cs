namespace SecureChat.Masking;

/// <summary>How a plug-in detector of an engine has behaved so far. Immutable.</summary>
public sealed class MaskingDetectorStatus
{
    /// <summary>Name of its class, or the kind of its pattern.</summary>
    public required string Name { get; init; }

    /// <summary>The kinds that it may find.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>How often lately it threw, exceeded its steps or its 250 ms, or added what does not fit. A thousand good answers forgive them.</summary>
    public required int Faults { get; init; }

    /// <summary>Whether it was switched off, after three faults. Its kinds are not looked for until the host starts anew.</summary>
    public required bool IsOff { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(MaskingDetectorStatus);
}
