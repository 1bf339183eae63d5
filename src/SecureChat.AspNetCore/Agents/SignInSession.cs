using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace SecureChat.AspNetCore;

/// <summary>
/// Gives every cookie sign-in a random <c>sid</c>, so that a proof or claim of one sign-in is worth nothing in another one of the
/// same agent. Identity itself issues <c>amr</c> at sign-in (<c>mfa</c> with two factors) but drops both when it refreshes a principal.
/// </summary>
internal static class SignInSession
{
    private static readonly string[] Kept = [Claim, "amr"];

    /// <summary>Session id (OpenID Connect).</summary>
    public const string Claim = "sid";

    public static void Configure(CookieAuthenticationOptions options)
    {
        Func<CookieSigningInContext, Task> next = options.Events.OnSigningIn;
        options.Events.OnSigningIn = context =>
        {
            if (context.Principal is { Identity: ClaimsIdentity identity } principal && !principal.HasClaim(static claim => claim.Type == Claim))
            {
                identity.AddClaim(new Claim(Claim, SecureChatId.New()));
            }

            return next(context);
        };
    }

    public static void Configure(SecurityStampValidatorOptions options)
    {
        Func<SecurityStampRefreshingPrincipalContext, Task>? next = options.OnRefreshingPrincipal;
        options.OnRefreshingPrincipal = async context =>
        {
            if (next is not null)
            {
                await next(context);
            }

            if (context is { CurrentPrincipal: { } current, NewPrincipal: { Identity: ClaimsIdentity identity } renewed })
            {
                foreach (string type in Kept.Where(type => !renewed.HasClaim(claim => claim.Type == type)))
                {
                    identity.AddClaims(current.FindAll(type).Select(claim => new Claim(type, claim.Value)));
                }
            }
        };
    }
}
