using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SecureChat.AspNetCore;

/// <summary>
/// Which pages may call. A browser states the page's origin and no script can change it, so it is compared whole and exactly:
/// look-alikes, other ports, other schemes and, but for the secure form, <c>null</c> are other origins. Thread-safe.
/// </summary>
internal sealed class OriginRules(IOptions<SecureChatOptions> options)
{
    private const string FetchSite = "Sec-Fetch-Site";

    /// <summary>How a browser states an origin without a name: sandboxed frames, files, redirects. Anybody can have it.</summary>
    private const string OpaqueOrigin = "null";

    private readonly HashSet<string> _allowed = new(
        options.Value.AllowedOrigins.Select(static origin => TryNormalise(origin, out string? exact) ? exact : null).OfType<string>(),
        StringComparer.Ordinal);

    /// <summary>The origins besides the host's own, in their exact form.</summary>
    public IReadOnlyCollection<string> Allowed => _allowed;

    /// <summary>Whether the origin is allowed, or none is stated: pages do not state one for a plain GET of their own server.</summary>
    public bool AllowsStated(HttpContext context) => Origin(context) is not { Count: > 0 } origin || Allows(context.Request, origin);

    /// <summary>
    /// A write by a caller the browser signs in by itself (cookies): the origin must be stated and allowed. Without one, only the
    /// browser's own word that page and server are the same origin will do.
    /// </summary>
    public bool AllowsAgentWrite(HttpContext context) => Origin(context) is { Count: > 0 } origin
        ? Allows(context.Request, origin)
        : IsSameOriginFetch(context);

    /// <summary>A write by a caller that holds a token: a stated origin must be allowed; a program that is no browser states none.</summary>
    public bool AllowsVisitorWrite(HttpContext context) => Origin(context) is { Count: > 0 } origin
        ? Allows(context.Request, origin)
        : !context.Request.Headers.ContainsKey(FetchSite) || IsSameOriginFetch(context);

    /// <summary>
    /// A write by a caller that holds the token of one form: as a visitor's, or from the opaque origin that the secure form runs in.
    /// </summary>
    public bool AllowsFormWrite(HttpContext context) => Origin(context) is [OpaqueOrigin] || AllowsVisitorWrite(context);

    /// <summary>
    /// A handshake of the hub. A browser always states the origin for WebSockets and never for a plain GET of its own page, so
    /// only for the latter its word that page and server are the same origin will do.
    /// </summary>
    public bool AllowsHandshake(HttpContext context) => Origin(context) is { Count: > 0 } origin
        ? Allows(context.Request, origin)
        : !context.WebSockets.IsWebSocketRequest && !IsUpgrade(context.Request) && IsSameOriginFetch(context);

    /// <summary>
    /// The exact form of a configured origin: lower case, no default port, no path. Plain HTTP only for loopback names, because
    /// whoever can change a page on its way could speak for it.
    /// </summary>
    public static bool TryNormalise(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? origin)
    {
        origin = null;
        if (string.IsNullOrEmpty(text) || text.Contains('*', StringComparison.Ordinal) || text.Any(static c => c <= ' ' || c == '\\' || c > '~')
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            || uri.UserInfo.Length > 0 || uri.Host.Length == 0
            || (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && HttpsRule.IsLoopbackName(uri.Host))))
        {
            return false;
        }

        string exact = uri.IsDefaultPort ? $"{uri.Scheme}://{uri.Host}" : $"{uri.Scheme}://{uri.Host}:{uri.Port}";

        // What is left over must be nothing: no path, no trailing slash, no query; a stated default port is the same origin.
        if (!string.Equals(text, exact, StringComparison.OrdinalIgnoreCase)
            && !string.Equals(text, $"{uri.Scheme}://{uri.Host}:{uri.Port}", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        origin = exact;
        return true;
    }

    private bool Allows(HttpRequest request, StringValues origin) =>
        origin.Count == 1 && origin[0] is { } stated
        && (_allowed.Contains(stated) || string.Equals(stated, Own(request), StringComparison.Ordinal));

    /// <summary>
    /// The origin this request was sent to. Scheme and host are what the host's forwarded-headers middleware made of them for
    /// proxies it trusts; raw forwarded headers are anybody's claim and are not read here.
    /// </summary>
    private static string? Own(HttpRequest request)
    {
        if (!request.Host.HasValue)
        {
            return null;
        }

        int? port = request.Host.Port;
        string host = request.Host.Host.ToLowerInvariant();
        return port is null || port == (request.IsHttps ? 443 : 80)
            ? $"{request.Scheme}://{host}"
            : $"{request.Scheme}://{host}:{SecureChatOptionsValidator.Format(port)}";
    }

    private static StringValues Origin(HttpContext context) => context.Request.Headers.Origin;

    private static bool IsSameOriginFetch(HttpContext context) =>
        context.Request.Headers.TryGetValue(FetchSite, out StringValues site) && site.Count == 1
        && string.Equals(site[0], "same-origin", StringComparison.Ordinal);

    private static bool IsUpgrade(HttpRequest request) =>
        request.Headers.ContainsKey(HeaderNames.Upgrade) || HttpMethods.IsConnect(request.Method);
}
