using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary>
/// Where a sealed value belongs. Every part is bound to the ciphertext: a row that is copied to another application,
/// conversation, request, value or field, or whose data class or policy is edited, does not open (E54).
/// </summary>
internal sealed class ValueContext
{
    private byte[]? _value;
    private byte[]? _fingerprint;

    public required string ApplicationId { get; init; }

    public required string ConversationId { get; init; }

    public required string RequestId { get; init; }

    public required string ValueId { get; init; }

    public required string FieldKey { get; init; }

    public required DataClass DataClass { get; init; }

    /// <summary>Delivery and life, as the caller writes them down; compared as text.</summary>
    public required string Policy { get; init; }

    public override string ToString() => $"{nameof(ValueContext)} {ValueId}";

    /// <summary>Associated data of the sealed value. The format version is in the first part.</summary>
    internal ReadOnlySpan<byte> ForValue => _value ??= Build("SecureChat value v1");

    /// <summary>Associated data of the fingerprint: another first part, so that the two derived keys are unrelated.</summary>
    internal ReadOnlySpan<byte> ForFingerprint => _fingerprint ??= Build("SecureChat fingerprint v1");

    // The data class by number: a renamed member must not make stored values unreadable.
    private byte[] Build(string purpose) => AssociatedData.Build(
        purpose,
        ApplicationId,
        ConversationId,
        RequestId,
        ValueId,
        FieldKey,
        ((int)DataClass).ToString(CultureInfo.InvariantCulture),
        Policy);
}
