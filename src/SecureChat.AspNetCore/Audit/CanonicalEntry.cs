namespace SecureChat.AspNetCore;

/// <summary>The members of a canonical entry, in the order in which they are written. Numbers and names are the log's format.</summary>
internal sealed class CanonicalEntry
{
    public required int V { get; init; }

    /// <summary>
    /// Random. Two hosts may record facts that are otherwise equal in the same millisecond; with it a host whose insert had an
    /// unknown outcome can tell its own page from another's.
    /// </summary>
    public required string Id { get; init; }

    public required long Seq { get; init; }

    public required long At { get; init; }

    public required int Action { get; init; }

    public required int Outcome { get; init; }

    public required int Actor { get; init; }

    public string? ActorRef { get; init; }

    public string? Conversation { get; init; }

    public string? Request { get; init; }

    public required IReadOnlyList<string> Values { get; init; }

    public string? Code { get; init; }

    public int? Reason { get; init; }

    public string? Detail { get; init; }

    public string? Commitment { get; init; }

    public override string ToString() => $"{nameof(CanonicalEntry)} {Seq}";
}
