namespace SecureChat;

/// <summary>Asks a visitor to fill in a form. Immutable.</summary>
public sealed class RequestFormCommand
{
    /// <summary>The conversation to ask in.</summary>
    public required string ConversationId { get; init; }

    /// <summary>Key of a registered form.</summary>
    public required string FormKey { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(RequestFormCommand);
}
