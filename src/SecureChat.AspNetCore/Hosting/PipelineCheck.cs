using Microsoft.AspNetCore.Hosting;

namespace SecureChat.AspNetCore;

/// <summary>Refuses to start when Program.cs forgot a call. Runs when the pipeline has been built and before the server listens.</summary>
internal sealed class PipelineCheck(SecureChatPipeline pipeline) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        if (!pipeline.IsUsed)
        {
            throw new SecureChatConfigurationException(SecureChatErrors.CallMissing, "(missing: app.UseSecureChat(), before app.MapSecureChat())");
        }

        if (!pipeline.IsMapped)
        {
            throw new SecureChatConfigurationException(SecureChatErrors.CallMissing, "(missing: app.MapSecureChat(), after app.UseSecureChat())");
        }
    };
}
