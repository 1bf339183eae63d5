using System.Net.WebSockets;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

/// <summary>One host on a random port of this machine: real Kestrel, hub and endpoints.</summary>
internal sealed class ChatHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ChatHost(WebApplication app, ChatWorld world)
    {
        _app = app;
        World = world;
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        // A page of this host: what it sends with every write.
        Http = new HttpClient { BaseAddress = new Uri(Address), DefaultRequestHeaders = { { "Origin", Address }, { "X-SecureChat", "1" } } };
    }

    public ChatWorld World { get; }

    public string Address { get; }

    public HttpClient Http { get; }

    public static async Task<ChatHost> StartAsync(ChatWorld world, bool checksHandshake = true)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        world.AddTo(builder.Services);
        builder.Services.AddScoped<AgentAccess>();
        builder.Services.AddSingleton<OriginRules>();
        builder.Services.AddSingleton<SecureChatPipeline>();
        ProductServices.AddEndpoints(builder.Services, SecureChatPart.Visitor, ChatEndpoints.MapVisitor);
        ProductServices.AddEndpoints(builder.Services, SecureChatPart.Agent, ChatEndpoints.MapAgent);
        if (checksHandshake)
        {
            ProductServices.AddEndpoints(builder.Services, SecureChatPart.Hub, static hub => ChatHubEndpoint.Map(hub, string.Empty));
        }

        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, TestScheme>("test", null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy("SecureChat.Agent", static policy => policy.RequireClaim("role", "agent", "supervisor"))
            .AddPolicy("SecureChat.Supervisor", static policy => policy.RequireClaim("role", "supervisor"))
            .AddPolicy("SecureChat.Auditor", static policy => policy.RequireClaim("role", "auditor"));
        WebApplication app = builder.Build();
        app.UseSecureChat();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapSecureChat("/securechat");
        if (!checksHandshake)
        {
            ChatHubEndpoint.Map(app, "/securechat/hub");
        }

        await app.StartAsync();
        return new ChatHost(app, world);
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public async Task<StartedConversation> StartConversationAsync() =>
        (await Get<Conversations>().StartAsync(principal: null, type: null, address: null, CancellationToken.None)).Value!;

    public Task<HubClient> ConnectAsync(string? agent = null, string query = "") => ConnectFromAsync(Address, agent, query);

    /// <summary>Connects as a page of another origin, or as no page at all.</summary>
    public Task<HubClient> ConnectFromAsync(string? origin, string? agent = null, string query = "") =>
        HubClient.ConnectAsync(new Uri(Address.Replace("http://", "ws://", StringComparison.Ordinal) + "/securechat/hub" + query), agent, origin);

    public async Task<HubClient> JoinAsync(StartedConversation started, long after = 0)
    {
        HubClient client = await ConnectAsync();
        await client.ResultAsync("Join", new { conversationId = started.Conversation.Id, token = started.Token, after });
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private sealed class TestScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            string[]? parts = Request.Headers["X-Test-Agent"].ToString().Split(';') is { Length: 2 } both ? both : null;
            if (parts is null)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var identity = new ClaimsIdentity(
                [new Claim(ClaimTypes.NameIdentifier, parts[0]), new Claim(ClaimTypes.Name, "Agent " + parts[0]), new Claim("role", parts[1])], "test");
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), "test")));
        }
    }
}
