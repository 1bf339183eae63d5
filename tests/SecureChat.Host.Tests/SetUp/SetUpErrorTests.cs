using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.SetUp;

/// <summary>E56: a whole host that is set up wrongly refuses to start, and the message carries the code and the line to add.</summary>
public sealed class SetUpErrorTests
{
    private static readonly Dictionary<string, Fault> Faults = new(StringComparer.Ordinal)
    {
        ["no store in Production"] = new("SC1002", "UseSqlite(\"data/securechat.db\")") { After = static chat => NoStore(chat) },
        ["a store that forgets in Production"] = new("SC1002", "UseSqlite") { Store = static _ => new InMemoryRecordStore(TimeProvider.System) },
        ["no agent policy"] = new("SC1003", "builder.Services.AddAuthorization(o => o.AddPolicy(\"Support\"") { Configure = static options => options.Agents.AgentPolicy = "Support" },
        ["no key repository"] = new("SC1004", "PersistKeysToFileSystem") { After = static chat => chat.Services.PostConfigure<KeyManagementOptions>(static ring => ring.XmlRepository = null) },
        ["no application name for the key ring"] = new("SC1004", "SetApplicationName") { After = static chat => chat.Services.PostConfigure<DataProtectionOptions>(static ring => ring.ApplicationDiscriminator = null) },
        ["an ephemeral key ring"] = new("SC1004", "PersistKeysTo") { After = static chat => chat.Services.AddDataProtection().UseEphemeralDataProtectionProvider() },
        ["two forms of one key"] = new("SC1006", "card-payment") { After = static chat => chat.AddForm("card-payment", static form => form.Purpose("Again").Notice("payments-v1").Email("mail")) },
        ["an unknown option"] = new("SC1007", "SecureChat:Limits:MesageBytes") { Before = static services => services.AddSecureChat(Section(("Limits:MesageBytes", "100"))) },
        ["an option that is no number"] = new("SC1001", "SecureChat:Limits:MessageBytes") { Before = static services => services.AddSecureChat(Section(("Limits:MessageBytes", "many"))) },
        ["an option out of range"] = new("SC1001", "Lifetimes:ViewingWindow") { Configure = static options => options.Lifetimes.ViewingWindow = TimeSpan.FromHours(9) },
        ["a runtime with the known hole"] = new("SC1008", "10.0.7") { Before = static services => services.AddSingleton<IRuntimeVersion>(new OldRuntime()) },
        ["a form with a notice that nobody registered"] = new("SC1011", "payments-v9") { After = static chat => chat.AddForm("refund", static form => form.Purpose("Pay back").Notice("payments-v9").Iban("iban")) },
        ["one notice with two texts"] = new("SC1011", "payments-v1") { After = static chat => chat.AddNotice(new PrivacyNotice { Key = "payments-v1", Version = "1", Language = "en", Text = "Something else." }) },
        ["no sign-in"] = new("SC1013", "AddAuthentication") { After = static chat => chat.Services.Replace(ServiceDescriptor.Singleton<IAuthenticationSchemeProvider, NoSchemes>()) },
        ["no step-up"] = new("SC1014", "AddIdentityStepUp<TUser>()") { After = static chat => chat.Services.RemoveAll<IStepUpVerifier>() },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task E56_A_wrong_set_up_refuses_to_start_and_names_the_line_to_add(string name)
    {
        Fault fault = Faults[name];
        using var folder = new TempFolder();

        SecureChatException refusal = await RefusalAsync(fault.Options(folder.Path));

        Assert.Equal(fault.Code, refusal.Error.Code);
        Assert.Contains(fault.Code, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(fault.Line, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(StoreSnapshot.Of(folder.Path, withEvidence: true).OfKind("conversation"));
    }

    [Fact]
    public async Task Saboteur_without_a_fault_the_host_starts_so_a_check_that_is_missing_would_show()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
    }

    [Theory]
    [InlineData("chat.db")]
    [InlineData("chat.keys.db")]
    public async Task A_store_of_a_newer_version_refuses_to_start_and_is_left_as_it_is(string file)
    {
        using var folder = new TempFolder();
        await RunOnceAsync(folder.Path);
        string path = Path.Combine(folder.Path, file);
        StoreSnapshot.Execute(path, "PRAGMA user_version = 99");
        StoreSnapshot before = StoreSnapshot.Of(folder.Path, withEvidence: true);

        SecureChatException refusal = await RefusalAsync(new TestHostOptions { Folder = folder.Path });

        Assert.Equal("SC1009", refusal.Error.Code);
        Assert.Contains("Deploy the newer version again", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(folder.Path, withEvidence: true)));
    }

    public static TheoryData<string> Losses => [.. LostKeys.Ways.Keys];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task E56_Lost_keys_refuse_to_start_name_both_ways_out_and_make_no_new_ones(string loss)
    {
        using var folder = new TempFolder();
        await RunOnceAsync(folder.Path);
        LostKeys.Ways[loss](folder.Path);
        StoreSnapshot before = StoreSnapshot.Of(folder.Path, withEvidence: true);

        SecureChatException refusal = await RefusalAsync(new TestHostOptions { Folder = folder.Path });

        Assert.Equal("SC1005", refusal.Error.Code);
        Assert.Contains("Bring the key ring and key store back; or run `keys abandon`", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(folder.Path, withEvidence: true)));
    }

    [Fact]
    public async Task Saboteur_without_canary_and_keys_a_host_would_start_beside_values_that_it_cannot_open()
    {
        using var folder = new TempFolder();
        await RunOnceAsync(folder.Path);
        Directory.Delete(Path.Combine(folder.Path, "ring"), recursive: true);
        StoreSnapshot.Execute(StoreSnapshot.DataFile(folder.Path), "DELETE FROM record WHERE kind = 'canary'");
        StoreSnapshot.Execute(StoreSnapshot.KeysFile(folder.Path), "DELETE FROM record WHERE kind = 'key-encryption-key'");

        InvalidOperationException started = await Assert.ThrowsAsync<InvalidOperationException>(() => RefusalAsync(new TestHostOptions { Folder = folder.Path }));
        Assert.Equal("The host started.", started.Message);
    }

    [Fact]
    public async Task The_files_of_the_two_stores_exchanged_refuse_to_start()
    {
        using var folder = new TempFolder();
        await RunOnceAsync(folder.Path);
        string aside = Path.Combine(folder.Path, "aside");
        File.Move(StoreSnapshot.DataFile(folder.Path), aside);
        File.Move(StoreSnapshot.KeysFile(folder.Path), StoreSnapshot.DataFile(folder.Path));
        File.Move(aside, StoreSnapshot.KeysFile(folder.Path));

        SecureChatException refusal = await RefusalAsync(new TestHostOptions { Folder = folder.Path });

        Assert.Equal("SC1001", refusal.Error.Code);
        Assert.Contains("the other store's file", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stores_of_another_application_refuse_to_start_and_the_message_names_the_option()
    {
        using var folder = new TempFolder();
        await RunOnceAsync(folder.Path);

        SecureChatException refusal = await RefusalAsync(new TestHostOptions { Folder = folder.Path, Configure = static options => options.ApplicationId = "other-host" });

        Assert.Equal("SC1005", refusal.Error.Code);
        Assert.Contains("set SecureChatOptions.ApplicationId", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Starts a host that must not start, and answers with what it says.</summary>
    internal static async Task<SecureChatException> RefusalAsync(TestHostOptions options)
    {
        RunningHost? host = null;
        try
        {
            host = await RunningHost.StartAsync(_ => options, options.Folder);
        }
        catch (Exception fault)
        {
            for (Exception? cause = fault; cause is not null; cause = cause is AggregateException many ? many.InnerExceptions[0] : cause.InnerException)
            {
                if (cause is SecureChatException refusal)
                {
                    return refusal;
                }
            }

            throw;
        }

        await host.DisposeAsync();
        throw new InvalidOperationException("The host started.");
    }

    /// <summary>A host that lived once, with a submitted card in its files.</summary>
    private static async Task RunOnceAsync(string folder)
    {
        await using RunningHost host = await RunningHost.StartAsync(folder: folder);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await Scenario.SubmitCardAsync(visitor, agent);
        await host.StopAsync();
    }

    private static void NoStore(ISecureChatBuilder chat)
    {
        foreach (RecordStoreSlot slot in Enum.GetValues<RecordStoreSlot>())
        {
            chat.Services.RemoveAllKeyed<IRecordStore>(slot);
            chat.Services.AddKeyedSingleton(slot, static (services, _) => DefaultStores.Create(services));
        }
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] options)
    {
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(options.Select(static option => KeyValuePair.Create($"SecureChat:{option.Key}", (string?)option.Value)))
            .Build();
        return configuration.GetSection("SecureChat");
    }

    private sealed class Fault(string code, string line)
    {
        public string Code { get; } = code;

        public string Line { get; } = line;

        public Action<IServiceCollection>? Before { get; init; }

        public Action<ISecureChatBuilder>? After { get; init; }

        public Action<SecureChatOptions>? Configure { get; init; }

        public Func<RecordStoreSlot, IRecordStore>? Store { get; init; }

        public TestHostOptions Options(string folder) => new() { Folder = folder, Before = Before, After = After, Configure = Configure, Store = Store };
    }

    private sealed class OldRuntime : IRuntimeVersion
    {
        public Version? AspNetCore => new(10, 0, 6);
    }

    private sealed class NoSchemes : IAuthenticationSchemeProvider
    {
        public Task<IEnumerable<AuthenticationScheme>> GetAllSchemesAsync() => Task.FromResult<IEnumerable<AuthenticationScheme>>([]);

        public Task<AuthenticationScheme?> GetSchemeAsync(string name) => Task.FromResult<AuthenticationScheme?>(null);

        public Task<AuthenticationScheme?> GetDefaultAuthenticateSchemeAsync() => Task.FromResult<AuthenticationScheme?>(null);

        public Task<AuthenticationScheme?> GetDefaultChallengeSchemeAsync() => Task.FromResult<AuthenticationScheme?>(null);

        public Task<AuthenticationScheme?> GetDefaultForbidSchemeAsync() => Task.FromResult<AuthenticationScheme?>(null);

        public Task<AuthenticationScheme?> GetDefaultSignInSchemeAsync() => Task.FromResult<AuthenticationScheme?>(null);

        public Task<AuthenticationScheme?> GetDefaultSignOutSchemeAsync() => Task.FromResult<AuthenticationScheme?>(null);

        public void AddScheme(AuthenticationScheme scheme)
        {
        }

        public bool TryAddScheme(AuthenticationScheme scheme) => false;

        public void RemoveScheme(string name)
        {
        }

        public Task<IEnumerable<AuthenticationScheme>> GetRequestHandlerSchemesAsync() => Task.FromResult<IEnumerable<AuthenticationScheme>>([]);
    }
}
