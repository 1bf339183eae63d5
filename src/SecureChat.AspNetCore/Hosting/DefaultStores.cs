namespace SecureChat.AspNetCore;

/// <summary>What a store slot holds when no <c>Use...</c> call filled it: in Development a store in memory, elsewhere a refusal (E56).</summary>
internal static class DefaultStores
{
    public static IRecordStore Create(IServiceProvider services)
    {
        // Meant to be used and registered where nobody looks: the host would run on another store than its author believes.
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(IRecordStore)) == true)
        {
            throw new SecureChatConfigurationException(
                SecureChatErrors.NoRecordStore, "An IRecordStore is registered without a RecordStoreSlot: replace that line by AddSecureChat().UseRecordStore<T>().");
        }

        if (!services.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            throw new SecureChatConfigurationException(SecureChatErrors.NoRecordStore);
        }

        return new InMemoryRecordStore(services.GetRequiredService<TimeProvider>());
    }
}
