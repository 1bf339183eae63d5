namespace SecureChat.Masking;

/// <summary>One rule of a <see cref="MaskingPolicy"/>: which values it is about, and what becomes of them. Immutable.</summary>
public sealed class MaskingRule
{
    /// <summary>Ids of kinds; one that ends in <c>*</c> stands for all that begin so, such as <c>us-*</c>. Default: null, which is every kind.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>Who wrote the text. Default: null, which is anybody, and also a text of nobody, such as a line of a log.</summary>
    public IReadOnlyList<ParticipantRole>? Roles { get; init; }

    /// <summary>Which way the text goes. Default: null, which is both.</summary>
    public MaskDirection? Direction { get; init; }

    /// <summary>What becomes of a value. Default: <see cref="MaskAction.Mask"/>.</summary>
    public MaskAction Action { get; init; }

    /// <summary>
    /// With <see cref="MaskAction.Mask"/>: how many letters and digits stay at the end, 0 to 8, but never more than a third of the value, four of a
    /// card, or any of a security code or PIN. Default: null, which is what docs/masking.md says of the kind.
    /// </summary>
    public int? KeepLast { get; init; }

    /// <summary>With <see cref="MaskAction.Label"/>: the label instead of the policy's.</summary>
    public string? Label { get; init; }

    /// <summary>The type and the action.</summary>
    public override string ToString() => $"{nameof(MaskingRule)} {Action}";
}
