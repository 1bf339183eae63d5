using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureChat.AspNetCore;

namespace SecureChat;

/// <summary>SecureChat on ASP.NET Core Identity.</summary>
public static class SecureChatIdentityBuilderExtensions
{
    /// <summary>
    /// Uses the authenticator app of ASP.NET Core Identity accounts as the second factor of a reveal (TOTP, RFC 6238): codes of the
    /// current 30 seconds and one step either side, each accepted once on all hosts in any spelling. Identity's own
    /// authenticator provider draws on the same ledger from then on, so a code that signed in, or confirmed an account, opens nothing,
    /// and the other way round. Also gives every sign-in with
    /// Identity's application cookie a random <c>sid</c> claim, and keeps it and <c>amr</c> when Identity refreshes the sign-in.
    /// Replaces an earlier choice of verifier. Attempts and freshness: <see cref="SecureChatAgentOptions"/>.
    /// </summary>
    /// <typeparam name="TUser">The host's user class, with <c>UserManager&lt;TUser&gt;</c> registered (<c>AddIdentity</c> or <c>AddIdentityCore</c>).</typeparam>
    /// <param name="builder">What <c>AddSecureChat()</c> returned.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <remarks>
    /// A user has to exist, not be locked out, have two-factor sign-in switched on and an authenticator key. A host that sets
    /// <c>CookieAuthenticationOptions.EventsType</c> issues <c>sid</c> itself. A host that registered an authenticator provider of its own
    /// class keeps it, and has to refuse used codes itself.
    /// </remarks>
    /// <example><code>
    /// builder.Services.AddSecureChat().UseSqlite("data/securechat.db").AddIdentityStepUp&lt;IdentityUser&gt;();
    /// </code></example>
    public static ISecureChatBuilder AddIdentityStepUp<TUser>(this ISecureChatBuilder builder)
        where TUser : class
    {
        ArgumentNullException.ThrowIfNull(builder);

        // Called twice, the hooks only find the claims already there.
        builder.Services.PostConfigure<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme, SignInSession.Configure);
        builder.Services.PostConfigure<SecurityStampValidatorOptions>(SignInSession.Configure);
        builder.Services.TryAddTransient<OneTimeAuthenticatorTokenProvider<TUser>>();
        builder.Services.PostConfigure<IdentityOptions>(static options =>
        {
            foreach ((string name, TokenProviderDescriptor provider) in options.Tokens.ProviderMap.ToArray())
            {
                if (provider.ProviderInstance is null && provider.ProviderType == typeof(AuthenticatorTokenProvider<TUser>))
                {
                    options.Tokens.ProviderMap[name] = new TokenProviderDescriptor(typeof(OneTimeAuthenticatorTokenProvider<TUser>));
                }
            }
        });
        return builder.UseStepUp<IdentityStepUpVerifier<TUser>>();
    }
}
