using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureChat;
using SecureChat.AspNetCore;

namespace Microsoft.Extensions.Logging;

/// <summary>Masks what a host logs.</summary>
public static class SecureChatLoggingExtensions
{
    /// <summary>
    /// Masks every log message before any provider sees it, whether it was added before or after: the message, its structured values and
    /// scopes, and the texts of exceptions. Levels, categories, filters, event ids and <c>IsEnabled</c> stay as they are. What cannot be masked is replaced by a
    /// fixed text. A package that replaces the logger factory as a whole comes first; a host where it came later does not start (<c>SC1012</c>).
    /// </summary>
    /// <remarks>
    /// Strings are masked; numbers, dates and other simple values stay what they are unless something is found in them; any other object
    /// becomes its masked text. A clean exception is handed on as it is, with properties of its own that nobody looked at; one with something in its texts becomes
    /// an exception with the same texts, masked, and the same stack trace. Tags and baggage of activities, which
    /// <c>ActivityTrackingOptions</c> adds behind the masking, are not masked, nor are names of categories. Thread-safe.
    /// </remarks>
    /// <example><code>
    /// builder.Logging.AddSecureChatMasking();
    /// </code></example>
    /// <param name="builder">The host's logging.</param>
    /// <returns>The same builder. May be called repeatedly.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <exception cref="SecureChatConfigurationException"><c>SC1012</c>: there is no logger factory to mask for.</exception>
    public static ILoggingBuilder AddSecureChatMasking(this ILoggingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        ServiceDescriptor factory = services.LastOrDefault(static service => service.ServiceType == typeof(ILoggerFactory) && !service.IsKeyedService)
            ?? throw new SecureChatConfigurationException(SecureChatErrors.CallMissing, "(missing: builder.Services.AddLogging(), before AddSecureChatMasking())");
        if (factory.ImplementationFactory is { } made && ReferenceEquals(made, (object)MaskingLoggerFactory.Make))
        {
            return builder;
        }

        // The container goes on making and disposing the host's own factory.
        services.Add(factory switch
        {
            { ImplementationInstance: { } instance } => ServiceDescriptor.KeyedSingleton(typeof(ILoggerFactory), MaskingLoggerFactory.Inner, instance),
            { ImplementationFactory: { } make } => ServiceDescriptor.KeyedSingleton(typeof(ILoggerFactory), MaskingLoggerFactory.Inner, (provider, _) => make(provider)),
            _ => ServiceDescriptor.KeyedSingleton(typeof(ILoggerFactory), MaskingLoggerFactory.Inner, factory.ImplementationType!),
        });
        services.Remove(factory);
        services.Add(ServiceDescriptor.Singleton(typeof(ILoggerFactory), MaskingLoggerFactory.Make));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LogMaskingCheck>());
        return builder;
    }
}
