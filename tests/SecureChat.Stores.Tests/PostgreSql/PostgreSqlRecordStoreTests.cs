using SecureChat.Conformance;
using SecureChat.Stores.PostgreSql;

namespace SecureChat.Stores.Tests.PostgreSql;

[ConformanceOf(typeof(PostgreSqlRecordStore))]
public sealed class PostgreSqlRecordStoreTests(PostgreSqlServer server) : PostgreSqlConformanceTests(server, isEvent: false);

/// <summary>The same clauses on the table of events.</summary>
[ConformanceOf(typeof(PostgreSqlRecordStore))]
public sealed class PostgreSqlEventTableTests(PostgreSqlServer server) : PostgreSqlConformanceTests(server, isEvent: true);

public abstract class PostgreSqlConformanceTests(PostgreSqlServer server, bool isEvent) : RecordStoreConformanceTests
{
    private readonly Dictionary<IRecordStore, PostgreSqlStoreOptions> _options = [];

    protected override async ValueTask<IRecordStore> CreateAsync() => Open(await server.OptionsAsync());

    protected override async ValueTask<IRecordStore> ReopenAsync(IRecordStore store)
    {
        await ((PostgreSqlRecordStore)store).DisposeAsync();
        return Open(_options[store]);
    }

    protected override ValueTask<IRecordStore> OpenAnotherAsync(IRecordStore store) => new(Open(_options[store]));

    private PostgreSqlRecordStore Open(PostgreSqlStoreOptions options)
    {
        var store = new PostgreSqlRecordStore(options, RecordStoreSlot.Data, _ => isEvent);
        _options.Add(store, options);
        return store;
    }
}
