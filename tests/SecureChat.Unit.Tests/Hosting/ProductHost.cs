using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Masking;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests;

/// <summary>The whole product on stores in memory and a clock of the test, called past HTTP: for what no caller could time from outside.</summary>
internal sealed class ProductHost : IAsyncDisposable
{
    private readonly TestHost _host;

    private ProductHost(TestHost host, HostSetup setup, FakeTimeProvider time)
    {
        _host = host;
        Setup = setup;
        Time = time;
    }

    public FakeTimeProvider Time { get; }

    public HostSetup Setup { get; }

    public TestHost Host => _host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ProductHost> StartAsync(Action<HostSetup>? configure = null)
    {
        var time = new FakeTimeProvider();
        HostSetup? used = null;
        TestHost host = await TestHost.StartAsync(setup =>
        {
            used = setup;
            setup.Environment = "Development";
            setup.Data.Clock = time;
            setup.Keys.Clock = time;
            configure?.Invoke(setup);
            Action<IServiceCollection>? more = setup.Services;
            setup.Services = services =>
            {
                services.AddSingleton<TimeProvider>(time);
                services.AddSingleton<IMasker, EngineMasker>();
                services.AddSecureChat()
                    .AddNotice(new PrivacyNotice { Key = "n", Version = "1", Language = "en", Text = "We use it once." })
                    .AddForm("card", static form => form.Purpose("Pay").Notice("n").CardNumber("pan").SecurityCode("cvc"));
                more?.Invoke(services);
            };
        });
        return new ProductHost(host, used!, time);
    }

    public T Get<T>()
        where T : notnull => _host.App.Services.GetRequiredService<T>();

    public async Task<string> StartConversationAsync() =>
        (await Get<Conversations>().StartAsync(principal: null, type: null, address: null, Token)).Value!.Conversation.Id;

    public async Task<string> RequestAsync(string conversationId) =>
        (await Get<FormService>().RequestAsync(conversationId, "card", ParticipantRole.Application, actorId: null, Token)).Value!.RequestId!;

    public async Task<Outcome<FormCard>> SubmitAsync(string conversationId, string requestId, string? submissionId = null)
    {
        PrivacyNotice notice = Get<NoticeCatalog>().Current("n", "en")!;
        byte[] json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            submissionId = submissionId ?? SecureChatId.New(),
            consent = new { given = true, version = notice.Version, language = notice.Language, sha256 = notice.Sha256 },
            fields = new { pan = "4242424242424242", cvc = "737" },
        }));
        using FormSubmission submission = JsonSerializer.Deserialize<FormSubmission>(json, SecureChatJson.Options)!;
        return await Get<FormService>().SubmitAsync(conversationId, requestId, submission, Token);
    }

    public async Task<FormRecord> FormAsync(string conversationId, string requestId) =>
        (await Get<FormRecords>().FindAsync(conversationId, requestId, Token))!;

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
