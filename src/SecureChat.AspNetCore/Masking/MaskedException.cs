namespace SecureChat.AspNetCore;

/// <summary>Stands in a log for an exception that had something in its texts: the same texts, masked, and the same trace. Prints as the original did.</summary>
internal sealed class MaskedException(string message, string text, string? trace, string originalType, Exception? inner) : Exception(message, inner)
{
    public override string? StackTrace => trace;

    /// <summary>Full name of the type that was thrown.</summary>
    public string OriginalType => originalType;

    public override string ToString() => text;
}
