namespace SecureChat.AspNetCore;

/// <summary>
/// What SignalR logs about our hub, without what clients sent. Its messages quote method names, and its exceptions quote the members
/// and values that did not bind: a card number under the wrong name would stand in a Debug log (E43). What happened still shows, by
/// event, level and type of fault.
/// </summary>
internal sealed class HubLoggerFactory(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new HubLogger(inner.CreateLogger(categoryName));

    /// <summary>Providers belong to the host's factory.</summary>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>The host's factory is the host's to dispose.</summary>
    public void Dispose()
    {
    }

    private sealed class HubLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel))
            {
                return;
            }

            string text = exception is null
                ? eventId.Name ?? "Event"
                : $"{eventId.Name ?? "Event"} ({(exception.InnerException ?? exception).GetType().Name})";
            inner.Log(logLevel, eventId, text, exception: null, static (message, _) => message);
        }
    }
}
