namespace SecureChat;

/// <summary>Asks for a page of one partition, in ascending order of id. Immutable.</summary>
public sealed class RecordQuery
{
    /// <summary>Kind of the records.</summary>
    public required string Kind { get; init; }

    /// <summary>Partition of the records.</summary>
    public required string Partition { get; init; }

    /// <summary>Only ids that sort strictly after this one (UTF-8 bytes). <see langword="null"/>: from the first.</summary>
    public string? AfterId { get; init; }

    /// <summary>At most this many records, 1 to 1000. Default 100.</summary>
    public int Limit { get; init; } = 100;
}
