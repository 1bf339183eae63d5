namespace SecureChat.AspNetCore;

/// <summary>A policy does not let a text in. Names the kinds, and carries nothing of the text.</summary>
internal sealed class BlockedDataException(IReadOnlyList<string> kinds) : Exception("The text holds data that a policy blocks.")
{
    public IReadOnlyList<string> Kinds => kinds;
}
