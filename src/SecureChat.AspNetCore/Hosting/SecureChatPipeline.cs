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
    public bool Owns(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<SecureChatPartMetadata>() is not null)
        {
            return true;
        }

        foreach (PathString prefix in _prefixes)
        {
            if (context.Request.Path.StartsWithSegments(prefix))
            {
                return true;
            }
        }

        return false;
    }
}
