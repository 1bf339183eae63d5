namespace SecureChat;

/// <summary>Where sensitive data stands in a text: UTF-16 offsets, kind, confidence. Carries no text.</summary>
public readonly struct SensitiveSpan : IEquatable<SensitiveSpan>
{
    /// <summary>Kind id, one of <see cref="DataKinds"/> or a detector's own.</summary>
    public required string Kind { get; init; }

    /// <summary>First UTF-16 code unit.</summary>
    public required int Start { get; init; }

    /// <summary>Number of UTF-16 code units.</summary>
    public required int Length { get; init; }

    /// <summary>First code unit after the span.</summary>
    public int End => Start + Length;

    /// <summary>0 to 1.</summary>
    public double Confidence { get; init; }

    /// <summary>What becomes of it. Default: <see cref="MaskAction.Mask"/>. What is allowed by a policy is no span.</summary>
    public MaskAction Action { get; init; }

    /// <summary>Other kinds that the same characters may be, such as two tax numbers with the same check digits. Default: none.</summary>
    public IReadOnlyList<string> OtherKinds
    {
        get => field ?? [];
        init;
    }

    /// <inheritdoc/>
    public bool Equals(SensitiveSpan other) =>
        Start == other.Start && Length == other.Length && string.Equals(Kind, other.Kind, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SensitiveSpan other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Start, Length);

    /// <summary>Equal kind and place.</summary>
    public static bool operator ==(SensitiveSpan left, SensitiveSpan right) => left.Equals(right);

    /// <summary>Different kind or place.</summary>
    public static bool operator !=(SensitiveSpan left, SensitiveSpan right) => !left.Equals(right);

    /// <summary>Kind and place.</summary>
    public override string ToString() => $"{Kind} [{Start}..{End})";
}
