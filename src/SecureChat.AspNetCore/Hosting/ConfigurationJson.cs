using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>A section of the configuration as the JSON that it was: lists by their numbers, names in camel case.</summary>
internal static class ConfigurationJson
{
    public static string Of(IConfigurationSection section)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(section, writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(IConfigurationSection section, Utf8JsonWriter writer)
    {
        IConfigurationSection[] children = [.. section.GetChildren()];
        if (children.Length == 0)
        {
            WriteValue(section.Value, writer);
        }
        else if (children.All(static child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            writer.WriteStartArray();
            foreach (IConfigurationSection child in children)
            {
                Write(child, writer);
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStartObject();
            foreach (IConfigurationSection child in children)
            {
                writer.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(child.Key));
                Write(child, writer);
            }

            writer.WriteEndObject();
        }
    }

    // A section keeps text only: what looks like a flag or a number was one.
    private static void WriteValue(string? value, Utf8JsonWriter writer)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else if (bool.TryParse(value, out bool flag))
        {
            writer.WriteBooleanValue(flag);
        }
        else if (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }
}
