namespace SecureChat;

/// <summary>The state of a form request and of its values. Never carries a value. Immutable.</summary>
public sealed class FormStatus
{
    /// <summary>The conversation.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The form request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The key of the form's definition.</summary>
    public required string FormKey { get; init; }

    /// <summary>Where the request stands.</summary>
    public required FormRequestState State { get; init; }

    /// <summary>When it was requested.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Until when the visitor can submit.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>Its values, once submitted.</summary>
    public IReadOnlyList<SealedValue> Values { get; init; } = [];

    /// <summary>State only.</summary>
    public override string ToString() => $"{nameof(FormStatus)} {State}";
}
