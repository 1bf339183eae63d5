using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SecureChat.AspNetCore;

/// <summary>The one list of what SecureChat registers. Defaults are <c>TryAdd</c>: a choice of the host made earlier stays.</summary>
internal static class ProductServices
{
    public static void AddProduct(IServiceCollection services)
    {
        if (services.Any(static descriptor => descriptor.ServiceType == typeof(SecureChatPipeline)))
        {
            return;
        }

        AddHosting(services);
        AddStores(services);
        services.TryAddSingleton<IVisitorIdentity, NoVisitorIdentity>();
        services.AddMasking();
        services.TryAddSingleton<TextMasking>();

        services.AddVaultKeys().AddAuditLog().AddFormDefinitions().AddForms().AddConsent().AddAgents().AddChat().AddRetention();

        services.AddSingleton<InsideReader>();

        services.AddSingleton<IStartupStep, KeyRingStep>();
        services.AddSingleton<IStartupStep, DefinitionsStep>();
        services.AddSingleton<IStartupStep, StepUpStep>();
        services.AddSingleton<IHostCommand, AuditVerifyCommand>();
        services.AddSingleton<IHostCommand, RetentionFailedCommand>();
        services.AddSingleton<IHostCommand, KeysListCommand>();
        services.AddSingleton<IHostCommand, KeysRotateCommand>();
        services.AddSingleton<IHostCommand, KeysRewrapCommand>();
        services.AddSingleton<IHostCommand, KeysDisableCommand>();
        services.AddSingleton<IHostCommand, KeysEnableCommand>();
        services.AddSingleton<IHostCommand, KeysDestroyCommand>();
        services.AddSingleton<IHostCommand, KeysAbandonCommand>();

        AddEndpoints(services, SecureChatPart.Assets, AssetEndpoints.Map);
        AddEndpoints(services, SecureChatPart.Assets, PageEndpoints.Map);
        AddEndpoints(services, SecureChatPart.Assets, InsideEndpoints.Map);
        AddEndpoints(services, SecureChatPart.Visitor, VisitorInfoEndpoints.Map);
        AddEndpoints(services, SecureChatPart.Visitor, ChatEndpoints.MapVisitor);
        AddEndpoints(services, SecureChatPart.Visitor, FormEndpoints.MapVisitor);
        AddEndpoints(services, SecureChatPart.Forms, FormEndpoints.MapForms);
        AddEndpoints(services, SecureChatPart.Agent, ChatEndpoints.MapAgent);
        AddEndpoints(services, SecureChatPart.Agent, FormEndpoints.MapAgent);
        AddEndpoints(services, SecureChatPart.Agent, FormEndpoints.MapPrivacy);
        AddEndpoints(services, SecureChatPart.Agent, AuditEndpoints.MapPrivacy);
        AddEndpoints(services, SecureChatPart.Agent, DeletionCertificates.MapPrivacy);
        AddEndpoints(services, SecureChatPart.Agent, RuleTestEndpoints.MapPrivacy);
        AddEndpoints(services, SecureChatPart.Agent, AuditEndpoints.Map);
        AddEndpoints(services, SecureChatPart.Hub, static hub => ChatHubEndpoint.Map(hub, string.Empty));
    }

    /// <summary>Lets <c>MapSecureChat</c> map the endpoints of a feature into a part.</summary>
    public static void AddEndpoints(IServiceCollection services, SecureChatPart part, Action<IEndpointRouteBuilder> map) =>
        services.AddSingleton(new PartEndpoints(part, map));

    private static void AddHosting(IServiceCollection services)
    {
        services.AddSingleton<SecureChatPipeline>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRuntimeVersion, RuntimeVersion>();
        services.AddOptions<SecureChatOptions>();
        services.AddSingleton<ValidateSecureChatOptions>();
        services.AddSingleton<IPostConfigureOptions<SecureChatOptions>>(static provider => provider.GetRequiredService<ValidateSecureChatOptions>());
        services.AddSingleton<IValidateOptions<SecureChatOptions>>(static provider => provider.GetRequiredService<ValidateSecureChatOptions>());

        // First of our hosted services: nothing of SecureChat runs on a host that is set up wrongly.
        services.AddSingleton<StartupChecks>();
        services.AddHostedService(static provider => provider.GetRequiredService<StartupChecks>());
        services.AddSingleton<IStartupFilter, PipelineCheck>();

        services.AddLogging();
        services.AddRouting();
        services.AddAuthorization();
        services.AddDataProtection();
        services.TryAddSingleton<OriginRules>();
        services.TryAddSingleton(static _ => WebAssets.Load());
        services.AddHttpLoggingInterceptor<RequestLogging>();
        services.AddSingleton<IHostCommand, HelpCommand>();
    }

    private static void AddStores(IServiceCollection services)
    {
        foreach (RecordStoreSlot slot in Enum.GetValues<RecordStoreSlot>())
        {
            services.TryAddKeyedSingleton<IRecordStore>(slot, static (provider, _) => DefaultStores.Create(provider));
        }

        services.TryAddSingleton<SecureChatStores>();
    }
}
