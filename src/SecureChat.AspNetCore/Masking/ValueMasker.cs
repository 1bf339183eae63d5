using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;

namespace SecureChat.AspNetCore;

/// <summary>
/// Masks values of any type by way of the JSON they came in. No reflection of ours: the serializer knows the type, by generated code or by
/// its own means. What did not change stays the object it was. Throws when it cannot look inside.
/// </summary>
internal sealed class ValueMasker(TextMasking masking, IServiceProvider services)
{
    private readonly BodyMasker _json = new(masking, new EndpointMaskingOptions(), MaskingTelemetry.Hub);

    private JsonSerializerOptions Options => services.GetRequiredService<IOptions<JsonHubProtocolOptions>>().Value.PayloadSerializerOptions;

    public object Mask(string? name, object value, Type type) => value switch
    {
        string text => masking.Mask(name, text, MaskingTelemetry.Hub),
        bool or Enum or Guid or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan => value,
        char => value,
        sbyte or byte or short or ushort or int or uint or long or ulong or Int128 or UInt128 or float or double or decimal or Half => Checked(name, (IFormattable)value),
        IAsyncEnumerable<string> texts => Each(texts, name),
        ChannelReader<string> texts => new Reader<string>(texts, item => masking.Mask(name, item, MaskingTelemetry.Hub)),
        byte[] => value,
        _ => Stream(name, value, type) ?? ByJson(name, value, type),
    };

    private object Checked(string? name, IFormattable number)
    {
        string text = number is float or double or Half
            ? Convert.ToDouble(number, CultureInfo.InvariantCulture).ToString("0.###", CultureInfo.InvariantCulture)
            : number.ToString(null, CultureInfo.InvariantCulture);
        return ReferenceEquals(masking.Mask(name, text, MaskingTelemetry.Hub), text) ? number : throw new InvalidOperationException();
    }

    /// <summary>A stream of JSON: items are masked one by one. Null when it is no stream.</summary>
    private object? Stream(string? name, object value, Type type)
    {
        if (!type.IsGenericType)
        {
            return null;
        }

        // A stream of another type cannot be made here without knowing the type, so it is refused.
        return type.GetGenericTypeDefinition() == typeof(ChannelReader<>) || type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)
            ? StreamOf(name, value, type.GetGenericArguments()[0])
            : null;
    }

    private object StreamOf(string? name, object value, Type item) => value switch
    {
        IAsyncEnumerable<JsonElement> elements => Each(elements, element => (JsonElement)ByJson(name, element, typeof(JsonElement))),
        ChannelReader<JsonElement> elements => new Reader<JsonElement>(elements, element => (JsonElement)ByJson(name, element, typeof(JsonElement))),
        IAsyncEnumerable<byte[]> or ChannelReader<byte[]> => value,
        IAsyncEnumerable<int> or ChannelReader<int> or IAsyncEnumerable<bool> or ChannelReader<bool> => value,
        _ => throw new NotSupportedException(item.Name),
    };

    private object ByJson(string? name, object value, Type type)
    {
        JsonTypeInfo info = Options.GetTypeInfo(type);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, info);

        // Under its name, so that what stands directly in it has context.
        byte[] named = name is null ? json : [.. "{"u8, .. JsonSerializer.SerializeToUtf8Bytes(name), .. ":"u8, .. json, .. "}"u8];
        ReadOnlyMemory<byte> before = named;
        ReadOnlyMemory<byte> after = _json.Mask(before, BodyShape.Json);
        if (after.Equals(before))
        {
            return value;
        }

        using JsonDocument document = JsonDocument.Parse(after);
        JsonElement root = name is null ? document.RootElement : document.RootElement.EnumerateObject().First().Value;
        return root.Deserialize(info) ?? throw new InvalidOperationException();
    }

    private IAsyncEnumerable<string> Each(IAsyncEnumerable<string> texts, string? name) => Each(texts, text => text is null ? text! : masking.Mask(name, text, MaskingTelemetry.Hub));

    private static async IAsyncEnumerable<T> Each<T>(IAsyncEnumerable<T> items, Func<T, T> mask, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (T item in items.WithCancellation(cancellationToken))
        {
            yield return mask(item);
        }
    }

    private sealed class Reader<T>(ChannelReader<T> inner, Func<T, T> mask) : ChannelReader<T>
    {
        public override Task Completion => inner.Completion;

        public override bool CanCount => inner.CanCount;

        public override int Count => inner.Count;

        public override bool TryRead(out T item)
        {
            if (!inner.TryRead(out T? raw))
            {
                item = default!;
                return false;
            }

            item = raw is null ? raw! : mask(raw);
            return true;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => inner.WaitToReadAsync(cancellationToken);
    }
}
