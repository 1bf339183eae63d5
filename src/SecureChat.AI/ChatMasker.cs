using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SecureChat.Masking;

namespace SecureChat.AI;

/// <summary>Masks a text and says what was found.</summary>
internal delegate string MaskText(string text, out IReadOnlyList<SensitiveSpan> spans);

/// <summary>The texts of one call: masks them, and keeps the values of placeholders for as long. Used by one call, one step at a time.</summary>
internal sealed partial class ChatMasker(MaskText mask, MaskingChatOptions options)
{
    private const int MaxNameLength = 100;

    private readonly Dictionary<string, string> _placeholders = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public bool HasPlaceholders => _values.Count > 0;

    /// <summary>Somebody may write <c>[payment-card-1]</c> themselves: such a placeholder would bring a value where none was.</summary>
    public void Reserve(string? text)
    {
        if (options.Placeholders && text is not null)
        {
            _taken.UnionWith(Placeholder().Matches(text).Select(static match => match.Value));
        }
    }

    /// <summary>The name under which a value stands, as words before it: <c>securityCode</c> is what makes <c>123</c> a security code.</summary>
    public static string Prefix(string? name) =>
        name is { Length: > 0 and <= MaxNameLength } ? WordStart().Replace(name.Replace('_', ' ').Replace('-', ' '), " ") + ": " : "";

    /// <summary>A text as the model may read it; the same instance when it is clean.</summary>
    public string ToModel(string text, string? name = null)
    {
        string prefix = Prefix(name);
        string whole = prefix + text;
        string masked = mask(whole, out IReadOnlyList<SensitiveSpan> spans);
        if (string.Equals(masked, whole, StringComparison.Ordinal))
        {
            return text;
        }

        if (options.Placeholders)
        {
            var replaced = new StringBuilder();
            int at = prefix.Length;
            foreach (SensitiveSpan span in spans.Where(span => span.End > prefix.Length))
            {
                int start = Math.Max(span.Start, prefix.Length);
                replaced.Append(whole, at, start - at).Append(For(span.Kind, whole[start..span.End]));
                at = span.End;
            }

            replaced.Append(whole, at, whole.Length - at);

            // What the spans do not name, a text that is a dump for example, is hidden all the same.
            return Keep(replaced.ToString(), out _);
        }

        return masked.StartsWith(prefix, StringComparison.Ordinal) ? masked[prefix.Length..] : new string('\u2022', text.Length);
    }

    /// <summary>A text of the model as the caller may read it, placeholders not yet put back.</summary>
    public string FromModel(string text, out IReadOnlyList<SensitiveSpan> spans)
    {
        spans = [];
        return options.MaskAnswers ? Keep(text, out spans) : text;
    }

    /// <summary>Puts the values of this call back.</summary>
    public string Restore(string text) =>
        _values.Count == 0 ? text : Placeholder().Replace(text, match => _values.GetValueOrDefault(match.Value, match.Value));

    /// <summary>Masks an answer's text and puts values back; the same instance when neither changed it.</summary>
    public string Answer(string text)
    {
        string masked = FromModel(text, out _);
        string restored = Restore(masked);
        return string.Equals(restored, text, StringComparison.Ordinal) ? text : restored;
    }

    /// <summary>Masks a text and leaves placeholders of this call readable: behind "my password is" they look like a password.</summary>
    private string Keep(string text, out IReadOnlyList<SensitiveSpan> spans)
    {
        string masked = mask(text, out spans);
        if (_values.Count == 0 || masked.Length != text.Length || string.Equals(masked, text, StringComparison.Ordinal))
        {
            return masked;
        }

        char[] kept = masked.ToCharArray();
        foreach (Match match in Placeholder().Matches(text))
        {
            if (_values.ContainsKey(match.Value))
            {
                match.Value.CopyTo(kept.AsSpan(match.Index));
            }
        }

        return new string(kept);
    }

    private string For(string kind, string value)
    {
        if (_placeholders.TryGetValue(value, out string? known))
        {
            return known;
        }

        if (_values.Count >= options.MaxPlaceholders)
        {
            return new string('\u2022', value.Length);
        }

        string placeholder;
        do
        {
            int number = _numbers.GetValueOrDefault(kind) + 1;
            _numbers[kind] = number;
            placeholder = string.Create(CultureInfo.InvariantCulture, $"[{kind}-{number}]");
        }
        while (_taken.Contains(placeholder));

        _placeholders[value] = placeholder;
        _values[placeholder] = value;
        return placeholder;
    }

    [GeneratedRegex(@"\[[a-z][a-z0-9-]{0,80}-[0-9]{1,6}\]")]
    private static partial Regex Placeholder();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();
}
