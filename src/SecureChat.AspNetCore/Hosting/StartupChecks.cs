using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace SecureChat.AspNetCore;

/// <summary>
/// Refuses to start a host that is set up wrongly, and says which line to add. Then prepares the stores, compares clocks and runs
/// the steps of the features. Everything here happens before the server listens.
/// </summary>
internal sealed class StartupChecks(
    IServiceProvider services,
    IHostEnvironment environment,
    IRuntimeVersion runtime,
    SecureChatPipeline pipeline,
    TimeProvider time,
    ILogger<StartupChecks> logger) : IHostedLifecycleService
{
    private bool _agentPartsChecked;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(runSteps: false, cancellationToken);
        await CheckAgentPartsAsync();
        await RunStepsAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A host with a Startup class maps its endpoints only while it starts; its agent parts are checked here.</summary>
    public Task StartedAsync(CancellationToken cancellationToken) => CheckAgentPartsAsync();

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The checks that do not need a pipeline, and the stores. A command of the host runs these alone.</summary>
    public async Task PrepareAsync(bool runSteps, CancellationToken cancellationToken)
    {
        CheckRuntime();
        CheckOptions();
        CheckStores();
        CheckKeyRing();

        SecureChatStores stores = services.GetRequiredService<SecureChatStores>();
        await PrepareAsync(stores.Data, RecordStoreSlot.Data, cancellationToken);
        await PrepareAsync(stores.Keys, RecordStoreSlot.Keys, cancellationToken);
        if (runSteps)
        {
            await RunStepsAsync(cancellationToken);
        }
    }

    private void CheckRuntime()
    {
        if (runtime.AspNetCore is not { } version || version < RuntimeVersion.FirstSafe)
        {
            throw new SecureChatConfigurationException(SecureChatErrors.RuntimeVulnerable, $"(found: {runtime.AspNetCore?.ToString() ?? "unknown"})");
        }
    }

    private void CheckOptions()
    {
        try
        {
            _ = services.GetRequiredService<IOptions<SecureChatOptions>>().Value;
            ChatMasking.Check(services);
            foreach (StrictConfiguration given in services.GetServices<IConfigureOptions<SecureChatOptions>>().OfType<StrictConfiguration>())
            {
                if (given.MissingSection is { } name)
                {
                    HostingLog.SectionMissing(logger, name);
                }
            }
        }
        catch (OptionsValidationException fault)
        {
            // A validation the host itself added to our options.
            throw new SecureChatConfigurationException(SecureChatErrors.OptionsInvalid, string.Join(" ", fault.Failures));
        }
    }

    private void CheckStores()
    {
        // The guarded stores hide which instance is behind them, so this one check looks at the registrations themselves.
        IRecordStore data = services.GetRequiredKeyedService<IRecordStore>(RecordStoreSlot.Data);
        IRecordStore keys = services.GetRequiredKeyedService<IRecordStore>(RecordStoreSlot.Keys);
        if (ReferenceEquals(data, keys))
        {
            throw new SecureChatConfigurationException(
                SecureChatErrors.NoRecordStore, "Both slots hold the same store, so keys and ciphertext would lie together: make one instance for each RecordStoreSlot.");
        }

        foreach ((RecordStoreSlot slot, IRecordStore store) in new[] { (RecordStoreSlot.Data, data), (RecordStoreSlot.Keys, keys) })
        {
            if (store.Description.KeepsDeletedBytes)
            {
                HostingLog.StoreKeepsDeletedBytes(logger, store.Description.Name, slot);
            }

            if (store.Description.IsDurable)
            {
                continue;
            }

            if (!environment.IsDevelopment())
            {
                throw new SecureChatConfigurationException(SecureChatErrors.NoRecordStore, $"(slot {slot}: {store.Description.Name})");
            }

            HostingLog.StoreNotDurable(logger, slot, store.Description.Name);
        }
    }

    private void CheckKeyRing()
    {
        foreach (IKeyEncryptionProvider named in services.GetServices<IKeyEncryptionProvider>())
        {
            (named as KeyFileEncryption)?.Check();
            (named as VaultTransitEncryption)?.Check();
        }

        // Only the default provider wraps keys by Data Protection; a vendor's keeps its keys elsewhere.
        IKeyEncryptionProvider? provider = services.GetService<IKeyEncryptionProvider>();
        if (environment.IsDevelopment() || provider is not (null or DataProtectionKeyEncryption))
        {
            return;
        }

        KeyManagementOptions ring = services.GetRequiredService<IOptions<KeyManagementOptions>>().Value;
        string? name = services.GetRequiredService<IOptions<DataProtectionOptions>>().Value.ApplicationDiscriminator;

        // An ephemeral ring does not show in the public options: the provider itself is another class, or the repository's name says so.
        bool isEphemeral = services.GetRequiredService<IDataProtectionProvider>() is EphemeralDataProtectionProvider
            || ring.XmlRepository?.GetType().Name.StartsWith("Ephemeral", StringComparison.Ordinal) == true;
        if (ring.XmlRepository is null || isEphemeral)
        {
            throw new SecureChatConfigurationException(
                SecureChatErrors.NoKeyRepository, isEphemeral ? "(the key ring is ephemeral)" : "(missing: the key repository, PersistKeysTo...)");
        }

        // Without a name the host's content root is the name, and the next deployment into another folder cannot unwrap.
        if (string.IsNullOrWhiteSpace(name) || string.Equals(Trimmed(name), Trimmed(environment.ContentRootPath), StringComparison.Ordinal))
        {
            throw new SecureChatConfigurationException(SecureChatErrors.NoKeyRepository, "(missing: the application name, SetApplicationName)");
        }

        static string Trimmed(string path) => path.TrimEnd('/', '\\');
    }

    private async ValueTask PrepareAsync(GuardedRecordStore store, RecordStoreSlot slot, CancellationToken cancellationToken)
    {
        await store.PrepareAsync(cancellationToken);
        TimeSpan skew = await StoreClock.MeasureAsync(store, time, cancellationToken);
        if (skew.Duration() > StoreClock.Refusal)
        {
            throw new SecureChatConfigurationException(SecureChatErrors.ClockSkew, $"(slot {slot}: {SecureChatOptionsValidator.Format(skew)})");
        }

        if (skew.Duration() > StoreClock.Warning)
        {
            HostingLog.ClockSkew(logger, slot, skew);
        }
    }

    private async ValueTask RunStepsAsync(CancellationToken cancellationToken)
    {
        foreach (IStartupStep step in services.GetServices<IStartupStep>().OrderBy(static step => step.Order))
        {
            await step.RunAsync(cancellationToken);
        }
    }

    private async Task CheckAgentPartsAsync()
    {
        if (!pipeline.IsMapped || _agentPartsChecked)
        {
            return;
        }

        if (services.GetService<IAuthenticationSchemeProvider>() is not { } schemes || !(await schemes.GetAllSchemesAsync()).Any())
        {
            throw new SecureChatConfigurationException(SecureChatErrors.SchemeMissing);
        }

        string policy = services.GetRequiredService<IOptions<SecureChatOptions>>().Value.Agents.AgentPolicy;
        await using AsyncServiceScope scope = services.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<IAuthorizationPolicyProvider>().GetPolicyAsync(policy) is null)
        {
            throw new SecureChatConfigurationException(
                SecureChatErrors.PolicyMissing,
                $"Missing: builder.Services.AddAuthorization(o => o.AddPolicy(\"{policy}\", p => p.RequireRole(\"agent\"))).");
        }

        _agentPartsChecked = true;
    }
}
