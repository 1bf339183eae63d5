namespace SecureChat.AspNetCore;

/// <summary>The parts of the mapped endpoints.</summary>
internal enum SecureChatPart
{
    /// <summary><c>{prefix}/visitor</c>: anonymous, by conversation token.</summary>
    Visitor = 0,

    /// <summary><c>{prefix}/agent</c>: the host's sign-in and the four named policies.</summary>
    Agent = 1,

    /// <summary><c>{prefix}/hub</c>.</summary>
    Hub = 2,

    /// <summary><c>{prefix}</c>: scripts and pages, which hold nothing private.</summary>
    Assets = 3,

    /// <summary><c>{prefix}/forms</c>: anonymous, by the token of one form.</summary>
    Forms = 4,
}

/// <summary>Marks an endpoint as ours.</summary>
internal sealed class SecureChatPartMetadata(SecureChatPart part)
{
    public SecureChatPart Part { get; } = part;

    public override string ToString() => $"SecureChat {Part}";
}

/// <summary>A feature's endpoints and the part they belong to. The hub's map their pattern empty; assets relative to the prefix.</summary>
internal sealed class PartEndpoints(SecureChatPart part, Action<IEndpointRouteBuilder> map)
{
    public SecureChatPart Part { get; } = part;

    public Action<IEndpointRouteBuilder> Map { get; } = map;
}
