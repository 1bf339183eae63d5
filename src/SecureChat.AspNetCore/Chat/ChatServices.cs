using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SecureChat.AspNetCore;

/// <summary>Registers chat.</summary>
internal static class ChatServices
{
    /// <summary>Room around a message's text: names, ids, quotes and line breaks that JSON writes as two characters.</summary>
    private const int FrameOverhead = 4096;

    public static IServiceCollection AddChat(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<GuardedMasker>();
        services.TryAddSingleton<MaskingTrial>();
        services.TryAddSingleton<RateLimits>();
        services.TryAddSingleton(static provider =>
        {
            ConversationKeys keys = provider.GetRequiredService<ConversationKeys>();
            return new EventBodies(keys.CreateAsync, keys.SealAsync, keys.TryOpenAsync, keys.DestroyAsync, keys.ExistsAsync);
        });
        services.TryAddSingleton(static provider =>
        {
            AuditLog log = provider.GetRequiredService<AuditLog>();
            return new ChatAudit(async (fact, token) => await log.AppendAsync(fact, token));
        });
        services.TryAddSingleton(static provider => new VisitorSubjects(
            provider.GetService<IVisitorIdentity>(),
            (subject, token) => provider.GetRequiredService<Pseudonyms>().ForAsync("subject", subject, token),
            provider.GetRequiredService<IOptions<SecureChatOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ConversationEvents>();
        services.TryAddSingleton<Conversations>();
        services.TryAddSingleton<MessageService>();
        services.TryAddSingleton<ClaimPolicies>();
        services.TryAddSingleton<ConnectedAgents>();
        services.TryAddSingleton<ConversationFanOut>();
        services.AddHostedService<FeedRelay>();
        services.TryAddSingleton<ChatHubFilter>();
        services.AddSignalR();
        services.TryAddSingleton<ChatHubHandler>();
        services.AddHostedService(static provider => provider.GetRequiredService<ChatHubHandler>());

        // Closed over our hub, so that neither a backplane nor the protocols, filters and options of the host's own hubs reach it:
        // what is sent here is readable text, and between hosts only hints may travel (E42).
        services.TryAddSingleton<HubLifetimeManager<ChatHub>, DefaultHubLifetimeManager<ChatHub>>();
        services.TryAddSingleton(static provider => new HubConnectionHandler<ChatHub>(
            provider.GetRequiredService<HubLifetimeManager<ChatHub>>(),
            new ChatHubProtocols(FrameBytes(provider.GetRequiredService<IOptions<SecureChatOptions>>().Value.Limits)),
            Options.Create(HubOptionsFor(provider.GetRequiredService<IOptions<SecureChatOptions>>().Value.Limits)),
            Options.Create(new HubOptions<ChatHub>()),
            new HubLoggerFactory(provider.GetRequiredService<ILoggerFactory>()),
            provider.GetRequiredService<IUserIdProvider>(),
            provider.GetRequiredService<IServiceScopeFactory>()));
        return services;
    }

    private static HubOptions HubOptionsFor(SecureChatLimits limits)
    {
        var hub = new HubOptions
        {
            EnableDetailedErrors = false,
            MaximumParallelInvocationsPerClient = 1,
            MaximumReceiveMessageSize = FrameBytes(limits),
            DisableImplicitFromServicesParameters = true,
            HandshakeTimeout = TimeSpan.FromSeconds(5),
            KeepAliveInterval = TimeSpan.FromSeconds(15),
            ClientTimeoutInterval = TimeSpan.FromSeconds(30),
            SupportedProtocols = ["json"],
        };
        hub.AddFilter<ChatHubFilter>();
        return hub;
    }

    /// <summary>Largest frame or body that can carry a message: what is larger is not read. A text over its own limit still gets its refusal.</summary>
    internal static int FrameBytes(SecureChatLimits limits) => (limits.MessageBytes * 2) + FrameOverhead;
}
