using SecureChat;
using SecureChat.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts SecureChat's middleware into a host.</summary>
public static class SecureChatApplicationBuilderExtensions
{
    /// <summary>
    /// Guards SecureChat's paths, and no others: security headers, no-store, no plain HTTP outside Development (except on
    /// loopback), no tokens in URLs, and every refusal or fault as problem details with a code. Call it after
    /// <c>UseForwardedHeaders()</c> and <c>UsePathBase()</c>, and before <c>UseCors()</c> and <c>UseAuthentication()</c> where the host calls those
    /// itself.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is <see langword="null"/>.</exception>
    /// <exception cref="SecureChatConfigurationException"><c>SC1012</c>: the host has no <c>AddSecureChat()</c>.</exception>
    public static IApplicationBuilder UseSecureChat(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        SecureChatPipeline pipeline = app.ApplicationServices.GetService<SecureChatPipeline>()
            ?? throw new SecureChatConfigurationException(SecureChatErrors.CallMissing, "(missing: builder.Services.AddSecureChat())");
        pipeline.IsUsed = true;
        return app.UseMiddleware<SecureChatMiddleware>();
    }
}
