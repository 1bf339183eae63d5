using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SecureChat.AspNetCore;

/// <summary>Registers the audit log. Needs <see cref="SecureChatStores"/>, <see cref="KeyRing"/>, <see cref="Pseudonyms"/>, options and a clock.</summary>
internal static class AuditServices
{
    public static IServiceCollection AddAuditLog(this IServiceCollection services)
    {
        services.TryAddSingleton<AuditDetailKeys>();
        services.TryAddSingleton(static provider => provider.GetRequiredService<AuditDetailKeys>().ToSealing());
        services.TryAddSingleton<AuditLog>();
        services.TryAddSingleton<AuditReadings>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AuditHeadExporter>());
        return services;
    }
}
