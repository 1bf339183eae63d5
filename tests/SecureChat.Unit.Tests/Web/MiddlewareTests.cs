using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Web;

public sealed class MiddlewareTests(MiddlewareTests.Fixture shared) : IClassFixture<MiddlewareTests.Fixture>
{
    private const string Canary = "4111111111111111";

    private TestHost Shared => shared.Host;

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ];

    [Theory]
    [InlineData("GET", "/chat/visitor/hello", 200)]
    [InlineData("GET", "/chat/visitor/throw", 500)]
    [InlineData("GET", "/chat/visitor/nothing", 404)]
    [InlineData("GET", "/chat", 404)]
    [InlineData("DELETE", "/chat/visitor/hello", 405)]
    [InlineData("TRACE", "/chat/visitor/hello", 405)]
    [InlineData("GET", "/chat/agent/hello", 401)]
    [InlineData("GET", "/CHAT/visitor/hello", 200)]
    [InlineData("GET", "/chat/visitor/hello?token=x", 400)]
    public async Task Every_answer_on_our_paths_carries_the_security_headers(string method, string path, int status)
    {
        using HttpResponseMessage response = await Shared.SendAsync(new HttpMethod(method), path);
        Assert.Equal(status, (int)response.StatusCode);
        foreach ((string name, string value) in Headers)
        {
            Assert.Equal(value, string.Join(", ", response.Headers.GetValues(name)));
        }

        Assert.True(response.Headers.Contains("Permissions-Policy"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/chatter")]
    [InlineData("/other?token=abc&a=1&a=2")]
    [InlineData("/boom")]
    public async Task Other_paths_of_the_host_are_left_alone(string path)
    {
        using HttpResponseMessage response = await Shared.SendAsync(HttpMethod.Get, path);
        Assert.False(response.Headers.Contains("Content-Security-Policy"));
        Assert.False(response.Headers.Contains("Cache-Control"));
        Assert.NotEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(path.StartsWith("/other", StringComparison.Ordinal) ? 200 : path == "/boom" ? 500 : 404, (int)response.StatusCode);
    }

    [Fact]
    public async Task What_is_not_found_not_allowed_or_not_understood_is_a_problem_with_a_code()
    {
        await ProblemAssert.IsAsync(await Shared.SendAsync(HttpMethod.Get, "/chat/visitor/nothing"), SecureChatErrors.NotFound);
        await ProblemAssert.IsAsync(await Shared.SendAsync(HttpMethod.Get, "/chat/nothing"), SecureChatErrors.NotFound);
        HttpResponseMessage notAllowed = await Shared.SendAsync(HttpMethod.Put, "/chat/visitor/hello");
        await ProblemAssert.IsAsync(notAllowed, SecureChatErrors.MethodNotAllowed);
        Assert.Equal(["GET"], notAllowed.Content.Headers.Allow);
        await ProblemAssert.IsAsync(await Shared.SendAsync(HttpMethod.Trace, "/chat/visitor/nothing"), SecureChatErrors.MethodNotAllowed);
        await ProblemAssert.IsAsync(await Shared.SendAsync(new HttpMethod("PROPFIND"), "/chat/visitor/hello"), SecureChatErrors.MethodNotAllowed);
        await ProblemAssert.IsAsync(await Shared.SendAsync(HttpMethod.Get, "/chat/visitor/hello?a=1&a=2"), SecureChatErrors.InvalidRequest);
        await ProblemAssert.IsAsync(await Shared.SendAsync(HttpMethod.Get, "/chat/visitor/typed?after=abc"), SecureChatErrors.InvalidRequest);
        await ProblemAssert.IsAsync(
            await Shared.SendAsync(HttpMethod.Post, "/chat/visitor/bound", new StringContent("<a/>", Encoding.UTF8, "text/xml"), ("X-SecureChat", "1")),
            SecureChatErrors.UnsupportedMediaType);
    }

    [Fact]
    public async Task E14_GET_and_HEAD_of_a_write_change_nothing()
    {
        int writes = 0;
        await using TestHost host = await TestHost.StartAsync(setup =>
            setup.Endpoints.Add((SecureChatPart.Visitor, group => group.MapPost("/write", () => { writes++; return TypedResults.NoContent(); }))));
        await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Get, "/chat/visitor/write"), SecureChatErrors.MethodNotAllowed);
        using HttpResponseMessage head = await host.SendAsync(HttpMethod.Head, "/chat/visitor/write");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsStringAsync());
        Assert.Equal(0, writes);
        using HttpResponseMessage post = await host.SendAsync(HttpMethod.Post, "/chat/visitor/write", null, ("X-SecureChat", "1"));
        Assert.Equal(1, writes);
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("token")]
    [InlineData("TOKEN")]
    [InlineData("%74oken")]
    public async Task A_token_in_a_URL_is_refused_and_not_logged_by_us(string name)
    {
        foreach (string path in new[] { "/chat/visitor/hello", "/chat/hub", "/chat/nothing", "/chat/agent/hello" })
        {
            await ProblemAssert.IsAsync(await Shared.SendAsync(HttpMethod.Get, $"{path}?{name}=s3cret"), SecureChatErrors.TokenInUrl);
        }

        Assert.DoesNotContain(Shared.Logs.Entries, static entry => entry.Category.StartsWith("SecureChat", StringComparison.Ordinal) && entry.Text.Contains("s3cret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task E43_A_fault_answers_with_a_code_and_its_message_goes_nowhere(string environment)
    {
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            setup.Environment = environment;
            AddEndpoints(setup);
        });
        HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/chat/visitor/throw");
        await ProblemAssert.IsAsync(response, SecureChatErrors.Internal);
        Assert.DoesNotContain(Canary, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.Entries, static entry => entry.Text.Contains(Canary, StringComparison.Ordinal));
        Assert.Contains(host.Logs.Of("SecureChat", LogLevel.Error), static text => text.Contains("System.InvalidOperationException", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_documented_fault_keeps_its_code_and_set_up_errors_do_not_leak_through()
    {
        await using TestHost host = await TestHost.StartAsync(AddEndpoints);
        await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Get, "/chat/visitor/store"), SecureChatErrors.StoreUnavailable);
        await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Get, "/chat/visitor/gone"), SecureChatErrors.ValueGone);
        await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Get, "/chat/visitor/setup"), SecureChatErrors.Internal);
        await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Get, "/chat/visitor/cancelled"), SecureChatErrors.Internal);
        Assert.Equal(3, host.Logs.Of("SecureChat", LogLevel.Error).Count());
    }

    [Fact]
    public async Task A_fault_behind_half_an_answer_breaks_the_connection()
    {
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () => await (await Shared.SendAsync(HttpMethod.Get, "/chat/visitor/half")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_caller_that_leaves_is_no_fault()
    {
        var entered = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        await using TestHost host = await TestHost.StartAsync(setup => setup.Endpoints.Add((SecureChatPart.Visitor, group => group.MapGet("/wait", async context =>
        {
            entered.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            finally
            {
                left.SetResult();
            }
        }))));
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> pending = host.Client.GetAsync("/chat/visitor/wait", cancel.Token);
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(host.Logs.Of("SecureChat", LogLevel.Error));
    }

    [Fact]
    public async Task A_path_base_before_us_changes_nothing()
    {
        await using TestHost host = await TestHost.StartAsync(static setup =>
        {
            AddEndpoints(setup);
            setup.BeforeUse = static app => app.UsePathBase("/sub");
        });
        using HttpResponseMessage found = await host.SendAsync(HttpMethod.Get, "/sub/chat/visitor/hello");
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.Equal("no-store", found.Headers.CacheControl?.ToString());
        await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Get, "/sub/chat/nothing"), SecureChatErrors.NotFound);
    }

    [Fact]
    public async Task An_outer_group_keeps_its_endpoints_guarded()
    {
        await using TestHost host = await TestHost.StartAsync(static setup =>
        {
            AddEndpoints(setup);
            setup.MapSecureChat = false;
            setup.AfterUse = static app => app.MapGroup("/outer").MapSecureChat("/talk");
        });
        using HttpResponseMessage found = await host.SendAsync(HttpMethod.Get, "/outer/talk/visitor/hello");
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.Equal("no-store", found.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Two_prefixes_serve_side_by_side_with_distinct_endpoint_names()
    {
        await using TestHost host = await TestHost.StartAsync(static setup =>
        {
            AddEndpoints(setup);
            setup.AfterUse = static app => app.MapSecureChat("/second");
        });
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/chat/visitor/hello")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/second/visitor/hello")).StatusCode);
        var links = host.App.Services.GetRequiredService<Microsoft.AspNetCore.Routing.LinkGenerator>();
        Assert.Equal("/second/visitor/hello", Microsoft.AspNetCore.Routing.LinkGeneratorEndpointNameAddressExtensions.GetPathByName(links, "Hello", null));
        Assert.Equal("/chat/visitor/hello", Microsoft.AspNetCore.Routing.LinkGeneratorEndpointNameAddressExtensions.GetPathByName(links, "Hello.2", null));
    }

    [Fact]
    public async Task An_endpoint_reached_past_the_middleware_does_not_answer()
    {
        int called = 0;
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            setup.Endpoints.Add((SecureChatPart.Visitor, group => group.MapGet("/hello", () => { called++; return TypedResults.Ok(); })));
            setup.Endpoints.Add((SecureChatPart.Hub, group => group.Map("other", context => { called++; return Task.CompletedTask; })));
            setup.UseSecureChat = false;
            setup.BeforeUse = static app => app.Map("/elsewhere", static branch => branch.UseSecureChat());
        });
        await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Get, "/chat/visitor/hello"), SecureChatErrors.Internal);
        (string, string) own = ("Origin", host.Address.GetLeftPart(UriPartial.Authority));
        await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Get, "/chat/hub/other", null, own), SecureChatErrors.Internal);
        await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Post, "/chat/hub/negotiate?negotiateVersion=1", null, own), SecureChatErrors.Internal);
        Assert.Equal(0, called);
        Assert.Contains(host.Logs.Of("SecureChat", LogLevel.Error), static text => text.Contains("UseSecureChat()", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost:5000", null, true)]
    [InlineData("127.0.0.1", "127.0.0.1", null, true)]
    [InlineData("127.8.8.8", "app.localhost", null, true)]
    [InlineData("::1", "[::1]:5000", null, true)]
    [InlineData("::ffff:127.0.0.1", "localhost", null, true)]
    [InlineData("127.0.0.1", "chat.example.com", null, false)]
    [InlineData("127.0.0.1", "localhost.example.com", null, false)]
    [InlineData("127.0.0.1", "127.0.0.1.example.com", null, false)]
    [InlineData("127.0.0.1", "", null, false)]
    [InlineData("10.0.0.7", "localhost", null, false)]
    [InlineData("203.0.113.9", "127.0.0.1", null, false)]
    [InlineData("::ffff:10.0.0.7", "localhost", null, false)]
    [InlineData(null, "localhost", null, false)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-For: 203.0.113.9", false)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-Proto: https", false)]
    [InlineData("127.0.0.1", "localhost", "x-forwarded-host: chat.example.com", false)]
    [InlineData("127.0.0.1", "localhost", "X-Original-For: 10.0.0.1", false)]
    [InlineData("127.0.0.1", "localhost", "Forwarded: for=203.0.113.9;proto=https", false)]
    [InlineData("127.0.0.1", "localhost", "Via: 1.1 proxy", false)]
    [InlineData("127.0.0.1", "localhost", "X-Real-IP: 127.0.0.1", false)]
    [InlineData("127.0.0.1", "localhost", "CF-Connecting-IP: 203.0.113.9", false)]
    public void Plain_HTTP_is_allowed_only_where_nobody_else_can_read_it(string? remote, string name, string? header, bool allowed)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "http";
        context.Request.Host = new HostString(name);
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        if (header is not null)
        {
            string[] parts = header.Split(": ", 2);
            context.Request.Headers[parts[0]] = parts[1];
        }

        Assert.Equal(allowed, HttpsRule.Allows(context));
        context.Request.Scheme = "https";
        Assert.True(HttpsRule.Allows(context));
    }

    [Fact]
    public async Task Plain_HTTP_from_outside_is_refused_and_the_fix_is_named()
    {
        HttpResponseMessage refused = await Shared.SendAsync(HttpMethod.Get, "/chat/visitor/hello", null, ("Host", "chat.example.com"));
        await ProblemAssert.IsAsync(refused, SecureChatErrors.HttpsRequired);
        Assert.Contains("UseForwardedHeaders", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Shared.SendAsync(HttpMethod.Get, "/chat/visitor/hello")).StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("Forwarded", "proto=https;host=localhost")]
    [InlineData("Front-End-Https", "on")]
    public async Task A_forwarded_header_from_anybody_opens_nothing(string header, string value)
    {
        foreach (TestHost host in new[] { Shared, shared.WithOtherProxy })
        {
            foreach (string name in new[] { "chat.example.com", "localhost" })
            {
                await ProblemAssert.IsAsync(await host.SendAsync(HttpMethod.Get, "/chat/visitor/hello", null, ("Host", name), (header, value)), SecureChatErrors.HttpsRequired);
            }
        }
    }

    [Fact]
    public async Task A_named_proxy_that_says_https_is_believed_and_one_that_says_http_is_refused()
    {
        await using TestHost host = await TestHost.StartAsync(static setup =>
        {
            AddEndpoints(setup);
            UseProxy(setup, "127.0.0.1");
        });
        using HttpResponseMessage secure = await host.SendAsync(
            HttpMethod.Get, "/chat/visitor/hello", null, ("Host", "chat.example.com"), ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"));
        Assert.Equal(HttpStatusCode.OK, secure.StatusCode);
        await ProblemAssert.IsAsync(
            await host.SendAsync(HttpMethod.Get, "/chat/visitor/hello", null, ("Host", "localhost"), ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Proto", "http")),
            SecureChatErrors.HttpsRequired);
    }

    [Fact]
    public async Task In_Development_plain_HTTP_is_served()
    {
        await using TestHost host = await TestHost.StartAsync(static setup =>
        {
            setup.Environment = Environments.Development;
            AddEndpoints(setup);
        });
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/chat/visitor/hello", null, ("Host", "chat.example.com"))).StatusCode);
    }

    [Fact]
    public async Task A_body_over_the_limit_of_the_part_is_refused_even_when_it_comes_in_chunks()
    {
        await using TestHost host = await TestHost.StartAsync(static setup =>
        {
            AddEndpoints(setup);
            setup.Options = static options =>
            {
                options.Limits.FormBytes = 1024;
                options.Limits.MessageBytes = 256;
            };
        });
        foreach (bool chunked in new[] { false, true })
        {
            using var content = new ByteArrayContent(new byte[6000]);
            content.Headers.ContentType = new("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/chat/visitor/drain") { Content = content };
            request.Headers.Add("X-SecureChat", "1");
            request.Headers.TransferEncodingChunked = chunked;
            await ProblemAssert.IsAsync(await host.Client.SendAsync(request), SecureChatErrors.TooLarge);
        }
    }

    [Fact]
    public async Task A_request_with_two_lengths_does_not_reach_an_endpoint()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Shared.Address.Host, Shared.Address.Port);
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /chat/visitor/drain HTTP/1.1\r\nHost: localhost\r\nX-SecureChat: 1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX"));
        var answer = new byte[64];
        int read = await stream.ReadAtLeastAsync(answer, 12);
        Assert.StartsWith("HTTP/1.1 400", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("chat")]
    [InlineData("/chat/")]
    [InlineData("//chat")]
    [InlineData("/{tenant}/chat")]
    [InlineData("/chat*")]
    public async Task A_prefix_that_is_none_is_refused(string prefix) =>
        await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await using TestHost host = TestHost.Build(setup => setup.Prefix = prefix);
        });

    private static void UseProxy(HostSetup setup, string address)
    {
        setup.Services = services => services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Add(IPAddress.Parse(address));
        });
        setup.BeforeUse = static app => app.UseForwardedHeaders();
    }

    private static void AddEndpoints(HostSetup setup)
    {
        setup.Endpoints.Add((SecureChatPart.Visitor, static group =>
        {
            group.MapGet("/hello", static () => TypedResults.Ok("hello")).WithName("Hello");
            group.MapGet("/typed", static (int after) => TypedResults.Ok(after));
            group.MapPost("/bound", static (Dictionary<string, string> body) => TypedResults.Ok(body.Count));
            group.MapPost("/drain", static async (HttpRequest request) =>
            {
                await request.Body.CopyToAsync(Stream.Null);
                return TypedResults.Ok();
            });
            group.MapGet("/throw", static IResult () => throw new InvalidOperationException(Canary, new FormatException(Canary)));
            group.MapGet("/store", static IResult () => throw new SecureChatStoreException("x", "get", isTransient: true, new InvalidOperationException(Canary)));
            group.MapGet("/gone", static IResult () => throw new SecureChatException(SecureChatErrors.ValueGone));
            group.MapGet("/setup", static IResult () => throw new SecureChatConfigurationException(SecureChatErrors.DuplicateForm));
            group.MapGet("/cancelled", static IResult () => throw new OperationCanceledException());
            group.MapGet("/half", static async context =>
            {
                context.Response.ContentLength = 100;
                await context.Response.WriteAsync("half");
                await context.Response.Body.FlushAsync();
                throw new InvalidOperationException(Canary);
            });
        }));
        setup.Endpoints.Add((SecureChatPart.Agent, static group => group.MapGet("/hello", static () => TypedResults.Ok("hello"))));
    }

    /// <summary>Hosts for all tests that only ask them.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal TestHost Host { get; private set; } = null!;

        internal TestHost WithOtherProxy { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Host = await TestHost.StartAsync(static setup =>
            {
                AddEndpoints(setup);
                setup.AfterUse = static app =>
                {
                    app.MapGet("/other", static () => "host");
                    app.MapGet("/boom", static string () => throw new InvalidOperationException("host's own"));
                };
            });
            WithOtherProxy = await TestHost.StartAsync(static setup =>
            {
                AddEndpoints(setup);
                UseProxy(setup, "10.0.0.1");
            });
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await WithOtherProxy.DisposeAsync();
        }
    }
}
