using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureChat;

/// <summary>
/// Enum members as they travel: names in camel case, never numbers. On the types themselves, so that JSON written by a host, and the
/// OpenAPI document a host publishes, say what our own endpoints say.
/// </summary>
internal sealed class WireNames<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where TEnum : struct, Enum;
