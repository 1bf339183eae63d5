using System.Security.Cryptography;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Vault;

public sealed class ConversationKeysTests
{
    private readonly TestRecordStore _data = new();
    private readonly TestRecordStore _keys = new();
    private readonly RingProvider _provider = new();
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static byte[] Hello => "hello"u8.ToArray();

    [Fact]
    public void Known_answer_of_the_documented_format()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
        byte[] salt = [.. Enumerable.Range(0, 16).Select(static i => (byte)i)];
        Assert.Equal(
            "53434d31000102030405060708090a0b0c0d0e0f4de67112c90b74f3c2533a5e9153b63807824cddbc93ba66b697f78f43423023da69fb33d270417444dbdb56ab39be1e4250b8006f",
            Convert.ToHexStringLower(ConversationKeys.Seal(key, "shop", "conversation-1", 7, Hello, salt)));
    }

    [Fact]
    public async Task A_message_opens_on_every_host_at_its_own_place_only()
    {
        using VaultHost first = await StartAsync();
        using VaultHost second = await StartAsync();
        await first.ConversationKeys.CreateAsync("c", Token);
        await first.ConversationKeys.CreateAsync("d", Token);
        byte[] sealedBody = await first.ConversationKeys.SealAsync("c", 7, Hello, Token);

        Assert.Equal(Hello, await second.ConversationKeys.TryOpenAsync("c", 7, sealedBody, Token));
        Assert.Equal(-1, sealedBody.AsSpan().IndexOf(Hello));
        await UndecryptableAsync(second, "c", 8, sealedBody);
        await UndecryptableAsync(second, "d", 7, sealedBody);
    }

    [Fact]
    public async Task Creating_twice_keeps_the_first_key()
    {
        using VaultHost host = await StartAsync();
        await host.ConversationKeys.CreateAsync("c", Token);
        byte[] sealedBody = await host.ConversationKeys.SealAsync("c", 1, Hello, Token);
        await host.ConversationKeys.CreateAsync("c", Token);
        using VaultHost other = await StartAsync();
        Assert.Equal(Hello, await other.ConversationKeys.TryOpenAsync("c", 1, sealedBody, Token));
    }

    [Fact]
    public async Task Every_changed_byte_and_every_cut_is_refused()
    {
        using VaultHost host = await StartAsync();
        await host.ConversationKeys.CreateAsync("c", Token);
        byte[] sealedBody = await host.ConversationKeys.SealAsync("c", 1, Hello, Token);
        for (int i = 0; i < sealedBody.Length; i++)
        {
            byte[] changed = [.. sealedBody];
            changed[i] ^= 1;
            await UndecryptableAsync(host, "c", 1, changed);
            await UndecryptableAsync(host, "c", 1, sealedBody[..i]);
        }
    }

    [Fact]
    public async Task E54_A_transcript_copied_to_another_application_does_not_open_even_with_its_key()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        byte[] sealedBody = ConversationKeys.Seal(key, "other", "c", 1, Hello, RandomNumberGenerator.GetBytes(16));
        using VaultHost host = await StartAsync();
        _keys.Overwrite(
            new RecordKey { Kind = RecordKinds.ConversationKey, Partition = "c", Id = "key" },
            host.Ring.Wrap(key, AssociatedData.Build("SecureChat conversation key v1", "shop", "c")));
        await UndecryptableAsync(host, "c", 1, sealedBody);
    }

    [Fact]
    public async Task E45_After_the_key_is_destroyed_the_transcript_is_gone()
    {
        using VaultHost host = await StartAsync();
        await host.ConversationKeys.CreateAsync("c", Token);
        byte[] copy = await host.ConversationKeys.SealAsync("c", 1, Hello, Token);

        await host.ConversationKeys.DestroyAsync("c", Token);
        await host.ConversationKeys.DestroyAsync("c", Token);

        Assert.Null(await host.ConversationKeys.TryOpenAsync("c", 1, copy, Token));
        Assert.True(host.ConversationKeys.Cache.IsBlank());
        Assert.Equal(0, _keys.CountOf(RecordKinds.ConversationKey));
        Assert.Equal("SC3002", (await Assert.ThrowsAsync<SecureChatException>(() => host.ConversationKeys.SealAsync("c", 2, Hello, Token).AsTask())).Error.Code);

        // A key made anew under the same name is another key.
        await host.ConversationKeys.CreateAsync("c", Token);
        await UndecryptableAsync(host, "c", 1, copy);
    }

    [Fact]
    public async Task Another_host_forgets_a_destroyed_key_within_ten_seconds_even_when_it_is_busy()
    {
        using VaultHost first = await StartAsync();
        using VaultHost second = await StartAsync();
        await first.ConversationKeys.CreateAsync("c", Token);
        byte[] sealedBody = await second.ConversationKeys.SealAsync("c", 1, Hello, Token);
        await first.ConversationKeys.DestroyAsync("c", Token);

        for (int i = 0; i < 9; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(Hello, await second.ConversationKeys.TryOpenAsync("c", 1, sealedBody, Token));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await second.ConversationKeys.TryOpenAsync("c", 1, sealedBody, Token));
        Assert.True(second.ConversationKeys.Cache.IsBlank());
    }

    [Fact]
    public async Task A_read_that_began_before_the_destruction_does_not_bring_the_key_back()
    {
        using VaultHost host = await StartAsync();
        await host.ConversationKeys.CreateAsync("c", Token);
        byte[] sealedBody = await host.ConversationKeys.SealAsync("c", 1, Hello, Token);
        host.ConversationKeys.Cache.Remove("c");

        // The slow reader has its record; before it can cache the key, the key is destroyed.
        long removals = host.ConversationKeys.Cache.Removals;
        await host.ConversationKeys.DestroyAsync("c", Token);
        host.ConversationKeys.Cache.Add("c", RandomNumberGenerator.GetBytes(32), removals);

        Assert.Equal(0, host.ConversationKeys.Cache.Count);
        Assert.Null(await host.ConversationKeys.TryOpenAsync("c", 1, sealedBody, Token));
    }

    [Fact]
    public async Task A_fault_of_the_store_is_not_a_destroyed_transcript()
    {
        using VaultHost host = await StartAsync();
        await host.ConversationKeys.CreateAsync("c", Token);
        byte[] sealedBody = await host.ConversationKeys.SealAsync("c", 1, Hello, Token);
        host.ConversationKeys.Cache.Remove("c");
        _keys.Before = static _ => throw new IOException("no");
        await Assert.ThrowsAsync<SecureChatStoreException>(() => host.ConversationKeys.TryOpenAsync("c", 1, sealedBody, Token).AsTask());
        await Assert.ThrowsAsync<SecureChatStoreException>(() => host.ConversationKeys.SealAsync("c", 1, Hello, Token).AsTask());
        await Assert.ThrowsAsync<SecureChatStoreException>(() => host.ConversationKeys.DestroyAsync("c", Token).AsTask());
    }

    [Fact]
    public async Task The_key_is_read_once_for_many_messages()
    {
        using VaultHost host = await StartAsync();
        await host.ConversationKeys.CreateAsync("c", Token);
        int reads = 0;
        _keys.Before = _ =>
        {
            Interlocked.Increment(ref reads);
            return ValueTask.CompletedTask;
        };
        for (int i = 0; i < 100; i++)
        {
            byte[] sealedBody = await host.ConversationKeys.SealAsync("c", i, Hello, Token);
            Assert.Equal(Hello, await host.ConversationKeys.TryOpenAsync("c", i, sealedBody, Token));
        }

        Assert.Equal(1, reads);
    }

    [Fact]
    public void The_cache_is_bounded_and_drops_the_oldest_first()
    {
        using var cache = new ConversationKeyCache(_time);
        byte[] key = new byte[32];
        for (int i = 0; i <= ConversationKeyCache.Capacity; i++)
        {
            cache.Add($"c{i}", RandomNumberGenerator.GetBytes(32), 0);
        }

        Assert.Equal(ConversationKeyCache.Capacity, cache.Count);
        Assert.False(cache.TryCopy("c0", key));
        Assert.True(cache.TryCopy("c1", key));
        Assert.True(cache.TryCopy($"c{ConversationKeyCache.Capacity}", key));
    }

    [Fact]
    public void The_cache_zeroes_what_nobody_asks_for_any_more()
    {
        using var cache = new ConversationKeyCache(_time);
        cache.Add("a", RandomNumberGenerator.GetBytes(32), 0);
        _time.Advance(TimeSpan.FromSeconds(6));
        cache.Add("b", RandomNumberGenerator.GetBytes(32), 0);
        Assert.False(cache.IsBlank());
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, cache.Count);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(0, cache.Count);
        Assert.True(cache.IsBlank());

        // And again after it was empty.
        cache.Add("c", RandomNumberGenerator.GetBytes(32), 0);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(cache.IsBlank());
    }

    [Fact]
    public void A_disposed_cache_is_blank_and_takes_nothing()
    {
        var cache = new ConversationKeyCache(_time);
        cache.Add("a", RandomNumberGenerator.GetBytes(32), 0);
        cache.Dispose();
        cache.Add("b", RandomNumberGenerator.GetBytes(32), 0);
        Assert.True(cache.IsBlank());
        Assert.False(cache.TryCopy("a", new byte[32]));
    }

    [Fact]
    public async Task Nothing_is_ever_sealed_under_a_key_that_was_being_zeroed()
    {
        using VaultHost host = await StartAsync();
        await host.ConversationKeys.CreateAsync("c", Token);
        using var stop = new CancellationTokenSource();
        Task evicting = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    host.ConversationKeys.Cache.Remove("c");
                }
            },
            Token);
        for (int i = 0; i < 500; i++)
        {
            byte[] sealedBody = await host.ConversationKeys.SealAsync("c", i, Hello, Token);
            Assert.Equal(Hello, await host.ConversationKeys.TryOpenAsync("c", i, sealedBody, Token));
        }

        await stop.CancelAsync();
        await evicting;
    }

    private static async Task UndecryptableAsync(VaultHost host, string conversation, long sequence, byte[] sealedBody) => Assert.Equal(
        "SC3006",
        (await Assert.ThrowsAsync<SecureChatException>(() => host.ConversationKeys.TryOpenAsync(conversation, sequence, sealedBody, Token).AsTask())).Error.Code);

    private Task<VaultHost> StartAsync() => VaultHost.StartAsync(_data, _keys, _provider, time: _time);
}
