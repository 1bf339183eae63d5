using System.Net;

namespace SecureChat.AspNetCore;

/// <summary>
/// Whether a request came in a way that nobody on the network could read. Plain HTTP is fine only when browser and server are
/// the same machine: the connection is loopback, the name in Host is loopback too, and nothing says that a proxy passed it on.
/// </summary>
internal static class HttpsRule
{
    private static readonly string[] ProxyHeaders =
        ["Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Front-End-Https"];

    // The scheme is what the connection, or the host's own forwarded-headers middleware, says; a header alone changes nothing.
    public static bool Allows(HttpContext context) => context.Request.IsHttps || IsLocal(context);

    /// <summary>
    /// Whether the caller is a program on this machine that asked for this machine. The name counts as well: a page of another site
    /// whose name was made to point here is no local caller.
    /// </summary>
    public static bool IsLocal(HttpContext context)
    {
        return context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote)
            && IsLoopbackName(context.Request.Host.Host)
            && !CameThroughProxy(context.Request.Headers);
    }

    public static bool IsLoopbackName(string host)
    {
        string name = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        return string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address));
    }

    private static bool CameThroughProxy(IHeaderDictionary headers) =>
        Array.Exists(ProxyHeaders, headers.ContainsKey)
        || headers.Keys.Any(static name =>
            name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase));
}
