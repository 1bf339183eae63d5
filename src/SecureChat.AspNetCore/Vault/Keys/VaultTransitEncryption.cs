using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// Wraps key-encryption keys by the transit engine of HashiCorp Vault or OpenBao, with the context as associated data. The two calls of its
/// HTTP API that this needs (encrypt, decrypt) are written here; no redirect is followed, so the token goes nowhere else. Thread-safe.
/// </summary>
internal sealed partial class VaultTransitEncryption : IKeyEncryptionProvider, IDisposable
{
    public const string ProviderName = "vault-transit";

    private const int MaxAnswer = 64 * 1024;
    private const string Prefix = "vault:v";

    private readonly VaultTransitOptions _options;
    private readonly HttpClient _client;
    private readonly ILogger _logger;

    public VaultTransitEncryption(VaultTransitOptions options, ILogger<VaultTransitEncryption> logger)
    {
        _options = options;
        _logger = logger;
        _client = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            MaxResponseContentBufferSize = MaxAnswer,

            // The caller bounds each call (Storage:KeyProviderTimeout); this only ends what it has given up.
            Timeout = TimeSpan.FromMinutes(1),
        };
    }

    public string Name => ProviderName;

    /// <summary>Says at start what is wrong with the options.</summary>
    /// <exception cref="SecureChatConfigurationException"><c>SC1016</c>.</exception>
    public void Check()
    {
        string? fault = _options switch
        {
            { Address: null } => "VaultTransitOptions.Address is not set",
            { Address: { IsAbsoluteUri: false } } => "VaultTransitOptions.Address must be a whole address, for example https://vault.example:8200",
            { Address: { } address } when address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback) =>
                "VaultTransitOptions.Address must begin with https: the token and the keys go over this connection",
            { Address: { } address } when address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0 =>
                "VaultTransitOptions.Address holds more than scheme, host, port and path",
            _ when !IsName(_options.Key) => "VaultTransitOptions.Key must be the name of a transit key",
            _ when !_options.Mount.Split('/').All(IsName) => "VaultTransitOptions.Mount must be a path, for example transit",
            { TokenFile: { } file } when !File.Exists(file) => $"there is no token file '{file}' (VaultTransitOptions.TokenFile)",
            { TokenFile: null } when string.IsNullOrEmpty(Environment.GetEnvironmentVariable("VAULT_TOKEN")) =>
                "there is no token: set VaultTransitOptions.TokenFile, or the environment variable VAULT_TOKEN",
            _ => null,
        };
        if (fault is not null)
        {
            throw new SecureChatConfigurationException(SecureChatErrors.KeyProviderUnusable, $"({fault})");
        }
    }

    public async ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken)
    {
        using JsonDocument answer = JsonDocument.Parse(await CallAsync("encrypt", "plaintext", key, context, cancellationToken));
        string? ciphertext = Data(answer, "ciphertext") is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        return ciphertext is not null && ciphertext.StartsWith(Prefix, StringComparison.Ordinal)
            ? Encoding.ASCII.GetBytes(ciphertext)
            : throw new InvalidDataException("The transit engine's answer has no ciphertext.");
    }

    public async ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken)
    {
        // Whatever is not of this engine must not be sent to it: it would be an oracle for other people's bytes.
        string text = Encoding.ASCII.GetString(wrapped.Span);
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.AsSpan(Prefix.Length).ContainsAnyExceptInRange('!', '~'))
        {
            throw new CryptographicException("These bytes are not the transit engine's.");
        }

        byte[] content = await CallAsync("decrypt", "ciphertext", wrapped, context, cancellationToken);
        try
        {
            using JsonDocument answer = JsonDocument.Parse(content);
            return Data(answer, "plaintext") is { ValueKind: JsonValueKind.String } plaintext && plaintext.TryGetBytesFromBase64(out byte[]? key)
                ? key
                : throw new InvalidDataException("The transit engine's answer has no plaintext.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    public void Dispose() => _client.Dispose();

    public override string ToString() => nameof(VaultTransitEncryption);

    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= 128 } && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.') && name.Trim('.').Length > 0;

    private static JsonElement? Data(JsonDocument answer, string name) =>
        answer.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("data", out JsonElement data)
        && data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out JsonElement value)
            ? value
            : null;

    private static bool Says(string answer, string text) => answer.Contains(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>The answer's bytes. After a decryption they hold the key, and the caller zeroes them.</summary>
    private async ValueTask<byte[]> CallAsync(string operation, string member, ReadOnlyMemory<byte> value, string context, CancellationToken cancellationToken)
    {
        byte[] body = Body(member, value.Span, context, isText: operation == "decrypt");
        try
        {
            string path = $"{_options.Address!.AbsoluteUri.TrimEnd('/')}/v1/{_options.Mount}/{operation}/{_options.Key}";
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.Add("X-Vault-Token", await TokenAsync(cancellationToken));
            request.Headers.Add("X-Vault-Request", "true");
            if (_options.Namespace is { Length: > 0 } name)
            {
                request.Headers.Add("X-Vault-Namespace", name);
            }

            using HttpResponseMessage response = await _client.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return await response.Content.ReadAsByteArrayAsync(cancellationToken);
            }

            LogRefused(_logger, operation, (int)response.StatusCode);
            throw await FaultAsync(response, operation, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    /// <summary>
    /// 403 is a denial. 400 to a decryption says that these bytes do not open with this key. Everything else (throttled, sealed, standby,
    /// not there) may pass.
    /// </summary>
    private static async ValueTask<Exception> FaultAsync(HttpResponseMessage response, string operation, CancellationToken cancellationToken)
    {
        string answer = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new UnauthorizedAccessException("The transit engine denies the key."),
            HttpStatusCode.BadRequest when operation == "decrypt"
                && (Says(answer, "invalid ciphertext") || Says(answer, "authentication failed") || Says(answer, "key not found") || Says(answer, "version is disallowed")) =>
                new CryptographicException("The transit engine does not open these bytes."),
            HttpStatusCode status => new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"The transit engine answered {(int)status}."), inner: null, status),
        };
    }

    /// <summary>Written as bytes: the key must not become a string, which nobody can zero.</summary>
    private static byte[] Body(string member, ReadOnlySpan<byte> value, string context, bool isText)
    {
        using var buffer = new MemoryStream(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (isText)
            {
                writer.WriteString(member, value);
            }
            else
            {
                writer.WriteBase64String(member, value);
            }

            writer.WriteBase64String("associated_data", Encoding.UTF8.GetBytes(context));
            writer.WriteEndObject();
        }

        byte[] body = buffer.ToArray();
        CryptographicOperations.ZeroMemory(buffer.GetBuffer());
        return body;
    }

    private async ValueTask<string> TokenAsync(CancellationToken cancellationToken)
    {
        string? token = _options.TokenFile is { } file
            ? (await File.ReadAllTextAsync(file, cancellationToken)).Trim()
            : Environment.GetEnvironmentVariable("VAULT_TOKEN");
        return !string.IsNullOrEmpty(token) && token.All(static character => character is > ' ' and <= '~')
            ? token
            : throw new UnauthorizedAccessException("There is no token for the transit engine.");
    }

    [LoggerMessage(1207, LogLevel.Error, "The transit engine answered {Operation} with {Status}", EventName = "TransitRefused")]
    private static partial void LogRefused(ILogger logger, string operation, int status);
}
