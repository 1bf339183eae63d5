namespace SecureChat;

/// <summary>Destroys values of one form request. Immutable.</summary>
public sealed class DestroyRequest
{
    /// <summary>The conversation.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The form request.</summary>
    public required string RequestId { get; init; }

    /// <summary>Only these values; <see langword="null"/> for all of the request.</summary>
    public IReadOnlyList<string>? ValueIds { get; init; }

    /// <summary>Why.</summary>
    public required DestroyReason Reason { get; init; }

    /// <summary>Leave values alone that an agent holds open. A withdrawal that races with a reveal has one winner.</summary>
    public bool UnopenedOnly { get; init; }

    /// <summary>Only what is due at the vault's clock: lives and viewing windows that ended. Used by the sweeper.</summary>
    public bool DueOnly { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(DestroyRequest);
}
