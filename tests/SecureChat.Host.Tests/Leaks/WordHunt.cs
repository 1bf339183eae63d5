using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SecureChat.Host.Tests;

/// <summary>
/// Security codes are too short for a byte hunt: three digits stand in every file by chance. So texts, columns and JSON strings are
/// decoded, and a code counts where it stands as a word of its own. JSON numbers are not texts: an answer of a visitor is never one.
/// </summary>
internal static partial class WordHunt
{
    /// <summary>Numbers of three or four digits that are words of a text, without parts of times, GUIDs, decimals, pages and stack traces.</summary>
    public static IEnumerable<string> Codes(string text) =>
        Code().Matches(Noise().Replace(text, "")).Select(static match => match.Value);

    /// <summary>Every text in a JSON document: names, strings, and what strings hold that are JSON or base64 themselves.</summary>
    public static IEnumerable<string> Texts(string json)
    {
        JsonDocument? document = TryParse(json);
        if (document is null)
        {
            yield return json;
            yield break;
        }

        using (document)
        {
            foreach (string text in Texts(document.RootElement))
            {
                yield return text;
            }
        }
    }

    /// <summary>Every text in the bytes of a column: JSON, lines of JSON, or text. Nothing when they are no UTF-8, as ciphertext is.</summary>
    public static IEnumerable<string> Texts(byte[] bytes)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (ArgumentException)
        {
            return [];
        }

        return TryParse(text) is { } whole ? Dispose(whole, text) : text.Split('\n').SelectMany(Texts);

        static IEnumerable<string> Dispose(JsonDocument document, string json)
        {
            document.Dispose();
            return Texts(json);
        }
    }

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static member => Texts(member.Value).Append(member.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.String => Inside(element.GetString()!),
        _ => [],
    };

    private static IEnumerable<string> Inside(string text)
    {
        if (text.StartsWith('{') && TryParse(text) is { } inner)
        {
            inner.Dispose();
            return Texts(text);
        }

        byte[] decoded = new byte[text.Length];
        return text.Length >= 8 && Convert.TryFromBase64String(text, decoded, out int length)
            ? Texts(decoded[..length]).Append(text)
            : [text];
    }

    private static JsonDocument? TryParse(string json)
    {
        try
        {
            return json.Length > 0 && json[0] is '{' or '[' ? JsonDocument.Parse(json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"(?<!\w|\d\.)[0-9]{3,4}(?!\w|\.\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[?&](after|limit)=\d+|:line \d+", RegexOptions.CultureInvariant)]
    private static partial Regex Noise();
}
