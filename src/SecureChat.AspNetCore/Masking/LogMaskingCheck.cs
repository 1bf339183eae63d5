namespace SecureChat.AspNetCore;

/// <summary>Refuses to start when somebody replaced the logger factory after masking was put around it: the logs would be raw.</summary>
internal sealed class LogMaskingCheck(ILoggerFactory factory) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => factory is MaskingLoggerFactory
        ? Task.CompletedTask
        : throw new SecureChatConfigurationException(
            SecureChatErrors.CallMissing,
            "(the logger factory was replaced behind it: call builder.Logging.AddSecureChatMasking() again, after the call that brings the other logger)");

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
