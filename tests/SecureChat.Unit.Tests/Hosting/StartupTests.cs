using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Hosting;

public sealed class StartupTests
{
    [Fact]
    public async Task A_host_that_is_set_up_rightly_starts_and_prepares_both_stores()
    {
        HostSetup? seen = null;
        await using TestHost host = await TestHost.StartAsync(setup => seen = setup);
        Assert.Equal(1, seen!.Data.Prepared);
        Assert.Equal(1, seen.Keys.Prepared);
        Assert.Empty(host.Logs.Of("SecureChat", LogLevel.Warning));
    }

    [Theory]
    [InlineData("SecurChat", 1)]
    [InlineData("SecureChat", 0)]
    public async Task A_section_that_is_not_there_is_told(string name, int warnings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("SecureChat:ApplicationId", "shop")]).Build();
        await using TestHost host = await TestHost.StartAsync(setup => setup.Services = services => services.AddSecureChat(configuration.GetSection(name)));
        Assert.Equal(warnings, host.Logs.Of("SecureChat", LogLevel.Warning).Count(text => text.Contains(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("10.0.6")]
    [InlineData("10.0.0")]
    [InlineData("9.0.20")]
    [InlineData(null)]
    public async Task A_runtime_with_the_data_protection_hole_refuses_to_start(string? version)
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(
            SecureChatErrors.RuntimeVulnerable, setup => setup.Services = services => services.AddSingleton<IRuntimeVersion>(new FixedRuntime(version)));
        Assert.Contains("10.0.7", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.7")]
    [InlineData("10.1.0")]
    [InlineData("11.0.0")]
    public async Task A_runtime_without_the_hole_starts(string version)
    {
        await using TestHost host = await TestHost.StartAsync(setup =>
            setup.Services = services => services.AddSingleton<IRuntimeVersion>(new FixedRuntime(version)));
    }

    [Fact]
    public void The_version_is_read_from_the_assembly_that_had_the_hole()
    {
        Assert.True(new RuntimeVersion().AspNetCore >= RuntimeVersion.FirstSafe);
        Assert.Equal(new Version(10, 0, 6), RuntimeVersion.Parse("10.0.6-servicing.1+abcdef"));
        Assert.Null(RuntimeVersion.Parse("unknown"));
    }

    [Fact]
    public async Task E56_No_store_outside_Development_refuses_and_names_the_call()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(SecureChatErrors.NoRecordStore, setup => setup.AddStores = false);
        Assert.Contains("UseSqlite", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task E56_A_store_that_forgets_is_refused_outside_Development_in_either_slot(bool data)
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(
            SecureChatErrors.NoRecordStore, setup => (data ? setup.Data : setup.Keys).IsDurable = false);
        Assert.Contains(data ? "Data" : "Keys", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Development_a_store_that_forgets_is_a_warning_that_names_the_call()
    {
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            setup.Environment = Environments.Development;
            setup.Data.IsDurable = false;
            setup.Keys.IsDurable = false;
        });
        Assert.Equal(2, host.Logs.Of("SecureChat", LogLevel.Warning).Count(static text => text.Contains("UseSqlite", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task One_store_for_both_slots_refuses_because_keys_and_ciphertext_would_lie_together() =>
        await TestHost.RefusesAsync(SecureChatErrors.NoRecordStore, setup =>
        {
            setup.AddStores = false;
            setup.Services = services => services.AddSecureChat().UseRecordStore((_, _) => setup.Data);
        });

    [Fact]
    public async Task E56_No_key_repository_outside_Development_refuses_and_names_the_call()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(SecureChatErrors.NoKeyRepository, setup =>
        {
            setup.AddKeyRing = false;
            setup.Services = services => services.AddDataProtection().SetApplicationName("tests");
        });
        Assert.Contains("PersistKeysTo", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_application_name_outside_Development_refuses_and_names_the_call()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(SecureChatErrors.NoKeyRepository, setup =>
        {
            setup.AddKeyRing = false;
            setup.Services = services => services.Configure<KeyManagementOptions>(static options => options.XmlRepository = new MemoryXmlRepository());
        });
        Assert.Contains("(missing: the application name, SetApplicationName)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E56_An_ephemeral_key_ring_refuses_although_its_options_look_complete()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(
            SecureChatErrors.NoKeyRepository, setup => setup.Services = services => services.AddDataProtection().UseEphemeralDataProtectionProvider());
        Assert.Contains("ephemeral", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_provider_or_Development_needs_no_key_repository()
    {
        await using TestHost vendor = await TestHost.StartAsync(setup =>
        {
            setup.AddKeyRing = false;
            setup.Services = services => services.AddSecureChat().UseKeyEncryption<Vault.RingProvider>();
        });
        Assert.Equal(1, Assert.IsType<Vault.RingProvider>(vendor.App.Services.GetRequiredService<IKeyEncryptionProvider>()).Wraps);
        await using TestHost development = await TestHost.StartAsync(setup =>
        {
            setup.Environment = Environments.Development;
            setup.AddKeyRing = false;
            setup.Services = services => services.AddDataProtection().UseEphemeralDataProtectionProvider();
        });
    }

    [Fact]
    public async Task A_missing_agent_policy_refuses_and_names_the_line()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(SecureChatErrors.PolicyMissing, setup => setup.AddPolicies = false);
        Assert.Contains("builder.Services.AddAuthorization(o => o.AddPolicy(\"SecureChat.Agent\"", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renamed_agent_policy_must_exist_under_its_new_name()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(
            SecureChatErrors.PolicyMissing, setup => setup.Options = static options => options.Agents.AgentPolicy = "Support");
        Assert.Contains("AddPolicy(\"Support\"", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_authentication_scheme_refuses_and_names_the_line()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(SecureChatErrors.SchemeMissing, setup => setup.AddScheme = false);
        Assert.Contains("builder.Services.AddAuthentication(", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_UseSecureChat_refuses_and_names_the_line()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(SecureChatErrors.CallMissing, setup => setup.UseSecureChat = false);
        Assert.Contains("missing: app.UseSecureChat()", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_MapSecureChat_refuses_and_names_the_line()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(SecureChatErrors.CallMissing, setup => setup.MapSecureChat = false);
        Assert.Contains("missing: app.MapSecureChat()", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_missing_AddSecureChat_refuses_at_the_call_and_names_the_line(bool use, bool map)
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(SecureChatErrors.CallMissing, setup =>
        {
            setup.AddSecureChat = false;
            setup.UseSecureChat = use;
            setup.MapSecureChat = map;
        });
        Assert.Contains("missing: builder.Services.AddSecureChat()", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(61)]
    [InlineData(-61)]
    [InlineData(3600)]
    public async Task E7_A_clock_a_minute_off_refuses(int seconds)
    {
        var clock = new SecureChat.Testing.FakeTimeProvider();
        await TestHost.RefusesAsync(SecureChatErrors.ClockSkew, setup =>
        {
            setup.Services = services => services.AddSingleton<TimeProvider>(clock);
            setup.Data.Clock = setup.Keys.Clock = clock;
            setup.Keys.Ahead = TimeSpan.FromSeconds(seconds);
        });
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    [InlineData(-60, 1)]
    public async Task E7_A_clock_a_few_seconds_off_is_a_warning(int seconds, int warnings)
    {
        var clock = new SecureChat.Testing.FakeTimeProvider();
        await using TestHost host = await TestHost.StartAsync(setup =>
        {
            setup.Services = services => services.AddSingleton<TimeProvider>(clock);
            setup.Data.Clock = setup.Keys.Clock = clock;
            setup.Data.Ahead = TimeSpan.FromSeconds(seconds);
        });
        Assert.Equal(warnings, host.Logs.Of("SecureChat", LogLevel.Warning).Count(static text => text.Contains("NTP", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Steps_run_in_order_after_the_stores_and_a_step_that_refuses_stops_the_host()
    {
        var ran = new List<string>();
        var boom = new SecureChatConfigurationException(SecureChatErrors.KeyRingLost);
        await TestHost.RefusesAsync(SecureChatErrors.KeyRingLost, setup => setup.Services = services =>
        {
            services.AddSingleton<IStartupStep>(new Step(20, () => { ran.Add("second"); throw boom; }));
            services.AddSingleton<IStartupStep>(new Step(30, () => ran.Add("third")));
            services.AddSingleton<IStartupStep>(new Step(10, () => ran.Add($"first after {setup.Data.Prepared}{setup.Keys.Prepared}")));
        });
        Assert.Equal(["first after 11", "second"], ran);
    }

    [Fact]
    public async Task Adding_SecureChat_again_changes_nothing_but_options()
    {
        await using TestHost host = await TestHost.StartAsync(static setup => setup.Services = static services =>
        {
            services.AddSecureChat();
            services.AddSecureChat(static options => options.Limits.MessageBytes = 300);
            services.AddSecureChat(static options => options.Limits.FormFields = 3);
        });
        SecureChatOptions options = host.App.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<SecureChatOptions>>().Value;
        Assert.Equal(300, options.Limits.MessageBytes);
        Assert.Equal(3, options.Limits.FormFields);
        Assert.Single(host.App.Services.GetServices<IHostedService>().OfType<StartupChecks>());
        Assert.Equal("SecureChat.Unit.Tests", options.ApplicationId);
    }

    [Fact]
    public async Task Visitors_are_nobody_unless_the_host_says_otherwise()
    {
        await using TestHost host = await TestHost.StartAsync();
        IVisitorIdentity identity = host.App.Services.GetRequiredService<IVisitorIdentity>();
        Assert.Null(await identity.GetSubjectAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "x")], "test")), default));
    }

    [Fact]
    public async Task A_worker_without_a_web_server_needs_no_pipeline()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IMasker, RefusingMasker>();
        builder.Services.AddDataProtection().SetApplicationName("tests");
        builder.Services.Configure<KeyManagementOptions>(static options => options.XmlRepository = new MemoryXmlRepository());
        builder.Services.AddSecureChat().UseRecordStore(static (_, _) => new TestRecordStore());
        using IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true, true, true, null)]
    [InlineData(false, true, true, "SC1003")]
    [InlineData(true, false, true, "SC1012")]
    [InlineData(true, true, false, "SC1012")]
    public async Task A_host_that_maps_its_endpoints_while_it_starts_is_checked_too(bool policy, bool use, bool map, string? code)
    {
        IHostBuilder builder = new HostBuilder().UseEnvironment(Environments.Production).ConfigureWebHost(web => web
            .UseKestrel().UseUrls("http://127.0.0.1:0")
            .ConfigureServices(services =>
            {
                services.AddSingleton<IMasker, RefusingMasker>();
                services.AddDataProtection().SetApplicationName("tests");
                services.Configure<KeyManagementOptions>(static options => options.XmlRepository = new MemoryXmlRepository());
                services.AddAuthentication("test").AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, HeaderAuthentication>("test", null);
                if (policy)
                {
                    services.AddAuthorizationBuilder().AddPolicy("SecureChat.Agent", static agent => agent.RequireRole("agent"));
                }

                services.AddSecureChat().UseRecordStore(static (_, _) => new TestRecordStore());
            })
            .Configure(app =>
            {
                app.UseRouting();
                if (use)
                {
                    app.UseSecureChat();
                }

                app.UseEndpoints(endpoints =>
                {
                    if (map)
                    {
                        endpoints.MapSecureChat();
                    }
                });
            }));
        using IHost host = builder.Build();
        Task start = host.StartAsync(TestContext.Current.CancellationToken);
        if (code is null)
        {
            await start;
            await host.StopAsync(TestContext.Current.CancellationToken);
        }
        else
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<SecureChatConfigurationException>(() => start)).Error.Code);
        }
    }

    private sealed class FixedRuntime(string? version) : IRuntimeVersion
    {
        public Version? AspNetCore { get; } = RuntimeVersion.Parse(version);
    }

    private sealed class Step(int order, Action run) : IStartupStep
    {
        public int Order => order;

        public ValueTask RunAsync(CancellationToken cancellationToken)
        {
            run();
            return ValueTask.CompletedTask;
        }
    }
}
