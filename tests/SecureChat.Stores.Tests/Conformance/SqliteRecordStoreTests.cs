using SecureChat.Conformance;

namespace SecureChat.Stores.Tests.Conformance;

[ConformanceOf(typeof(SqliteRecordStore))]
public sealed class SqliteRecordStoreTests : RecordStoreConformanceTests
{
    private readonly TestFolder _folder = new();
    private readonly Dictionary<IRecordStore, string> _paths = [];

    protected override ValueTask<IRecordStore> CreateAsync() => new(Open(_folder.File($"{_paths.Count}.db")));

    protected override async ValueTask<IRecordStore> ReopenAsync(IRecordStore store)
    {
        await ((SqliteRecordStore)store).DisposeAsync();
        return Open(_paths[store]);
    }

    protected override ValueTask<IRecordStore> OpenAnotherAsync(IRecordStore store) => new(Open(_paths[store]));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private SqliteRecordStore Open(string path)
    {
        var store = new SqliteRecordStore(path, TimeProvider.System);
        _paths.Add(store, path);
        return store;
    }
}
