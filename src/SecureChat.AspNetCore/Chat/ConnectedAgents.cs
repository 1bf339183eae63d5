using System.Security.Claims;

namespace SecureChat.AspNetCore;

/// <summary>
/// Asks the host's policies anew about an agent whose connection stays open: a role that was taken away ends what the connection
/// receives, not only what it may call (E10).
/// </summary>
internal sealed class ConnectedAgents(IServiceScopeFactory scopes, TimeProvider time)
{
    /// <summary>A host's policy that takes longer than this has not answered.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ForeignCalls _policies = new();

    /// <summary>Why the conversation is not to be read by this principal any more, or <see langword="null"/>.</summary>
    /// <exception cref="SecureChatException"><c>SC6021</c>: the policies could not be asked; nobody may go on reading on that.</exception>
    public async ValueTask<string?> RemovalAsync(ClaimsPrincipal principal, Conversation conversation, CancellationToken cancellationToken)
    {
        // A host's handlers may be scoped, and may block: their own scope, on a thread of their own, bounded in time.
        (bool isAgent, bool mayRead) = await Guard.CallAsync(
            _policies,
            async _ =>
            {
                await using AsyncServiceScope scope = scopes.CreateAsyncScope();
                Agent? agent = await scope.ServiceProvider.GetRequiredService<AgentAccess>().ResolveAsync(principal);
                return (agent is { IsAgent: true } or { IsSupervisor: true }, agent is not null && Conversations.CanRead(agent, conversation));
            },
            Timeout,
            time,
            static fault => new SecureChatException(SecureChatErrors.Internal, null, fault),
            cancellationToken);
        return mayRead ? null : isAgent ? RemovedFrame.Reassigned : RemovedFrame.Revoked;
    }
}
