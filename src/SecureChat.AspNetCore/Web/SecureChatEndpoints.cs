namespace SecureChat.AspNetCore;

/// <summary>
/// What <c>MapSecureChat</c> mapped, in parts, so that a host can put conventions on each. Visitors are anonymous and agents are
/// not, so one convention for all would be wrong for somebody. Not thread-safe; used while the host is built.
/// </summary>
/// <example><code>
/// var chat = app.MapSecureChat();
/// chat.Agent.RequireAuthorization("Employees").RequireHost("intranet.example.com");
/// </code></example>
public sealed class SecureChatEndpoints
{
    internal SecureChatEndpoints(
        IEndpointConventionBuilder visitor,
        IEndpointConventionBuilder agent,
        IEndpointConventionBuilder hub,
        IEndpointConventionBuilder assets,
        IEndpointConventionBuilder forms)
    {
        Visitor = visitor;
        Agent = agent;
        Hub = hub;
        Assets = assets;
        Forms = forms;
    }

    /// <summary>The visitor's HTTP API, <c>{prefix}/visitor</c>. Open to anonymous callers, who hold a conversation token; a fallback policy of the host does not close it.</summary>
    public IEndpointConventionBuilder Visitor { get; }

    /// <summary>The agent's HTTP API, <c>{prefix}/agent</c>. Guarded by the policies named in <see cref="SecureChatOptions.Agents"/>; conventions here come on top.</summary>
    public IEndpointConventionBuilder Agent { get; }

    /// <summary>The hub, <c>{prefix}/hub</c>. Connects without a sign-in; <c>Join</c> decides who the caller is.</summary>
    public IEndpointConventionBuilder Hub { get; }

    /// <summary>Scripts and pages under <c>{prefix}</c>. Open to anybody; they hold nothing private.</summary>
    public IEndpointConventionBuilder Assets { get; }

    /// <summary>
    /// What the secure form calls, <c>{prefix}/forms</c>. Open to anonymous callers of every origin, who hold the token of one form;
    /// cookies count for nothing here.
    /// </summary>
    public IEndpointConventionBuilder Forms { get; }
}
