using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

public sealed class KeyRingTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(100, 32).Select(static i => (byte)i)];
    private static readonly byte[] Place = AssociatedData.Build("place");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Known_answer_of_the_documented_format()
    {
        byte[] keyEncryptionKey = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
        byte[] nonce = [.. Enumerable.Range(0, 12).Select(static i => (byte)i)];
        byte[] data = AssociatedData.Build("SecureChat release key v1", "shop", "conversation-1", "value-1");

        byte[] wrapped = WrappedKey.Wrap(keyEncryptionKey, 3, nonce, Secret, data);

        Assert.Equal(
            "53434b3100000003000102030405060708090a0bce991e57f36a5437b02ebf89bba60cbd8e353718d59edcba510c12dc52608a65867b16507b908e2098a42a8eaf2110c6",
            Convert.ToHexStringLower(wrapped));
        Assert.True(WrappedKey.TryUnwrap(keyEncryptionKey, wrapped, data, out byte[] key));
        Assert.Equal(Secret, key);
    }

    [Fact]
    public async Task The_first_start_makes_one_key_and_one_canary_and_later_starts_open_them()
    {
        var (data, keys, provider) = Fresh();
        byte[] wrapped;
        using (VaultHost first = await VaultHost.StartAsync(data, keys, provider))
        {
            wrapped = first.Ring.Wrap(Secret, Place);
            Assert.Equal(1, first.Ring.CurrentVersion);
        }

        for (int i = 0; i < 3; i++)
        {
            using VaultHost later = await VaultHost.StartAsync(data, keys, provider);
            Assert.Equal(Secret, later.Ring.Unwrap(wrapped, Place));
        }

        Assert.Equal(1, keys.CountOf(RecordKinds.KeyEncryptionKey));
        Assert.Equal(0, keys.CountOf(RecordKinds.Canary));
        Assert.Equal(1, data.CountOf(RecordKinds.Canary));
        Assert.Equal(0, data.CountOf(RecordKinds.KeyEncryptionKey));
        Assert.Equal(1, provider.Wraps);
    }

    [Fact]
    public async Task Starting_twice_does_nothing_more()
    {
        var (data, keys, provider) = Fresh();
        using VaultHost host = await VaultHost.StartAsync(data, keys, provider);
        byte[] wrapped = host.Ring.Wrap(Secret, Place);
        await host.Ring.StartAsync(Token);
        Assert.Equal(Secret, host.Ring.Unwrap(wrapped, Place));
    }

    [Fact]
    public async Task Neither_store_holds_the_key_itself()
    {
        var (data, keys, provider) = Fresh();
        byte[]? minted = null;
        var spy = new SpyProvider(provider, key => minted = key);
        using VaultHost host = await VaultHost.StartAsync(data, keys, spy);

        Assert.NotNull(minted);
        string[] needles = [Convert.ToBase64String(minted).TrimEnd('='), Convert.ToHexString(minted), Convert.ToHexStringLower(minted)];
        foreach (StoreRecord record in data.All.Concat(keys.All))
        {
            Assert.Equal(-1, record.Body.Span.IndexOf(minted));
            string text = Encoding.Latin1.GetString(record.Body.Span);
            Assert.DoesNotContain(needles, needle => text.Contains(needle, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Every_changed_byte_of_a_wrapped_key_is_refused()
    {
        var (data, keys, provider) = Fresh();
        using VaultHost host = await VaultHost.StartAsync(data, keys, provider);
        byte[] wrapped = host.Ring.Wrap(Secret, Place);
        for (int i = 0; i < wrapped.Length; i++)
        {
            byte[] changed = [.. wrapped];
            changed[i] ^= 1;
            if (i is >= 4 and < 8)
            {
                // The version: another key is asked for, and this host does not have it.
                Assert.Equal("SC3002", Assert.Throws<SecureChatException>(() => host.Ring.TryUnwrap(changed, Place, out _)).Error.Code);
            }
            else
            {
                Assert.False(host.Ring.TryUnwrap(changed, Place, out byte[] key));
                Assert.Empty(key);
                Assert.Equal("SC3006", Assert.Throws<SecureChatException>(() => host.Ring.Unwrap(changed, Place)).Error.Code);
            }

            Assert.False(host.Ring.TryUnwrap(wrapped.AsSpan(0, i), Place, out _));
        }

        Assert.False(host.Ring.TryUnwrap(wrapped, AssociatedData.Build("elsewhere"), out _));
        Assert.False(host.Ring.TryUnwrap([.. wrapped, 0], Place, out _));
    }

    [Fact]
    public async Task No_two_wraps_are_alike()
    {
        var (data, keys, provider) = Fresh();
        using VaultHost host = await VaultHost.StartAsync(data, keys, provider);
        Assert.NotEqual(host.Ring.Wrap(Secret, Place), host.Ring.Wrap(Secret, Place));
    }

    [Fact]
    public async Task A_ring_that_is_not_started_or_is_disposed_wraps_nothing()
    {
        var (data, keys, provider) = Fresh();
        using var host = new VaultHost(data, keys, provider);
        Assert.Equal("SC3002", Assert.Throws<SecureChatException>(() => host.Ring.Wrap(Secret, Place)).Error.Code);
        await host.Ring.StartAsync(Token);
        byte[] wrapped = host.Ring.Wrap(Secret, Place);
        host.Ring.Dispose();
        Assert.Equal("SC3002", Assert.Throws<SecureChatException>(() => host.Ring.Wrap(Secret, Place)).Error.Code);
        Assert.Equal("SC3002", Assert.Throws<SecureChatException>(() => host.Ring.Unwrap(wrapped, Place)).Error.Code);
    }

    [Fact]
    public async Task A_key_of_another_length_is_not_wrapped()
    {
        var (data, keys, provider) = Fresh();
        using VaultHost host = await VaultHost.StartAsync(data, keys, provider);
        Assert.Throws<ArgumentException>(() => host.Ring.Wrap(new byte[31], Place));
    }

    [Fact]
    public async Task E56_A_lost_key_ring_refuses_to_start_and_makes_no_key()
    {
        var (data, keys, provider) = Fresh();
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();

        await RefusesAsync(data, keys, new RingProvider());
    }

    [Fact]
    public async Task E56_A_lost_key_store_refuses_to_start_and_makes_no_key()
    {
        var (data, keys, provider) = Fresh();
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();

        await RefusesAsync(data, new TestRecordStore(), provider);
    }

    [Fact]
    public async Task E56_The_key_store_of_another_installation_refuses_to_start()
    {
        var (data, keys, provider) = Fresh();
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();
        var otherKeys = new TestRecordStore();
        (await VaultHost.StartAsync(new TestRecordStore(), otherKeys, provider)).Dispose();

        await RefusesAsync(data, otherKeys, provider);
    }

    [Fact]
    public async Task Saboteur_without_the_canary_a_lost_key_store_goes_unnoticed()
    {
        var (data, keys, provider) = Fresh();
        byte[] wrapped;
        using (VaultHost first = await VaultHost.StartAsync(data, keys, provider))
        {
            wrapped = first.Ring.Wrap(Secret, Place);
        }

        data.Clear();
        keys.Clear();
        using VaultHost second = await VaultHost.StartAsync(data, keys, provider);
        Assert.False(second.Ring.TryUnwrap(wrapped, Place, out _));
    }

    [Fact]
    public async Task A_key_that_cannot_be_opened_is_not_replaced_even_when_the_data_store_is_empty()
    {
        var (data, keys, provider) = Fresh();
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();
        data.Clear();

        await RefusesAsync(data, keys, new RingProvider());
    }

    [Fact]
    public async Task An_empty_data_store_gets_a_canary_for_the_key_that_is_there()
    {
        var (data, keys, provider) = Fresh();
        byte[] wrapped;
        using (VaultHost first = await VaultHost.StartAsync(data, keys, provider))
        {
            wrapped = first.Ring.Wrap(Secret, Place);
        }

        data.Clear();
        using VaultHost second = await VaultHost.StartAsync(data, keys, provider);
        Assert.Equal(Secret, second.Ring.Unwrap(wrapped, Place));
        Assert.Equal(1, data.CountOf(RecordKinds.Canary));
        Assert.Equal(1, provider.Wraps);
    }

    [Fact]
    public async Task E54_Another_application_on_the_same_stores_refuses_to_start_and_is_told_the_option()
    {
        var (data, keys, provider) = Fresh();
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();

        SecureChatConfigurationException fault = await RefusesAsync(data, keys, provider, "other");
        Assert.Contains("ApplicationId", fault.Message, StringComparison.Ordinal);

        // Renaming the application in the canary does not help: the key itself was wrapped for the first one.
        StoreRecord canary = data.All.Single(static record => record.Key.Kind == RecordKinds.Canary);
        data.Overwrite(canary.Key, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(canary.Body.Span).Replace("\"shop\"", "\"other\"", StringComparison.Ordinal)));
        await RefusesAsync(data, keys, provider, "other");
    }

    [Fact]
    public async Task Another_provider_on_the_same_stores_refuses_to_start_and_is_told_which()
    {
        var (data, keys, provider) = Fresh();
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();
        SecureChatConfigurationException fault = await RefusesAsync(data, keys, new RingProvider { Name = "kms" });
        Assert.Contains("'ring'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'kms'", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RecordKinds.Canary, "")]
    [InlineData(RecordKinds.Canary, "{}")]
    [InlineData(RecordKinds.Canary, "{\"version\":1,\"application\":\"shop\",\"value\":\"\",\"check\":\"\"}")]
    [InlineData(RecordKinds.KeyEncryptionKey, "null")]
    [InlineData(RecordKinds.KeyEncryptionKey, "{\"version\":2,\"provider\":\"ring\"}")]
    [InlineData(RecordKinds.KeyEncryptionKey, "{\"version\":1,\"provider\":\"ring\"}")]
    public async Task A_damaged_record_refuses_to_start(string kind, string body)
    {
        var (data, keys, provider) = Fresh();
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();
        TestRecordStore store = kind == RecordKinds.Canary ? data : keys;
        store.Overwrite(store.All.Single(record => record.Key.Kind == kind).Key, Encoding.UTF8.GetBytes(body));

        await RefusesAsync(data, keys, provider);
    }

    [Fact]
    public async Task Many_hosts_that_start_together_for_the_first_time_end_with_one_key()
    {
        for (int round = 0; round < 30; round++)
        {
            var (data, keys, provider) = Fresh();
            VaultHost[] hosts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => VaultHost.StartAsync(data, keys, provider))));
            byte[][] wrapped = [.. hosts.Select(static host => host.Ring.Wrap(Secret, Place))];
            foreach (VaultHost host in hosts)
            {
                Assert.All(wrapped, bytes => Assert.Equal(Secret, host.Ring.Unwrap(bytes, Place)));
            }

            Assert.Equal(1, keys.CountOf(RecordKinds.KeyEncryptionKey));
            Assert.Equal(1, data.CountOf(RecordKinds.Canary));
            Array.ForEach(hosts, static host => host.Dispose());
        }
    }

    [Theory]
    [InlineData("insert", RecordKinds.KeyEncryptionKey)]
    [InlineData("insert", RecordKinds.Canary)]
    [InlineData("get", RecordKinds.Canary)]
    public async Task A_host_that_is_overtaken_at_any_step_takes_the_winners_key(string operation, string kind)
    {
        var (data, keys, provider) = Fresh();
        VaultHost? winner = null;
        int done = 0;
        async ValueTask OvertakeAsync(StoreCall call)
        {
            if (call.Operation == operation && call.Kind == kind && Interlocked.Exchange(ref done, 1) == 0)
            {
                winner = await VaultHost.StartAsync(data, keys, provider);
            }
        }

        data.Before = OvertakeAsync;
        keys.Before = OvertakeAsync;
        using VaultHost loser = await VaultHost.StartAsync(data, keys, provider);

        Assert.NotNull(winner);
        Assert.Equal(Secret, loser.Ring.Unwrap(winner.Ring.Wrap(Secret, Place), Place));
        Assert.Equal(Secret, winner.Ring.Unwrap(loser.Ring.Wrap(Secret, Place), Place));
        Assert.Equal(1, keys.CountOf(RecordKinds.KeyEncryptionKey));
        winner.Dispose();
    }

    [Fact]
    public async Task Two_hosts_that_share_the_data_store_but_not_the_key_store_cannot_both_start()
    {
        var (data, keys, provider) = Fresh();
        using VaultHost first = await VaultHost.StartAsync(data, keys, provider);
        var ownKeys = new TestRecordStore();

        // Even when it looked for the canary before the first host had put it there.
        StoreRecord canary = data.All.Single();
        data.Clear();
        data.Before = call =>
        {
            if (call.Operation == "insert")
            {
                data.Overwrite(canary.Key, canary.Body.ToArray());
            }

            return ValueTask.CompletedTask;
        };
        using var second = new VaultHost(data, ownKeys, provider);
        Assert.Equal("SC1005", (await Assert.ThrowsAsync<SecureChatConfigurationException>(() => second.Ring.StartAsync(Token).AsTask())).Error.Code);
    }

    [Theory]
    [InlineData("insert", RecordKinds.KeyEncryptionKey)]
    [InlineData("insert", RecordKinds.Canary)]
    public async Task A_first_start_that_dies_between_its_steps_is_finished_by_the_next(string operation, string kind)
    {
        var (data, keys, provider) = Fresh();
        ValueTask DieAsync(StoreCall call) =>
            call.Operation == operation && call.Kind == kind ? throw new IOException("disk gone") : ValueTask.CompletedTask;
        data.Before = DieAsync;
        keys.Before = DieAsync;
        using (var first = new VaultHost(data, keys, provider))
        {
            Assert.Equal("SC3001", (await Assert.ThrowsAsync<SecureChatStoreException>(() => first.Ring.StartAsync(Token).AsTask())).Error.Code);
        }

        data.Before = null;
        keys.Before = null;
        using VaultHost second = await VaultHost.StartAsync(data, keys, provider);
        Assert.Equal(Secret, second.Ring.Unwrap(second.Ring.Wrap(Secret, Place), Place));
        Assert.Equal(1, keys.CountOf(RecordKinds.KeyEncryptionKey));
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("hangs")]
    [InlineData("blocks")]
    [InlineData("null")]
    [InlineData("empty")]
    [InlineData("short")]
    [InlineData("plain")]
    [InlineData("framed")]
    [InlineData("huge")]
    [InlineData("random")]
    public async Task A_provider_that_fails_to_wrap_gives_a_documented_code_and_nothing_is_minted(string fault)
    {
        var (data, keys, provider) = Fresh();
        using var release = new ManualResetEventSlim();
        var never = new TaskCompletionSource<byte[]>();
        provider.OnWrap = key => fault switch
        {
            "throws" => throw new InvalidOperationException("no"),
            "hangs" => new ValueTask<byte[]>(never.Task),
            "blocks" => Block(release),
            "null" => ValueTask.FromResult<byte[]>(null!),
            "empty" => ValueTask.FromResult(Array.Empty<byte>()),
            "short" => ValueTask.FromResult(new byte[16]),
            "plain" => ValueTask.FromResult(key),
            "framed" => ValueTask.FromResult<byte[]>([1, 2, 3, .. key, 4, 5, 6]),
            "huge" => ValueTask.FromResult(new byte[1024 * 1024]),
            _ => ValueTask.FromResult(RandomNumberGenerator.GetBytes(60)),
        };

        await UnavailableAsync(data, keys, provider);
        Assert.Empty(keys.All);
        Assert.Empty(data.All);
        release.Set();

        // And it recovers without help.
        provider.OnWrap = null;
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("hangs")]
    [InlineData("null")]
    [InlineData("short")]
    [InlineData("zeros")]
    public async Task E5_A_provider_that_fails_to_unwrap_is_an_outage_and_no_lost_ring(string fault)
    {
        var (data, keys, provider) = Fresh();
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();
        var never = new TaskCompletionSource<byte[]>();
        provider.OnUnwrap = () => fault switch
        {
            "throws" => throw new HttpRequestException("no"),
            "hangs" => new ValueTask<byte[]>(never.Task),
            "null" => ValueTask.FromResult<byte[]>(null!),
            "short" => ValueTask.FromResult(new byte[31]),
            _ => ValueTask.FromResult(new byte[32]),
        };

        await UnavailableAsync(data, keys, provider);
        Assert.Equal(1, keys.CountOf(RecordKinds.KeyEncryptionKey));
        provider.OnUnwrap = null;
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();
    }

    [Fact]
    public async Task A_provider_that_unwraps_to_another_key_is_found_out_by_the_canary()
    {
        var (data, keys, provider) = Fresh();
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();
        provider.OnUnwrap = static () => ValueTask.FromResult(RandomNumberGenerator.GetBytes(32));
        await RefusesAsync(data, keys, provider);
    }

    [Fact]
    public async Task A_provider_that_unwraps_to_another_key_is_found_out_before_the_first_key_is_stored()
    {
        var (data, keys, provider) = Fresh();
        provider.OnUnwrap = static () => ValueTask.FromResult(RandomNumberGenerator.GetBytes(32));
        await UnavailableAsync(data, keys, provider);
        Assert.Empty(keys.All);
        Assert.Empty(data.All);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("get")]
    public async Task A_store_that_fails_is_a_fault_and_mints_nothing(string operation)
    {
        var (data, keys, provider) = Fresh();
        ValueTask FailAsync(StoreCall call) => call.Operation == operation ? throw new IOException("no") : ValueTask.CompletedTask;
        data.Before = FailAsync;
        keys.Before = FailAsync;
        using var host = new VaultHost(data, keys, provider);
        Assert.Equal("SC3001", (await Assert.ThrowsAsync<SecureChatStoreException>(() => host.Ring.StartAsync(Token).AsTask())).Error.Code);
        Assert.Equal(0, host.Ring.CurrentVersion);
        Assert.Empty(keys.All);
        Assert.Equal(0, provider.Wraps);
    }

    [Fact]
    public async Task E53_Keys_of_an_older_version_stay_readable_and_new_ones_are_wrapped_under_the_newest()
    {
        var (data, keys, provider) = Fresh();
        byte[] wrapped;
        using (VaultHost first = await VaultHost.StartAsync(data, keys, provider))
        {
            wrapped = first.Ring.Wrap(Secret, Place);
        }

        byte[] second = await provider.WrapAsync(RandomNumberGenerator.GetBytes(32), "SecureChat key-encryption key:2:shop", Token);
        keys.Overwrite(
            new RecordKey { Kind = RecordKinds.KeyEncryptionKey, Partition = "host", Id = SequenceId.Format(2) },
            Encoding.UTF8.GetBytes($$"""{"version":2,"provider":"ring","wrapped":"{{Convert.ToBase64String(second)}}"}"""));

        using VaultHost host = await VaultHost.StartAsync(data, keys, provider);
        Assert.Equal(2, host.Ring.CurrentVersion);
        Assert.Equal(Secret, host.Ring.Unwrap(wrapped, Place));
        Assert.Equal(Secret, host.Ring.Unwrap(host.Ring.Wrap(Secret, Place), Place));
    }

    [Theory]
    [InlineData("ring")]
    [InlineData("key store")]
    [InlineData("nothing")]
    public async Task Abandoning_lets_the_host_start_again_and_what_was_wrapped_is_gone_for_good(string lost)
    {
        var (data, keys, provider) = Fresh();
        byte[] wrapped;
        string pseudonym;
        using (VaultHost first = await VaultHost.StartAsync(data, keys, provider))
        {
            wrapped = first.Ring.Wrap(Secret, Place);
            pseudonym = await first.Pseudonyms.ForAsync("audit", "agent-1", Token);
        }

        if (lost == "ring")
        {
            provider = new RingProvider();
        }
        else if (lost == "key store")
        {
            keys.Clear();
        }

        using var host = new VaultHost(data, keys, provider);
        await host.Ring.AbandonAsync(Token);
        await host.Ring.AbandonAsync(Token);
        await host.Ring.StartAsync(Token);

        // Known as gone (and not as a key that another host may have), and its version is not given out again.
        Assert.Equal(2, host.Ring.CurrentVersion);
        Assert.False(host.Ring.TryUnwrap(wrapped, Place, out _));
        Assert.Equal("SC3006", Assert.Throws<SecureChatException>(() => host.Ring.Unwrap(wrapped, Place)).Error.Code);
        Assert.Equal(Secret, host.Ring.Unwrap(host.Ring.Wrap(Secret, Place), Place));
        Assert.NotEqual(pseudonym, await host.Pseudonyms.ForAsync("audit", "agent-1", Token));

        using VaultHost next = await VaultHost.StartAsync(data, keys, provider);
        Assert.Equal(2, next.Ring.CurrentVersion);
    }

    [Fact]
    public async Task Abandoning_removes_the_wrapped_bytes_of_the_old_key()
    {
        var (data, keys, provider) = Fresh();
        using VaultHost host = await VaultHost.StartAsync(data, keys, provider);
        await host.Ring.AbandonAsync(Token);
        Assert.DoesNotContain("wrapped", Encoding.UTF8.GetString(keys.All.Single().Body.Span), StringComparison.Ordinal);
        Assert.Equal(0, host.Ring.CurrentVersion);
        Assert.Throws<SecureChatException>(() => host.Ring.Wrap(Secret, Place));
    }

    [Fact]
    public async Task Abandoning_that_dies_half_way_leaves_a_host_that_refuses_to_start_and_can_be_repeated()
    {
        var (data, keys, provider) = Fresh();
        (await VaultHost.StartAsync(data, keys, provider)).Dispose();
        data.Before = static call => call.Operation == "delete" ? throw new IOException("no") : ValueTask.CompletedTask;
        using (var host = new VaultHost(data, keys, provider))
        {
            await Assert.ThrowsAsync<SecureChatStoreException>(() => host.Ring.AbandonAsync(Token).AsTask());
        }

        data.Before = null;
        await RefusesAsync(data, keys, provider);
        using var again = new VaultHost(data, keys, provider);
        await again.Ring.AbandonAsync(Token);
        await again.Ring.StartAsync(Token);
        Assert.Equal(2, again.Ring.CurrentVersion);
    }

    [Fact]
    public async Task Data_Protection_wraps_by_default_and_a_lost_ring_is_seen()
    {
        var (data, keys, _) = Fresh();
        var ring = new EphemeralDataProtectionProvider();
        byte[] wrapped;
        using (VaultHost first = await VaultHost.StartAsync(data, keys, new DataProtectionKeyEncryption(ring)))
        {
            wrapped = first.Ring.Wrap(Secret, Place);
        }

        using (VaultHost second = await VaultHost.StartAsync(data, keys, new DataProtectionKeyEncryption(ring)))
        {
            Assert.Equal(Secret, second.Ring.Unwrap(wrapped, Place));
        }

        await RefusesAsync(data, keys, new DataProtectionKeyEncryption(new EphemeralDataProtectionProvider()));
    }

    [Fact]
    public async Task Data_Protection_binds_the_context()
    {
        var provider = new DataProtectionKeyEncryption(new EphemeralDataProtectionProvider());
        byte[] wrapped = await provider.WrapAsync(Secret, "context", Token);
        Assert.Equal(Secret, await provider.UnwrapAsync(wrapped, "context", Token));
        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await provider.UnwrapAsync(wrapped, "other", Token));
    }

    private static (TestRecordStore Data, TestRecordStore Keys, RingProvider Provider) Fresh() => (new(), new(), new());

    private static ValueTask<byte[]> Block(ManualResetEventSlim until)
    {
        until.Wait(TimeSpan.FromSeconds(30), Token);
        return ValueTask.FromResult(new byte[60]);
    }

    private static async Task<SecureChatConfigurationException> RefusesAsync(
        TestRecordStore data, TestRecordStore keys, IKeyEncryptionProvider provider, string application = "shop")
    {
        string before = Snapshot(data, keys);
        using var host = new VaultHost(data, keys, provider, application);
        SecureChatConfigurationException fault =
            await Assert.ThrowsAsync<SecureChatConfigurationException>(() => host.Ring.StartAsync(Token).AsTask());
        Assert.Equal("SC1005", fault.Error.Code);
        Assert.Contains("keys abandon", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Bring the key ring and key store back", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, host.Ring.CurrentVersion);
        Assert.Equal(before, Snapshot(data, keys));
        return fault;
    }

    private static async Task UnavailableAsync(TestRecordStore data, TestRecordStore keys, IKeyEncryptionProvider provider)
    {
        using var host = new VaultHost(data, keys, provider, providerTimeout: TimeSpan.FromMilliseconds(200));
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(
            () => host.Ring.StartAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Equal("SC3002", fault.Error.Code);
        Assert.Equal(0, host.Ring.CurrentVersion);
    }

    private static string Snapshot(params TestRecordStore[] stores) => string.Join(
        '\n',
        stores.SelectMany(static store => store.All.OrderBy(static record => record.Key.Kind + record.Key.Id, StringComparer.Ordinal))
            .Select(static record => record.Key.Kind + record.Key.Id + Convert.ToHexString(record.Body.Span)));

    private sealed class SpyProvider(RingProvider inner, Action<byte[]> onWrap) : IKeyEncryptionProvider
    {
        public string Name => inner.Name;

        public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken)
        {
            onWrap(key.ToArray());
            return inner.WrapAsync(key, context, cancellationToken);
        }

        public ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken) =>
            inner.UnwrapAsync(wrapped, context, cancellationToken);
    }
}
