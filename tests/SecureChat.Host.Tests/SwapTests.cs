using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.Driver;
using SecureChat.Host.Tests.Vendor;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests;

/// <summary>A vendor's class in every seam at once: the main job runs through it, however it was registered.</summary>
public sealed class SwapTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public enum Registration
    {
        PlainBefore,
        CallBefore,
        PlainAfter,
        CallAfter,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Registration.PlainBefore)]
    [InlineData(Registration.CallBefore)]
    [InlineData(Registration.PlainAfter)]
    [InlineData(Registration.CallAfter)]
    public async Task The_whole_main_job_runs_through_vendor_classes_wherever_they_are_registered(Registration registration)
    {
        using var faults = new Faults();
        await using RunningHost host = await RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Environment = "Development",
            NamesNoStore = true,
            Configure = static options =>
            {
                options.Lifetimes.SweepInterval = TimeSpan.FromSeconds(1);
                options.Lifetimes.Transcript = TimeSpan.Zero;
            },
            Before = services =>
            {
                services.AddSingleton(faults);
                if (registration == Registration.PlainBefore)
                {
                    RegisterPlain(services);
                }
                else if (registration == Registration.CallBefore)
                {
                    RegisterByCalls(services.AddSecureChat());
                }
            },
            After = chat =>
            {
                if (registration == Registration.PlainAfter)
                {
                    RegisterPlain(chat.Services);
                }
                else if (registration == Registration.CallAfter)
                {
                    RegisterByCalls(chat);
                }
            },
        });

        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        await using HubClient visitorScreen = await visitor.JoinAsync(Token);
        await using HubClient agentScreen = await agent.JoinAsync(visitor.ConversationId, Token);

        // The vendor's masker: its own mask stands on both screens.
        (await visitor.SayAsync("my card is 5555 5555 5555 4444 ok", Token)).Ok();
        await agentScreen.WaitForAsync("the masked message", static frame => Event(frame)?["text"]?.GetValue<string>() == "my card is [card] ok", Limit, Token);

        // The vendor's vault: sealed, seen by one browser, again inside the window without the security code, not by another.
        string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
        string submissionId = VisitorClient.NewId();
        JsonNode card = (await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token, submissionId)).Ok();
        var submitted = new SubmittedCard(visitor.ConversationId, requestId, Scenario.Ids(card));
        Assert.All(submitted.ValueIds, static id => Assert.StartsWith("v-", id, StringComparison.Ordinal));
        Assert.Equal(submitted.ValueIds, Scenario.Ids((await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token, submissionId)).Ok()));
        Assert.Equal("SC6017", (await visitor.SubmitAsync(requestId, Scenario.CardFields("738"), Token, submissionId)).Code);

        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(submitted, browser);
        Dictionary<string, string> values = AgentClient.Open((await agent.RevealAsync(submitted, browser)).Ok(), visitor.ConversationId, requestId, browser);
        Assert.Equal((Scenario.Card, Scenario.Expiry, "737"), (values["pan"], values["exp"], values["cvc"]));
        JsonNode again = (await agent.RevealAsync(submitted, browser, reason: null)).Ok();
        Assert.Equal(["exp", "pan"], AgentClient.Open(again, visitor.ConversationId, requestId, browser).Keys.Order());
        using var other = new ClaimingBrowser();
        await agent.StepUpAsync(submitted, other);
        Assert.Equal("SC3005", (await agent.RevealAsync(submitted, other)).Code);
        JsonNode seen = (await agent.AcknowledgeAsync(visitor.ConversationId, requestId, browser, Token)).Ok();
        Assert.All(seen["values"]!.AsArray(), static value => Assert.NotNull(value!["deletedAt"]));
        Assert.Equal(("SC3004", 410), ((await agent.RevealAsync(submitted, browser)).Code, (await agent.RevealAsync(submitted, browser)).Status));
        await visitorScreen.WaitForAsync("\"deleted\"", static frame => Event(frame)?["form"]?["values"]?.AsArray() is { Count: 3 } all && all.All(static value => value!["deletedAt"] is not null), Limit, Token);

        // The vendor's consent store: withdrawn, and a privacy officer reads both.
        string second = await agent.RequestFormAsync(visitor.ConversationId, "identity", Token);
        var identity = new Dictionary<string, string> { ["ssn"] = "078-05-1120", ["password"] = "wasserfall-und-mondlicht" };
        JsonNode secondCard = (await visitor.SubmitAsync(second, identity, Token)).Ok();
        JsonNode withdrawn = (await visitor.ActAsync(second, "withdraw", Token)).Ok();
        Assert.All(withdrawn["values"]!.AsArray(), static value => Assert.NotNull(value!["deletedAt"]));
        using var late = new ClaimingBrowser();
        var gone = new SubmittedCard(visitor.ConversationId, second, Scenario.Ids(secondCard));
        await agent.StepUpAsync(gone, late);
        Assert.Equal("SC3004", (await agent.RevealAsync(gone, late)).Code);
        using AgentClient officer = host.Agent("olga", "s3", "PrivacyOfficer");
        JsonNode consents = (await officer.GetAsync($"chat/agent/privacy/conversations/{visitor.ConversationId}/consents", Token)).Ok()["consents"]!;
        Assert.Equal(2, consents.AsArray().Count);
        Assert.Single(consents.AsArray(), static consent => consent!["withdrawnAt"] is not null);

        // The end; the sweeper destroys the transcript at once.
        (await visitor.CloseAsync(Token)).Ok();
        await EventuallyAsync("the transcript is deleted from the vendor's store and both stores are scrubbed", () =>
            faults.Calls.ContainsKey("data.delete-partition.conversation-event") && faults.Calls.ContainsKey("data.scrub") && faults.Calls.ContainsKey("keys.scrub"));

        string[] members =
        [
            "masker.mask",
            "vault.seal", "vault.claim", "vault.release", "vault.acknowledge", "vault.destroy", "vault.describe",
            "consent.record", "consent.find", "consent.withdraw", "consent.list",
            "sink.write",
            .. from slot in (string[])["data", "keys"]
               from operation in (string[])["prepare", "insert", "get", "list", "list-due", "delete", "scrub", "get-time"]
               select $"{slot}.{operation}",
            "data.replace", "data.delete-partition",
        ];
        Assert.All(members, member => Assert.True(
            faults.Calls.Any(call => (call.Key == member || call.Key.StartsWith(member + ".", StringComparison.Ordinal)) && call.Value > 0),
            $"{member} was never called"));

        // Nothing of it was ever given to the vendor's store, to the log's files or to another party.
        var stored = new MemoryStream();
        foreach (RecordStoreSlot slot in Enum.GetValues<RecordStoreSlot>())
        {
            var store = (CountedStore)host.App.Services.GetRequiredKeyedService<IRecordStore>(slot);
            foreach (ReadOnlyMemory<byte> body in store.Bodies)
            {
                stored.Write(body.Span);
            }
        }

        foreach (string file in Directory.EnumerateFiles(host.Folder, "*", SearchOption.AllDirectories))
        {
            stored.Write(await StoreFiles.ReadAsync(file, Token));
        }

        foreach (string text in (string[])[.. visitor.Received, .. agent.Received, .. visitorScreen.Frames, .. agentScreen.Frames])
        {
            stored.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        Assert.Empty(ByteHunt.Find(stored.ToArray(), Scenario.Card, "5555555555554444", "078051120", "wasserfall-und-mondlicht"));
    }

    [Fact]
    public async Task A_later_call_replaces_and_the_last_plain_registration_wins()
    {
        using var faults = new Faults();
        await using RunningHost host = await RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Before = services => services.AddSingleton(faults).AddSingleton<IMasker, Acme.AcmeMasker>(),
            After = static chat => chat.UseMasker<Acme.AcmeMasker>().UseMasker<FaultyMasker>(),
        });
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        (await visitor.SayAsync("hello", Token)).Ok();
        Assert.Equal(1, faults.Calls["masker.mask"]);
    }

    [Fact]
    public async Task P4_a_sink_registered_plainly_is_required_and_blocks_a_reveal_when_it_fails()
    {
        using var faults = new Faults();
        await using RunningHost host = await RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Before = services => services.AddSingleton(faults).AddSingleton<IAuditSink, FaultySink>(),
        });
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        faults.Arm(static member => member == "sink.write", Fault.Throw);
        Answer refused = await agent.RevealAsync(card, browser);
        Assert.Equal((503, "SC5002"), (refused.Status, refused.Code));
        Assert.False(Party.HasEnvelope(refused));
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task A_store_registered_without_a_slot_is_not_silently_left_out(string environment)
    {
        using var faults = new Faults();
        var refused = await Assert.ThrowsAsync<SecureChatConfigurationException>(() => RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Environment = environment,
            NamesNoStore = true,
            Before = static services => services.AddSingleton<IRecordStore, Acme.AcmeRecordStore>(),
        }));
        Assert.Equal("SC1002", refused.Error.Code);
        Assert.Contains("UseRecordStore", refused.Message, StringComparison.Ordinal);
    }

    private static JsonNode? Event(JsonObject frame) => frame["arguments"]?.AsArray().FirstOrDefault();

    private static void RegisterPlain(IServiceCollection services)
    {
        services.AddSingleton<IMasker, FaultyMasker>();
        services.AddSingleton<IVault, FaultyVault>();
        services.AddSingleton<IConsentStore, FaultyConsentStore>();
        services.AddSingleton<IAuditSink, FaultySink>();
        foreach (RecordStoreSlot slot in Enum.GetValues<RecordStoreSlot>())
        {
            services.AddKeyedSingleton<IRecordStore, CountedStore>(slot);
        }
    }

    private static void RegisterByCalls(ISecureChatBuilder chat) =>
        chat.UseMasker<FaultyMasker>().UseVault<FaultyVault>().UseConsentStore<FaultyConsentStore>().AddAuditSink<FaultySink>().UseRecordStore<CountedStore>();

    private static async Task EventuallyAsync(string what, Func<bool> holds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        long start = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, $"This did not happen within {Limit.TotalSeconds} s: {what}.");
            await timer.WaitForNextTickAsync(Token);
        }
    }
}
