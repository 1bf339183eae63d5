using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;
using SecureChat.Testing;
using SecureChat.Unit.Tests.Vault;

namespace SecureChat.Unit.Tests;

/// <summary>
/// The whole product without a web server: hosts over two stores, a key service and a clock in the test's hands. What is asked of it
/// goes through the services that endpoints use, with a real key ring, real ciphertext and a real audit log.
/// </summary>
internal sealed class ProductBed : IAsyncDisposable
{
    public const string Pan = "4242424242424242";
    public const string Code = "737";

    public static readonly PrivacyNotice Notice = new() { Key = "payments-v1", Version = "1", Language = "en", Text = "We use this to take your payment." };

    private readonly List<BedHost> _hosts = [];

    public FakeTimeProvider Time { get; } = new();

    public TestRecordStore Data { get; init; } = new();

    public TestRecordStore Keys { get; init; } = new();

    public RingProvider Provider { get; init; } = new();

    /// <summary>What every host registers besides: before SecureChat, so that it wins.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    public Action<SecureChatOptions>? Options { get; init; }

    /// <summary>Another bed over copies of these stores as they are now, at the same time of day.</summary>
    public ProductBed Restored(TestRecordStore? data = null, TestRecordStore? keys = null)
    {
        var bed = new ProductBed { Data = data ?? Data.Copy(), Keys = keys ?? Keys.Copy(), Provider = Provider };
        bed.Time.Advance(Time.GetUtcNow() - bed.Time.GetUtcNow());
        return bed;
    }

    public async Task<BedHost> StartHostAsync(bool startRing = true)
    {
        Data.Clock = Keys.Clock = Time;
        var host = new BedHost(this);
        _hosts.Add(host);
        if (startRing)
        {
            await host.Get<KeyRing>().StartAsync(TestContext.Current.CancellationToken);
        }

        return host;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BedHost host in _hosts)
        {
            await host.DisposeAsync();
        }
    }
}

/// <summary>One host of a <see cref="ProductBed"/>.</summary>
internal sealed class BedHost : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    public BedHost(ProductBed bed, bool providerLast = false)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IHostApplicationLifetime, ApplicationLifetime>();
        services.AddSingleton<IHostEnvironment>(new HostingEnvironment { ApplicationName = "tests", EnvironmentName = Environments.Production });
        services.AddSingleton<TimeProvider>(bed.Time);
        if (!providerLast)
        {
            services.AddSingleton<IKeyEncryptionProvider>(bed.Provider);
        }

        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        bed.Services?.Invoke(services);
        if (providerLast)
        {
            services.AddSingleton<IKeyEncryptionProvider>(bed.Provider);
        }

        services.AddSecureChat(options =>
            {
                options.Limits.ConversationsPerAddressPerMinute = 10_000;
                bed.Options?.Invoke(options);
            })
            .UseRecordStore((_, slot) => slot == RecordStoreSlot.Data ? bed.Data : bed.Keys)
            .AddNotice(ProductBed.Notice)
            .AddForm("card-payment", static form => form.Purpose("Pay your order").Notice("payments-v1").CardNumber("pan").CardExpiry("exp").SecurityCode("cvc"))
            .AddForm("contact", static form => form.Purpose("Call you back").Notice("payments-v1").Phone("phone"));
        _provider = services.BuildServiceProvider(validateScopes: true);
        Bed = bed;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ProductBed Bed { get; }

    public LogCapture Logs { get; } = new();

    public FormService Forms => Get<FormService>();

    public FormRecords Records => Get<FormRecords>();

    public RecordVault Vault => (RecordVault)Get<IVault>();

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    public async Task<Conversation> StartConversationAsync() =>
        (await Get<Conversations>().StartAsync(principal: null, type: null, address: null, Token)).Value!.Conversation;

    /// <summary>A conversation with an open request.</summary>
    public async Task<(string Conversation, string Request)> RequestAsync(string form = "card-payment", string? conversation = null)
    {
        string id = conversation ?? (await StartConversationAsync()).Id;
        Outcome<FormRequestResult> requested = await Forms.RequestAsync(id, form, ParticipantRole.Agent, "agent-1", Token);
        Assert.True(requested.IsSuccess, requested.Error?.Code);
        return (id, requested.Value.RequestId!);
    }

    /// <summary>A conversation with a submitted form, through the vault.</summary>
    public async Task<SealedForm> SealAsync(string? conversation = null)
    {
        (string id, string request) = await RequestAsync(conversation: conversation);
        SealResult result = await Vault.SealAsync(SealRequest(id, request), Token);
        Assert.Equal(SealOutcome.Sealed, result.Outcome);
        return new SealedForm(id, request, result.Values);
    }

    public static SealRequest SealRequest(string conversation, string request, string submission = "submission-000001", string pan = ProductBed.Pan) => new()
    {
        ConversationId = conversation,
        RequestId = request,
        SubmissionId = submission,
        ConsentId = "consent-1",
        Fields =
        [
            Field("pan", "Card number", DataClass.AccountData, pan, "•••• 4242", TimeSpan.FromMinutes(30)),
            Field("exp", "Expiry date", DataClass.AccountData, "12/29", "••••", TimeSpan.FromMinutes(30)),
            Field("cvc", "Security code", DataClass.AuthenticationData, ProductBed.Code, "•••", TimeSpan.FromMinutes(5)),
        ],
    };

    public static FormSubmission Submission(string submission = "submission-000001", string pan = ProductBed.Pan, ShownConsent? consent = null, bool hasConsent = true)
    {
        Assert.True(Answers.TryParse(JsonSerializer.SerializeToUtf8Bytes(new { pan, exp = "12/29", cvc = ProductBed.Code }), out Answers? answers));
        return new FormSubmission { SubmissionId = submission, Consent = hasConsent ? consent ?? Shown() : null, Fields = answers };
    }

    public static ShownConsent Shown(bool given = true, string version = "1", string language = "en", string? sha256 = null) =>
        new() { Given = given, Version = version, Language = language, Sha256 = sha256 ?? ProductBed.Notice.Sha256 };

    public async Task<Outcome<FormCard>> SubmitAsync(
        string conversation, string request, string submission = "submission-000001", string pan = ProductBed.Pan, ShownConsent? consent = null, bool hasConsent = true)
    {
        using FormSubmission submitted = Submission(submission, pan, consent, hasConsent);
        return await Forms.SubmitAsync(conversation, request, submitted, Token);
    }

    /// <summary>A conversation with a form that a visitor submitted, consent included.</summary>
    public async Task<SealedForm> SubmitNewAsync()
    {
        (string conversation, string request) = await RequestAsync();
        Outcome<FormCard> card = await SubmitAsync(conversation, request);
        Assert.True(card.IsSuccess, card.Error?.Code);
        return new SealedForm(conversation, request, await Vault.DescribeAsync(conversation, request, Token));
    }

    /// <summary>The receipt of an intent to reveal all values of a form.</summary>
    public ValueTask<AuditReceipt> IntendAsync(SealedForm form, AuditAction action = AuditAction.RevealIntent, string? request = null, params string[] values) =>
        Get<AuditLog>().AppendAsync(
            new AuditFact
            {
                Action = action,
                Outcome = AuditOutcome.Intended,
                Actor = ParticipantRole.Agent,
                ActorId = "agent-1",
                ConversationId = form.Conversation,
                RequestId = request ?? form.Request,
                ValueIds = values.Length > 0 ? values : form.ValueIds,
            },
            Token);

    public async Task<ClaimResult> ClaimAsync(SealedForm form, Browser browser, AuditReceipt? intent = null, params string[] values) =>
        await Vault.ClaimAsync(
            new ClaimRequest
            {
                ConversationId = form.Conversation,
                RequestId = form.Request,
                ValueIds = values.Length > 0 ? values : form.ValueIds,
                ClaimId = browser.ClaimId,
                AgentId = browser.AgentId,
                Role = AgentRole.Agent,
                SessionId = browser.SessionId,
                Key = browser.Key,
                Window = TimeSpan.FromSeconds(60),
                Intent = intent ?? await IntendAsync(form),
            },
            Token);

    public async Task<ReleaseResult> ReleaseAsync(SealedForm form, Browser browser) =>
        await Vault.ReleaseAsync(
            new ReleaseRequest
            {
                ConversationId = form.Conversation,
                RequestId = form.Request,
                ClaimId = browser.ClaimId,
                AgentId = browser.AgentId,
                SessionId = browser.SessionId,
                Key = browser.Key,
                Sealer = new ReleaseSealer(browser.Key, Get<ApplicationIdentity>().Value, form.Conversation, form.Request, browser.ClaimId),
            },
            Token);

    public async Task<DestroyResult> AcknowledgeAsync(SealedForm form, Browser browser) =>
        await Vault.AcknowledgeAsync(
            new AcknowledgeRequest
            {
                ConversationId = form.Conversation,
                RequestId = form.Request,
                ClaimId = browser.ClaimId,
                AgentId = browser.AgentId,
                SessionId = browser.SessionId,
            },
            Token);

    public static SealField Field(string key, string label, DataClass dataClass, string value, string preview, TimeSpan lives) => new()
    {
        FieldKey = key,
        Label = label,
        DataClass = dataClass,
        Value = Encoding.UTF8.GetBytes(value),
        MaskedPreview = preview,
        LivesFor = lives,
        SingleDelivery = dataClass == DataClass.AuthenticationData,
    };

    public async Task<FormRecord> FormAsync(SealedForm form) => (await Records.FindAsync(form.Conversation, form.Request, Token))!;

    public async Task SweepAsync() => await Get<Sweeper>().SweepAsync(Token);

    public async Task<IReadOnlyList<ConversationEvent>> EventsAsync(string conversation) =>
        (await Get<ConversationEvents>().ListAsync(conversation, 0, 1000, Token)).Events;

    /// <summary>Everything in the audit log, which verifies.</summary>
    public async Task<IReadOnlyList<AuditEntry>> AuditAsync()
    {
        AuditVerification verified = await AuditVerifier.VerifyAsync(Bed.Data, [], progress: null, Token);
        Assert.True(verified.IsIntact, verified.ToString());
        return await Get<AuditLog>().ListAsync(0, 1000, Token);
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}

/// <summary>A submitted form and its values, in order of the fields.</summary>
internal sealed record SealedForm(string Conversation, string Request, IReadOnlyList<SealedValue> Values)
{
    public string[] ValueIds => [.. Values.Select(static value => value.ValueId)];

    public string IdOf(string field) => Values.Single(value => value.FieldKey == field).ValueId;

    public RecordKey RecordKey => FormRecords.KeyOf(Conversation, Request);

    public RecordKey ReleaseKeyOf(string field) => new() { Kind = RecordKinds.ReleaseKey, Partition = Conversation, Id = IdOf(field) };
}

/// <summary>An agent's browser with the key of one claim.</summary>
internal sealed class Browser : IDisposable
{
    private readonly ECDiffieHellman _pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public Browser(string agentId = "agent-1", string? sessionId = null, string? claimId = null)
    {
        AgentId = agentId;
        SessionId = sessionId ?? "session-" + agentId;
        ClaimId = claimId ?? "claim-" + SecureChatId.New();
        byte[] point = new byte[P256Point.Length];
        P256Point.Export(_pair, point);
        Assert.True(Hpke.TryParseClaimKey(point, out ClaimKey? key));
        Key = key;
    }

    public string AgentId { get; }

    public string SessionId { get; }

    public string ClaimId { get; }

    public ClaimKey Key { get; }

    /// <summary>What the browser reads, by field.</summary>
    public Dictionary<string, string> Open(SealedForm form, ReleaseResult release) => release.Values.ToDictionary(
        static value => value.FieldKey,
        value => Encoding.UTF8.GetString(Hpke.Open(
            _pair,
            value.Envelope.EncapsulatedKey.Span,
            AssociatedData.Build("SecureChat release v1", "tests"),
            AssociatedData.Build(form.Conversation, form.Request, ClaimId, value.ValueId, value.FieldKey),
            value.Envelope.Ciphertext.Span)),
        StringComparer.Ordinal);

    public void Dispose() => _pair.Dispose();
}
