using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SecureChat.AspNetCore;

/// <summary>How a body is read.</summary>
internal enum BodyShape
{
    Unmaskable,
    Json,
    JsonLines,
    Form,
    Text,
    EventStream,
}

/// <summary>A body is not what its content type says. Carries nothing of it.</summary>
internal sealed class BrokenBodyException() : Exception("The body is not what its content type says.");

/// <summary>
/// Masks bodies, whole, by the options of an endpoint. Bytes that are not masked stay as they are: only the tokens in which something was
/// found are written anew, so that an endpoint sees the same spacing, order, doubles and numbers as before. Thread-safe.
/// </summary>
internal sealed class BodyMasker(TextMasking masking, EndpointMaskingOptions options, string place)
{
    private const int MaxDepth = 64;

    // A security code has three digits, and no number is shorter.
    private const int FewestDigits = 3;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Escapes what could end a script element, as the default encoder does, and leaves mask characters readable.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);

    private readonly HashSet<string> _left = [.. options.LeaveAlone.Where(static entry => entry[0] != '$')];

    private readonly HashSet<string> _leftPaths = [.. options.LeaveAlone.Where(static entry => entry[0] == '$')];

    private bool LeavesAll => _leftPaths.Contains("$");

    /// <summary>What to do with a body of a content type; <see cref="BodyShape.Unmaskable"/> for none.</summary>
    public BodyShape ShapeOf(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type) || (type.Charset.HasValue && !IsUtf8(type.Charset)))
        {
            return BodyShape.Unmaskable;
        }

        StringSegment media = type.MediaType;
        return Is(media, "application/json") || Is(media, "text/json") || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase) ? BodyShape.Json
            : Is(media, "application/x-ndjson") || Is(media, "application/ndjson") || Is(media, "application/jsonl") ? BodyShape.JsonLines
            : Is(media, "application/x-www-form-urlencoded") ? BodyShape.Form
            : Is(media, "text/event-stream") ? BodyShape.EventStream
            : options.TextTypes.Any(text => Is(media, text)) ? BodyShape.Text
            : BodyShape.Unmaskable;
    }

    /// <summary>Masks a body; the same bytes when it is clean.</summary>
    /// <exception cref="BrokenBodyException">It is no UTF-8, or not of the shape.</exception>
    public ReadOnlyMemory<byte> Mask(ReadOnlyMemory<byte> body, BodyShape shape)
    {
        if (!Utf8.IsValid(body.Span))
        {
            throw new BrokenBodyException();
        }

        return shape switch
        {
            BodyShape.Json => MaskJson(body),
            BodyShape.JsonLines => MaskLines(body),
            BodyShape.Form => MaskForm(body),
            BodyShape.Text => MaskText(body),
            BodyShape.EventStream => MaskEvent(body),
            _ => throw new BrokenBodyException(),
        };
    }

    /// <summary>Masks one field of a form that somebody has read already.</summary>
    public (string Name, StringValues Values) MaskField(string name, StringValues values)
    {
        if (LeavesAll || _left.Contains(name))
        {
            return (name, values);
        }

        return (options.MaskNames ? masking.Mask(name, place) : name, new StringValues([.. values.Select(value => value is null ? null : masking.Mask(name, value, place))]));
    }

    private static bool Is(StringSegment media, string type) => media.Equals(type, StringComparison.OrdinalIgnoreCase);

    private static bool IsUtf8(StringSegment charset)
    {
        StringSegment name = HeaderUtilities.RemoveQuotes(charset);
        return Is(name, "utf-8") || Is(name, "utf8") || Is(name, "us-ascii");
    }

    private ReadOnlyMemory<byte> MaskText(ReadOnlyMemory<byte> body)
    {
        if (LeavesAll)
        {
            return body;
        }

        string text = Strict.GetString(body.Span);
        string masked = masking.Mask(text, place);
        return ReferenceEquals(masked, text) ? body : Encoding.UTF8.GetBytes(masked);
    }

    private ReadOnlyMemory<byte> MaskLines(ReadOnlyMemory<byte> body)
    {
        var output = new ArrayBufferWriter<byte>(body.Length);
        bool changed = false;
        for (int at = 0; at < body.Length;)
        {
            int end = body.Span[at..].IndexOf((byte)'\n');
            int next = end < 0 ? body.Length : at + end + 1;
            ReadOnlyMemory<byte> line = body[at..next];
            ReadOnlyMemory<byte> masked = line.Span.ContainsAnyExcept(" \t\r\n"u8) ? MaskJson(line) : line;
            changed |= !masked.Equals(line);
            output.Write(masked.Span);
            at = next;
        }

        return changed ? output.WrittenMemory : body;
    }

    private ReadOnlyMemory<byte> MaskForm(ReadOnlyMemory<byte> body)
    {
        var output = new StringBuilder(body.Length);
        bool changed = false, isFirst = true;
        foreach (string pair in Strict.GetString(body.Span).Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string rawName = equals < 0 ? pair : pair[..equals], rawValue = equals < 0 ? "" : pair[(equals + 1)..];
            string name = Unescape(rawName), value = Unescape(rawValue);
            output.Append(isFirst ? "" : "&");
            isFirst = false;
            if (LeavesAll || _left.Contains(name))
            {
                output.Append(pair);
                continue;
            }

            string maskedName = options.MaskNames ? masking.Mask(name, place) : name;
            string maskedValue = masking.Mask(name, value, place);
            bool isNameChanged = !ReferenceEquals(maskedName, name), isValueChanged = !ReferenceEquals(maskedValue, value);
            output.Append(isNameChanged ? Uri.EscapeDataString(maskedName) : rawName);
            output.Append(equals < 0 ? "" : "=").Append(isValueChanged ? Uri.EscapeDataString(maskedValue) : rawValue);
            changed |= isNameChanged || isValueChanged;
        }

        return changed ? Encoding.UTF8.GetBytes(output.ToString()) : body;
    }

    private static string Unescape(string part)
    {
        byte[] escaped = Encoding.UTF8.GetBytes(part);
        byte[] plain = WebUtility.UrlDecodeToBytes(escaped, 0, escaped.Length);
        return Utf8.IsValid(plain) ? Strict.GetString(plain) : throw new BrokenBodyException();
    }

    /// <summary>One event: its data lines are one text, or one JSON text; the other fields are texts of their own.</summary>
    private ReadOnlyMemory<byte> MaskEvent(ReadOnlyMemory<byte> body)
    {
        string text = Strict.GetString(body.Span);
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        string[] data = [.. lines.Where(IsData).Select(static line => line.Length == 4 ? "" : line.AsSpan(5).TrimStart(' ').ToString())];
        bool changed = false;
        string joined = string.Join('\n', data);
        string maskedData = data.Length == 0 ? joined : MaskData(joined);
        bool isDataChanged = !string.Equals(maskedData, joined, StringComparison.Ordinal);
        changed |= isDataChanged;
        var output = new StringBuilder(text.Length + 16);
        bool hasData = false;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i];
            if (isDataChanged && IsData(line))
            {
                if (!hasData)
                {
                    output.AppendJoin('\n', maskedData.Split('\n').Select(static part => "data: " + part)).Append('\n');
                    hasData = true;
                }

                continue;
            }

            string masked = IsData(line) || LeavesAll ? line : masking.Mask(line, place);
            changed |= !ReferenceEquals(masked, line);
            output.Append(masked).Append(i == lines.Length - 1 ? "" : "\n");
        }

        return changed ? Encoding.UTF8.GetBytes(output.ToString()) : body;
    }

    private static bool IsData(string line) => line.StartsWith("data:", StringComparison.Ordinal) || string.Equals(line, "data", StringComparison.Ordinal);

    private string MaskData(string data)
    {
        if (LeavesAll)
        {
            return data;
        }

        if (data.AsSpan().TrimStart() is ['{', ..] or ['[', ..] or ['"', ..])
        {
            try
            {
                ReadOnlyMemory<byte> json = Encoding.UTF8.GetBytes(data);
                ReadOnlyMemory<byte> masked = MaskJson(json);
                return masked.Equals(json) ? data : Encoding.UTF8.GetString(masked.Span);
            }
            catch (BrokenBodyException)
            {
                // It only looks like JSON; as text it is masked all the same.
            }
        }

        return masking.Mask(data, place);
    }

    private ReadOnlyMemory<byte> MaskJson(ReadOnlyMemory<byte> body)
    {
        // Readers of a stream skip a byte order mark, so it is no reason to refuse.
        int start = body.Span.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        try
        {
            return Rewrite(body, start);
        }
        catch (JsonException)
        {
            throw new BrokenBodyException();
        }
    }

    private static string TextOf(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate.
            throw new BrokenBodyException();
        }
    }

    private ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> body, int start)
    {
        ReadOnlySpan<byte> json = body.Span[start..];
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        var frames = new Stack<Frame>();
        ArrayBufferWriter<byte>? output = null;
        int copied = 0;
        string? name = null;
        string path = "$";
        bool isLeft = LeavesAll;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = TextOf(reader);
                    path = _leftPaths.Count == 0 ? path : $"{frames.Peek().Path}.{name}";
                    isLeft = LeavesAll || _left.Contains(name) || _leftPaths.Contains(path);
                    if (!isLeft && options.MaskNames)
                    {
                        Replace(json, ref output, ref copied, reader, name, masking.Mask(name, place));
                    }

                    continue;
                case JsonTokenType.StartObject:
                case JsonTokenType.StartArray:
                    if (isLeft)
                    {
                        reader.Skip();
                        break;
                    }

                    bool isArray = reader.TokenType == JsonTokenType.StartArray;
                    frames.Push(new Frame(isArray ? name : null, _leftPaths.Count > 0 && isArray ? path + "[*]" : path, isArray));
                    Next(frames, ref name, ref path, ref isLeft);
                    continue;
                case JsonTokenType.EndObject:
                case JsonTokenType.EndArray:
                    frames.Pop();
                    break;
                case JsonTokenType.String when !isLeft:
                    string text = TextOf(reader);
                    Replace(json, ref output, ref copied, reader, text, masking.Mask(name, text, place));
                    break;
                case JsonTokenType.Number when !isLeft && options.MaskNumbers && reader.ValueSpan.Length >= FewestDigits:
                    string number = Plain(Encoding.ASCII.GetString(reader.ValueSpan));
                    Replace(json, ref output, ref copied, reader, number, masking.Mask(name, number, place));
                    break;
                default:
                    break;
            }

            Next(frames, ref name, ref path, ref isLeft);
        }

        if (output is null)
        {
            return body;
        }

        output.Write(json[copied..]);
        return output.WrittenMemory;
    }

    // In an array every element stands under the name and the path of the array.
    private void Next(Stack<Frame> frames, ref string? name, ref string path, ref bool isLeft)
    {
        if (frames.TryPeek(out Frame frame))
        {
            (name, path) = (frame.Name, frame.Path);
            isLeft = frame.IsArray && _leftPaths.Contains(path);
        }
    }

    private static void Replace(ReadOnlySpan<byte> json, ref ArrayBufferWriter<byte>? output, ref int copied, in Utf8JsonReader reader, string was, string masked)
    {
        if (ReferenceEquals(was, masked))
        {
            return;
        }

        output ??= new ArrayBufferWriter<byte>(json.Length + 64);
        int start = (int)reader.TokenStartIndex;
        output.Write(json[copied..start]);
        output.Write("\""u8);
        output.Write(JsonEncodedText.Encode(masked, Encoder).EncodedUtf8Bytes);
        output.Write("\""u8);
        copied = start + reader.ValueSpan.Length + (reader.TokenType == JsonTokenType.Number ? 0 : 2);
    }

    // 4.242424242424242e15 is a card number too.
    private static string Plain(string number) =>
        number.AsSpan().ContainsAny(".eE") && decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) && decimal.Truncate(value) == value
            ? value.ToString("0", CultureInfo.InvariantCulture)
            : number;

    private readonly struct Frame(string? name, string path, bool isArray)
    {
        public string? Name => name;

        public string Path => path;

        public bool IsArray => isArray;
    }
}
