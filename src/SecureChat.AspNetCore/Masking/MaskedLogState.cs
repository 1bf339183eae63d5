using System.Collections;
using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary>What a provider gets in place of a message or scope: its text and values, masked. Prints the masked text. Immutable.</summary>
internal sealed class MaskedLogState : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const char Mask = '\u2022';

    // A security code has three digits.
    private const int ShortestPart = 3;

    public static readonly Func<MaskedLogState, Exception?, string> Format = static (state, _) => state._text;

    private readonly string _text;

    private readonly KeyValuePair<string, object?>[] _values;

    private MaskedLogState(string text, KeyValuePair<string, object?>[] values)
    {
        _text = text;
        _values = values;
    }

    public int Count => _values.Length;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    /// <summary>Masks a state that prints as <paramref name="message"/>.</summary>
    public static MaskedLogState From<TState>(TState state, string message, LogMasker masker)
    {
        string text = masker.Message(message, out IReadOnlyList<SensitiveSpan> spans);
        IEnumerable<KeyValuePair<string, object?>> pairs = state switch
        {
            IEnumerable<KeyValuePair<string, object?>> values => values,
            IEnumerable<KeyValuePair<string, string>> texts => texts.Select(static pair => KeyValuePair.Create(pair.Key, (object?)pair.Value)),
            _ => [],
        };
        string[] found = [.. spans.Select(span => message.Substring(span.Start, span.Length)).Distinct(StringComparer.Ordinal)];
        var masked = new List<KeyValuePair<string, object?>>();
        foreach (KeyValuePair<string, object?> pair in pairs)
        {
            object? value = masker.IsFormat(pair) ? pair.Value : masker.Value(pair.Key, pair.Value);
            if (pair.Value is string or IFormattable && !ReferenceEquals(value, pair.Value) && value is string hidden
                && Printed(pair.Value) is { Length: > 0 } raw && !string.Equals(raw, hidden, StringComparison.Ordinal))
            {
                // Its name told what it is; in the message it stands without.
                text = text.Replace(raw, hidden, StringComparison.Ordinal);
            }

            masked.Add(KeyValuePair.Create(masker.Text(pair.Key), Hide(value, found)));
        }

        return new MaskedLogState(text, [.. masked]);
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The masked text: scopes are printed.</summary>
    public override string ToString() => _text;

    private static string Printed(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    /// <summary>The words of the message told what it is; among the values it stands without, or in parts.</summary>
    private static object? Hide(object? value, string[] found)
    {
        if (found.Length == 0 || value is null)
        {
            return value;
        }

        if (value is object?[] items)
        {
            return Array.ConvertAll(items, item => Hide(item, found));
        }

        string was = Printed(value), text = was;
        foreach (string raw in found)
        {
            text = was.Length >= ShortestPart && raw.Contains(was, StringComparison.Ordinal)
                ? new string(Mask, was.Length)
                : text.Replace(raw, new string(Mask, raw.Length), StringComparison.Ordinal);
        }

        return string.Equals(text, was, StringComparison.Ordinal) ? value : text;
    }
}
