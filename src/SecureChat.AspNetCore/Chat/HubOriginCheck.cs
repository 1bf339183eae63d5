namespace SecureChat.AspNetCore;

/// <summary>
/// Whether the Origin of a hub handshake is allowed. CORS does not guard WebSockets, so the handshake itself must. A request without
/// an Origin comes from no browser and carries no one's cookies unasked.
/// </summary>
internal sealed class HubOriginCheck(Func<HttpContext, bool> isAllowed)
{
    /// <summary>The host's own origin and no other.</summary>
    public static HubOriginCheck SameOrigin { get; } = new(static http =>
    {
        Microsoft.Extensions.Primitives.StringValues origins = http.Request.Headers.Origin;
        return origins.Count == 0
            || (origins.Count == 1 && string.Equals(origins[0], $"{http.Request.Scheme}://{http.Request.Host}", StringComparison.OrdinalIgnoreCase));
    });

    public bool IsAllowed(HttpContext http) => isAllowed(http);
}
