using System.Runtime.Versioning;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using SecureChat.AspNetCore;
using SecureChat.Conformance;
using SecureChat.Host.Tests.Keys;
using SecureChat.Keys.AwsKms;

namespace SecureChat.Stores.Tests.Conformance;

[ConformanceOf(typeof(DataProtectionKeyEncryption))]
public sealed class DataProtectionKeyEncryptionTests : KeyEncryptionProviderConformanceTests
{
    private readonly TestFolder _folder = new();

    // A ring in a folder, which a second host opens as well.
    protected override ValueTask<IKeyEncryptionProvider> CreateAsync() => new(new DataProtectionKeyEncryption(
        DataProtectionProvider.Create(new DirectoryInfo(_folder.File("ring")), static ring => ring.SetApplicationName("kit"))));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

[ConformanceOf(typeof(KeyFileEncryption))]
[UnsupportedOSPlatform("windows")]
public sealed class KeyFileEncryptionTests : KeyEncryptionProviderConformanceTests
{
    private readonly TestFolder _folder = new();

    protected override ValueTask<IKeyEncryptionProvider> CreateAsync()
    {
        string path = _folder.File("kek");
        if (!File.Exists(path))
        {
            SecretFile.Write(path, SecretFile.NewKey());
        }

        return new(new KeyFileEncryption(path));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

[ConformanceOf(typeof(VaultTransitEncryption))]
[UnsupportedOSPlatform("windows")]
public sealed class VaultTransitEncryptionTests : KeyEncryptionProviderConformanceTests
{
    private readonly TestFolder _folder = new();
    private FakeKeyService? _service;

    protected override async ValueTask<IKeyEncryptionProvider> CreateAsync()
    {
        string token = _folder.File("token");
        if (_service is null)
        {
            _service = await FakeKeyService.StartAsync();
            SecretFile.Write(token, FakeKeyService.Token);
        }

        return new VaultTransitEncryption(
            new VaultTransitOptions { Address = _service.Address, Key = "securechat", TokenFile = token }, NullLogger<VaultTransitEncryption>.Instance);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (_service?.DisposeAsync() ?? default);
        _folder.Dispose();
    }
}

[ConformanceOf(typeof(AwsKmsEncryption))]
public sealed class AwsKmsEncryptionTests : KeyEncryptionProviderConformanceTests
{
    private FakeKeyService? _service;

    protected override async ValueTask<IKeyEncryptionProvider> CreateAsync()
    {
        _service ??= await FakeKeyService.StartAsync();
        return new AwsKmsEncryption(
            new AmazonKeyManagementServiceClient(
                new BasicAWSCredentials("AKIATEST", "secret"),
                new AmazonKeyManagementServiceConfig { ServiceURL = _service.Address.ToString(), AuthenticationRegion = RegionEndpoint.EUCentral1.SystemName, MaxErrorRetry = 0 }),
            "alias/securechat");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (_service?.DisposeAsync() ?? default);
    }
}
