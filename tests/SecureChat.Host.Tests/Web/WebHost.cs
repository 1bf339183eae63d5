using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureChat.AspNetCore;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Web;

/// <summary>A running host and a client that hides nothing of what it answers. Its scripts are made up, so that their bytes are known.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    public const string Allowed = "https://shop.example";

    public const string Foreign = "https://evil.example";

    private readonly HttpClient _client;

    private WebHost(RunningHost host)
    {
        Host = host;
        _client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = host.Root,
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public static IReadOnlyList<string> Scripts { get; } = [WebAssets.Widget, WebAssets.Chat, WebAssets.Form, WebAssets.Console, WebAssets.Inside];

    public RunningHost Host { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<WebHost> StartAsync(
        string environment = "Production",
        string pathBase = "",
        string prefix = "/chat",
        Action<SecureChatOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? pipeline = null,
        Action<WebApplication>? behind = null) => new(await RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Environment = environment,
            PathBase = pathBase,
            Prefix = prefix,
            Configure = options =>
            {
                options.AllowedOrigins.Add(Allowed);
                configure?.Invoke(options);
            },
            Before = services,
            After = static chat => chat.Services.Replace(ServiceDescriptor.Singleton(MadeUp())),
            Pipeline = pipeline,
            Behind = behind,
        }));

    public static string Text(string name) => $"// {name}\n{string.Concat(Enumerable.Repeat("const repeated = 'so that it shrinks';\n", 40))}";

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach ((string name, string value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await _client.SendAsync(request, Token);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    /// <summary>Every header of an answer but the date, the server's name and those of the connection, in order.</summary>
    public static string Headers(HttpResponseMessage answer) => string.Join('\n', answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated)
        .Where(static header => header.Key is not ("Date" or "Server" or "Transfer-Encoding"))
        .OrderBy(static header => header.Key, StringComparer.Ordinal)
        .Select(static header => $"{header.Key}: {string.Join(", ", header.Value)}"));

    public static async Task<string> CodeOf(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync(Token);
        return System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()!;
    }

    public static async Task<string> Unpacked(HttpResponseMessage answer)
    {
        await using Stream raw = await answer.Content.ReadAsStreamAsync(Token);
        await using Stream plain = answer.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(raw, CompressionMode.Decompress),
            "gzip" => new GZipStream(raw, CompressionMode.Decompress),
            _ => raw,
        };
        using var reader = new StreamReader(plain, Encoding.UTF8);
        return await reader.ReadToEndAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Host.DisposeAsync();
    }

    internal static WebAssets MadeUp() => new(Scripts.Select(static name =>
    {
        byte[] plain = Encoding.UTF8.GetBytes(Text(name));
        return KeyValuePair.Create(name, new WebAsset(
            plain,
            Pack(plain, static stream => new GZipStream(stream, CompressionLevel.SmallestSize)),
            Pack(plain, static stream => new BrotliStream(stream, CompressionLevel.SmallestSize))));
    }));

    private static byte[] Pack(byte[] plain, Func<Stream, Stream> packer)
    {
        using var packed = new MemoryStream();
        using (Stream stream = packer(packed))
        {
            stream.Write(plain);
        }

        return packed.ToArray();
    }
}

/// <summary>One host for all tests that only ask it.</summary>
public sealed class WebHostFixture : IAsyncLifetime
{
    internal WebHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await WebHost.StartAsync(configure: static options => options.Agents.SignInPath = "/account/signin");

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
