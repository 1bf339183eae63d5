using System.Security.Claims;

namespace SecureChat.AspNetCore;

/// <summary>
/// Asks the host's policies anew about an agent whose connection stays open: a role that was taken away ends what the connection
/// receives, not only what it may call (E10).
/// </summary>
internal sealed class ConnectedAgents(IServiceScopeFactory scopes, ClaimPolicies claims, TimeProvider time)
{
    /// <summary>A host's policy that takes longer than this has not answered.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ForeignCalls _policies = new();

    /// <summary>Why the conversation is not to be read by this principal any more, or <see langword="null"/>.</summary>
    /// <exception cref="SecureChatException"><c>SC6021</c>: the policies could not be asked; nobody may go on reading on that.</exception>
    public async ValueTask<string?> RemovalAsync(ClaimsPrincipal principal, Conversation conversation, CancellationToken cancellationToken)
    {
        if (await claims.FindAsync(principal) is { } access)
        {
            return ReasonOf(Look(await access.ResolveAsync(principal), conversation));
        }

        // A host's handlers may be scoped, and may block: their own scope, on a thread of their own, bounded in time.
        (bool, bool) answer = await Guard.CallAsync(
            _policies,
            async _ =>
            {
                await using AsyncServiceScope scope = scopes.CreateAsyncScope();
                return Look(await scope.ServiceProvider.GetRequiredService<AgentAccess>().ResolveAsync(principal), conversation);
            },
            Timeout,
            time,
            static fault => new SecureChatException(SecureChatErrors.Internal, null, fault),
            cancellationToken);
        return ReasonOf(answer);
    }

    private static (bool IsAgent, bool MayRead) Look(Agent? agent, Conversation conversation) =>
        (agent is { IsAgent: true } or { IsSupervisor: true }, agent is not null && Conversations.CanRead(agent, conversation));

    private static string? ReasonOf((bool IsAgent, bool MayRead) answer) => answer.MayRead ? null : answer.IsAgent ? RemovedFrame.Reassigned : RemovedFrame.Revoked;
}
