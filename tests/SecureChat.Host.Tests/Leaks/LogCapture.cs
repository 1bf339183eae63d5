using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SecureChat.Host.Tests;

/// <summary>Keeps everything a host logs at every level: message, each value of the state, scopes, exceptions to their last inner one.</summary>
internal sealed class LogCapture : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentDictionary<string, IReadOnlySet<string>> _entries = new(StringComparer.Ordinal);
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public int Count => _entries.Count;

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddTo(Evidence evidence)
    {
        foreach ((string text, IReadOnlySet<string> numbers) in _entries)
        {
            evidence.AddText("log", text, numbers);
        }
    }

    public void Dispose()
    {
    }

    private void Add(string text, IReadOnlySet<string> ownNumbers) => _entries.TryAdd(text, ownNumbers);

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => capture._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Take($"{category} {eventId.Name} {formatter(state, exception)}", state);
            for (Exception? fault = exception; fault is not null; fault = fault.InnerException)
            {
                Take($"{category} {fault}", null);
                Take($"{category} {fault.Message} {string.Join(' ', fault.Data.Values.Cast<object?>())}", null);
            }

            capture._scopes.ForEachScope(static (scope, logger) => logger.Take($"{logger.Category} scope {scope}", scope), this);
        }

        private string Category => category;

        /// <summary>Keeps a text with the values it was made of; numbers are the host's own.</summary>
        private void Take(string text, object? state)
        {
            var numbers = new HashSet<string>(StringComparer.Ordinal);
            if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
            {
                foreach ((string name, object? value) in pairs)
                {
                    string shown = value is System.Collections.IEnumerable list and not string ? string.Join(' ', list.Cast<object?>()) : $"{value}";
                    if (value is int or long or double or float or TimeSpan or DateTimeOffset or Enum)
                    {
                        numbers.UnionWith(WordHunt.Codes(shown));
                    }
                    else
                    {
                        text += $"\n{name}={shown}";
                    }
                }
            }

            capture.Add(text, numbers);
        }
    }
}
