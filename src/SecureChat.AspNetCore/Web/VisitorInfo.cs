namespace SecureChat.AspNetCore;

/// <summary>What a widget has to know before it starts.</summary>
internal sealed class VisitorInfoView
{
    /// <summary>Version of the protocol between widget and server. A widget that knows a smaller one is an old copy: reload the page.</summary>
    public required int Protocol { get; init; }

    /// <summary>Longest message, in bytes of UTF-8.</summary>
    public required int MaxMessageBytes { get; init; }
}

/// <summary>Tells it. Anonymous, without a header of ours: a page whose origin is not allowed can read the refusal.</summary>
internal static class VisitorInfoEndpoints
{
    public const int Protocol = 1;

    public static void Map(IEndpointRouteBuilder group) => group.MapGet("/info", (IOptions<SecureChatOptions> options) => TypedResults.Json(
            new VisitorInfoView { Protocol = Protocol, MaxMessageBytes = options.Value.Limits.MessageBytes }, SecureChatJson.Options))
        .WithName("SecureChat.Visitor.Info")
        .WithSummary("The protocol's version and the limits.")
        .Produces<VisitorInfoView>();
}
