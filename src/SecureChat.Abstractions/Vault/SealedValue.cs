namespace SecureChat;

/// <summary>One submitted field at rest, or its tombstone: everything but the value. Immutable.</summary>
public sealed class SealedValue
{
    /// <summary>
    /// Random id of the value: 16 to 64 characters of A-Z a-z 0-9 - _, a letter among them. Kept and sent in clear, so never the value
    /// itself or a token that could be taken for it.
    /// </summary>
    public required string ValueId { get; init; }

    /// <summary>Key of the field in its form.</summary>
    public required string FieldKey { get; init; }

    /// <summary>What the agent reads beside the value.</summary>
    public required string Label { get; init; }

    /// <summary>Policy group.</summary>
    public required DataClass DataClass { get; init; }

    /// <summary>Where it stands.</summary>
    public required SealedValueState State { get; init; }

    /// <summary>What may be shown, for example <c>•••• 4242</c>.</summary>
    public required string MaskedPreview { get; init; }

    /// <summary>When it dies unopened.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Delivered once, without retry.</summary>
    public bool SingleDelivery { get; init; }

    /// <summary>Who opened it.</summary>
    public string? ClaimedBy { get; init; }

    /// <summary>In which role it was opened.</summary>
    public AgentRole ClaimedRole { get; init; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>When the viewing window ends or ended.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <summary>When its ciphertext was removed.</summary>
    public DateTimeOffset? DestroyedAt { get; init; }

    /// <summary>Why.</summary>
    public DestroyReason? DestroyReason { get; init; }

    /// <summary>When its release key was destroyed. Only then is it called deleted.</summary>
    public DateTimeOffset? KeyDestroyedAt { get; init; }

    /// <summary>State only.</summary>
    public override string ToString() => $"{nameof(SealedValue)} {State}";
}
