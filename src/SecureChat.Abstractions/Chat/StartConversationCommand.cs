namespace SecureChat;

/// <summary>Starts a conversation for a visitor whom the application talks to in its own way. Immutable.</summary>
public sealed class StartConversationCommand
{
    /// <summary>Kind of conversation: 1 to 50 of <c>a-z 0-9 -</c>, a letter first, at most four digits. Default <c>chat</c>.</summary>
    public string? Type { get; init; }

    /// <summary>
    /// Who it is about, in the application's own words (a user id), 1 to 1024 characters. Only a keyed hash is kept, by which consents and
    /// conversations of one person are found again. <see langword="null"/> for somebody the application does not know.
    /// </summary>
    public string? Subject { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(StartConversationCommand);
}
