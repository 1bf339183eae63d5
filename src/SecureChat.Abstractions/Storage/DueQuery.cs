namespace SecureChat;

/// <summary>Asks for records of a kind whose due time has come, oldest first. Immutable.</summary>
public sealed class DueQuery
{
    /// <summary>Kind of the records.</summary>
    public required string Kind { get; init; }

    /// <summary>Only records due at or before this time.</summary>
    public required DateTimeOffset Before { get; init; }

    /// <summary>
    /// Only records that come after this one: the last record of the page before. Its key and due time count, and nothing else of
    /// it; it need not exist any more. <see langword="null"/>: from the first.
    /// </summary>
    public StoreRecord? After { get; init; }

    /// <summary>At most this many records, 1 to 1000. Default 100.</summary>
    public int Limit { get; init; } = 100;
}
