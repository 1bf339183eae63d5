namespace SecureChat;

/// <summary>Asks a visitor to fill in a form. Immutable.</summary>
public sealed class RequestFormCommand
{
    /// <summary>The conversation to ask in.</summary>
    public required string ConversationId { get; init; }

    /// <summary>Key of a registered form.</summary>
    public required string FormKey { get; init; }

    /// <summary>
    /// Whether the answer carries a link to the form, for a team with a chat of its own. A link made before opens nothing from then on.
    /// Default <see langword="false"/>: the widget needs none.
    /// </summary>
    public bool WithLink { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(RequestFormCommand);
}
