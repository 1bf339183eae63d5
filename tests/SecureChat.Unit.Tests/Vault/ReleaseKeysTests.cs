using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

public sealed class ReleaseKeysTests
{
    private static readonly DateTimeOffset Due = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TestRecordStore _data = new();
    private readonly TestRecordStore _keys = new();
    private readonly RingProvider _provider = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_was_put_is_found_once_more_and_never_overwritten()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        byte[] key = ReleaseKeys.New();
        Assert.True(await host.ReleaseKeys.PutAsync("c", "v", key, Due, Token));
        Assert.False(await host.ReleaseKeys.PutAsync("c", "v", ReleaseKeys.New(), Due, Token));
        Assert.Equal(key, await host.ReleaseKeys.FindAsync("c", "v", Token));
        Assert.DoesNotContain(_keys.All, record => record.Body.Span.IndexOf(key) >= 0);
        Assert.Equal(0, _data.CountOf(RecordKinds.ReleaseKey));
    }

    [Fact]
    public async Task Null_is_said_only_of_a_key_that_is_gone()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        Assert.Null(await host.ReleaseKeys.FindAsync("c", "v", Token));
        await host.ReleaseKeys.PutAsync("c", "v", ReleaseKeys.New(), Due, Token);

        _keys.Before = static _ => throw new IOException("no");
        Assert.Equal("SC3001", (await Assert.ThrowsAsync<SecureChatStoreException>(() => host.ReleaseKeys.FindAsync("c", "v", Token).AsTask())).Error.Code);
        _keys.Before = null;

        StoreRecord record = _keys.All.Single(static record => record.Key.Kind == RecordKinds.ReleaseKey);
        byte[] changed = record.Body.ToArray();
        changed[^1] ^= 1;
        _keys.Overwrite(record.Key, changed);
        Assert.Equal("SC3006", (await Assert.ThrowsAsync<SecureChatException>(() => host.ReleaseKeys.FindAsync("c", "v", Token).AsTask())).Error.Code);
    }

    [Fact]
    public async Task E54_A_key_copied_to_another_value_conversation_or_application_does_not_open()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        await host.ReleaseKeys.PutAsync("c", "v", ReleaseKeys.New(), Due, Token);
        byte[] body = _keys.All.Single(static record => record.Key.Kind == RecordKinds.ReleaseKey).Body.ToArray();
        foreach ((string conversation, string value) in new[] { ("c", "w"), ("d", "v"), ("v", "c") })
        {
            _keys.Overwrite(new RecordKey { Kind = RecordKinds.ReleaseKey, Partition = conversation, Id = value }, body);
            Assert.Equal("SC3006", (await Assert.ThrowsAsync<SecureChatException>(() => host.ReleaseKeys.FindAsync(conversation, value, Token).AsTask())).Error.Code);
        }

        var otherKeys = new TestRecordStore();
        using VaultHost other = await VaultHost.StartAsync(new TestRecordStore(), otherKeys, _provider, "other");
        otherKeys.Overwrite(new RecordKey { Kind = RecordKinds.ReleaseKey, Partition = "c", Id = "v" }, body);
        await Assert.ThrowsAsync<SecureChatException>(() => other.ReleaseKeys.FindAsync("c", "v", Token).AsTask());
    }

    [Fact]
    public async Task E45_After_the_key_is_destroyed_a_copy_of_the_ciphertext_cannot_be_opened_by_any_key_that_is_left()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        var context = new ValueContext
        {
            ApplicationId = "shop", ConversationId = "c", RequestId = "r", ValueId = "v", FieldKey = "pan", DataClass = DataClass.AccountData, Policy = "once",
        };
        byte[] key = ReleaseKeys.New();
        await host.ReleaseKeys.PutAsync("c", "v", key, Due, Token);
        await host.ReleaseKeys.PutAsync("c", "w", ReleaseKeys.New(), Due, Token);
        byte[] copy = ValueCipher.Seal(key, context, "4242424242424242"u8);
        Assert.True(await CanOpenAsync());

        Assert.True(await host.ReleaseKeys.DestroyAsync("c", "v", Token));
        Assert.False(await host.ReleaseKeys.DestroyAsync("c", "v", Token));
        Assert.Null(await host.ReleaseKeys.FindAsync("c", "v", Token));
        Assert.False(await CanOpenAsync());
        Assert.NotNull(await host.ReleaseKeys.FindAsync("c", "w", Token));

        // Every key that the store still holds is tried, wherever it stands.
        async Task<bool> CanOpenAsync()
        {
            foreach (StoreRecord record in _keys.All.Where(static record => record.Key.Kind == RecordKinds.ReleaseKey))
            {
                byte[]? left = await host.ReleaseKeys.FindAsync(record.Key.Partition, record.Key.Id, Token);
                if (left is not null && ValueCipher.TryOpen(left, context, copy, out _))
                {
                    return true;
                }
            }

            return false;
        }
    }

    [Fact]
    public async Task Saboteur_a_backup_of_the_key_store_defeats_shredding_as_the_documentation_says()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        await host.ReleaseKeys.PutAsync("c", "v", ReleaseKeys.New(), Due, Token);
        TestRecordStore backup = _keys.Copy();
        await host.ReleaseKeys.DestroyAsync("c", "v", Token);

        using VaultHost restored = await VaultHost.StartAsync(_data, backup, _provider);
        Assert.NotNull(await restored.ReleaseKeys.FindAsync("c", "v", Token));
    }

    [Fact]
    public async Task Destroying_survives_a_conflict_and_never_claims_what_it_did_not_do()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        await host.ReleaseKeys.PutAsync("c", "v", ReleaseKeys.New(), Due, Token);
        int conflicts = 3;
        _keys.Before = async call =>
        {
            if (call.Operation == "delete" && conflicts-- > 0)
            {
                StoreRecord record = _keys.Peek(call.Key!)!;
                _keys.Before = null;
                await _keys.ReplaceAsync(record, Token);
            }
        };
        Assert.True(await host.ReleaseKeys.DestroyAsync("c", "v", Token));
        Assert.Null(await host.ReleaseKeys.FindAsync("c", "v", Token));
    }

    [Fact]
    public async Task Two_hosts_that_destroy_one_key_agree_that_one_did_it()
    {
        using VaultHost first = await VaultHost.StartAsync(_data, _keys, _provider);
        using VaultHost second = await VaultHost.StartAsync(_data, _keys, _provider);
        for (int i = 0; i < 50; i++)
        {
            string value = $"v{i}";
            await first.ReleaseKeys.PutAsync("c", value, ReleaseKeys.New(), Due, Token);
            bool[] did = await Task.WhenAll(
                Task.Run(() => first.ReleaseKeys.DestroyAsync("c", value, Token).AsTask(), Token),
                Task.Run(() => second.ReleaseKeys.DestroyAsync("c", value, Token).AsTask(), Token));
            Assert.Single(did, static done => done);
        }
    }

    [Fact]
    public async Task Destroying_all_keys_of_a_conversation_leaves_others()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        await host.ReleaseKeys.PutAsync("c", "v", ReleaseKeys.New(), Due, Token);
        await host.ReleaseKeys.PutAsync("c", "w", ReleaseKeys.New(), Due, Token);
        await host.ReleaseKeys.PutAsync("d", "v", ReleaseKeys.New(), Due, Token);
        await host.ReleaseKeys.DestroyAllAsync("c", Token);
        Assert.Null(await host.ReleaseKeys.FindAsync("c", "v", Token));
        Assert.Null(await host.ReleaseKeys.FindAsync("c", "w", Token));
        Assert.NotNull(await host.ReleaseKeys.FindAsync("d", "v", Token));
    }

    [Fact]
    public async Task Due_keys_are_listed_for_the_sweeper()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        await host.ReleaseKeys.PutAsync("c", "late", ReleaseKeys.New(), Due.AddMinutes(5), Token);
        await host.ReleaseKeys.PutAsync("c", "second", ReleaseKeys.New(), Due.AddMinutes(2), Token);
        await host.ReleaseKeys.PutAsync("d", "first", ReleaseKeys.New(), Due.AddMinutes(1), Token);
        Assert.Equal(["first", "second"], await DueAsync(10));
        Assert.Equal(["first"], await DueAsync(1));

        async Task<IEnumerable<string>> DueAsync(int limit) =>
            (await _keys.ListDueAsync(new DueQuery { Kind = RecordKinds.ReleaseKey, Before = Due.AddMinutes(2), Limit = limit }, Token)).Select(static record => record.Key.Id);
    }
}
