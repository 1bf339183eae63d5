namespace SecureChat.AspNetCore;

/// <summary>
/// A value that was taken out of a visitor's message and waits for a consent: ciphertext under a release key of its own. No agent can
/// reach it; its only way out is the submission of its form by the visitor. Immutable.
/// </summary>
internal sealed record KeptValue
{
    public required string ConversationId { get; init; }

    /// <summary>The open form that it belongs to.</summary>
    public required string RequestId { get; init; }

    public required string ValueId { get; init; }

    public required string FieldKey { get; init; }

    public required DataClass DataClass { get; init; }

    /// <summary>What may be shown of it.</summary>
    public required string Preview { get; init; }

    public required DateTimeOffset KeptAt { get; init; }

    /// <summary>When it dies without a consent.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Gone once the value is being destroyed.</summary>
    public byte[]? Ciphertext { get; init; }

    /// <summary>Why it is being destroyed.</summary>
    public DestroyReason? Reason { get; init; }

    public override string ToString() => nameof(KeptValue);
}
