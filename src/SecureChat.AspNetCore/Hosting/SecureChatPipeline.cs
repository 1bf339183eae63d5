namespace SecureChat.AspNetCore;

/// <summary>Which SecureChat calls Program.cs made, and which paths are ours. Written while the host is built, read by requests.</summary>
internal sealed class SecureChatPipeline
{
    private readonly Lock _lock = new();
    private volatile PathString[] _prefixes = [];

    /// <summary><c>UseSecureChat</c> was called.</summary>
    public bool IsUsed { get; set; }

    /// <summary><c>MapSecureChat</c> was called, so that the agent parts are reachable.</summary>
    public bool IsMapped => _prefixes.Length > 0;

    /// <summary>The prefix that was mapped first, or <see langword="null"/>.</summary>
    public string? FirstPrefix => _prefixes is [{ Value: { } first }, ..] ? first : null;

    /// <summary>Remembers a prefix; answers how many there were before.</summary>
    public int AddPrefix(PathString prefix)
    {
        lock (_lock)
        {
            PathString[] earlier = _prefixes;
            _prefixes = [.. earlier, prefix];
            return earlier.Length;
        }
    }

    /// <summary>
    /// Whether a request is for us: routed to one of our endpoints (under whatever group or path base the host put them), or under
    /// a prefix where nothing was found.
    /// </summary>
    public bool Owns(HttpContext context) => IsOurs(context) || Array.Exists(_prefixes, prefix => context.Request.Path.StartsWithSegments(prefix));

    /// <summary>
    /// Whether a request may turn out to be for us. Asked before routing, where the path may still carry a path base and the host's
    /// groups in front of our prefix.
    /// </summary>
    public bool MayOwn(HttpContext context) => IsOurs(context) || Array.Exists(_prefixes, prefix => Contains(context.Request.Path, prefix));

    private static bool IsOurs(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<SecureChatPartMetadata>() is not null;

    private static bool Contains(PathString path, PathString prefix)
    {
        string text = path.Value ?? string.Empty;
        string part = prefix.Value!;
        for (int at = text.IndexOf(part, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(part, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if (at + part.Length == text.Length || text[at + part.Length] == '/')
            {
                return true;
            }
        }

        return false;
    }
}
