using System.Collections.Concurrent;
using System.Text;
using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>Masks a text and says what was found.</summary>
internal delegate string MaskText(string text, out IReadOnlyList<SensitiveSpan> spans);

/// <summary>The engine of the host as the parts outside of the chat use it: with the name a value stands under as context, and counted. Thread-safe.</summary>
internal sealed class TextMasking
{
    // A longer name is no name that a person gave; its words would be searched again for every value.
    private const int MaxNameLength = 100;

    private const int MostNames = 2000;

    private readonly ConcurrentDictionary<string, string> _words = new(StringComparer.Ordinal);

    private static readonly MaskContext Outward = new() { Direction = MaskDirection.Out };

    private readonly MaskText? _mask;

    private readonly MaskingEngine _engine;

    private readonly bool _isOutward;

    private int _names;

    public TextMasking(MaskingEngine engine) => _engine = engine;

    private TextMasking(TextMasking other)
    {
        _engine = other._engine;
        _mask = other._mask;
        _isOutward = true;
    }

    /// <summary>For tests: something that masks, or fails to.</summary>
    internal TextMasking(MaskText mask)
        : this(MaskingEngine.Default) => _mask = mask;

    /// <summary>The same for what leaves the application, wherever it is looked at.</summary>
    public TextMasking ForOutward() => new(this);

    private static TextMasking Default { get; } = new(MaskingEngine.Default);

    /// <summary>With the engine of the host; a host that registered none has the default one, so that nothing can be left unmasked by a forgotten call.</summary>
    public static TextMasking Of(IServiceProvider services) =>
        services.GetService<TextMasking>() ?? (services.GetService<MaskingEngine>() is { } engine ? new TextMasking(engine) : Default);

    /// <summary>Masks a text on its own; the same instance when it is clean. Not counted without a place.</summary>
    public string Mask(string text, string? place) => Mask(text, place, out _);

    /// <summary>Masks a text on its own, and says what was found.</summary>
    public string Mask(string text, string? place, out IReadOnlyList<SensitiveSpan> spans)
    {
        string masked = Look(text, place, out spans);
        MaskingTelemetry.Found(spans, place);

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

    /// <summary>
    /// Masks the value of a name, such as a property of JSON or a field of a form: <c>cvv</c> is what makes <c>123</c> a security code.
    /// The same instance when it is clean.
    /// </summary>
    public string Mask(string? name, string value, string? place)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxNameLength)
        {
            return Mask(value, place);
        }

        string prefix = Prefix(name);
        string masked = Look(prefix + value, place, out IReadOnlyList<SensitiveSpan> spans);
        if (masked.StartsWith(prefix, StringComparison.Ordinal))
        {
            MaskingTelemetry.Found(spans, place);
            return masked.AsSpan(prefix.Length).SequenceEqual(value) ? value : masked[prefix.Length..];
        }

        // The name itself is, or is part of, a value: then the value has to stand on its own, and what they make together is hidden whole.
        string alone = Mask(value, place);
        return ReferenceEquals(alone, value) && spans.Any(span => span.End > prefix.Length) ? Hidden(value) : alone;
    }

    private string Look(string text, string? place, out IReadOnlyList<SensitiveSpan> spans) =>
        _mask is not null ? _mask(text, out spans)
        : _engine.Mask(text, _isOutward || place is MaskingTelemetry.Response ? Outward : null, out spans);

    private static string Hidden(string value) => new('\u2022', Math.Max(1, value.Length));

    private string Prefix(string name)
    {
        if (_words.TryGetValue(name, out string? known))
        {
            return known;
        }

        // Bounded: clients choose the names of properties.
        string words = Words(name);
        if (Volatile.Read(ref _names) < MostNames && _words.TryAdd(name, words))
        {
            Interlocked.Increment(ref _names);
        }

        return words;
    }

    // cardNumber, card_number and card-number are read as words.
    private static string Words(string name)
    {
        var words = new StringBuilder(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (c is '_' or '-' or '.' or '[' or ']' or '/' || char.IsWhiteSpace(c))
            {
                words.Append(' ');
                continue;
            }

            bool startsWord = i > 0 && char.IsUpper(c) && (char.IsLower(name[i - 1]) || (char.IsUpper(name[i - 1]) && i + 1 < name.Length && char.IsLower(name[i + 1])));
            words.Append(startsWord ? " " : "").Append(c);
        }

        return words.Append(": ").ToString();
    }
}
