using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

/// <summary>One host: its own ring and caches over stores and a key service that hosts may share.</summary>
internal sealed class VaultHost : IDisposable
{
    public VaultHost(
        TestRecordStore data, TestRecordStore keys, IKeyEncryptionProvider provider, string applicationId = "shop", TimeProvider? time = null, TimeSpan? providerTimeout = null)
    {
        time ??= TimeProvider.System;
        var options = new SecureChatOptions { ApplicationId = applicationId };

        // Long, so that a busy machine is no outage; tests of a provider that hangs set a short one.
        options.Storage.KeyProviderTimeout = providerTimeout ?? TimeSpan.FromSeconds(60);
        options.Storage.OperationTimeout = TimeSpan.FromSeconds(60);
        IOptions<SecureChatOptions> wrapped = Options.Create(options);
        Application = new ApplicationIdentity(wrapped, new Microsoft.Extensions.Hosting.Internal.HostingEnvironment { ApplicationName = "unused" });
        Stores = new SecureChatStores(data, keys, wrapped, TimeProvider.System);
        Ring = new KeyRing(
            Stores,
            new KeyRecords(Stores),
            new KeyProviders([provider], Application, wrapped, TimeProvider.System),
            new KeyCanary(Stores, Application),
            wrapped,
            TimeProvider.System,
            NullLogger<KeyRing>.Instance);
        ReleaseKeys = new ReleaseKeys(Stores, Ring, Application);
        ConversationKeys = new ConversationKeys(Stores, Ring, Application, time);
        Pseudonyms = new Pseudonyms(Stores, Ring, Application);
    }

    public ApplicationIdentity Application { get; }

    public SecureChatStores Stores { get; }

    public KeyRing Ring { get; }

    public ReleaseKeys ReleaseKeys { get; }

    public ConversationKeys ConversationKeys { get; }

    public Pseudonyms Pseudonyms { get; }

    public static async Task<VaultHost> StartAsync(
        TestRecordStore data, TestRecordStore keys, IKeyEncryptionProvider provider, string applicationId = "shop", TimeProvider? time = null)
    {
        var host = new VaultHost(data, keys, provider, applicationId, time);
        await host.Ring.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    public void Dispose()
    {
        Pseudonyms.Dispose();
        ConversationKeys.Dispose();
        Ring.Dispose();
    }
}
