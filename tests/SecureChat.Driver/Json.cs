using System.Text.Json;

namespace SecureChat.Driver;

/// <summary>JSON as a browser writes it.</summary>
internal static class Json
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web);
}
