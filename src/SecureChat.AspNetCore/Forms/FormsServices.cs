using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SecureChat.AspNetCore;

/// <summary>Registers the parts of this folder and of Consent. May be repeated; what the host registered stays.</summary>
internal static class FormsServices
{
    /// <summary>Notices, form definitions and the check of answers. Resolve <see cref="FormCatalog"/> at start, so that a bad definition refuses to start.</summary>
    public static IServiceCollection AddFormDefinitions(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<NoticeCatalog>();
        services.TryAddSingleton<FormCatalog>();
        services.TryAddSingleton<AnswerValidator>();
        return services;
    }

    /// <summary>Requests, submissions, the vault and the one release function.</summary>
    public static IServiceCollection AddForms(this IServiceCollection services)
    {
        services.TryAddSingleton<FormRecords>();
        services.TryAddSingleton<FormNotifier>();
        services.AddHostedService(static provider => provider.GetRequiredService<FormNotifier>());
        services.TryAddSingleton<FormTeller>();
        services.TryAddSingleton<FormService>();
        services.TryAddSingleton<KeptValues>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPieceKeeper, TextKeeper>());
        services.AddSingleton<IConversationEnded>(static provider => provider.GetRequiredService<FormService>());
        services.TryAddSingleton<IVault, RecordVault>();
        services.TryAddSingleton<GuardedVault>();
        services.TryAddSingleton<RevealService>();
        services.TryAddSingleton<FormLinks>();
        services.TryAddSingleton<ISecureChat, SecureChatService>();
        return services;
    }

    /// <summary>The default consent store and the guard that the product calls it through.</summary>
    public static IServiceCollection AddConsent(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IConsentStore, RecordConsentStore>();
        services.TryAddSingleton<GuardedConsentStore>();
        return services;
    }
}
