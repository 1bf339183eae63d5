using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Vendor;

/// <summary>A host whose vendor classes go wrong when a test says so, with everything that left the product kept for a hunt.</summary>
internal sealed class FaultyHost : IAsyncDisposable
{
    private readonly HostLog _log = new();
    private readonly TempFolder _folder = new();
    private readonly ConcurrentBag<ChatClient> _clients = [];
    private RunningHost? _host;

    public Faults Faults { get; } = new();

    public KeyServiceKey KeyService { get; } = new();

    public RunningHost Host => _host!;

    public string Folder => _folder.Path;

    /// <summary>Wraps what the words name: masker, vault, consent, sink, best-effort-sink, step-up, keys, store.</summary>
    public static async Task<FaultyHost> StartAsync(string seams, bool isQuick = false)
    {
        var host = new FaultyHost();
        try
        {
            await host.RestartAsync(seams, isQuick);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the host on the same folder, after stopping the one before.</summary>
    public async Task RestartAsync(string seams, bool isQuick = false)
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
            _host = null;
        }

        string[] words = seams.Split(' ');
        _host = await RunningHost.StartAsync(
            folder => new TestHostOptions
            {
                Folder = folder,
                Configure = options => Configure(options, isQuick),
                Logging = logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_log),
                WrapStore = words.Contains("store") ? (slot, store) => new FaultyStore(Faults, slot, store) : null,
                Before = services => services.AddSingleton(Faults).AddSingleton(KeyService),
                After = chat =>
                {
                    foreach (string word in words)
                    {
                        _ = word switch
                        {
                            "masker" => chat.UseMasker<FaultyMasker>(),
                            "vault" => chat.UseVault<FaultyVault>(),
                            "consent" => chat.UseConsentStore<FaultyConsentStore>(),
                            "sink" => chat.AddAuditSink<FaultySink>(),
                            "best-effort-sink" => chat.AddAuditSink<FaultySink>(required: false),
                            "step-up" => chat.UseStepUp<FaultyStepUp>(),
                            "keys" => chat.UseKeyEncryption<FaultyKeyEncryption>(),
                            "store" => chat,
                            _ => throw new ArgumentOutOfRangeException(nameof(seams), word, "No such seam."),
                        };
                    }
                },
            },
            _folder.Path);
    }

    public VisitorClient Visitor() => Kept(Host.Visitor());

    public AgentClient Agent(string id, string session = "s1", params string[] roles) => Kept(Host.Agent(id, session, roles));

    /// <summary>Where any of the values can be read: files, log, every answer to every party.</summary>
    public async Task<IReadOnlyList<string>> HuntAsync(params string[] values)
    {
        var found = new List<string>();
        foreach (string file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            found.AddRange(ByteHunt.Find(await StoreFiles.ReadAsync(file, TestContext.Current.CancellationToken), values).Select(hit => $"{Path.GetFileName(file)}: {hit}"));
        }

        found.AddRange(ByteHunt.Find(Encoding.UTF8.GetBytes(_log.All), values).Select(static hit => $"log: {hit}"));
        foreach (ChatClient client in _clients)
        {
            found.AddRange(ByteHunt.Find(Encoding.UTF8.GetBytes(string.Join('\n', client.Received)), values).Select(hit => $"answer to {client.GetType().Name}: {hit}"));
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        foreach (ChatClient client in _clients)
        {
            client.Dispose();
        }

        _folder.Dispose();
    }

    private static void Configure(SecureChatOptions options, bool isQuick)
    {
        // The sweeper and the exporter would add calls of their own to those that a test counts.
        options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5);
        options.Audit.HeadInterval = TimeSpan.FromHours(24);
        if (isQuick)
        {
            // Short, so that waiting for what hangs is short; a busy machine then refuses honest calls too, and tests repeat those.
            options.Masking.Timeout = TimeSpan.FromSeconds(1);
            options.Storage.OperationTimeout = TimeSpan.FromSeconds(1);
            options.Storage.VendorTimeout = TimeSpan.FromSeconds(1);
            options.Storage.KeyProviderTimeout = TimeSpan.FromSeconds(1);
            options.Agents.StepUpTimeout = TimeSpan.FromSeconds(1);
            options.Audit.SinkTimeout = TimeSpan.FromSeconds(1);
        }
    }

    private T Kept<T>(T client)
        where T : ChatClient
    {
        _clients.Add(client);
        return client;
    }

    private sealed class HostLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string All => string.Join('\n', _lines);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
