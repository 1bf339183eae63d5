using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace SecureChat.AspNetCore;

/// <summary>
/// Step-up with the authenticator key of ASP.NET Core Identity. The evidence is named by user and time step, so one code is
/// accepted once on all hosts in whatever spelling it comes.
/// </summary>
internal sealed class IdentityStepUpVerifier<TUser>(IServiceScopeFactory scopes, TimeProvider time) : IStepUpVerifier
    where TUser : class
{
    /// <summary>RFC 8176: one-time password.</summary>
    private const string Factor = "otp";

    public async ValueTask<StepUpResult> VerifyAsync(StepUpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        // Identity's managers live in a scope of their own: the request's may share a database context with other work.
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        UserManager<TUser> users = scope.ServiceProvider.GetRequiredService<UserManager<TUser>>();
        TUser? user = await users.GetUserAsync(request.Principal);
        if (user is null || (users.SupportsUserLockout && await users.IsLockedOutAsync(user)) || !await IsCurrentAsync(users, user, request.Principal))
        {
            return StepUpResult.Rejected;
        }

        if (!await users.GetTwoFactorEnabledAsync(user) || await users.GetAuthenticatorKeyAsync(user) is not { Length: > 0 } text)
        {
            return new StepUpResult { Outcome = StepUpOutcome.NotEnrolled };
        }

        byte[] key = Totp.TryDecodeKey(text) ?? throw new InvalidOperationException("The stored authenticator key is not Base32.");
        try
        {
            DateTimeOffset now = time.GetUtcNow();
            if (Totp.FindStep(key, request.Response, now) is not { } step)
            {
                return StepUpResult.Rejected;
            }

            string userId = await users.GetUserIdAsync(user);
            return new StepUpResult
            {
                Outcome = StepUpOutcome.Verified,
                Proof = new StepUpProof
                {
                    Id = Totp.ProofId(userId, step),
                    Factor = Factor,
                    At = now,
                    AgentId = request.AgentId,
                    SessionId = request.SessionId,
                    FormRequestId = request.FormRequestId,
                    ClaimId = request.ClaimId,
                },
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>
    /// A changed password or a removed login shows in the security stamp. The cookie handler notices within half an hour; a reveal
    /// cannot wait for that (E10).
    /// </summary>
    private static async ValueTask<bool> IsCurrentAsync(UserManager<TUser> users, TUser user, ClaimsPrincipal principal) =>
        !users.SupportsUserSecurityStamp
        || principal.FindFirstValue(users.Options.ClaimsIdentity.SecurityStampClaimType) is not { } stamp
        || string.Equals(stamp, await users.GetSecurityStampAsync(user), StringComparison.Ordinal);
}
