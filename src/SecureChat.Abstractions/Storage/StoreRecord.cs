namespace SecureChat;

/// <summary>
/// One record: kind, partition, id, version, due time and body. Immutable; the body must not be changed by anybody after it
/// was handed over.
/// </summary>
public sealed class StoreRecord
{
    /// <summary>Largest body a store must accept: 1 MiB.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Where the record lies.</summary>
    public required RecordKey Key { get; init; }

    /// <summary>On read: the stored version, from 1. For replace: the version expected to be stored. Ignored by insert.</summary>
    public long Version { get; init; }

    /// <summary>When the sweeper should look at the record; <see langword="null"/> for never. Kept to the millisecond (rounded down).</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The content, 0 to <see cref="MaxBodyBytes"/> bytes. Opaque to the store.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Kind and version only: a body must not reach a log by accident.</summary>
    public override string ToString() => $"StoreRecord {Key.Kind} v{Version}";
}
