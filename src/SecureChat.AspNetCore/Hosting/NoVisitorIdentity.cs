using System.Security.Claims;

namespace SecureChat.AspNetCore;

/// <summary>The default: every visitor is anonymous and holds a conversation token.</summary>
internal sealed class NoVisitorIdentity : IVisitorIdentity
{
    public ValueTask<string?> GetSubjectAsync(ClaimsPrincipal principal, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
}
