using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests;

/// <summary>
/// A host that tells everything it can: Trace logging of every category, request logging of all fields with bodies and credentials,
/// listeners on all telemetry; in Production, so no developer exception page. Its agents' names hold a card number.
/// </summary>
internal sealed class LeakHost : IAsyncDisposable
{
    private readonly RunningHost _host;
    private readonly TempFolder _folder;
    private readonly List<(string Who, ChatClient Client)> _clients = [];
    private readonly List<(string Who, HubClient Hub)> _hubs = [];
    private bool _isStopped;

    private LeakHost(RunningHost host, TempFolder folder, LogCapture logs, TelemetryCapture telemetry, StoreFaults faults)
    {
        _host = host;
        _folder = folder;
        Logs = logs;
        Telemetry = telemetry;
        Faults = faults;
    }

    public LogCapture Logs { get; }

    public TelemetryCapture Telemetry { get; }

    public StoreFaults Faults { get; }

    public Uri Root => _host.Root;

    public IServiceProvider Services => _host.App.Services;

    /// <param name="planted">What is planted; the store's exceptions quote it.</param>
    /// <param name="after">A saboteur.</param>
    /// <param name="pipeline">A saboteur in the pipeline.</param>
    /// <param name="logsRequestsFirst">Whether the host logs requests before routing, where no endpoint is known yet.</param>
    public static async Task<LeakHost> StartAsync(
        Planted planted, Action<ISecureChatBuilder>? after = null, Action<WebApplication>? pipeline = null, bool logsRequestsFirst = true)
    {
        var folder = new TempFolder();
        var logs = new LogCapture();
        var telemetry = new TelemetryCapture();
        var faults = new StoreFaults($"{planted.Card} {planted.SocialSecurityNumber} {planted.Password} {planted.Phrase} cvv {planted.Codes[0]}");
        RunningHost host = await RunningHost.StartAsync(
            path => new TestHostOptions
            {
                Folder = path,
                Configure = static options =>
                {
                    options.Limits.VisitorMessageBurst = 1000;
                    options.Limits.VisitorMessagesPerSecond = 100;
                    options.Limits.ConversationMessagesPerSecond = 1000;
                    options.Audit.HeadInterval = TimeSpan.FromSeconds(1);
                    options.Lifetimes.SweepInterval = TimeSpan.FromSeconds(1);
                },
                Before = services =>
                {
                    services.AddHttpLogging(LogEverything);
                    services.AddSingleton<IClaimsTransformation>(new NameOf($"Ada {Planted.Spaced(planted.Card)}"));
                    if (logsRequestsFirst)
                    {
                        services.AddSingleton<IStartupFilter, RequestsLoggedFirst>();
                    }
                },
                Pipeline = app =>
                {
                    if (!logsRequestsFirst)
                    {
                        app.UseHttpLogging();
                    }

                    pipeline?.Invoke(app);
                },
                Logging = logging => logging.SetMinimumLevel(LogLevel.Trace).AddFilter(static _ => true).AddProvider(logs),
                WrapStore = (_, store) => new QuotingStore(store, faults),
                After = after,
            },
            folder.Path);
        return new LeakHost(host, folder, logs, telemetry, faults);
    }

    public VisitorClient Visitor(string who = "the visitor")
    {
        VisitorClient visitor = _host.Visitor();
        _clients.Add((who, visitor));
        return visitor;
    }

    public AgentClient Agent(string id, params string[] roles)
    {
        AgentClient agent = _host.Agent(id, $"session-of-{id}", roles);
        _clients.Add((id, agent));
        return agent;
    }

    public FormClient Form(string token)
    {
        var form = new FormClient(_host.Root, token);
        _clients.Add(("the form", form));
        return form;
    }

    public HubClient Keep(string who, HubClient hub)
    {
        _hubs.Add((who, hub));
        return hub;
    }

    /// <summary>What everybody received, everything that was logged or measured, and the files: as they are now, and after the end of the host.</summary>
    public async Task<Evidence> CollectAsync()
    {
        var evidence = new Evidence();
        evidence.AddFiles("while the host runs", _folder.Path);
        evidence.AddColumns(Path.Combine(_folder.Path, StoreFiles.Data));
        evidence.AddColumns(Path.Combine(_folder.Path, StoreFiles.Keys));
        await StopAsync();
        evidence.AddFiles("after the end", _folder.Path);
        _clients.ForEach(client => evidence.AddClient(client.Who, client.Client));
        _hubs.ForEach(hub => evidence.AddFrames(hub.Who, hub.Hub));
        Logs.AddTo(evidence);
        Telemetry.AddTo(evidence);
        return evidence;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach ((_, HubClient hub) in _hubs)
        {
            await hub.DisposeAsync();
        }

        _clients.ForEach(static client => client.Client.Dispose());
        Telemetry.Dispose();
        _folder.Dispose();
    }

    private static void LogEverything(HttpLoggingOptions options)
    {
        options.LoggingFields = HttpLoggingFields.All;
        options.RequestBodyLogLimit = 1024 * 1024;
        options.ResponseBodyLogLimit = 1024 * 1024;
        options.MediaTypeOptions.AddText("text/plain");
        foreach (string header in new[] { "Authorization", "Cookie", "X-SecureChat", "Origin" })
        {
            options.RequestHeaders.Add(header);
        }
    }

    private async Task StopAsync()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            await _host.DisposeAsync();
        }
    }

    /// <summary>Gives every signed-in user a display name, as a host's user store would.</summary>
    private sealed class NameOf(string name) : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            var identity = new ClaimsIdentity(principal.Claims.Where(static claim => claim.Type != ClaimTypes.Name).Append(new Claim(ClaimTypes.Name, name)), "cookie");
            return Task.FromResult(new ClaimsPrincipal(identity));
        }
    }

    private sealed class RequestsLoggedFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseHttpLogging();
            next(app);
        };
    }
}
