namespace SecureChat;

/// <summary>Names one record. Equality is exact (ordinal). Immutable.</summary>
public sealed class RecordKey : IEquatable<RecordKey>
{
    /// <summary>Longest <see cref="Kind"/>: 64 characters of <c>a-z 0-9 -</c>.</summary>
    public const int MaxKindLength = 64;

    /// <summary>Longest <see cref="Partition"/> and <see cref="Id"/>: 256 characters.</summary>
    public const int MaxNameLength = 256;

    /// <summary>What the record is, for example <c>conversation-event</c>: 1 to 64 characters of <c>a-z 0-9 -</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it belongs to, usually a conversation: 1 to 256 characters, any Unicode without lone surrogates or U+0000.</summary>
    public required string Partition { get; init; }

    /// <summary>Its name inside the partition: 1 to 256 characters, any Unicode without lone surrogates or U+0000.</summary>
    public required string Id { get; init; }

    /// <inheritdoc/>
    public bool Equals(RecordKey? other) =>
        other is not null
        && string.Equals(Kind, other.Kind, StringComparison.Ordinal)
        && string.Equals(Partition, other.Partition, StringComparison.Ordinal)
        && string.Equals(Id, other.Id, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RecordKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(
        StringComparer.Ordinal.GetHashCode(Kind), StringComparer.Ordinal.GetHashCode(Partition), StringComparer.Ordinal.GetHashCode(Id));

    /// <summary>The kind only: partitions and ids can name a conversation.</summary>
    public override string ToString() => $"RecordKey {Kind}";
}
