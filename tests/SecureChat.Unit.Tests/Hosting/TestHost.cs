using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests;

/// <summary>What a test's host looks like. The defaults are a host in Production that starts.</summary>
internal sealed class HostSetup
{
    public string Environment { get; set; } = Environments.Production;

    public bool AddSecureChat { get; set; } = true;

    public bool UseSecureChat { get; set; } = true;

    public bool MapSecureChat { get; set; } = true;

    public bool AddScheme { get; set; } = true;

    public bool AddPolicies { get; set; } = true;

    public bool AddKeyRing { get; set; } = true;

    public bool AddStores { get; set; } = true;

    public string Prefix { get; set; } = "/chat";

    public TestRecordStore Data { get; } = new();

    public TestRecordStore Keys { get; } = new();

    public Dictionary<string, string?> Configuration { get; } = [];

    public Action<SecureChatOptions>? Options { get; set; }

    public Action<IServiceCollection>? Services { get; set; }

    public Action<WebApplication>? BeforeUse { get; set; }

    public Action<WebApplication>? AfterUse { get; set; }

    public Action<SecureChatEndpoints>? Parts { get; set; }

    public List<(SecureChatPart Part, Action<Microsoft.AspNetCore.Routing.IEndpointRouteBuilder> Map)> Endpoints { get; } = [];
}

/// <summary>A real host on a real socket of this machine.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private TestHost(WebApplication app, LogCapture logs)
    {
        App = app;
        Logs = logs;
    }

    public WebApplication App { get; }

    public LogCapture Logs { get; }

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => Client.BaseAddress!;

    public static TestHost Build(Action<HostSetup>? configure = null)
    {
        var setup = new HostSetup();
        configure?.Invoke(setup);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = setup.Environment, ApplicationName = "SecureChat.Unit.Tests" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(setup.Configuration);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var logs = new LogCapture();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.Host.UseDefaultServiceProvider(static options => options.ValidateScopes = true);

        builder.Services.AddSingleton<IMasker, RefusingMasker>();
        if (setup.AddKeyRing)
        {
            builder.Services.AddDataProtection().SetApplicationName("tests");
            builder.Services.Configure<KeyManagementOptions>(static options => options.XmlRepository = new MemoryXmlRepository());
        }

        if (setup.AddScheme)
        {
            builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("test", null);
        }

        if (setup.AddPolicies)
        {
            builder.Services.AddAuthorizationBuilder()
                .AddPolicy("SecureChat.Agent", static policy => policy.RequireRole("agent"))
                .AddPolicy("SecureChat.Auditor", static policy => policy.RequireRole("auditor"));
        }

        setup.Services?.Invoke(builder.Services);
        if (setup.AddSecureChat)
        {
            ISecureChatBuilder chat = setup.Configuration.Count > 0
                ? builder.Services.AddSecureChat(builder.Configuration.GetSection("SecureChat"))
                : builder.Services.AddSecureChat();
            if (setup.Options is not null)
            {
                builder.Services.AddSecureChat(setup.Options);
            }

            if (setup.AddStores)
            {
                chat.UseRecordStore((_, slot) => slot == RecordStoreSlot.Data ? setup.Data : setup.Keys);
            }

            foreach ((SecureChatPart part, Action<Microsoft.AspNetCore.Routing.IEndpointRouteBuilder> map) in setup.Endpoints)
            {
                ProductServices.AddEndpoints(builder.Services, part, map);
            }
        }

        WebApplication app = builder.Build();
        setup.BeforeUse?.Invoke(app);
        if (setup.UseSecureChat)
        {
            app.UseSecureChat();
        }

        setup.AfterUse?.Invoke(app);
        if (setup.MapSecureChat)
        {
            SecureChatEndpoints parts = app.MapSecureChat(setup.Prefix);
            setup.Parts?.Invoke(parts);
        }

        return new TestHost(app, logs);
    }

    public static async Task<TestHost> StartAsync(Action<HostSetup>? configure = null)
    {
        TestHost host = Build(configure);
        try
        {
            await host.App.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        host.Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(host.App.Urls.Single()),
            Timeout = TimeSpan.FromSeconds(30),
        };
        return host;
    }

    public static async Task<SecureChatConfigurationException> RefusesAsync(SecureChatError error, Action<HostSetup> configure)
    {
        SecureChatConfigurationException refusal = await Assert.ThrowsAsync<SecureChatConfigurationException>(async () =>
        {
            await using TestHost host = await StartAsync(configure);
        });
        Assert.Equal(error.Code, refusal.Error.Code);
        return refusal;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach ((string name, string value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await App.DisposeAsync();
    }
}

/// <summary>Signs in whoever says who they are: tests are about what comes after.</summary>
internal sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers["Test-User"] is not [{ } role])
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, $"id-{role}"), new Claim(ClaimTypes.Role, role)], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }
}

internal sealed class MemoryXmlRepository : IXmlRepository
{
    private readonly ConcurrentQueue<XElement> _elements = new();

    public IReadOnlyCollection<XElement> GetAllElements() => [.. _elements];

    public void StoreElement(XElement element, string friendlyName) => _elements.Enqueue(element);
}

internal sealed class RefusingMasker : IMasker
{
    public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>Everything that any logger of the host wrote, message, state and exception.</summary>
internal sealed class LogCapture : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, LogLevel Level, string Text)> _entries = new();

    public IEnumerable<(string Category, LogLevel Level, string Text)> Entries => _entries;

    public IEnumerable<string> Of(string category, LogLevel level) =>
        _entries.Where(entry => entry.Category.StartsWith(category, StringComparison.Ordinal) && entry.Level == level).Select(static entry => entry.Text);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogCapture owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner._entries.Enqueue((category, logLevel, $"{formatter(state, exception)} {JsonSerializer.Serialize((state as IEnumerable<KeyValuePair<string, object?>>)?.Select(static pair => $"{pair.Key}={pair.Value}"))} {exception}"));
    }
}

/// <summary>Reads problem details.</summary>
internal static class ProblemAssert
{
    public static async Task<JsonElement> IsAsync(HttpResponseMessage response, SecureChatError error, int? status = null)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{(int)response.StatusCode} {response.Content.Headers.ContentType} {body}");
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(error.Code, problem.GetProperty("code").GetString());
        Assert.Equal($"urn:securechat:error:{error.Code}", problem.GetProperty("type").GetString());
        Assert.Equal(error.Title, problem.GetProperty("title").GetString());
        Assert.Equal(error.NextStep, problem.GetProperty("nextStep").GetString());
        Assert.Equal(status ?? error.Status, (int)response.StatusCode);
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        return problem;
    }
}
