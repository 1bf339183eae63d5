using System.Security.Claims;

namespace SecureChat;

/// <summary>
/// Maps the host's signed-in user to the visitor of a conversation, on the server. What page script says about a user is
/// display only. The default knows nobody: every visitor is anonymous and holds a conversation token.
/// </summary>
public interface IVisitorIdentity
{
    /// <summary>The stable subject of <paramref name="principal"/>, or <see langword="null"/> for an anonymous visitor. Only its keyed hash is stored.</summary>
    ValueTask<string?> GetSubjectAsync(ClaimsPrincipal principal, CancellationToken cancellationToken);
}
