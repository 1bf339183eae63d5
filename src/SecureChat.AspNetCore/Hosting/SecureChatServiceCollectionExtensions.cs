using SecureChat;
using SecureChat.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds SecureChat to a host.</summary>
public static class SecureChatServiceCollectionExtensions
{
    /// <summary>
    /// Adds SecureChat with default options. May be called repeatedly; later calls only add options. In Development, stores in
    /// memory are used until a <c>Use...</c> call names others; elsewhere the host refuses to start without a durable store.
    /// </summary>
    /// <example><code>
    /// builder.Services.AddSecureChat().UseSqlite("data/securechat.db");
    /// var app = builder.Build();
    /// app.UseSecureChat();
    /// app.MapSecureChat();
    /// </code></example>
    /// <param name="services">The host's services.</param>
    /// <returns>The builder on which stores, forms, notices and plug-ins are named.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static ISecureChatBuilder AddSecureChat(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        ProductServices.AddProduct(services);
        return new SecureChatBuilder(services);
    }

    /// <summary>Adds SecureChat and sets options in code. Options are validated when the host starts (<c>SC1001</c>).</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options; runs after earlier calls and sections, in order of the calls.</param>
    /// <returns>The builder on which stores, forms, notices and plug-ins are named.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static ISecureChatBuilder AddSecureChat(this IServiceCollection services, Action<SecureChatOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        ISecureChatBuilder builder = services.AddSecureChat();
        services.Configure(configure);
        return builder;
    }

    /// <summary>
    /// Adds SecureChat and binds options from a section, strictly: a key that is no option (<c>SC1007</c>) and a value that does
    /// not parse (<c>SC1001</c>) refuse to start, because a misspelt limit is a limit that is not there.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">Usually <c>builder.Configuration.GetSection("SecureChat")</c>; a section that is not there sets nothing.</param>
    /// <returns>The builder on which stores, forms, notices and plug-ins are named.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static ISecureChatBuilder AddSecureChat(this IServiceCollection services, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        ISecureChatBuilder builder = services.AddSecureChat();
        services.AddSingleton<IConfigureOptions<SecureChatOptions>>(new StrictConfiguration(section));
        return builder;
    }
}
