using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;

namespace SecureChat.Host.Tests.OwnApp;

/// <summary>Somebody's own app on real Kestrel, without the chat: only its endpoints, hubs and logs are masked.</summary>
internal sealed class OwnHost : IAsyncDisposable
{
    public const string Card = "4242 4242 4242 4242", MaskedCard = "•••• •••• •••• 4242";

    private OwnHost(WebApplication app, HttpClient client, ConcurrentQueue<string> logs)
    {
        App = app;
        Client = client;
        Logs = logs;
    }

    public WebApplication App { get; }

    public HttpClient Client { get; }

    /// <summary>Everything that was logged.</summary>
    public ConcurrentQueue<string> Logs { get; }

    /// <summary>A masker that always fails, and quotes what it was given.</summary>
    public static TextMasking Broken => new(SecureChat.Masking.MaskingEngine.Default, (string text, SecureChat.Masking.MaskContext? _, out IReadOnlyList<SensitiveSpan> spans) => throw new InvalidOperationException("cannot mask: " + text));

    /// <summary>An engine whose policy lets no card in.</summary>
    public static SecureChat.Masking.MaskingEngine BlocksCards { get; } = SecureChat.Masking.MaskingEngine.Create(new SecureChat.Masking.MaskingEngineOptions
    {
        Policy = new SecureChat.Masking.MaskingPolicy { Rules = [new SecureChat.Masking.MaskingRule { Kinds = ["payment-card"], Action = MaskAction.Block }] },
    });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<OwnHost> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var logs = new ConcurrentQueue<string>();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(new Collector(logs));
        configure?.Invoke(builder);
        WebApplication app = builder.Build();
        map(app);
        await app.StartAsync(Token);
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = new Uri(app.Urls.First()),
            Timeout = TimeSpan.FromSeconds(30),
        };
        return new OwnHost(app, client, logs);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string body, string? contentType = "application/json") => PostAsync(path, Encoding.UTF8.GetBytes(body), contentType);

    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string? contentType, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (encoding is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        return await Client.PostAsync(path, content, Token);
    }

    public static Task<string> TextOf(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(Token);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }

    private sealed class Collector(ConcurrentQueue<string> logs) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.Enqueue($"{eventId.Id} {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
