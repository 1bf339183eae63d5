using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Conformance;
using SecureChat.Masking;
using SecureChat.Stores.PostgreSql;
using SecureChat.Stores.Tests.PostgreSql;
using SecureChat.Testing;

namespace SecureChat.Stores.Tests.Conformance;

[ConformanceOf(typeof(RecordConsentStore))]
public sealed class RecordConsentStoreTests : ConsentStoreConformanceTests
{
    private readonly TestFolder _folder = new();

    protected override async ValueTask<IConsentStore> CreateAsync()
    {
        var data = new SqliteRecordStore(_folder.File("data.db"), TimeProvider.System);
        await data.PrepareAsync(CancellationToken.None);
        var options = new SecureChatOptions();
        options.Storage.OperationTimeout = TimeSpan.FromSeconds(60);
        return new RecordConsentStore(new SecureChatStores(data, data, Options.Create(options), TimeProvider.System));
    }

    protected override ValueTask<IConsentStore> ReopenAsync(IConsentStore store) => CreateAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

[ConformanceOf(typeof(JsonLinesAuditSink))]
public sealed class JsonLinesAuditSinkTests : AuditSinkConformanceTests
{
    private readonly TestFolder _folder = new();

    protected override ValueTask<IAuditSink> CreateAsync() => new(new JsonLinesAuditSink(_folder.File("audit"), TimeProvider.System));

    protected override ValueTask<IAuditSink> ReopenAsync(IAuditSink sink) => CreateAsync();

    protected override async ValueTask<IReadOnlyList<string>> ReadAsync(IAuditSink sink)
    {
        var ids = new List<string>();
        string folder = _folder.File("audit");
        foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            foreach (string line in await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
            {
                using JsonDocument document = JsonDocument.Parse(line);
                ids.Add(document.RootElement.GetProperty("entry").GetProperty("id").GetString()!);
            }
        }

        return ids;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

[ConformanceOf(typeof(RecordedAudit))]
public sealed class RecordedAuditTests : AuditSinkConformanceTests
{
    protected override Capability Keeping => Capability.Missing("It is for one test, and forgets with it.");

    protected override ValueTask<IAuditSink> CreateAsync() => new(new RecordedAudit());

    protected override ValueTask<IReadOnlyList<string>> ReadAsync(IAuditSink sink) => new([.. ((RecordedAudit)sink).Entries.Select(static entry => entry.Id)]);
}

[ConformanceOf(typeof(EngineMasker))]
public sealed class EngineMaskerTests : MaskerConformanceTests
{
    protected override IReadOnlyList<(string Text, string Hidden)> Sensitive =>
    [
        .. base.Sensitive,
        ("IBAN DE89370400440532013000, please", "DE89370400440532013000"),
        ("my SSN is 536-22-8726", "536-22-8726"),
        ("card \uFF14\uFF12\uFF14\uFF124242 4242 4242", "\uFF14\uFF12\uFF14\uFF124242 4242 4242"),
        ("write to anna.schmidt@example.com", "anna.schmidt@example.com"),
    ];

    protected override ValueTask<IMasker> CreateAsync() => new(new EngineMasker());
}

[ConformanceOf(typeof(PostgreSqlConversationFeed))]
public sealed class PostgreSqlFeedTests(PostgreSqlServer server) : ConversationFeedConformanceTests
{
    private PostgreSqlStoreOptions? _options;

    protected override async ValueTask<IConversationFeed> CreateAsync() => new PostgreSqlConversationFeed(_options ??= await server.OptionsAsync());
}
