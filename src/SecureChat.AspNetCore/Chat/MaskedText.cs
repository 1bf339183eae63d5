using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureChat.AspNetCore;

/// <summary>
/// Text that has been through the masker. Behind the masking step raw text is not a representable type (P1): the only ways to one
/// are <see cref="GuardedMasker"/> and reading back what it made.
/// </summary>
[JsonConverter(typeof(Converter))]
internal sealed class MaskedText
{
    private MaskedText(string value) => Value = value;

    public string Value { get; }

    public override string ToString() => nameof(MaskedText);

    /// <summary>For <see cref="GuardedMasker"/> alone; an architecture test holds this.</summary>
    internal static MaskedText FromMasker(string masked) => new(masked);

    private sealed class Converter : JsonConverter<MaskedText>
    {
        public override MaskedText? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text ? new MaskedText(text) : null;

        public override void Write(Utf8JsonWriter writer, MaskedText value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
