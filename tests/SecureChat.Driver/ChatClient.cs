using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecureChat.Driver;

/// <summary>HTTP as a page of the host sends it. Keeps every answer it got as text, so that a test can hunt in them.</summary>
public class ChatClient : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _http;
    private readonly List<string> _received = [];
    private readonly List<string> _receivedHeaders = [];

    public ChatClient(Uri root, string prefix = "chat", HttpMessageHandler? handler = null)
    {
        // A path base is part of the root: "http://127.0.0.1:5000/app/".
        Root = new Uri(root.AbsoluteUri.TrimEnd('/') + "/");
        Prefix = prefix;
        _http = new HttpClient(handler ?? new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false }) { BaseAddress = Root };
        _http.DefaultRequestHeaders.Add("X-SecureChat", "1");
        _http.DefaultRequestHeaders.Add("Origin", Root.GetLeftPart(UriPartial.Authority));
    }

    public Uri Root { get; }

    public string Prefix { get; }

    public Uri Hub => new(Root, $"{Prefix}/hub");

    public string? Cookie => _cookies.GetCookieHeader(Root) is { Length: > 0 } header ? header : null;

    public HttpRequestHeaders Headers => _http.DefaultRequestHeaders;

    /// <summary>Every body received, in order.</summary>
    public IReadOnlyList<string> Received
    {
        get
        {
            lock (_received)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>The headers of every answer, in order.</summary>
    public IReadOnlyList<string> ReceivedHeaders
    {
        get
        {
            lock (_received)
            {
                return [.. _receivedHeaders];
            }
        }
    }

    public Task<Answer> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public Task<Answer> PostAsync(string path, object? body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method != HttpMethod.Get)
        {
            string json = body as string ?? JsonSerializer.Serialize(body ?? new { }, Json.Options);
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        change?.Invoke(request);
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        lock (_received)
        {
            _received.Add(text);
            _receivedHeaders.Add($"{response.Headers}{response.Content.Headers}");
        }

        return new Answer
        {
            Status = (int)response.StatusCode,
            Text = text,
            Headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        };
    }

    protected void AddCookie(string cookie) => _cookies.SetCookies(Root, cookie);

    public void Dispose()
    {
        _http.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>An answer, whatever its status.</summary>
public sealed class Answer
{
    public required int Status { get; init; }

    public required string Text { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public JsonNode? Json => Text.Length == 0 ? null : JsonNode.Parse(Text);

    /// <summary>Code of the problem, or null.</summary>
    public string? Code => Status >= 400 && Text.StartsWith('{') ? Json?["code"]?.GetValue<string>() : null;

    /// <summary>The body of a success; anything else ends the scenario with what the server said.</summary>
    public JsonNode Ok() => Status is >= 200 and < 300
        ? Json ?? new JsonObject()
        : throw new InvalidOperationException($"The server answered {Status}: {Text}");
}
