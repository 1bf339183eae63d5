using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;

namespace SecureChat.AspNetCore;

/// <summary>
/// Reads a JSON body strictly: one content type, a size limit that holds for chunked bodies too, well-formed UTF-8 without lone
/// surrogates, no duplicate and no unknown members. A refusal names the JSON path, never a value. The bytes are zeroed after use.
/// </summary>
internal static class RequestBody
{
    private const string JsonMediaType = "application/json";

    private const string Malformed = "This is not well-formed JSON: UTF-8, no byte order mark, at most 16 levels deep, no lone surrogates.";

    private const string Refused = "This is missing, unknown, repeated, null or of the wrong type.";

    public static async ValueTask<Outcome<T>> ReadAsync<T>(HttpContext context, int maxBytes, CancellationToken cancellationToken)
        where T : class
    {
        HttpRequest request = context.Request;
        if (!IsJson(request))
        {
            return SecureChatErrors.UnsupportedMediaType;
        }

        if (request.ContentLength > maxBytes)
        {
            return SecureChatErrors.TooLarge;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(maxBytes + 1L, Math.Max(request.ContentLength + 1 ?? 0, 1024)));
        int length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(maxBytes + 1L, buffer.Length * 2L));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    Return(buffer, length);
                    buffer = larger;
                }

                // Stops one byte behind the limit: enough to know that there is more.
                int room = (int)Math.Min(buffer.Length, maxBytes + 1L) - length;
                int read = await request.Body.ReadAsync(buffer.AsMemory(length, room), cancellationToken);
                length += read;
                if (length > maxBytes)
                {
                    return SecureChatErrors.TooLarge;
                }

                if (read == 0)
                {
                    break;
                }
            }

            return Parse<T>(buffer.AsSpan(0, length));
        }
        catch (BadHttpRequestException fault)
        {
            return fault.StatusCode == StatusCodes.Status413PayloadTooLarge ? SecureChatErrors.TooLarge : SecureChatErrors.InvalidRequest;
        }
        finally
        {
            Return(buffer, length);
        }
    }

    /// <summary>The same rules for bytes that came another way.</summary>
    internal static Outcome<T> Parse<T>(ReadOnlySpan<byte> json)
        where T : class
    {
        if (!IsWellFormed(json))
        {
            return Outcome<T>.Refused(SecureChatErrors.InvalidRequest, Facts("$", Malformed));
        }

        try
        {
            if (JsonSerializer.Deserialize<T>(json, SecureChatJson.Options) is { } value)
            {
                return value;
            }

            return Outcome<T>.Refused(SecureChatErrors.InvalidRequest, Facts("$", Refused));
        }
        catch (JsonException fault)
        {
            // The parser's own message can quote the body.
            string path = SafePath(fault.Path);
            return Outcome<T>.Refused(SecureChatErrors.InvalidRequest, Facts(path, path == "$" ? Refused + RequiredMembers<T>() : Refused));
        }
    }

    /// <summary>
    /// The path as far as it is made of names that somebody could have given to a member. A visitor's number that slipped into a
    /// member's name is not sent back.
    /// </summary>
    internal static string SafePath(string? path)
    {
        if (path is not ['$', ..])
        {
            return "$";
        }

        int end = 1;
        while (end < path.Length)
        {
            int next = end + 1, digits = 0;
            if (path[end] == '[')
            {
                while (next < path.Length && char.IsAsciiDigit(path[next]))
                {
                    next++;
                }

                if (next == path.Length || path[next] != ']' || next == end + 1 || next > end + 5)
                {
                    break;
                }

                end = next + 1;
                continue;
            }

            while (next < path.Length && (char.IsAsciiLetterOrDigit(path[next]) || path[next] is '_' or '-'))
            {
                digits += char.IsAsciiDigit(path[next]) ? 1 : 0;
                next++;
            }

            // A security code has three digits. One member of ours has as many.
            bool mayQuote = digits > 2 && path.AsSpan(end + 1, next - end - 1) is not "sha256";
            if (path[end] != '.' || next == end + 1 || next > end + 41 || mayQuote || (next < path.Length && path[next] is not ('.' or '[')))
            {
                break;
            }

            end = next;
        }

        return path[..end];
    }

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
        && type.MediaType.Equals(JsonMediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && !request.Headers.ContainsKey(HeaderNames.ContentEncoding);

    private static bool IsWellFormed(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = SecureChatJson.Options.MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && HasLoneSurrogate(reader.ValueSpan))
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Whether escapes in a JSON string leave half a character: it has no UTF-8 form, and parsers differ about it.</summary>
    private static bool HasLoneSurrogate(ReadOnlySpan<byte> text)
    {
        bool expectsLow = false;
        for (int at = 0; at < text.Length; at++)
        {
            int unit = -1;
            if (text[at] == '\\')
            {
                at++;
                if (text[at] == 'u' && Utf8Parser.TryParse(text.Slice(at + 1, 4), out int code, out _, 'X'))
                {
                    unit = code;
                    at += 4;
                }
            }

            bool isLow = unit is >= 0xDC00 and <= 0xDFFF;
            if (isLow != expectsLow)
            {
                return true;
            }

            expectsLow = unit is >= 0xD800 and <= 0xDBFF;
        }

        return expectsLow;
    }

    private static string RequiredMembers<T>()
    {
        string[] names = [.. SecureChatJson.Options.GetTypeInfo(typeof(T)).Properties.Where(static member => member.IsRequired).Select(static member => member.Name)];
        return names.Length == 0 ? string.Empty : $" Required: {string.Join(", ", names)}.";
    }

    private static Dictionary<string, object?> Facts(string path, string message) => new(StringComparer.Ordinal)
    {
        [Problems.Errors] = new Dictionary<string, string[]>(StringComparer.Ordinal) { [path] = [message] },
    };

    private static void Return(byte[] buffer, int length)
    {
        CryptographicOperations.ZeroMemory(buffer.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
