using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SecureChat.Host.Tests.Keys;

/// <summary>
/// What the transit engine of Vault and AWS KMS say on the wire, as their HTTP references describe it, over real encryption: a real client of
/// theirs, or ours, cannot tell it from the service.
/// </summary>
internal sealed class FakeKeyService : IAsyncDisposable
{
    public const string Token = "hvs.a-token-of-the-test";

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly WebApplication _app;

    private FakeKeyService(WebApplication app)
    {
        _app = app;
        app.Run(AnswerAsync);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Answers with this instead, while set: status and body.</summary>
    public (int Status, string Body)? Instead { get; set; }

    public ConcurrentQueue<string> Calls { get; } = new();

    public static async Task<FakeKeyService> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var service = new FakeKeyService(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        service.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return service;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        string target = http.Request.Headers["X-Amz-Target"].ToString();
        Calls.Enqueue(target.Length > 0 ? target : http.Request.Path.ToString());
        JsonNode body = (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!;
        (int status, string answer) = Instead ?? (target.Length > 0 ? Kms(target, body) : Transit(http.Request, body));
        http.Response.StatusCode = status;
        http.Response.ContentType = target.Length > 0 ? "application/x-amz-json-1.1" : "application/json";
        await http.Response.WriteAsync(answer, http.RequestAborted);
    }

    private (int Status, string Body) Transit(HttpRequest request, JsonNode body)
    {
        if (request.Headers["X-Vault-Token"] != Token)
        {
            return (403, """{"errors":["permission denied"]}""");
        }

        byte[] context = Convert.FromBase64String(body["associated_data"]!.GetValue<string>());
        switch (request.Path.Value)
        {
            case "/v1/transit/encrypt/securechat":
                string sealedText = Convert.ToBase64String(Seal(Convert.FromBase64String(body["plaintext"]!.GetValue<string>()), context));
                return (200, new JsonObject { ["data"] = new JsonObject { ["ciphertext"] = "vault:v1:" + sealedText, ["key_version"] = 1 } }.ToJsonString());
            case "/v1/transit/decrypt/securechat":
                string text = body["ciphertext"]!.GetValue<string>();
                try
                {
                    if (!text.StartsWith("vault:v1:", StringComparison.Ordinal))
                    {
                        return (400, """{"errors":["invalid ciphertext: no prefix"]}""");
                    }

                    byte[] plaintext = Open(Convert.FromBase64String(text["vault:v1:".Length..]), context);
                    return (200, new JsonObject { ["data"] = new JsonObject { ["plaintext"] = Convert.ToBase64String(plaintext) } }.ToJsonString());
                }
                catch (Exception fault) when (fault is CryptographicException or FormatException or ArgumentException)
                {
                    return (400, """{"errors":["cipher: message authentication failed"]}""");
                }

            default:
                return (404, """{"errors":["no handler for route"]}""");
        }
    }

    private (int Status, string Body) Kms(string target, JsonNode body)
    {
        byte[] context = Encoding.UTF8.GetBytes(body["EncryptionContext"]?.ToJsonString() ?? string.Empty);
        switch (target)
        {
            case "TrentService.Encrypt":
                byte[] blob = Seal(Convert.FromBase64String(body["Plaintext"]!.GetValue<string>()), context);
                return (200, new JsonObject { ["CiphertextBlob"] = Convert.ToBase64String(blob), ["KeyId"] = body["KeyId"]!.GetValue<string>() }.ToJsonString());
            case "TrentService.Decrypt":
                try
                {
                    byte[] plaintext = Open(Convert.FromBase64String(body["CiphertextBlob"]!.GetValue<string>()), context);
                    return (200, new JsonObject { ["Plaintext"] = Convert.ToBase64String(plaintext), ["KeyId"] = body["KeyId"]!.GetValue<string>() }.ToJsonString());
                }
                catch (Exception fault) when (fault is CryptographicException or ArgumentException)
                {
                    return (400, """{"__type":"InvalidCiphertextException"}""");
                }

            default:
                return (400, """{"__type":"UnknownOperationException"}""");
        }
    }

    private byte[] Seal(byte[] plaintext, byte[] context)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(12), output = new byte[plaintext.Length], tag = new byte[16];
        using var aes = new AesGcm(_key, 16);
        aes.Encrypt(nonce, plaintext, output, tag, context);
        return [.. nonce, .. output, .. tag];
    }

    private byte[] Open(byte[] blob, byte[] context)
    {
        if (blob.Length < 28)
        {
            throw new CryptographicException("Too short.");
        }

        byte[] output = new byte[blob.Length - 28];
        using var aes = new AesGcm(_key, 16);
        aes.Decrypt(blob.AsSpan(0, 12), blob.AsSpan(12, output.Length), blob.AsSpan(blob.Length - 16), output, context);
        return output;
    }
}
