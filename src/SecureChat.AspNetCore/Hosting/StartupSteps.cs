namespace SecureChat.AspNetCore;

/// <summary>Opens the key-encryption keys and the canary: a lost key ring refuses to start (SC1005).</summary>
internal sealed class KeyRingStep(KeyRing ring) : IStartupStep
{
    public int Order => 10;

    public ValueTask RunAsync(CancellationToken cancellationToken) => ring.StartAsync(cancellationToken);
}

/// <summary>Builds forms and notices: a bad definition refuses to start, with every fault at once (SC1006, SC1011).</summary>
internal sealed class DefinitionsStep(IServiceProvider services) : IStartupStep
{
    public int Order => 20;

    public ValueTask RunAsync(CancellationToken cancellationToken)
    {
        _ = services.GetRequiredService<FormCatalog>();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Without a step-up verifier nothing can be revealed: outside Development that is a set-up fault (SC1014).</summary>
internal sealed partial class StepUpStep(IServiceProvider services, IHostEnvironment environment, FormCatalog forms, ILogger<StepUpStep> logger) : IStartupStep
{
    public int Order => 30;

    public ValueTask RunAsync(CancellationToken cancellationToken)
    {
        if (forms.All.Count == 0 || services.GetService<IStepUpVerifier>() is not null)
        {
            return ValueTask.CompletedTask;
        }

        if (!environment.IsDevelopment())
        {
            throw new SecureChatConfigurationException(SecureChatErrors.StepUpMissing);
        }

        LogMissing(logger);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(1020, LogLevel.Warning, "No step-up verifier is registered, so every reveal is refused; call AddIdentityStepUp<TUser>() or UseStepUp<T>()", EventName = "StepUpMissing")]
    private static partial void LogMissing(ILogger logger);
}
