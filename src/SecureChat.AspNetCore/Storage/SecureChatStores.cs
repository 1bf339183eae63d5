namespace SecureChat.AspNetCore;

/// <summary>
/// The two record stores, guarded. Product code takes this class, never <see cref="IRecordStore"/> from the container, so that the
/// order of registration cannot bypass the guard.
/// </summary>
internal sealed class SecureChatStores(
    [FromKeyedServices(RecordStoreSlot.Data)] IRecordStore data,
    [FromKeyedServices(RecordStoreSlot.Keys)] IRecordStore keys,
    IOptions<SecureChatOptions> options,
    TimeProvider time)
{
    public GuardedRecordStore Data { get; } = new(data, options.Value.Storage.OperationTimeout, time);

    public GuardedRecordStore Keys { get; } = new(keys, options.Value.Storage.OperationTimeout, time);
}
