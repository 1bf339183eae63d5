using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.Masking;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Policies;

/// <summary>What a host's masking options do to messages on the wire: over HTTP and the hub, in code and from configuration.</summary>
public sealed class MaskingPolicyTests
{
    private const string Card = "4242 4242 4242 4242";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_is_blocked_is_not_taken_stored_or_shown_and_its_writer_reads_why()
    {
        await using RunningHost host = await StartAsync(new MaskingRule { Kinds = ["payment-card"], Roles = [ParticipantRole.Visitor], Action = MaskAction.Block });
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        await using HubClient agentScreen = await agent.JoinAsync(visitor.ConversationId, Token);
        await using HubClient visitorScreen = await visitor.JoinAsync(Token);

        Answer refused = await visitor.SayAsync($"my card is {Card}", Token);
        Assert.Equal((422, "SC2003"), (refused.Status, refused.Code));
        Assert.Equal("payment-card", Assert.Single(refused.Json!["kinds"]!.AsArray())!.GetValue<string>());
        Assert.DoesNotContain("4242", refused.Text, StringComparison.Ordinal);
        JsonNode reply = (await visitorScreen.InvokeAsync("Send", new { clientId = VisitorClient.NewId(), text = $"it is {Card}" }, Token))!;
        Assert.Equal(("SC2003", "payment-card"), (reply["error"]!["code"]!.GetValue<string>(), reply["error"]!["kinds"]![0]!.GetValue<string>()));

        // The rule is about visitors; an agent's is masked. The next frame on the agent's screen is the agent's own.
        (await agent.SayAsync(visitor.ConversationId, $"is it {Card}?", Token)).Ok();
        await agentScreen.WaitForAsync("the agent's message", static frame => frame.ToJsonString().Contains("is it", StringComparison.Ordinal), Limit, Token);
        JsonArray events = (await visitor.EventsAsync(Token)).Ok()["events"]!.AsArray();
        Assert.Equal(["is it •••• •••• •••• 4242?"], events.Select(static e => e?["text"]?.GetValue<string>()).OfType<string>());
        Assert.Equal(0, Count(host, "4242424242424242") + Count(host, Card));
    }

    [Fact]
    public async Task The_last_part_of_a_split_card_is_blocked_as_well()
    {
        await using RunningHost host = await StartAsync(new MaskingRule { Kinds = ["payment-card"], Action = MaskAction.Block });
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        (await visitor.SayAsync("4242 4242", Token)).Ok();
        Answer refused = await visitor.SayAsync("4242 4242", Token);
        Assert.Equal("SC2003", refused.Code);
    }

    [Fact]
    public async Task What_is_only_warned_of_stands_and_both_sides_are_told()
    {
        await using RunningHost host = await StartAsync(new MaskingRule { Kinds = ["email"], Action = MaskAction.Warn }, new MaskingRule { Kinds = ["payment-card"], Action = MaskAction.Label });
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        JsonNode sent = (await visitor.SayAsync($"jane@example.com, {Card}, jane@example.com", Token)).Ok();
        Assert.Equal("jane@example.com, [payment-card], jane@example.com", sent["text"]!.GetValue<string>());
        Assert.Equal("""["payment-card"]""", sent["maskedKinds"]!.ToJsonString());
        Assert.Equal("""["email"]""", sent["warnedKinds"]!.ToJsonString());
        JsonNode plain = (await visitor.SayAsync("only jane@example.com", Token)).Ok();
        Assert.Null(plain["maskedKinds"]);
        Assert.Equal("""["email"]""", plain["warnedKinds"]!.ToJsonString());
    }

    [Fact]
    public async Task Options_come_from_configuration_as_they_are_written_in_json()
    {
        const string Json =
            """
            { "SecureChat": { "Masking": { "Engine": {
                "Kinds": ["payment-card", "us-ssn"],
                "Rules": [{ "Kinds": ["us-ssn"], "Action": "Mask", "KeepLast": 2 }, { "Action": "Label", "Label": "(hidden)" }],
                "Patterns": [{ "Kind": "x-order", "Pattern": "\\bORD-\\d{6}\\b", "Words": ["order"] }],
                "MaskCharacter": "*" } } } }
            """;
        IConfiguration configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Json))).Build();
        await using RunningHost host = await RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Before = services => services.AddSecureChat(configuration.GetSection("SecureChat")),
        });
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        JsonNode sent = (await visitor.SayAsync($"{Card}, SSN 523-34-9056, order ORD-123456, a@example.com", Token)).Ok();
        Assert.Equal("(hidden), SSN ***-**-**56, order (hidden), a@example.com", sent["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task Options_on_trial_count_and_do_nothing_else()
    {
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Name == "securechat.masking.trial")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            lock (counted)
            {
                counted.Add($"{count} {string.Join(' ', tags.ToArray().Select(static tag => tag.Value))}");
            }
        });
        listener.Start();
        await using RunningHost host = await RunningHost.StartAsync(static folder => new TestHostOptions
        {
            Folder = folder,
            Configure = static options => options.Masking.Trial = new MaskingEngineOptions
            {
                Policy = new MaskingPolicy { Rules = [new MaskingRule { Kinds = ["x-trial"], Action = MaskAction.Block }] },
                Patterns = [new MaskingPattern { Kind = "x-trial", Pattern = @"\bTRIAL-\d{6}\b" }],
                Kinds = [],
            },
        });
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        Assert.Equal("TRIAL-123456", (await visitor.SayAsync("TRIAL-123456", Token)).Ok()["text"]!.GetValue<string>());
        lock (counted)
        {
            Assert.Equal("1 x-trial block visitor", Assert.Single(counted, static line => line.Contains("x-trial", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("a dry run", "Masking.Trial")]
    [InlineData("a seal of everything", "TakesFromText(DataKinds.PaymentCard)")]
    [InlineData("a seal without a form", "seals \"iban\", but no form takes it")]
    [InlineData("an unknown kind", "payment-card")]
    [InlineData("a detector without a kind", "names no kind")]
    [InlineData("a pattern that could run away", "could run away")]
    [InlineData("a trial that is wrong", "Masking.Trial: ")]
    public async Task E56_masking_options_that_are_wrong_refuse_to_start_and_say_how(string what, string says)
    {
        using var folder = new TempFolder();
        SecureChatException refusal = await SetUp.SetUpErrorTests.RefusalAsync(new TestHostOptions
        {
            Folder = folder.Path,
            Configure = options =>
            {
                options.Masking.Engine = what switch
                {
                    "a dry run" => new MaskingEngineOptions { Policy = new MaskingPolicy { IsDryRun = true } },
                    "a seal of everything" => new MaskingEngineOptions { Policy = new MaskingPolicy { Rules = [new MaskingRule { Action = MaskAction.Seal }] } },
                    "a seal without a form" => new MaskingEngineOptions { Policy = new MaskingPolicy { Rules = [new MaskingRule { Kinds = ["iban"], Action = MaskAction.Seal }] } },
                    "an unknown kind" => new MaskingEngineOptions { Kinds = ["payment-cart"] },
                    "a pattern that could run away" => new MaskingEngineOptions { Patterns = [new MaskingPattern { Kind = "x-a", Pattern = @"(\d)\1" }] },
                    _ => options.Masking.Engine,
                };
                options.Masking.Trial = what == "a trial that is wrong" ? new MaskingEngineOptions { Kinds = ["nothing"] } : null;
            },
            After = chat =>
            {
                if (what == "a detector without a kind")
                {
                    chat.AddDetector<KindlessDetector>();
                }
            },
        });
        Assert.Equal("SC1001", refusal.Error.Code);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_detector_of_the_host_is_found_once_however_often_it_is_added()
    {
        await using RunningHost host = await RunningHost.StartAsync(static folder => new TestHostOptions
        {
            Folder = folder,
            After = static chat =>
            {
                // The other detectors of this assembly are wrong on purpose.
                chat.AddDetector<ProjectDetector>().AddDetector<ProjectDetector>();
            },
        });
        Assert.Single(host.App.Services.GetServices<ISensitiveDataDetector>());
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        JsonNode sent = (await visitor.SayAsync("about project bluebird", Token)).Ok();
        Assert.Equal(("about project ••••••••", "x-project"), (sent["text"]!.GetValue<string>(), sent["maskedKinds"]![0]!.GetValue<string>()));
    }

    [Fact]
    public void An_assembly_is_searched_for_detectors_and_each_class_is_added_once()
    {
        var services = new ServiceCollection();
        services.AddSecureChat().AddDetector<ProjectDetector>().AddDetectorsFromAssembly(typeof(ProjectDetector).Assembly).AddDetectorsFromAssembly(typeof(ProjectDetector).Assembly);
        Assert.Equal(
            [nameof(BlockingDetector), nameof(KindlessDetector), nameof(ProjectDetector), nameof(ThrowingDetector)],
            services.Where(static service => service.ServiceType == typeof(ISensitiveDataDetector)).Select(static service => service.ImplementationType!.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task P6_a_detector_that_throws_holds_three_messages_and_then_health_says_that_it_is_off()
    {
        await using RunningHost host = await RunningHost.StartAsync(static folder => new TestHostOptions { Folder = folder, After = static chat => chat.AddDetector<ThrowingDetector>() });
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(HealthStatus.Healthy, (await HealthAsync(host)).Status);
            Answer held = await visitor.SayAsync($"my card is {Card}", Token);
            Assert.Equal((503, "SC2001"), (held.Status, held.Code));
        }

        HealthReportEntry health = await HealthAsync(host);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains(nameof(ThrowingDetector), health.Description, StringComparison.Ordinal);
        Assert.Equal("my card is •••• •••• •••• 4242", (await visitor.SayAsync($"my card is {Card}", Token)).Ok()["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task P6_a_detector_that_never_comes_back_holds_the_message_and_not_the_host()
    {
        var gate = new Gate();
        await using RunningHost host = await RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Configure = static options => options.Masking.Timeout = TimeSpan.FromSeconds(0.5),
            Before = services => services.AddSingleton(gate),
            After = static chat => chat.AddDetector<BlockingDetector>(),
        });
        try
        {
            using VisitorClient visitor = host.Visitor();
            await visitor.StartAsync(Token);
            for (int i = 0; i < 3; i++)
            {
                Answer held = await visitor.SayAsync($"my card is {Card}", Token);
                Assert.Equal((503, "SC2001"), (held.Status, held.Code));
            }

            // The third has hung for long enough when the fourth comes.
            Assert.Equal("my card is •••• •••• •••• 4242", (await visitor.SayAsync($"my card is {Card}", Token)).Ok()["text"]!.GetValue<string>());
            Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(host)).Status);
        }
        finally
        {
            gate.Open.Set();
        }
    }

    private static Task<RunningHost> StartAsync(params MaskingRule[] rules) => RunningHost.StartAsync(folder => new TestHostOptions
    {
        Folder = folder,
        Configure = options => options.Masking.Engine = new MaskingEngineOptions { Policy = new MaskingPolicy { Rules = rules } },
    });

    private static async Task<HealthReportEntry> HealthAsync(RunningHost host) =>
        (await host.App.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(static check => check.Name == "securechat-masking", Token)).Entries["securechat-masking"];

    private static int Count(RunningHost host, string text) =>
        Directory.EnumerateFiles(host.Folder, "*", SearchOption.AllDirectories).Count(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
        });

    internal sealed class Gate
    {
        public ManualResetEventSlim Open { get; } = new();
    }

    internal sealed class ProjectDetector : ISensitiveDataDetector
    {
        public IReadOnlyList<string> Kinds => ["x-project"];

        public void Detect(ReadOnlySpan<char> text, SensitiveDataCandidates candidates)
        {
            int at = text.IndexOf("bluebird", StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                candidates.Add("x-project", at, 8);
            }
        }
    }

    internal sealed class KindlessDetector : ISensitiveDataDetector
    {
        public IReadOnlyList<string> Kinds => [];

        public void Detect(ReadOnlySpan<char> text, SensitiveDataCandidates candidates)
        {
        }
    }

    internal sealed class ThrowingDetector : ISensitiveDataDetector
    {
        public IReadOnlyList<string> Kinds => ["x-thrown"];

        public void Detect(ReadOnlySpan<char> text, SensitiveDataCandidates candidates) => throw new InvalidOperationException(text.ToString());
    }

    internal sealed class BlockingDetector(Gate gate) : ISensitiveDataDetector
    {
        public IReadOnlyList<string> Kinds => ["x-blocked"];

        public void Detect(ReadOnlySpan<char> text, SensitiveDataCandidates candidates) => gate.Open.Wait(TimeSpan.FromMinutes(2));
    }
}
