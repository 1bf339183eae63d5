using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Web;

public sealed class GuardTests(GuardTests.Fixture shared) : IClassFixture<GuardTests.Fixture>
{
    private int _writes;

    private TestHost Shared => shared.Host;

    [Theory]
    [InlineData(null, 401)]
    [InlineData("customer", 403)]
    [InlineData("agent", 200)]
    [InlineData("auditor", 200)]
    public async Task Only_who_holds_one_of_the_named_policies_gets_to_the_agent_part(string? role, int status)
    {
        HttpResponseMessage response = await Shared.SendAsync(HttpMethod.Get, "/chat/agent/who", null, As(role));
        Assert.Equal(status, (int)response.StatusCode);
        switch (status)
        {
            case 200:
                Assert.Equal($"\"id-{role}\"", await response.Content.ReadAsStringAsync());
                break;
            case 401:
                await ProblemAssert.IsAsync(response, SecureChatErrors.Unauthenticated);
                Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
                break;
            default:
                await ProblemAssert.IsAsync(response, SecureChatErrors.Forbidden);
                break;
        }
    }

    [Theory]
    [InlineData(null, "own", null, "SC6006")]
    [InlineData("0", "own", null, "SC6006")]
    [InlineData("1, 1", "own", null, "SC6006")]
    [InlineData("1", null, null, "SC6007")]
    [InlineData("1", null, "cross-site", "SC6007")]
    [InlineData("1", null, "same-site", "SC6007")]
    [InlineData("1", null, "none", "SC6007")]
    [InlineData("1", "null", "same-origin", "SC6007")]
    [InlineData("1", "https://evil.example", "same-origin", "SC6007")]
    [InlineData("1", "otherport", null, "SC6007")]
    [InlineData("1", "https", null, "SC6007")]
    [InlineData("1", "own", null, null)]
    [InlineData("1", null, "same-origin", null)]
    [InlineData("1", "https://www.example.com", "cross-site", null)]
    public async Task A_write_of_an_agent_demands_the_header_and_an_allowed_origin(string? header, string? origin, string? site, string? code)
    {
        foreach (HttpMethod method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch })
        {
            await CheckAsync(Shared, method, "/chat/agent/write", header, origin, site, code, "agent");
        }
    }

    [Theory]
    [InlineData(null, null, null, "SC6006")]
    [InlineData("1", null, null, null)]
    [InlineData("1", null, "same-origin", null)]
    [InlineData("1", null, "cross-site", "SC6007")]
    [InlineData("1", "own", null, null)]
    [InlineData("1", "null", null, "SC6007")]
    [InlineData("1", "https://evil.example", null, "SC6007")]
    [InlineData("1", "https://www.example.com", null, null)]
    public async Task A_write_of_a_visitor_demands_the_header_and_if_stated_an_allowed_origin(string? header, string? origin, string? site, string? code)
    {
        await CheckAsync(Shared, HttpMethod.Post, "/chat/visitor/write", header, origin, site, code, null);
    }

    [Theory]
    [InlineData("https://www.example.com", 204)]
    [InlineData("https://evil.example", 403)]
    public async Task A_preflight_runs_nothing_even_where_the_host_routes_after_the_guard(string origin, int status)
    {
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            AddEndpoints(setup);
            setup.AfterUse = static app => app.UseRouting();
        });
        using HttpResponseMessage preflight = await host.SendAsync(
            HttpMethod.Options, "/chat/visitor/write", null, ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "x-securechat"));
        Assert.Equal(status, (int)preflight.StatusCode);
        Assert.Equal(status == 204, preflight.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(0, _writes);

        // The test can see a run.
        await host.SendAsync(HttpMethod.Post, "/chat/visitor/write", null, ("Origin", "https://www.example.com"), ("X-SecureChat", "1"));
        Assert.Equal(1, _writes);
    }

    [Fact]
    public async Task Saboteur_without_the_filters_a_foreign_write_goes_through()
    {
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            AddEndpoints(setup);
            setup.Parts = static parts => parts.Agent.Add(static endpoint => endpoint.FilterFactories.Clear());
        });
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "/chat/agent/write", null, ("Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(1, _writes);
    }

    [Fact]
    public async Task A_fallback_policy_of_the_host_does_not_shut_visitors_out_and_agents_get_401_rather_than_a_redirect()
    {
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            AddEndpoints(setup);
            setup.AddScheme = false;
            setup.Services = static services =>
            {
                services.AddAuthentication("Cookies").AddCookie("Cookies", static options => options.LoginPath = "/login");
                services.Configure<AuthorizationOptions>(static options => options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            };
        });
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/chat/visitor/hello")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Post, "/chat/hub/negotiate?negotiateVersion=1", null, ("Sec-Fetch-Site", "same-origin"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/chat/console")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Get, "/chat/agent/who")).StatusCode);
    }

    [Fact]
    public async Task Conventions_of_the_host_come_on_top_for_each_part()
    {
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            AddEndpoints(setup);
            setup.Services = static services => services.AddAuthorizationBuilder().AddPolicy("Auditors", static policy => policy.RequireRole("auditor"));
            setup.Parts = static parts =>
            {
                parts.Agent.RequireAuthorization("Auditors");
                parts.Visitor.RequireHost("chat.example.com");
            };
        });
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync(HttpMethod.Get, "/chat/agent/who", null, As("agent"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/chat/agent/who", null, As("auditor"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Get, "/chat/visitor/hello")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/chat/console")).StatusCode);
    }

    [Fact]
    public async Task A_scheme_named_by_the_policy_is_asked_even_when_the_host_has_no_default_scheme()
    {
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            AddEndpoints(setup);
            setup.AddScheme = setup.AddPolicies = false;
            setup.Services = static services =>
            {
                services.AddAuthentication().AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, HeaderAuthentication>("one", null)
                    .AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, HeaderAuthentication>("two", null);
                services.AddAuthorizationBuilder().AddPolicy("SecureChat.Agent", static policy => policy.AddAuthenticationSchemes("two").RequireRole("agent"));
            };
        });
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/chat/agent/who", null, As("agent"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Get, "/chat/agent/who")).StatusCode);
    }

    [Theory]
    [InlineData("own", null, true)]
    [InlineData("https://www.example.com", null, true)]
    [InlineData(null, null, false)]
    [InlineData(null, "same-origin", false)]
    [InlineData("null", "same-origin", false)]
    [InlineData("http", null, false)]
    [InlineData("otherport", null, false)]
    [InlineData("suffix", null, false)]
    [InlineData("https://www.example.com.evil.example", null, false)]
    public async Task A_WebSocket_of_the_hub_needs_an_allowed_origin(string? origin, string? site, bool allowed)
    {
        (string, string)[] upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")];
        using HttpResponseMessage response = await HandshakeAsync(HttpMethod.Get, "/chat/hub", origin, site, upgrade);
        if (allowed)
        {
            Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        }
        else
        {
            await ProblemAssert.IsAsync(response, SecureChatErrors.OriginNotAllowed);
        }
    }

    [Theory]
    [InlineData("own", null, true)]
    [InlineData("https://www.example.com", null, true)]
    [InlineData(null, "same-origin", true)]
    [InlineData(null, null, false)]
    [InlineData(null, "cross-site", false)]
    [InlineData("null", "same-origin", false)]
    [InlineData("https://evil-www.example.com", null, false)]
    public async Task A_negotiation_or_another_transport_of_the_hub_needs_an_allowed_origin(string? origin, string? site, bool allowed)
    {
        foreach ((HttpMethod method, string path, HttpStatusCode passed) in new[]
        {
            (HttpMethod.Post, "/chat/hub/negotiate?negotiateVersion=1", HttpStatusCode.OK),

            // The hub itself refuses these: it was reached, and takes WebSockets only.
            (HttpMethod.Get, "/chat/hub", HttpStatusCode.BadRequest),
            (HttpMethod.Post, "/chat/hub?id=x", HttpStatusCode.NotFound),
        })
        {
            using HttpResponseMessage response = await HandshakeAsync(method, path, origin, site);
            if (allowed)
            {
                Assert.Equal(passed, response.StatusCode);
            }
            else
            {
                await ProblemAssert.IsAsync(response, SecureChatErrors.OriginNotAllowed);
            }
        }
    }

    [Theory]
    [InlineData("https://chat.example.com", true)]
    [InlineData("https://www.example.com", true)]
    [InlineData("https://chat.example.com:443", false)]
    [InlineData("https://chat.example.com:8443", false)]
    [InlineData("http://chat.example.com", false)]
    [InlineData("https://chat.example.com/", false)]
    [InlineData("https://chat.example.com.", false)]
    [InlineData("HTTPS://chat.example.com", false)]
    [InlineData("https://Chat.example.com", false)]
    [InlineData("https://chat.example.com.evil.example", false)]
    [InlineData("https://evilchat.example.com", false)]
    [InlineData("https://chat-example.com", false)]
    [InlineData("https://user@chat.example.com", false)]
    [InlineData("https://chat.example.com https://evil.example", false)]
    [InlineData("https://chat.example.com, https://evil.example", false)]
    [InlineData("https://chàt.example.com", false)]
    [InlineData("null", false)]
    [InlineData("file://", false)]
    [InlineData("*", false)]
    [InlineData(" ", false)]
    [InlineData("https://www.example.com:444", false)]
    public void An_origin_is_compared_whole_and_exactly(string origin, bool allowed)
    {
        var rules = Rules("https://www.example.com");
        var context = new DefaultHttpContext();
        context.Request.Scheme = "https";
        context.Request.Host = new HostString("chat.example.com");
        context.Request.Headers.Origin = origin;
        context.Request.Headers["X-Forwarded-Host"] = "evil.example";
        Assert.Equal(allowed, rules.AllowsAgentWrite(context));
        Assert.Equal(allowed, rules.AllowsVisitorWrite(context));
        Assert.Equal(allowed, rules.AllowsHandshake(context));

        context.Request.Headers.Origin = new Microsoft.Extensions.Primitives.StringValues([origin, origin]);
        Assert.False(rules.AllowsAgentWrite(context));
    }

    [Theory]
    [InlineData("https://www.example.com", "https://www.example.com")]
    [InlineData("https://WWW.Example.com:443", "https://www.example.com")]
    [InlineData("https://www.example.com:8443", "https://www.example.com:8443")]
    [InlineData("http://localhost:5173", "http://localhost:5173")]
    [InlineData("http://[::1]:5173", "http://[::1]:5173")]
    [InlineData("http://www.example.com", null)]
    [InlineData("https://www.example.com/", null)]
    [InlineData("https://www.example.com/path", null)]
    [InlineData("https://*.example.com", null)]
    [InlineData("https://user:pw@www.example.com", null)]
    [InlineData("www.example.com", null)]
    [InlineData("null", null)]
    [InlineData("*", null)]
    [InlineData("", null)]
    [InlineData("ftp://www.example.com", null)]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("https://www.example.com?x", null)]
    [InlineData("https://bücher.example", null)]
    [InlineData("https:\\\\www.example.com", null)]
    public void A_configured_origin_is_an_origin_or_refused(string text, string? exact)
    {
        Assert.Equal(exact is not null, OriginRules.TryNormalise(text, out string? origin));
        Assert.Equal(exact, origin);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://www.example.com")]
    public async Task E43_Request_logging_of_the_host_never_sees_headers_or_bodies_of_ours(string? origin)
    {
        const string Secret = "4111111111111111";
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            AddEndpoints(setup);
            setup.Services = static services => services.AddHttpLogging(static options =>
            {
                options.LoggingFields = HttpLoggingFields.All;
                options.RequestHeaders.Add("Authorization");
                options.MediaTypeOptions.AddText("application/json");
            });
            setup.BeforeUse = static app => app.UseHttpLogging();
            setup.AfterUse = static app => app.MapPost("/own", static async (HttpRequest request) =>
            {
                await request.Body.CopyToAsync(Stream.Null);
                return TypedResults.Ok();
            });
        });
        (string, string)[] headers = [("X-SecureChat", "1"), ("Authorization", $"Bearer {Secret}"), ("Origin", Resolve(host, origin ?? "own")!)];
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "/chat/visitor/echo", Json($"{{\"text\":\"{Secret}\"}}"), headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(host.Logs.Entries, static entry => entry.Text.Contains(Secret, StringComparison.Ordinal));
        Assert.Contains(host.Logs.Of("Microsoft.AspNetCore.HttpLogging", LogLevel.Information), static text => text.Contains("/chat/visitor/echo", StringComparison.Ordinal));

        // The hunt can find: the host's own endpoint is logged in full.
        await host.SendAsync(HttpMethod.Post, "/own", Json($"{{\"text\":\"{Secret}\"}}"), headers);
        Assert.Contains(host.Logs.Entries, static entry => entry.Text.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_HTTP_API_is_described_for_the_hosts_OpenAPI_document()
    {
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            AddEndpoints(setup);
            setup.Services = static services => services.AddEndpointsApiExplorer();
        });
        ApiDescription[] all = [.. host.App.Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items.SelectMany(static group => group.Items)];
        ApiDescription write = Assert.Single(all, static api => api.RelativePath == "chat/agent/write" && api.HttpMethod == "POST");
        Assert.All(new[] { 400, 401, 403, 404, 413, 415, 429, 503 }, status => Assert.Contains(write.SupportedResponseTypes, type => type.StatusCode == status
            && type.ApiResponseFormats.Any(static format => format.MediaType == "application/problem+json")));
        Assert.Contains(all, static api => api.RelativePath == "chat/visitor/hello");
        Assert.Null(write.GroupName is { } name && name != "SecureChat.Unit.Tests" ? name : null);
    }

    private static async Task CheckAsync(TestHost host, HttpMethod method, string path, string? header, string? origin, string? site, string? code, string? role)
    {
        var headers = new List<(string, string)>(As(role));
        if (header is not null)
        {
            headers.AddRange(header.Split(", ").Select(static value => ("X-SecureChat", value)));
        }

        if (Resolve(host, origin) is { } stated)
        {
            headers.Add(("Origin", stated));
        }

        if (site is not null)
        {
            headers.Add(("Sec-Fetch-Site", site));
        }

        using HttpResponseMessage response = await host.SendAsync(method, path, null, [.. headers]);
        if (code is null)
        {
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }
        else
        {
            await ProblemAssert.IsAsync(response, SecureChatErrors.All.Single(error => error.Code == code));
        }
    }

    /// <summary>The answer's head only: a hub that takes a WebSocket goes on talking.</summary>
    private async Task<HttpResponseMessage> HandshakeAsync(HttpMethod method, string path, string? origin, string? site, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach ((string name, string? value) in new[] { ("Origin", Resolve(Shared, origin)), ("Sec-Fetch-Site", site) }.Concat(headers.Select(static header => (header.Name, (string?)header.Value))))
        {
            if (value is not null)
            {
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
            }
        }

        return await Shared.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private static (string, string)[] As(string? role) => role is null ? [] : [("Test-User", role)];

    private static string? Resolve(TestHost host, string? origin) => origin switch
    {
        "own" => host.Address.GetLeftPart(UriPartial.Authority),
        "otherport" => "http://127.0.0.1:1",
        "https" => $"https://127.0.0.1:{host.Address.Port}",
        "http" => "http://www.example.com",
        "suffix" => host.Address.GetLeftPart(UriPartial.Authority) + "0",
        _ => origin,
    };

    private static OriginRules Rules(params string[] allowed)
    {
        var options = new SecureChatOptions();
        foreach (string origin in allowed)
        {
            options.AllowedOrigins.Add(origin);
        }

        return new OriginRules(Options.Create(options));
    }

    private void AddEndpoints(HostSetup setup)
    {
        setup.Options = static options => options.AllowedOrigins.Add("https://www.example.com");
        setup.Endpoints.Add((SecureChatPart.Visitor, group =>
        {
            group.MapGet("/hello", static () => TypedResults.Ok("hello"));
            group.MapPost("/write", Write);
            group.MapPost("/echo", static async (HttpContext context) => Problems.From(await RequestBody.ReadAsync<Dictionary<string, string>>(context, 1000, context.RequestAborted)));
        }));
        setup.Endpoints.Add((SecureChatPart.Agent, group =>
        {
            group.MapGet("/who", static (HttpContext context) => TypedResults.Ok(AgentGate.Current(context).Id));
            group.MapMethods("/write", ["POST", "PUT", "DELETE", "PATCH"], Write);
        }));

        Microsoft.AspNetCore.Http.HttpResults.NoContent Write()
        {
            Interlocked.Increment(ref _writes);
            return TypedResults.NoContent();
        }
    }

    /// <summary>One host for all tests that only ask it.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal TestHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await TestHost.StartAsync(new GuardTests(this).AddEndpoints);

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
