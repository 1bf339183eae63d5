namespace SecureChat.AspNetCore;

/// <summary>Masks what is logged and hands it on. Never throws for a reason of its own, and hands nothing on that it could not mask.</summary>
internal sealed class MaskingLogger(ILogger inner, Func<LogMasker> masking) : ILogger
{
    /// <summary>Stands where something could not be masked.</summary>
    public const string Withheld = "A log message could not be checked for sensitive data and was withheld (SC2001).";

    // A detector of the host that logs while it masks would come back here.
    [ThreadStatic]
    private static bool _isMasking;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        if (_isMasking)
        {
            return inner.BeginScope(Withheld);
        }

        object? masked;
        try
        {
            _isMasking = true;
            LogMasker masker = masking();
            masked = state is string text ? masker.Message(text, out _) : MaskedLogState.From(state, state.ToString() ?? "", masker);
        }
        catch (Exception)
        {
            MaskingTelemetry.Failed(MaskingTelemetry.Log);
            masked = Withheld;
        }
        finally
        {
            _isMasking = false;
        }

        return inner.BeginScope(masked);
    }

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
        {
            return;
        }

        if (_isMasking)
        {
            Withhold(logLevel, eventId);
            return;
        }

        MaskedLogState? masked = null;
        Exception? fault = null;
        bool isClean = false;
        EventId id = default;
        try
        {
            _isMasking = true;
            LogMasker masker = masking();
            id = masker.Id(eventId);
            string message = formatter(state, exception) ?? "";
            fault = exception is null ? null : masker.Exception(exception);
            if (State<TState>.IsPlain && ReferenceEquals(fault, exception) && ReferenceEquals(masker.Text(message), message) && masker.IsClean(state))
            {
                isClean = true;
            }
            else
            {
                masked = MaskedLogState.From(state, message, masker);
            }
        }
        catch (Exception)
        {
            MaskingTelemetry.Failed(MaskingTelemetry.Log);
        }
        finally
        {
            _isMasking = false;
        }

        // Outside of the try: what a provider throws is the host's to see, as without masking.
        if (isClean)
        {
            inner.Log(logLevel, id, state, exception, formatter);
        }
        else if (masked is not null)
        {
            inner.Log(logLevel, id, masked, fault, MaskedLogState.Format);
        }
        else
        {
            Withhold(logLevel, eventId);
        }
    }

    private void Withhold(LogLevel logLevel, EventId eventId) =>
        inner.Log(logLevel, eventId.Name is null ? eventId : new EventId(eventId.Id), Withheld, null, static (text, _) => text);

    /// <summary>
    /// The states of Microsoft's own logging calls print the same every time when their values are simple ones, so a clean one is handed on as
    /// it is. What another type prints the second time nobody knows: it is replaced by what was looked at.
    /// </summary>
    private static class State<TState>
    {
        public static readonly bool IsPlain = typeof(TState).Assembly == typeof(ILogger).Assembly
            && typeof(TState).IsAssignableTo(typeof(IReadOnlyList<KeyValuePair<string, object?>>));
    }
}
