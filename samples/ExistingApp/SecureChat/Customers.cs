using System.Security.Claims;
using SecureChat;

namespace ExistingApp;

/// <summary>A visitor who is signed in to the app is this customer: consents and conversations of one person are found again.</summary>
internal sealed class Customers : IVisitorIdentity
{
    public ValueTask<string?> GetSubjectAsync(ClaimsPrincipal principal, CancellationToken cancellationToken) =>
        ValueTask.FromResult(principal.FindFirstValue(ClaimTypes.NameIdentifier));
}
