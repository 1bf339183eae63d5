using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureChat.AspNetCore;

/// <summary>The one way JSON is read and written here: strict on input, stable on output.</summary>
internal static class SecureChatJson
{
    /// <summary>
    /// Request bodies, hub payloads and stored bodies. Duplicate and unknown members are refused, so that two parsers cannot read
    /// the same bytes differently (ASVS 1.5.3) and a body cannot set what it does not own (ASVS 15.3.3).
    /// </summary>
    public static JsonSerializerOptions Options { get; } = Create();

    public static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Applies the strict rules to options that somebody else owns, for example the hub protocol's.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 16;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }
}
