using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.AI;

namespace SecureChat.AI;

/// <summary>Masks the contents of messages by their kind. What did not change stays the object it was; what changed carries nothing of the original along.</summary>
internal sealed class ContentMasker(ChatMasker masker, MaskingChatOptions options)
{
    private const int MaxDepth = 64;

    private bool _isToModel = true;

    public void Reserve(IEnumerable<ChatMessage> messages)
    {
        foreach (AIContent content in messages.SelectMany(static message => message.Contents))
        {
            masker.Reserve((content as TextContent)?.Text ?? (content as FunctionResultContent)?.Result?.ToString());
        }
    }

    public ChatMessage ToModel(ChatMessage message)
    {
        _isToModel = true;
        return Mask(message);
    }

    public ChatMessage FromModel(ChatMessage message)
    {
        _isToModel = false;
        return Mask(message);
    }

    /// <summary>What the model sent that is no text of the answer.</summary>
    public AIContent FromModel(AIContent content)
    {
        _isToModel = false;
        return Mask(content);
    }

    /// <summary>Annotations in whose texts nothing is found.</summary>
    public IList<AIAnnotation>? Clean(IList<AIAnnotation>? annotations) => annotations?.Where(annotation =>
        annotation is not CitationAnnotation citation || (IsClean(citation.Title) && IsClean(citation.Snippet) && IsClean(citation.Url?.ToString()))).ToList();

    private bool IsClean(string? text) => text is null || ReferenceEquals(Text(text, null), text);

    private ChatMessage Mask(ChatMessage message)
    {
        List<AIContent> contents = [.. message.Contents.Select(Mask)];
        string? author = message.AuthorName is { } name ? Text(name, null) : null;
        if (ReferenceEquals(author, message.AuthorName) && contents.SequenceEqual(message.Contents, ReferenceEqualityComparer.Instance))
        {
            return message;
        }

        ChatMessage masked = message.Clone();
        masked.RawRepresentation = null;
        masked.AuthorName = author;
        masked.Contents = contents;
        return masked;
    }

    private AIContent Mask(AIContent content)
    {
        switch (content)
        {
            case TextContent text:
                string masked = Text(text.Text, null);
                return ReferenceEquals(masked, text.Text) ? text : new TextContent(masked) { AdditionalProperties = text.AdditionalProperties, Annotations = Clean(text.Annotations) };
            case TextReasoningContent reasoning:
                string thought = Text(reasoning.Text, null);
                return ReferenceEquals(thought, reasoning.Text) ? reasoning : new TextReasoningContent(thought) { ProtectedData = reasoning.ProtectedData, AdditionalProperties = reasoning.AdditionalProperties };
            case FunctionCallContent call:
                return Mask(call);
            case FunctionResultContent result:
                object? value = Value(null, result.Result, 0);
                return ReferenceEquals(value, result.Result) ? result : new FunctionResultContent(result.CallId, value) { AdditionalProperties = result.AdditionalProperties };
            case DataContent data when IsText(data.MediaType):
                return Mask(data);
            case UriContent uri when IsClean(Uri.UnescapeDataString(uri.Uri.ToString())):
                return uri;
            case ErrorContent error:
                string message = Text(error.Message, null);
                string? details = error.Details is { } told ? Text(told, null) : null;
                return ReferenceEquals(message, error.Message) && ReferenceEquals(details, error.Details) ? error : new ErrorContent(message) { Details = details, ErrorCode = error.ErrorCode };
            case UsageContent:
                return content;
            default:
                // What comes from the model was not the caller's to protect, but cannot be shown unseen either.
                return options.AllowUnmaskable || (!_isToModel && !options.MaskAnswers) ? content : throw new SecureChatException(SecureChatErrors.MaskingFailed);
        }
    }

    private FunctionCallContent Mask(FunctionCallContent call)
    {
        if (call.Arguments is not { } arguments)
        {
            return call;
        }

        bool isChanged = false;
        var masked = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach ((string name, object? argument) in arguments)
        {
            object? value = Value(name, argument, 0);
            isChanged |= !ReferenceEquals(value, argument);
            masked[name] = value;
        }

        return isChanged
            ? new FunctionCallContent(call.CallId, call.Name, masked) { InformationalOnly = call.InformationalOnly, AdditionalProperties = call.AdditionalProperties }
            : call;
    }

    private DataContent Mask(DataContent data)
    {
        if (!Utf8.IsValid(data.Data.Span))
        {
            return options.AllowUnmaskable ? data : throw new SecureChatException(SecureChatErrors.MaskingFailed);
        }

        string text = Encoding.UTF8.GetString(data.Data.Span);
        string masked = Text(text, null);
        return ReferenceEquals(masked, text) ? data : new DataContent(Encoding.UTF8.GetBytes(masked), data.MediaType) { Name = data.Name, AdditionalProperties = data.AdditionalProperties };
    }

    private static bool IsText(string mediaType)
    {
        string media = mediaType.Split(';')[0].Trim();
        return !mediaType.Contains("charset", StringComparison.OrdinalIgnoreCase) || mediaType.Contains("utf-8", StringComparison.OrdinalIgnoreCase)
            ? media.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || media.EndsWith("/json", StringComparison.OrdinalIgnoreCase)
                || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase) || media.EndsWith("/xml", StringComparison.OrdinalIgnoreCase)
            : false;
    }

    private string Text(string text, string? name)
    {
        if (_isToModel)
        {
            return masker.ToModel(text, name);
        }

        return name is null ? masker.Answer(text) : InCall(text, name);
    }

    // A placeholder in the arguments of a call stays one, unless the host says that tools may have the values.
    private string InCall(string text, string name)
    {
        string prefix = ChatMasker.Prefix(name);
        string masked = masker.FromModel(prefix + text, out _);
        string value = masked.StartsWith(prefix, StringComparison.Ordinal) ? masked[prefix.Length..] : new string('\u2022', text.Length);
        value = options.RestoreInFunctionCalls ? masker.Restore(value) : value;
        return string.Equals(value, text, StringComparison.Ordinal) ? text : value;
    }

    /// <summary>A value of an argument or a result; the same instance when it is clean.</summary>
    private object? Value(string? name, object? value, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new SecureChatException(SecureChatErrors.MaskingFailed);
        }

        switch (value)
        {
            case null or bool or char or Enum or Guid or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan:
                return value;
            case string text:
                return Text(text, name ?? (_isToModel ? null : "result"));
            case sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal:
                string number = Convert.ToString(value, CultureInfo.InvariantCulture)!;
                string masked = Text(number, name ?? (_isToModel ? null : "result"));
                return ReferenceEquals(masked, number) ? value : masked;
            case JsonElement element:
                return Element(name, element, depth) is { } changed ? changed : value;
            case AIContent content:
                return Mask(content);
            case IEnumerable<AIContent> contents:
                List<AIContent> list = [.. contents.Select(Mask)];
                return list.SequenceEqual(contents, ReferenceEqualityComparer.Instance) ? value : list;
            default:
                // Any other object reaches the model as JSON, so it is masked as JSON.
                JsonElement json;
                try
                {
                    json = JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
                }
                catch (Exception fault) when (fault is NotSupportedException or InvalidOperationException or JsonException)
                {
                    return options.AllowUnmaskable ? value : throw new SecureChatException(SecureChatErrors.MaskingFailed);
                }

                return Element(name, json, depth) is { } other ? other : value;
        }
    }

    /// <summary>The masked element, or null when nothing changed.</summary>
    private JsonElement? Element(string? name, JsonElement element, int depth)
    {
        bool isChanged = false;
        var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            Write(writer, name, element, depth, ref isChanged);
        }

        if (!isChanged)
        {
            return null;
        }

        using JsonDocument document = JsonDocument.Parse(output.ToArray());
        return document.RootElement.Clone();
    }

    private void Write(Utf8JsonWriter writer, string? name, JsonElement element, int depth, ref bool isChanged)
    {
        if (depth > MaxDepth)
        {
            throw new SecureChatException(SecureChatErrors.MaskingFailed);
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    string own = property.Name;
                    string key = Text(own, _isToModel ? null : "result");
                    isChanged |= !ReferenceEquals(key, own);
                    writer.WritePropertyName(key);
                    Write(writer, property.Name, property.Value, depth + 1, ref isChanged);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Write(writer, name, item, depth + 1, ref isChanged);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String or JsonValueKind.Number:
                string text = element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
                string masked = Text(text, name ?? (_isToModel ? null : "result"));
                if (ReferenceEquals(masked, text))
                {
                    element.WriteTo(writer);
                    break;
                }

                isChanged = true;
                writer.WriteStringValue(masked);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
