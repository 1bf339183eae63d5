using System.Collections.Concurrent;
using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>Masks a text and says what was found.</summary>
internal delegate string MaskText(string text, MaskContext? context, out IReadOnlyList<SensitiveSpan> spans);

/// <summary>The engine of the host as the parts outside of the chat use it: with the name a value stands under as context, and counted. Thread-safe.</summary>
internal sealed class TextMasking
{
    // A longer name is no name that a person gave; its words would be searched again for every value.
    private const int MaxNameLength = 100;

    private const int MostNames = 2000;

    private static readonly MaskContext Outward = new() { Direction = MaskDirection.Out };

    private readonly ConcurrentDictionary<string, MaskContext> _inward = new(StringComparer.Ordinal), _outward = new(StringComparer.Ordinal);

    private readonly MaskText _mask;

    private readonly MaskingEngine _engine;

    private readonly bool _isOutward;

    private int _names;

    public TextMasking(MaskingEngine engine)
        : this(engine, engine.Mask)
    {
    }

    /// <summary>With something else between the engine and who asks: a count, or in tests a fault.</summary>
    internal TextMasking(MaskingEngine engine, MaskText mask, bool isOutward = false) => (_engine, _mask, _isOutward) = (engine, mask, isOutward);

    private static TextMasking Default { get; } = new(MaskingEngine.Default);

    /// <summary>With the engine of the host; a host that registered none has the default one, so that nothing can be left unmasked by a forgotten call.</summary>
    public static TextMasking Of(IServiceProvider services) =>
        services.GetService<TextMasking>() ?? (services.GetService<MaskingEngine>() is { } engine ? new TextMasking(engine) : Default);

    /// <summary>The same for what leaves the application, wherever it is looked at.</summary>
    public TextMasking ForOutward() => new(_engine, _mask, isOutward: true);

    /// <summary>Masks a text on its own; the same instance when it is clean. Not counted without a place.</summary>
    public string Mask(string text, string? place) => Mask(text, place, out _);

    /// <summary>Masks a text on its own, and says what was found.</summary>
    public string Mask(string text, string? place, out IReadOnlyList<SensitiveSpan> spans) =>
        Mask(text, IsOutward(place) ? Outward : null, place, out spans);

    /// <summary>
    /// Masks the value of a name, such as a property of JSON or a field of a form: <c>cvv</c> is what makes <c>123</c> a security code.
    /// The same instance when it is clean.
    /// </summary>
    public string Mask(string? name, string value, string? place) =>
        string.IsNullOrEmpty(name) || name.Length > MaxNameLength ? Mask(value, place) : Mask(value, ContextOf(name, IsOutward(place)), place, out _);

    private string Mask(string text, MaskContext? context, string? place, out IReadOnlyList<SensitiveSpan> spans)
    {
        string masked = _mask(text, context, out spans);
        MaskingTelemetry.Found(spans, place);

        // What goes out has happened already: there it is masked.
        if (place is MaskingTelemetry.Request or MaskingTelemetry.Hub && spans.Any(static span => span.Action == MaskAction.Block))
        {
            throw new BlockedDataException([.. spans.Where(static span => span.Action == MaskAction.Block).Select(static span => span.Kind).Distinct(StringComparer.Ordinal)]);
        }

        // Equal texts are the same instance, so that who compares need not know which engine this is.
        if (string.Equals(masked, text, StringComparison.Ordinal))
        {
            spans = [];
            return text;
        }

        // What a policy only warns of stands, and is no value to hide.
        spans = spans.Any(static span => span.Action == MaskAction.Warn) ? [.. spans.Where(static span => span.Action != MaskAction.Warn)] : spans;
        return masked;
    }

    private bool IsOutward(string? place) => _isOutward || place is MaskingTelemetry.Response;

    private MaskContext ContextOf(string name, bool isOutward)
    {
        ConcurrentDictionary<string, MaskContext> contexts = isOutward ? _outward : _inward;
        if (contexts.TryGetValue(name, out MaskContext? known))
        {
            return known;
        }

        // Bounded, give or take a few that come at once: clients choose the names of properties.
        MaskContext context = MaskContext.ForField(name, isOutward ? MaskDirection.Out : MaskDirection.In, _engine.Own);
        if (Volatile.Read(ref _names) < MostNames && contexts.TryAdd(name, context))
        {
            Interlocked.Increment(ref _names);
        }

        return context;
    }
}
