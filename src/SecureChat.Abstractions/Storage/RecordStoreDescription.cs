namespace SecureChat;

/// <summary>What a record store is and what it promises. Immutable.</summary>
public sealed class RecordStoreDescription
{
    /// <summary>Short technology name for logs and health, for example <c>sqlite</c>. Never a path or connection string.</summary>
    public required string Name { get; init; }

    /// <summary>An acknowledged write survives a killed process. A store without this is refused outside Development (<c>SC1002</c>).</summary>
    public required bool IsDurable { get; init; }

    /// <summary>The store can serve hosts on several machines.</summary>
    public bool IsShared { get; init; }

    /// <summary>
    /// What was deleted or replaced stays in the store's own files (free space, write-ahead log) until the engine reuses the space, and no
    /// scrub can hurry it: <see cref="IRecordStore.ScrubAsync"/> then answers for what the engine lets it do. The bytes are ciphertext, or keys that
    /// a key-encryption key wraps; docs/threat-model.md says whom that leaves. Logged at start.
    /// </summary>
    public bool KeepsDeletedBytes { get; init; }
}
