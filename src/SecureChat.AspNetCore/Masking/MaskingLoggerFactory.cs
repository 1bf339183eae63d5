namespace SecureChat.AspNetCore;

/// <summary>
/// In front of the host's logger factory, so that filters by provider, scopes and providers that are added later are as they were, and a
/// message is masked once for all providers.
/// </summary>
internal sealed class MaskingLoggerFactory(ILoggerFactory inner, Func<LogMasker> masking) : ILoggerFactory
{
    /// <summary>Key under which the host's own factory is registered.</summary>
    public static readonly object Inner = new();

    /// <summary>Makes it from services. One delegate, by which the registration is recognised.</summary>
    public static readonly Func<IServiceProvider, object> Make = static services =>
    {
        // Not before the first message: an engine may be made of things that log.
        var masking = new Lazy<LogMasker>(() => new LogMasker(TextMasking.Of(services).ForOutward()));
        return new MaskingLoggerFactory(services.GetRequiredKeyedService<ILoggerFactory>(Inner), () => masking.Value);
    };

    public ILogger CreateLogger(string categoryName) => new MaskingLogger(inner.CreateLogger(categoryName), masking);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>The container that made the host's factory disposes it.</summary>
    public void Dispose()
    {
    }
}
