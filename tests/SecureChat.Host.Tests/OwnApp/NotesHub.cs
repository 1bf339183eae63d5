using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;

namespace SecureChat.Host.Tests.OwnApp;

/// <summary>A hub as an app has them: it says what it was given.</summary>
public sealed class NotesHub : Hub
{
    public string Text(string text) => text;

    public string Code(string cvv, string count) => cvv + count;

    [HubMethodName("other-name")]
    public string Renamed(string text) => text;

    public string Number(long number) => $"{number}";

    public Order Order(Order order) => order;

    public string Sealed(Fixed order) => order.Text;

    public string Many(IReadOnlyList<string> texts, Dictionary<string, object> map) => string.Join('|', texts) + "|" + JsonSerializer.Serialize(map, JsonSerializerOptions.Web);

    public string Some(IEnumerable<string> texts) => string.Join('|', texts);

    public string Json(JsonElement json) => json.GetRawText();

    public string Anything(object? value) => $"{value}";

    [LeaveUnmasked]
    public string Open(string text) => text;

    public string Partly([LeaveUnmasked] string open, string text) => open + "|" + text;

    public string Services(Clock implicitly, [FromServices] Clock clock, [FromKeyedServices("k")] Clock keyed, string text) => $"{implicitly == clock} {keyed is not null} {text}";

    public async IAsyncEnumerable<string> Stream(string text, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        await Task.Yield();
        yield return token.CanBeCanceled + text;
    }

    public async Task<string> Items(IAsyncEnumerable<string> texts)
    {
        var seen = new List<string>();
        await foreach (string text in texts)
        {
            seen.Add(text);
        }

        return string.Join('|', seen);
    }

    public async Task<string> Channel(ChannelReader<string> texts)
    {
        var seen = new List<string>();
        await foreach (string text in texts.ReadAllAsync())
        {
            seen.Add(text);
        }

        return string.Join('|', seen);
    }

    public async Task<string> Orders(IAsyncEnumerable<Order> orders)
    {
        await foreach (Order order in orders)
        {
            return order.Note ?? "";
        }

        return "";
    }

    public string Blob(Odd odd) => $"{odd}";
}

[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromServicesAttribute : Attribute, Microsoft.AspNetCore.Http.Metadata.IFromServiceMetadata;

public sealed class Clock;

public sealed class Order
{
    public string? Note { get; init; }

    public Order? Inner { get; init; }

    public IReadOnlyList<string> Lines { get; init; } = [];

    public long Amount { get; init; }
}

/// <summary>Nothing of it can be set.</summary>
public sealed record Fixed(string Text);

/// <summary>Cannot be written as JSON again.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(Converter))]
public sealed class Odd
{
    public sealed class Converter : System.Text.Json.Serialization.JsonConverter<Odd>
    {
        public override Odd Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            reader.Skip();
            return new Odd();
        }

        public override void Write(Utf8JsonWriter writer, Odd value, JsonSerializerOptions options) => throw new NotSupportedException("planted-secret");
    }
}
