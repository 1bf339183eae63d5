using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

public sealed class VaultCryptoServicesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_registered_parts_work_together()
    {
        await using ServiceProvider services = Services().BuildServiceProvider(validateScopes: true);
        await services.GetRequiredService<KeyRing>().StartAsync(Token);
        await services.GetRequiredService<ConversationKeys>().CreateAsync("c", Token);
        byte[] sealedBody = await services.GetRequiredService<ConversationKeys>().SealAsync("c", 1, "hello"u8.ToArray(), Token);
        Assert.Equal("hello"u8.ToArray(), await services.GetRequiredService<ConversationKeys>().TryOpenAsync("c", 1, sealedBody, Token));
        Assert.NotEmpty(await services.GetRequiredService<Pseudonyms>().ForAsync("audit", "a", Token));
        Assert.Null(await services.GetRequiredService<ReleaseKeys>().FindAsync("c", "v", Token));
        Assert.IsType<DataProtectionKeyEncryption>(services.GetRequiredService<IKeyEncryptionProvider>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_hosts_own_key_provider_is_used_whenever_it_was_registered(bool before)
    {
        var own = new RingProvider();
        IServiceCollection services = before ? Services(first: s => s.AddSingleton<IKeyEncryptionProvider>(own)) : Services().AddSingleton<IKeyEncryptionProvider>(own);
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Same(own, provider.GetRequiredService<IKeyEncryptionProvider>());
    }

    [Fact]
    public void The_application_is_the_option_or_else_the_hosts_name_and_never_empty()
    {
        Assert.Equal("option", Identity("option", "host").Value);
        Assert.Equal("host", Identity(null, "host").Value);
        Assert.Equal("SC1001", Assert.Throws<SecureChatConfigurationException>(() => Identity(null, "")).Error.Code);
        Assert.Equal("SC1001", Assert.Throws<SecureChatConfigurationException>(() => Identity(" ", "host")).Error.Code);
    }

    private static ApplicationIdentity Identity(string? option, string host) =>
        new(Options.Create(new SecureChatOptions { ApplicationId = option }), new HostingEnvironment { ApplicationName = host });

    private static ServiceCollection Services(Action<IServiceCollection>? first = null)
    {
        var services = new ServiceCollection();
        first?.Invoke(services);
        services.AddLogging();
        services.AddOptions<SecureChatOptions>();
        services.AddSingleton<IHostEnvironment>(new HostingEnvironment { ApplicationName = "host" });
        services.AddKeyedSingleton<IRecordStore>(RecordStoreSlot.Data, new TestRecordStore());
        services.AddKeyedSingleton<IRecordStore>(RecordStoreSlot.Keys, new TestRecordStore());
        services.AddSingleton<SecureChatStores>();
        services.AddVaultKeys();
        return services;
    }
}
