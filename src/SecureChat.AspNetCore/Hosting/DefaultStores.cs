namespace SecureChat.AspNetCore;

/// <summary>What a store slot holds when no <c>Use...</c> call filled it: in Development a store in memory, elsewhere a refusal (E56).</summary>
internal static class DefaultStores
{
    public static IRecordStore Create(RecordStoreSlot slot, IServiceProvider services)
    {
        if (!services.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            throw new SecureChatConfigurationException(SecureChatErrors.NoRecordStore);
        }

        return InMemory(slot, services.GetRequiredService<TimeProvider>());
    }

    // The in-memory store comes with the store implementations; until it is in this assembly there is nothing to fall back on.
    private static IRecordStore InMemory(RecordStoreSlot slot, TimeProvider time) =>
        throw new SecureChatConfigurationException(SecureChatErrors.NoRecordStore, $"({slot})");
}
