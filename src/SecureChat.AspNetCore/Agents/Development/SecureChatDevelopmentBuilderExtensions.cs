using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureChat.AspNetCore;

namespace SecureChat;

/// <summary>SecureChat in a host that has no sign-in yet.</summary>
public static class SecureChatDevelopmentBuilderExtensions
{
    /// <summary>
    /// Lets a developer work as an agent before the host has accounts: at start the host prints a link that signs whoever opens it in, in
    /// all four roles, and <c>000000</c> is accepted as the second factor. Policies and a step-up verifier that the host has are left
    /// alone. <b>Development only</b>: everywhere else the host refuses to start (<c>SC1001</c>).
    /// </summary>
    /// <param name="builder">What <c>AddSecureChat()</c> returned.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <example><code>
    /// builder.Services.AddSecureChat().AddDevelopmentAgents();
    /// </code></example>
    public static ISecureChatBuilder AddDevelopmentAgents(this ISecureChatBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (services.Any(static service => service.ServiceType == typeof(DevelopmentSignIn)))
        {
            return builder;
        }

        services.AddSingleton<DevelopmentSignIn>();
        services.AddSingleton(new PartEndpoints(SecureChatPart.Assets, DevelopmentSignInEndpoints.Map));
        services.AddSingleton<IStartupStep, DevelopmentOnly>();
        services.AddHostedService<DevelopmentSignInPrinter>();
        services.AddAuthentication().AddCookie(DevelopmentSignIn.Scheme, static cookie =>
        {
            cookie.Cookie.Name = DevelopmentSignIn.Scheme;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Events = new CookieAuthenticationEvents
            {
                OnRedirectToLogin = static context => Answer(context.Response, StatusCodes.Status401Unauthorized),
                OnRedirectToAccessDenied = static context => Answer(context.Response, StatusCodes.Status403Forbidden),
            };
        });
        services.AddAuthorization();
        services.AddSingleton<IPostConfigureOptions<AuthorizationOptions>, DevelopmentPolicies>();
        services.AddSingleton<IPostConfigureOptions<SecureChatOptions>, DevelopmentSignInPath>();
        services.TryAddSingleton<IStepUpVerifier, DevelopmentStepUp>();
        return builder;
    }

    private static Task Answer(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }
}
