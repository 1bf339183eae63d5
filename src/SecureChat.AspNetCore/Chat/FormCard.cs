namespace SecureChat.AspNetCore;

/// <summary>A form in the transcript: label, masked preview and state, never a value.</summary>
internal sealed class FormCard
{
    public required string RequestId { get; init; }

    public required string FormKey { get; init; }

    public required string Title { get; init; }

    /// <summary>Rises with every change of the form: a card with a lower revision is older, whatever order it arrives in.</summary>
    public required long Revision { get; init; }

    public required FormRequestState State { get; init; }

    /// <summary>Until when it can be submitted.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public IReadOnlyList<FormCardValue> Values { get; init; } = [];

    public override string ToString() => nameof(FormCard);
}

/// <summary>One value on a card: who opened it and when it was deleted, as the visitor reads it.</summary>
internal sealed class FormCardValue
{
    public required string ValueId { get; init; }

    public required string FieldKey { get; init; }

    public required string Label { get; init; }

    /// <summary>What may be shown of it, for example <c>•••• 4242</c>.</summary>
    public required string Preview { get; init; }

    public required SealedValueState State { get; init; }

    /// <summary>When it dies unopened.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    public AgentRole? OpenedByRole { get; init; }

    /// <summary>Set only after the key is destroyed: until then nothing says "deleted".</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Why it was destroyed; set together with the time of deletion.</summary>
    public DestroyReason? Reason { get; init; }

    public override string ToString() => nameof(FormCardValue);
}
