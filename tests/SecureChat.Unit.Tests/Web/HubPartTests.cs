using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace SecureChat.Unit.Tests.Web;

public sealed class HubPartTests
{
    [Fact]
    public async Task The_hub_negotiates_and_connects_from_its_own_page_only()
    {
        await using TestHost host = await TestHost.StartAsync();
        string own = host.Address.GetLeftPart(UriPartial.Authority);
        using HttpResponseMessage negotiated = await host.SendAsync(HttpMethod.Post, "/chat/hub/negotiate?negotiateVersion=1", null, ("Origin", own));
        Assert.Equal(HttpStatusCode.OK, negotiated.StatusCode);
        Assert.Equal("no-store", negotiated.Headers.CacheControl?.ToString());
        Assert.NotNull(JsonDocument.Parse(await negotiated.Content.ReadAsStringAsync()).RootElement.GetProperty("connectionToken").GetString());
        await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Post, "/chat/hub/negotiate?negotiateVersion=1"), SecureChatErrors.OriginNotAllowed);

        Assert.Equal("{}\u001e", await HandshakeAsync(host, own));
        foreach (string? foreign in new[] { null, "null", own + "0", "https://evil.example" })
        {
            await Assert.ThrowsAsync<WebSocketException>(() => HandshakeAsync(host, foreign));
        }
    }

    [Fact]
    public async Task A_token_in_the_URL_of_the_hub_is_refused()
    {
        await using TestHost host = await TestHost.StartAsync();
        await ProblemAssert.IsAsync(
            await host.SendAsync(HttpMethod.Post, "/chat/hub/negotiate?negotiateVersion=1&access_token=s3cret", null, ("Origin", host.Address.GetLeftPart(UriPartial.Authority))),
            SecureChatErrors.TokenInUrl);
    }

    private static async Task<string> HandshakeAsync(TestHost host, string? origin)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new ClientWebSocket();
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = "/chat/hub" }.Uri, limit.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, limit.Token);
        var buffer = new byte[256];
        ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }}
