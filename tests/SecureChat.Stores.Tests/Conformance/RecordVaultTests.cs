using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Conformance;
using SecureChat.Stores.PostgreSql;
using SecureChat.Stores.Tests.PostgreSql;
using SecureChat.Testing;

namespace SecureChat.Stores.Tests.Conformance;

[ConformanceOf(typeof(RecordVault))]
public sealed class RecordVaultOnSqliteTests : RecordVaultTests
{
    private readonly TestFolder _folder = new();

    protected override ValueTask<(IRecordStore Data, IRecordStore Keys)> OpenStoresAsync() =>
        new((new SqliteRecordStore(_folder.File("data.db"), Time), new SqliteRecordStore(_folder.File("keys.db"), Time)));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

[ConformanceOf(typeof(RecordVault))]
public sealed class RecordVaultOnPostgreSqlTests(PostgreSqlServer server) : RecordVaultTests
{
    private PostgreSqlStoreOptions? _options;

    protected override int RaceRounds => 5;

    protected override async ValueTask<(IRecordStore Data, IRecordStore Keys)> OpenStoresAsync()
    {
        _options ??= await server.OptionsAsync();
        return (new PostgreSqlRecordStore(_options, RecordStoreSlot.Data), new PostgreSqlRecordStore(_options, RecordStoreSlot.Keys));
    }
}

[ConformanceOf(typeof(RecordVault))]
public sealed class RecordVaultInMemoryTests : RecordVaultTests
{
    private (IRecordStore Data, IRecordStore Keys)? _stores;

    protected override ValueTask<(IRecordStore Data, IRecordStore Keys)> OpenStoresAsync() =>
        new(_stores ??= (new InMemoryRecordStore(Time), new InMemoryRecordStore(Time)));
}

/// <summary>The default vault on each engine: two hosts of it share stores and a key service, and nothing else.</summary>
public abstract class RecordVaultTests : VaultConformanceTests
{
    private static readonly byte[] Ring = [.. Enumerable.Repeat((byte)7, 32)];

    private readonly Dictionary<IVault, Parts> _parts = [];

    protected FakeTimeProvider Time { get; } = new();

    protected abstract ValueTask<(IRecordStore Data, IRecordStore Keys)> OpenStoresAsync();

    protected override async ValueTask<IVault> CreateAsync()
    {
        (IRecordStore data, IRecordStore keys) = await OpenStoresAsync();
        await data.PrepareAsync(CancellationToken.None);
        await keys.PrepareAsync(CancellationToken.None);
        var options = new SecureChatOptions { ApplicationId = "kit" };
        options.Storage.OperationTimeout = TimeSpan.FromSeconds(60);
        IOptions<SecureChatOptions> wrapped = Options.Create(options);
        var application = new ApplicationIdentity(wrapped, new Microsoft.Extensions.Hosting.Internal.HostingEnvironment { ApplicationName = "kit" });
        var stores = new SecureChatStores(data, keys, wrapped, TimeProvider.System);
        var ring = new KeyRing(
            stores,
            new KeyRecords(stores),
            new KeyProviders([new KeySaboteur(Ring)], application, wrapped, TimeProvider.System),
            new KeyCanary(stores, application),
            wrapped,
            TimeProvider.System,
            NullLogger<KeyRing>.Instance);
        await ring.StartAsync(CancellationToken.None);
        var forms = new FormRecords(stores, new RecordMacs(ring, application, NullLogger<RecordMacs>.Instance), Time);
        var vault = new RecordVault(forms, new ReleaseKeys(stores, ring, application), stores, application, Time);
        _parts.Add(vault, new Parts(forms, ring, [data, keys]));
        return vault;
    }

    protected override ValueTask PassAsync(TimeSpan time)
    {
        Time.Advance(time);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask<IVault> OpenAnotherAsync(IVault vault) => CreateAsync();

    protected override async ValueTask<IVault> ReopenAsync(IVault vault)
    {
        await _parts[vault].CloseAsync();
        return await CreateAsync();
    }

    /// <summary>The default vault keeps ciphertext in the form's record, and takes nothing for a form that was not asked for.</summary>
    protected override async ValueTask PrepareFormAsync(IVault vault, string conversationId, string requestId)
    {
        var form = new FormRecord
        {
            ConversationId = conversationId,
            RequestId = requestId,
            FormKey = "kit",
            FormVersion = 1,
            Title = "Kit",
            Purpose = "Kit",
            NoticeKey = "kit",
            RequestedBy = ParticipantRole.Agent,
            RequestedAt = Time.GetUtcNow(),
            ExpiresAt = Time.GetUtcNow().AddHours(1),
            IsConfirmed = true,
        };
        Assert.True(await _parts[vault].Forms.InsertAsync(form, TestContext.Current.CancellationToken));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (Parts parts in _parts.Values)
        {
            await parts.CloseAsync();
        }

        GC.SuppressFinalize(this);
    }

    private sealed class Parts(FormRecords forms, KeyRing ring, IRecordStore[] stores)
    {
        private bool _isClosed;

        public FormRecords Forms => forms;

        public async ValueTask CloseAsync()
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            ring.Dispose();
            foreach (IRecordStore store in stores)
            {
                await (store is IAsyncDisposable disposable ? disposable.DisposeAsync() : default);
            }
        }
    }
}
