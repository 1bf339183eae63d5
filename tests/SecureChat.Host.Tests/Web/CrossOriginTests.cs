using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;

namespace SecureChat.Host.Tests.Web;

/// <summary>The widget on another site: allowed origins call and read, others are told why not, and agents' calls stay at home.</summary>
public sealed class CrossOriginTests(WebHostFixture fixture) : IClassFixture<WebHostFixture>
{
    private const string Start = "/chat/visitor/conversations";

    private WebHost Host => fixture.Host;

    private string Own => Host.Host.Root.GetLeftPart(UriPartial.Authority);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_info_names_the_protocol_and_the_limit()
    {
        using HttpResponseMessage answer = await Host.GetAsync("/chat/visitor/info", ("Origin", WebHost.Allowed));
        JsonElement info = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal("""{"protocol":1,"maxMessageBytes":8192}""", info.GetRawText());
        Assert.Equal(WebHost.Allowed, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("Origin", answer.Headers.Vary.Single());
    }

    [Theory]
    [InlineData("GET", "/chat/visitor/conversations/x", "authorization")]
    [InlineData("POST", Start, "content-type, x-securechat")]
    [InlineData("POST", "/chat/visitor/conversations/x/forms/y/submit", "authorization,content-type,x-securechat")]
    public async Task A_preflight_of_an_allowed_origin_is_answered_with_exactly_these_headers(string method, string path, string headers)
    {
        using HttpResponseMessage answer = await PreflightAsync(path, WebHost.Allowed, method, headers);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(
            $"""
            Access-Control-Allow-Headers: Authorization, Content-Type, X-SecureChat
            Access-Control-Allow-Methods: GET, POST
            Access-Control-Allow-Origin: {WebHost.Allowed}
            Access-Control-Expose-Headers: Retry-After, Date
            Access-Control-Max-Age: 600
            Cache-Control: no-store
            Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            Cross-Origin-Opener-Policy: same-origin
            Cross-Origin-Resource-Policy: same-origin
            Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()
            Referrer-Policy: no-referrer
            Vary: Origin
            X-Content-Type-Options: nosniff
            X-Frame-Options: DENY
            """,
            WebHost.Headers(answer),
            ignoreLineEndingDifferences: true);
    }

    [Theory]
    [InlineData(WebHost.Foreign)]
    [InlineData("null")]
    [InlineData("http://shop.example")]
    [InlineData("https://shop.example:8443")]
    [InlineData("https://SHOP.example")]
    [InlineData("https://shop.example.evil.example")]
    [InlineData("https://shop.example, https://evil.example")]
    public async Task Another_origin_gets_no_preflight_and_a_refusal_it_can_read(string origin)
    {
        using HttpResponseMessage preflight = await PreflightAsync(Start, origin, "POST", "content-type,x-securechat");
        Assert.Equal(HttpStatusCode.Forbidden, preflight.StatusCode);
        Assert.Equal("SC6007", await WebHost.CodeOf(preflight));
        Assert.DoesNotContain(preflight.Headers, static header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("Origin", preflight.Headers.Vary.Single());

        foreach ((HttpMethod method, string path) in new[] { (HttpMethod.Get, "/chat/visitor/info"), (HttpMethod.Get, "/chat/visitor/conversations/x"), (HttpMethod.Post, Start) })
        {
            using HttpResponseMessage answer = await Host.SendAsync(method, path, ("Origin", origin), ("X-SecureChat", "1"));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Equal("SC6007", await WebHost.CodeOf(answer));
            Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
            Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task Refusals_and_faults_can_be_read_by_allowed_origins_and_by_no_others()
    {
        await using WebHost host = await WebHost.StartAsync(
            services: static services => ProductServices.AddEndpoints(services, SecureChatPart.Visitor, static visitor =>
                visitor.MapGet("/broken", IResult () => throw new InvalidOperationException("broken"))));
        foreach ((string path, HttpStatusCode status) in new[]
        {
            ("/chat/visitor/conversations/x", HttpStatusCode.Unauthorized),
            ("/chat/visitor/info?access_token=x", HttpStatusCode.BadRequest),
            ("/chat/visitor/broken", HttpStatusCode.InternalServerError),
        })
        {
            using HttpResponseMessage answer = await host.GetAsync(path, ("Origin", WebHost.Allowed));
            Assert.Equal(status, answer.StatusCode);
            Assert.Equal(WebHost.Allowed, Header(answer, "Access-Control-Allow-Origin"));
            Assert.Contains("Origin", answer.Headers.Vary);
            using HttpResponseMessage foreign = await host.GetAsync(path, ("Origin", WebHost.Foreign));
            Assert.NotEqual(WebHost.Foreign, Header(foreign, "Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Nothing_ever_allows_credentials_and_the_agents_part_and_the_hub_have_no_CORS()
    {
        foreach (string origin in new[] { WebHost.Allowed, WebHost.Foreign, "null", Own })
        {
            foreach (string path in new[] { "/chat/agent/me", "/chat/agent/conversations", "/chat/hub/negotiate", "/chat/console", "/chat/form" })
            {
                foreach (HttpMethod method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Options })
                {
                    using HttpResponseMessage answer = await Host.SendAsync(
                        method, path, ("Origin", origin), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "x-securechat"));
                    Assert.DoesNotContain(answer.Headers, static header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
                    Assert.True(method != HttpMethod.Options || (int)answer.StatusCode >= 400, $"{path} answered a preflight with {answer.StatusCode}");
                }
            }

            using HttpResponseMessage visitor = await Host.GetAsync("/chat/visitor/info", ("Origin", origin));
            Assert.Null(Header(visitor, "Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task A_preflight_runs_nothing()
    {
        int runs = 0;
        await using WebHost host = await WebHost.StartAsync(services: services => ProductServices.AddEndpoints(services, SecureChatPart.Visitor, visitor =>
            visitor.MapPost("/count", () => Results.Ok(Interlocked.Increment(ref runs)))));
        using HttpResponseMessage preflight = await host.SendAsync(
            HttpMethod.Options, "/chat/visitor/count", ("Origin", WebHost.Allowed), ("Access-Control-Request-Method", "POST"));
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(0, runs);

        // The test can see a run.
        using HttpResponseMessage call = await host.SendAsync(HttpMethod.Post, "/chat/visitor/count", ("Origin", WebHost.Allowed), ("X-SecureChat", "1"));
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        Assert.Equal(1, runs);
    }

    [Theory]
    [InlineData("OPTIONS", "/chat/visitor/info", null, 405)]
    [InlineData("OPTIONS", "/chat/visitor/info", "PUT", 404)]
    [InlineData("OPTIONS", "/chat/visitor/nothing", "GET", 404)]
    [InlineData("PUT", "/chat/visitor/info", null, 405)]
    public async Task A_preflight_for_what_there_is_not_is_refused(string method, string path, string? asked, int status)
    {
        using HttpResponseMessage answer = await Host.SendAsync(
            new HttpMethod(method), path, asked is null ? [("Origin", WebHost.Allowed)] : [("Origin", WebHost.Allowed), ("Access-Control-Request-Method", asked)]);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(WebHost.Allowed, 204)]
    [InlineData(WebHost.Foreign, 403)]
    public async Task A_CORS_policy_of_the_host_for_its_own_pages_answers_no_preflight_of_ours(string origin, int status)
    {
        await using WebHost host = await WebHost.StartAsync(
            services: static services => services.AddCors(static options => options.AddDefaultPolicy(static policy => policy.WithOrigins(WebHost.Foreign).AllowAnyHeader().AllowAnyMethod().AllowCredentials())),
            behind: static app => app.UseCors());
        using HttpResponseMessage preflight = await host.SendAsync(
            HttpMethod.Options, Start, ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "x-securechat"));
        Assert.Equal(status, (int)preflight.StatusCode);
        Assert.Equal(status == 204 ? origin : null, Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Null(Header(preflight, "Access-Control-Allow-Credentials"));

        // The saboteur: the host's own path is answered by the host's policy.
        using HttpResponseMessage own = await host.SendAsync(HttpMethod.Options, "/outside", ("Origin", WebHost.Foreign), ("Access-Control-Request-Method", "GET"));
        Assert.Equal("true", Header(own, "Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task CORS_middleware_of_the_host_does_not_open_ours()
    {
        await using WebHost host = await WebHost.StartAsync(
            services: static services => services.AddCors(static options => options.AddDefaultPolicy(static policy => policy.WithOrigins(WebHost.Foreign).AllowAnyHeader().AllowAnyMethod())),
            pipeline: static app => app.UseCors());
        using HttpResponseMessage read = await host.GetAsync("/chat/visitor/conversations/x", ("Origin", WebHost.Foreign));
        Assert.Equal("SC6007", await WebHost.CodeOf(read));
        using HttpResponseMessage allowed = await host.GetAsync("/chat/visitor/info", ("Origin", WebHost.Allowed));
        Assert.Equal(WebHost.Allowed, Header(allowed, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData(WebHost.Allowed, true)]
    [InlineData(WebHost.Foreign, false)]
    [InlineData("null", false)]
    public async Task A_WebSocket_is_opened_from_allowed_origins_only(string origin, bool opens)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        var hub = new UriBuilder(new Uri(Host.Host.Root, "/chat/hub")) { Scheme = "ws" };
        if (!opens)
        {
            WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(hub.Uri, Token));
            Assert.Contains("403", refused.Message, StringComparison.Ordinal);
            return;
        }

        await socket.ConnectAsync(hub.Uri, Token);
        await socket.SendAsync("{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Token);
        byte[] buffer = new byte[100];
        ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), Token);
        Assert.Equal("{}\u001e"u8.ToArray(), buffer[..received.Count]);
    }

    private Task<HttpResponseMessage> PreflightAsync(string path, string origin, string method, string headers) => Host.SendAsync(
        HttpMethod.Options, path, ("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", headers));

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
}
