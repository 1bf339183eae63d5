using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace SecureChat.Host.Tests.OwnApp;

/// <summary>A hub of the host's own is called with masked arguments, over a real WebSocket, or not at all.</summary>
public sealed class HubMaskingTests
{
    private const string Card = OwnHost.Card, Masked = OwnHost.MaskedCard;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Text", "[\"card 4242 4242 4242 4242\"]", "card •••• •••• •••• 4242")]
    [InlineData("Text", "[\"clean\"]", "clean")]
    [InlineData("Code", "[\"123\",\"123\"]", "•••123")]
    [InlineData("other-name", "[\"4242 4242 4242 4242\"]", "•••• •••• •••• 4242")]
    [InlineData("Number", "[17]", "17")]
    [InlineData("Sealed", "[{\"text\":\"4242 4242 4242 4242\"}]", "•••• •••• •••• 4242")]
    [InlineData("Some", "[[\"a\",\"4242 4242 4242 4242\"]]", "a|•••• •••• •••• 4242")]
    [InlineData("Json", "[{\"a\":[\"4242 4242 4242 4242\"]}]", "{\"a\":[\"•••• •••• •••• 4242\"]}")]
    [InlineData("Anything", "[{\"a\":\"4242 4242 4242 4242\"}]", "{\"a\":\"•••• •••• •••• 4242\"}")]
    [InlineData("Anything", "[null]", "")]
    [InlineData("Open", "[\"4242 4242 4242 4242\"]", "4242 4242 4242 4242")]
    [InlineData("Partly", "[\"4242 4242 4242 4242\",\"4242 4242 4242 4242\"]", "4242 4242 4242 4242|•••• •••• •••• 4242")]
    [InlineData("Services", "[\"4242 4242 4242 4242\"]", "True True •••• •••• •••• 4242")]
    public async Task A_method_sees_masked_arguments(string method, string arguments, string seen)
    {
        await using OwnHost host = await StartAsync();
        using Client client = await Client.ConnectAsync(host);
        Assert.Equal(seen, (await client.CallAsync(method, arguments)).GetProperty("result").GetString());
    }

    [Fact]
    public async Task Objects_are_masked_in_every_depth_and_clean_ones_are_the_same()
    {
        await using OwnHost host = await StartAsync();
        using Client client = await Client.ConnectAsync(host);
        JsonElement order = (await client.CallAsync("Order", $"[{{\"note\":\"{Card}\",\"amount\":5,\"lines\":[\"a\",\"{Card}\"],\"inner\":{{\"note\":\"{Card}\"}}}}]")).GetProperty("result");
        Assert.Equal($"{Masked} a {Masked} {Masked} 5", $"{order.GetProperty("note")} {order.GetProperty("lines")[0]} {order.GetProperty("lines")[1]} {order.GetProperty("inner").GetProperty("note")} {order.GetProperty("amount")}");
        string many = (await client.CallAsync("Many", $"[[\"{Card}\",\"b\"],{{\"cvv\":\"123\",\"n\":1}}]")).GetProperty("result").GetString()!;
        Assert.StartsWith(Masked + "|b|", many, StringComparison.Ordinal);
        Assert.DoesNotContain("123", many, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_streams_sees_masked_arguments_and_its_token()
    {
        await using OwnHost host = await StartAsync();
        using Client client = await Client.ConnectAsync(host);
        await client.SendAsync($"{{\"type\":4,\"invocationId\":\"1\",\"target\":\"Stream\",\"arguments\":[\"{Card}\"]}}");
        Assert.Equal("True" + Masked, (await client.NextAsync(2)).GetProperty("item").GetString());
    }

    [Theory]
    [InlineData("Items")]
    [InlineData("Channel")]
    public async Task Items_of_a_client_stream_are_masked_each(string method)
    {
        await using OwnHost host = await StartAsync();
        using Client client = await Client.ConnectAsync(host);
        await client.SendAsync($"{{\"type\":1,\"invocationId\":\"1\",\"target\":\"{method}\",\"arguments\":[],\"streamIds\":[\"s\"]}}");
        await client.SendAsync($"{{\"type\":2,\"invocationId\":\"s\",\"item\":\"{Card}\"}}");
        await client.SendAsync("{\"type\":2,\"invocationId\":\"s\",\"item\":\"clean\"}");
        await client.SendAsync("{\"type\":3,\"invocationId\":\"s\"}");
        Assert.Equal(Masked + "|clean", (await client.CompletionAsync()).GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("Number", "[4242424242424242]", "[]")]
    [InlineData("Order", "[{\"amount\":4242424242424242}]", "[]")]
    [InlineData("Blob", "[{\"a\":\"planted-secret\"}]", "[]")]
    [InlineData("Orders", "[]", "[\"s\"]")]
    public async Task What_cannot_be_checked_refuses_the_call_and_the_next_one_works(string method, string arguments, string streams)
    {
        await using OwnHost host = await StartAsync();
        using Client client = await Client.ConnectAsync(host);
        await client.SendAsync($"{{\"type\":1,\"invocationId\":\"1\",\"target\":\"{method}\",\"arguments\":{arguments},\"streamIds\":{streams}}}");
        JsonElement refused = await client.CompletionAsync();
        Assert.StartsWith("SC2001", refused.GetProperty("error").GetString()![refused.GetProperty("error").GetString()!.IndexOf("SC2001", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain("planted-secret", refused.GetRawText(), StringComparison.Ordinal);
        Assert.Contains(host.Logs, line => line.StartsWith("1112 ", StringComparison.Ordinal) && line.Contains(method, StringComparison.Ordinal) && !line.Contains("planted-secret", StringComparison.Ordinal));
        Assert.Equal("clean", (await client.CallAsync("Text", "[\"clean\"]")).GetProperty("result").GetString());
    }

    [Fact]
    public async Task A_fault_of_the_masker_refuses_the_call()
    {
        await using OwnHost host = await StartAsync(static services => services.AddSingleton(OwnHost.Broken));
        using Client client = await Client.ConnectAsync(host);
        JsonElement refused = await client.CallAsync("Text", "[\"planted-secret\"]");
        Assert.Contains("SC2001", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(refused.TryGetProperty("result", out _));
        Assert.DoesNotContain(host.Logs, static line => line.StartsWith("1112 ", StringComparison.Ordinal) && line.Contains("planted-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_policy_blocks_never_reaches_the_method()
    {
        await using OwnHost host = await StartAsync(static services => services.AddSingleton(OwnHost.BlocksCards));
        using Client client = await Client.ConnectAsync(host);
        JsonElement refused = await client.CallAsync("Text", $"[\"{Card}\"]");
        Assert.Contains("SC2003", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(refused.TryGetProperty("result", out _));
        Assert.Equal("clean", (await client.CallAsync("Text", "[\"clean\"]")).GetProperty("result").GetString());
    }

    [Fact]
    public async Task Without_the_line_a_hub_sees_what_came()
    {
        // The saboteur of every test above: it is the line that masks.
        await using OwnHost host = await OwnHost.StartAsync(static app => app.MapHub<NotesHub>("/hub"), static builder => builder.Services.AddSingleton<Clock>().AddKeyedSingleton<Clock>("k").AddSignalR());
        using Client client = await Client.ConnectAsync(host);
        Assert.Equal(Card, (await client.CallAsync("Text", $"[\"{Card}\"]")).GetProperty("result").GetString());
    }

    [Fact]
    public async Task One_hub_can_be_masked_alone_and_filters_of_the_host_behind_it_see_masked_arguments()
    {
        var filter = new Watcher();
        await using OwnHost host = await OwnHost.StartAsync(
            static app => app.MapHub<NotesHub>("/hub"),
            builder => builder.Services.AddSingleton<Clock>().AddKeyedSingleton<Clock>("k").AddSignalR().AddHubOptions<NotesHub>(options =>
            {
                options.AddSecureChatMasking();
                options.AddFilter(filter);
            }));
        using Client client = await Client.ConnectAsync(host);
        Assert.Equal(Masked, (await client.CallAsync("Text", $"[\"{Card}\"]")).GetProperty("result").GetString());
        Assert.Equal(Masked, Assert.Single(filter.Seen));
    }

    private static Task<OwnHost> StartAsync(Action<IServiceCollection>? services = null) => OwnHost.StartAsync(static app => app.MapHub<NotesHub>("/hub"), builder =>
    {
        services?.Invoke(builder.Services);
        builder.Services.AddSingleton<Clock>().AddKeyedSingleton<Clock>("k").AddSignalR(static options => options.AddSecureChatMasking());
    });

    private sealed class Watcher : IHubFilter
    {
        public List<object?> Seen { get; } = [];

        public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
        {
            Seen.AddRange(invocationContext.HubMethodArguments);
            return next(invocationContext);
        }
    }

    /// <summary>The JSON hub protocol by hand.</summary>
    private sealed class Client(ClientWebSocket socket) : IDisposable
    {
        private const char End = '\u001e';

        private readonly List<byte> _read = [];

        public static async Task<Client> ConnectAsync(OwnHost host)
        {
            var socket = new ClientWebSocket();
            await socket.ConnectAsync(new UriBuilder(new Uri(host.Client.BaseAddress!, "/hub")) { Scheme = "ws" }.Uri, Token);
            var client = new Client(socket);
            await client.SendAsync("{\"protocol\":\"json\",\"version\":1}");
            Assert.Equal("{}", await client.ReadAsync());
            return client;
        }

        public Task SendAsync(string message) => socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, true, Token);

        public async Task<JsonElement> CallAsync(string method, string arguments)
        {
            await SendAsync($"{{\"type\":1,\"invocationId\":\"1\",\"target\":\"{method}\",\"arguments\":{arguments}}}");
            return await CompletionAsync();
        }

        public Task<JsonElement> CompletionAsync() => NextAsync(3);

        public async Task<JsonElement> NextAsync(int type)
        {
            while (true)
            {
                using var message = JsonDocument.Parse(await ReadAsync());
                if (message.RootElement.GetProperty("type").GetInt32() == type)
                {
                    return message.RootElement.Clone();
                }
            }
        }

        public void Dispose() => socket.Dispose();

        private async Task<string> ReadAsync()
        {
            byte[] buffer = new byte[4096];
            while (true)
            {
                int end = _read.IndexOf((byte)End);
                if (end >= 0)
                {
                    string message = Encoding.UTF8.GetString([.. _read[..end]]);
                    _read.RemoveRange(0, end + 1);
                    return message;
                }

                ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(), Token);
                Assert.NotEqual(WebSocketMessageType.Close, part.MessageType);
                _read.AddRange(buffer.AsSpan(0, part.Count));
            }
        }
    }
}
