using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace SecureChat.AspNetCore;

/// <summary>
/// Identity's authenticator provider, with each code accepted once: <c>TwoFactorAuthenticatorSignInAsync</c>,
/// <c>VerifyTwoFactorTokenAsync</c> and the reveal draw on one ledger. Identity's own takes a code again and again, so whoever
/// watches a sign-in could open a value with it in the same minute.
/// </summary>
internal sealed class OneTimeAuthenticatorTokenProvider<TUser>(UsedProofs used, TimeProvider time) : AuthenticatorTokenProvider<TUser>
    where TUser : class
{
    public override async Task<bool> ValidateAsync(string purpose, string token, UserManager<TUser> manager, TUser user)
    {
        ArgumentNullException.ThrowIfNull(manager);
        if (await manager.GetAuthenticatorKeyAsync(user) is not { Length: > 0 } text)
        {
            return false;
        }

        byte[] key = Totp.TryDecodeKey(text) ?? throw new InvalidOperationException("The stored authenticator key is not Base32.");
        try
        {
            return Totp.FindStep(key, token, time.GetUtcNow()) is { } step
                && await used.TryUseAsync(Totp.ProofId(await manager.GetUserIdAsync(user), step), CancellationToken.None);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
