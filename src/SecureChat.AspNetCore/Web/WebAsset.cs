using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SecureChat.AspNetCore;

/// <summary>One script in every form in which it can be sent. Immutable.</summary>
internal sealed class WebAsset
{
    // Best first: what the server prefers when the client has no preference of its own.
    private readonly WebAssetBody[] _bodies;

    public WebAsset(byte[] plain, byte[]? gzip, byte[]? brotli) => _bodies =
    [
        .. brotli is null ? [] : new[] { new WebAssetBody("br", brotli) },
        .. gzip is null ? [] : new[] { new WebAssetBody("gzip", gzip) },
        new WebAssetBody(null, plain),
    ];

    /// <summary>The form that the client likes best, or null when it has ruled every one out (RFC 9110, 12.5.3).</summary>
    public WebAssetBody? Choose(StringValues acceptEncoding)
    {
        // A header that cannot be read is no wish: the plain form suits everybody.
        if (!StringWithQualityHeaderValue.TryParseStrictList([.. acceptEncoding.OfType<string>()], out IList<StringWithQualityHeaderValue>? wishes))
        {
            wishes = [];
        }

        WebAssetBody? best = null;
        double bestQuality = 0;
        foreach (WebAssetBody body in _bodies)
        {
            double quality = Quality(body.Encoding, wishes);
            if (quality > bestQuality)
            {
                (best, bestQuality) = (body, quality);
            }
        }

        return best;
    }

    private static double Quality(string? encoding, IList<StringWithQualityHeaderValue> wishes)
    {
        StringWithQualityHeaderValue? wish = Find(encoding ?? "identity") ?? Find("*");
        return wish is not null
            ? wish.Quality ?? 1
            : encoding is null ? double.Epsilon : 0; // Plain is acceptable unless ruled out, and then the last choice.

        StringWithQualityHeaderValue? Find(string name) => wishes.FirstOrDefault(candidate => candidate.Value.Equals(name, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>One form of a script: its bytes as they are sent, and the tag that names exactly these bytes.</summary>
internal sealed class WebAssetBody(string? encoding, byte[] bytes)
{
    /// <summary>Content coding; null for the plain form.</summary>
    public string? Encoding { get; } = encoding;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public string ETag { get; } = $"\"{Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, 16))}\"";
}
