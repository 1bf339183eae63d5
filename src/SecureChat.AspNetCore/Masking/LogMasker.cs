using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary>Masks the parts of a log message. Throws what the masker throws.</summary>
internal sealed class LogMasker(TextMasking masking)
{
    private const int MaxItems = 1000, MaxDepth = 16;

    /// <summary>Templates in which nothing was found.</summary>
    private readonly KnownTexts _cleanFormats = new();

    /// <summary>Names under which a small number is only a number.</summary>
    private readonly KnownTexts _harmlessNames = new();

    // Not counted: what stands in a value stands in the message as well.
    public string Text(string text) => masking.Mask(text, null);

    /// <summary>Masks the message itself and says where something was found.</summary>
    public string Message(string text, out IReadOnlyList<SensitiveSpan> spans) => masking.Mask(text, MaskingTelemetry.Log, out spans);

    /// <summary>An event id whose name is masked; names are the programmer's, so they are usually known already.</summary>
    public EventId Id(EventId id)
    {
        if (id.Name is not { } name || _cleanFormats.Contains(name))
        {
            return id;
        }

        string masked = Text(name);
        if (!ReferenceEquals(masked, name))
        {
            return new EventId(id.Id, masked);
        }

        _cleanFormats.Add(name);
        return id;
    }

    /// <summary>Whether every value is a simple one in which nothing was found.</summary>
    public bool IsClean<TState>(TState state)
    {
        var values = (IReadOnlyList<KeyValuePair<string, object?>>)state!;
        int count = values.Count;
        for (int i = 0; i < count; i++)
        {
            KeyValuePair<string, object?> pair = values[i];
            if (!IsFormat(pair) && !ReferenceEquals(Value(pair.Key, pair.Value), pair.Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The template is the programmer's text, so it is usually known already; a host that puts values into it (<c>$"..."</c>) makes a new one for
    /// each message, and then it is masked like any text.
    /// </summary>
    public bool IsFormat(KeyValuePair<string, object?> pair) => pair.Key == "{OriginalFormat}" && pair.Value is string text && _cleanFormats.Contains(text);

    public object? Value(string name, object? value) => Value(name, value, 0);

    /// <summary>The same exception when nothing is found in what it says; otherwise one that says the same, masked.</summary>
    public Exception Exception(Exception exception) => IsClean(exception, 0) ? exception : Masked(exception, 0);

    private object? Value(string name, object? value, int depth)
    {
        switch (value)
        {
            case null or bool or char or Enum or Guid or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan:
                return value;
            case string text:
                if (name == "{OriginalFormat}")
                {
                    string format = Text(text);
                    if (ReferenceEquals(format, text))
                    {
                        _cleanFormats.Add(text);
                    }

                    return format;
                }

                return masking.Mask(name, text, null);
            case sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal:
                return Number(name, (IFormattable)value);
            case IDictionary when depth < MaxDepth:
            case byte[]:
                break;
            case IEnumerable items when depth < MaxDepth:
                var list = new List<object?>();
                foreach (object? item in items)
                {
                    if (list.Count == MaxItems)
                    {
                        list.Add("...");
                        break;
                    }

                    list.Add(Value(name, item, depth + 1));
                }

                return list.ToArray();
            default:
                break;
        }

        return masking.Mask(name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", null);
    }

    private object Number(string name, IFormattable number)
    {
        // Fewer digits than any number that identifies somebody: only its name can make it a code.
        if ((number is sbyte or byte or short or ushort || (number is int small && small is > -10_000 and < 10_000)) && IsHarmless(name))
        {
            return number;
        }

        string text = number is float or double
            ? Convert.ToDouble(number, CultureInfo.InvariantCulture).ToString("0.###", CultureInfo.InvariantCulture)
            : number.ToString(null, CultureInfo.InvariantCulture);
        string masked = masking.Mask(name, text, null);
        return ReferenceEquals(masked, text) ? number : masked;
    }

    private bool IsClean(Exception exception, int depth)
    {
        // The whole text names inner exceptions and the trace; a class that prints something else may still show its message.
        if ((depth == 0 && !IsSame(exception.ToString())) || !IsSame(exception.Message) || !IsSame(exception.HelpLink) || depth > MaxDepth)
        {
            return false;
        }

        foreach (DictionaryEntry entry in exception.Data)
        {
            string key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";
            if (!IsSame(key) || !ReferenceEquals(Value(key, entry.Value), entry.Value))
            {
                return false;
            }
        }

        if (exception is AggregateException aggregate)
        {
            foreach (Exception inner in aggregate.InnerExceptions)
            {
                if (!IsClean(inner, depth + 1))
                {
                    return false;
                }
            }

            return true;
        }

        return exception.InnerException is null || IsClean(exception.InnerException, depth + 1);
    }

    private bool IsHarmless(string name)
    {
        if (_harmlessNames.Contains(name))
        {
            return true;
        }

        if (!IsSameUnder(name, "123") || !IsSameUnder(name, "1234") || !IsSameUnder(name, "9876"))
        {
            return false;
        }

        _harmlessNames.Add(name);
        return true;
    }

    private bool IsSameUnder(string name, string text) => ReferenceEquals(masking.Mask(name, text, null), text);

    private bool IsSame(string? text) => text is null || ReferenceEquals(Text(text), text);

    private MaskedException Masked(Exception exception, int depth)
    {
        MaskedException? inner = exception.InnerException is { } cause && depth < MaxDepth ? Masked(cause, depth + 1) : null;
        var masked = new MaskedException(
            Text(exception.Message), Text(exception.ToString()), exception.StackTrace is { } trace ? Text(trace) : null, exception.GetType().FullName ?? exception.GetType().Name, inner)
        {
            HResult = exception.HResult,
            Source = exception.Source is { } source ? Text(source) : null,
            HelpLink = exception.HelpLink is { } link ? Text(link) : null,
        };
        foreach (DictionaryEntry entry in exception.Data)
        {
            string key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";
            masked.Data[Text(key)] = Value(key, entry.Value);
        }

        return masked;
    }

    /// <summary>Texts of which something is known. Bounded: a host that makes a new one per message must not fill the memory.</summary>
    internal sealed class KnownTexts
    {
        private const int Most = 2000;

        private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

        private int _count;

        public bool Contains(string text) => _known.ContainsKey(text);

        public void Add(string text)
        {
            if (Volatile.Read(ref _count) < Most && _known.TryAdd(text, true))
            {
                Interlocked.Increment(ref _count);
            }
        }
    }
}
