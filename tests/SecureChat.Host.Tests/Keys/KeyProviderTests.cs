using System.Runtime.Versioning;
using System.Security.Cryptography;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SecureChat.AspNetCore;
using SecureChat.Keys.AwsKms;

namespace SecureChat.Host.Tests.Keys;

/// <summary>The key providers that need no Data Protection: what each does with good bytes, other bytes, a denial and an outage.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyProviderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => ["key-file", "vault-transit", "aws-kms"];

    public static TheoryData<string, int, string, Type> Refusals => new()
    {
        { "vault-transit", 403, """{"errors":["permission denied"]}""", typeof(UnauthorizedAccessException) },
        { "vault-transit", 429, """{"errors":["request path rate limited"]}""", typeof(HttpRequestException) },
        { "vault-transit", 503, """{"errors":["Vault is sealed"]}""", typeof(HttpRequestException) },
        { "vault-transit", 404, """{"errors":["no handler for route"]}""", typeof(HttpRequestException) },
        { "vault-transit", 400, """{"errors":["encryption key not found"]}""", typeof(CryptographicException) },
        { "vault-transit", 200, "{}", typeof(InvalidDataException) },
        { "vault-transit", 200, "[]", typeof(InvalidDataException) },
        { "vault-transit", 302, "", typeof(HttpRequestException) },
        { "aws-kms", 400, """{"__type":"AccessDeniedException"}""", typeof(UnauthorizedAccessException) },
        { "aws-kms", 400, """{"__type":"DisabledException"}""", typeof(UnauthorizedAccessException) },
        { "aws-kms", 400, """{"__type":"KMSInvalidStateException"}""", typeof(UnauthorizedAccessException) },
        { "aws-kms", 400, """{"__type":"IncorrectKeyException"}""", typeof(CryptographicException) },
        { "aws-kms", 400, """{"__type":"ThrottlingException"}""", typeof(AmazonKeyManagementServiceException) },
        { "aws-kms", 500, """{"__type":"KMSInternalException"}""", typeof(AmazonKeyManagementServiceException) },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_it_wraps_it_unwraps_for_the_same_context_and_nothing_else_does(string name)
    {
        await using var bed = await Bed.StartAsync(name);
        byte[] key = RandomNumberGenerator.GetBytes(32);
        byte[] wrapped = await bed.Provider.WrapAsync(key, "a:1:shop", Token);
        Assert.Equal(-1, wrapped.AsSpan().IndexOf(key));
        Assert.Equal(key, await bed.Provider.UnwrapAsync(wrapped, "a:1:shop", Token));
        Assert.Equal(name, bed.Provider.Name);

        await Assert.ThrowsAsync<CryptographicException>(async () => await bed.Provider.UnwrapAsync(wrapped, "a:2:shop", Token));
        byte[] changed = [.. wrapped];
        changed[^1] ^= 1;
        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await bed.Provider.UnwrapAsync(changed, "a:1:shop", Token));
        foreach (byte[] foreign in new[] { [], [1, 2, 3], RandomNumberGenerator.GetBytes(wrapped.Length) })
        {
            await Assert.ThrowsAnyAsync<CryptographicException>(async () => await bed.Provider.UnwrapAsync(foreign, "a:1:shop", Token));
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task E5_Denied_lost_and_busy_are_told_apart(string name, int status, string body, Type expected)
    {
        await using var bed = await Bed.StartAsync(name);
        byte[] wrapped = await bed.Provider.WrapAsync(new byte[32], "a:1:shop", Token);
        bed.Service!.Instead = (status, body);
        Exception? fault = await Record.ExceptionAsync(async () => await bed.Provider.UnwrapAsync(wrapped, "a:1:shop", Token));
        Assert.IsAssignableFrom(expected, fault);
        Assert.DoesNotContain(FakeKeyService.Token, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void E56_AWS_KMS_without_a_region_is_refused_with_the_variable_to_set()
    {
        Assert.Null(Environment.GetEnvironmentVariable("AWS_REGION"));
        var services = new ServiceCollection();
        services.AddSecureChat().UseAwsKms("alias/securechat");
        using ServiceProvider provider = services.BuildServiceProvider();
        SecureChatConfigurationException fault = Assert.Throws<SecureChatConfigurationException>(() => provider.GetServices<IKeyEncryptionProvider>());
        Assert.Equal("SC1016", fault.Error.Code);
        Assert.Contains("AWS_REGION", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_transit_token_is_read_anew_for_each_call()
    {
        await using var bed = await Bed.StartAsync("vault-transit");
        await bed.Provider.WrapAsync(new byte[32], "a:1:shop", Token);
        await File.WriteAllTextAsync(bed.File, "another-token\n", Token);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(async () => await bed.Provider.WrapAsync(new byte[32], "a:1:shop", Token));
        await File.WriteAllTextAsync(bed.File, FakeKeyService.Token + "\n", Token);
        await bed.Provider.WrapAsync(new byte[32], "a:1:shop", Token);
    }

    [Theory]
    [InlineData("http://vault.example:8200", "securechat", "https")]
    [InlineData("https://vault.example:8200", "../sys", "Key must be")]
    [InlineData("https://user:pw@vault.example:8200", "securechat", "more than")]
    [InlineData("https://vault.example:8200", "securechat", "token")]
    public void A_transit_set_up_that_cannot_be_safe_is_refused_at_start(string address, string key, string word)
    {
        using var provider = new VaultTransitEncryption(
            new VaultTransitOptions { Address = new Uri(address), Key = key, TokenFile = "/nonexistent/token" }, NullLogger<VaultTransitEncryption>.Instance);
        SecureChatConfigurationException fault = Assert.Throws<SecureChatConfigurationException>(provider.Check);
        Assert.Equal("SC1016", fault.Error.Code);
        Assert.Contains(word, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task A_key_file_that_others_may_read_or_write_is_refused_at_start_and_later(UnixFileMode wider)
    {
        await using var bed = await Bed.StartAsync("key-file");
        var provider = (KeyFileEncryption)bed.Provider;
        provider.Check();
        byte[] wrapped = await provider.WrapAsync(new byte[32], "a:1:shop", Token);
        File.SetUnixFileMode(bed.File, UnixFileMode.UserRead | wider);
        SecureChatConfigurationException fault = Assert.Throws<SecureChatConfigurationException>(provider.Check);
        Assert.Equal("SC1016", fault.Error.Code);
        Assert.Contains("chmod 600", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(async () => await provider.UnwrapAsync(wrapped, "a:1:shop", Token));
    }

    [Theory]
    [InlineData(null, "openssl rand -base64 32 >")]
    [InlineData("", "does not hold 32 random bytes")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "does not hold 32 random bytes")]
    [InlineData("c2hvcnQ=", "does not hold 32 random bytes")]
    [InlineData("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "does not hold 32 random bytes")]
    public void A_key_file_that_holds_no_key_is_refused_with_the_line_that_makes_one(string? content, string word)
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "securechat.key");
        if (content is not null)
        {
            SecretFile.Write(path, content);
        }

        SecureChatConfigurationException fault = Assert.Throws<SecureChatConfigurationException>(new KeyFileEncryption(path).Check);
        Assert.Equal("SC1016", fault.Error.Code);
        Assert.Contains(word, fault.Message, StringComparison.Ordinal);
    }

    /// <summary>A provider and the service or file behind it.</summary>
    private sealed class Bed : IAsyncDisposable
    {
        private readonly TempFolder _folder = new();

        public string File { get; private set; } = string.Empty;

        public FakeKeyService? Service { get; private set; }

        public IKeyEncryptionProvider Provider { get; private set; } = null!;

        public static async Task<Bed> StartAsync(string name)
        {
            var bed = new Bed();
            bed.File = Path.Combine(bed._folder.Path, "secret");
            SecretFile.Write(bed.File, name == "key-file" ? SecretFile.NewKey() + "\n" : FakeKeyService.Token);
            if (name == "key-file")
            {
                bed.Provider = new KeyFileEncryption(bed.File);
                return bed;
            }

            bed.Service = await FakeKeyService.StartAsync();
            bed.Provider = name == "vault-transit"
                ? new VaultTransitEncryption(
                    new VaultTransitOptions { Address = bed.Service.Address, Key = "securechat", TokenFile = bed.File }, NullLogger<VaultTransitEncryption>.Instance)
                : new AwsKmsEncryption(Client(bed.Service.Address), "alias/securechat");
            return bed;
        }

        public static AmazonKeyManagementServiceClient Client(Uri address) => new(
            new BasicAWSCredentials("AKIATEST", "secret"),
            new AmazonKeyManagementServiceConfig { ServiceURL = address.ToString(), AuthenticationRegion = RegionEndpoint.EUCentral1.SystemName, MaxErrorRetry = 0 });

        public async ValueTask DisposeAsync()
        {
            (Provider as IDisposable)?.Dispose();
            if (Service is not null)
            {
                await Service.DisposeAsync();
            }

            _folder.Dispose();
        }
    }
}
