namespace SecureChat.AspNetCore;

/// <summary>What a store slot holds when no <c>Use...</c> call filled it: in Development a store in memory, elsewhere a refusal (E56).</summary>
internal static class DefaultStores
{
    public static IRecordStore Create(IServiceProvider services)
    {
        if (!services.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            throw new SecureChatConfigurationException(SecureChatErrors.NoRecordStore);
        }

        return new InMemoryRecordStore(services.GetRequiredService<TimeProvider>());
    }
}
