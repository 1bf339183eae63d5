using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SecureChat.AspNetCore;

/// <summary>Registers keys and encryption. Needs <see cref="SecureChatStores"/> and options to be registered too.</summary>
internal static class VaultCryptoServices
{
    internal static IServiceCollection AddVaultKeys(this IServiceCollection services)
    {
        // Adds the default provider's dependency only if the host has not: its own application name and key repository stay.
        services.AddDataProtection();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ApplicationIdentity>();
        services.TryAddSingleton<IKeyEncryptionProvider, DataProtectionKeyEncryption>();
        services.TryAddSingleton<KeyRecords>();
        services.TryAddSingleton<KeyProviders>();
        services.TryAddSingleton<KeyCanary>();
        services.TryAddSingleton<KeyRing>();
        services.TryAddSingleton<KeyRefresher>();
        services.AddHostedService(static provider => provider.GetRequiredService<KeyRefresher>());
        services.AddHealthChecks().AddCheck<KeyHealthCheck>(KeyHealthCheck.HealthCheckName);
        services.TryAddSingleton<KeyRewrap>();
        services.TryAddSingleton<RecordMacs>();
        services.TryAddSingleton<ReleaseKeys>();
        services.TryAddSingleton<ConversationKeys>();
        services.TryAddSingleton<Pseudonyms>();
        return services;
    }
}
