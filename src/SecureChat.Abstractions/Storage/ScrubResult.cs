namespace SecureChat;

/// <summary>What <see cref="IRecordStore.ScrubAsync"/> achieved.</summary>
public enum ScrubResult
{
    /// <summary>Could not finish now, for example because a reader held the log open. Call again later.</summary>
    Busy = 0,

    /// <summary>
    /// Nothing deleted before the call is readable in the store's own files, as far as the engine lets a store see to it
    /// (<see cref="RecordStoreDescription.KeepsDeletedBytes"/>).
    /// </summary>
    Complete = 1,
}
