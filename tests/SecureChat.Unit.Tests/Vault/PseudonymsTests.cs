using System.Security.Cryptography;
using System.Text;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

public sealed class PseudonymsTests
{
    private readonly TestRecordStore _data = new();
    private readonly TestRecordStore _keys = new();
    private readonly RingProvider _provider = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Known_answer_of_the_documented_format() => Assert.Equal(
        "f38caa1a874e851c477af43443578e43",
        Pseudonyms.Compute([.. Enumerable.Range(0, 32).Select(static i => (byte)i)], "shop", "audit", "agent-1"));

    [Fact]
    public async Task A_pseudonym_is_the_same_on_every_host_and_after_every_start()
    {
        string pseudonym;
        using (VaultHost first = await VaultHost.StartAsync(_data, _keys, _provider))
        {
            pseudonym = await first.Pseudonyms.ForAsync("audit", "agent-1", Token);
            Assert.Equal(pseudonym, await first.Pseudonyms.ForAsync("audit", "agent-1", Token));
        }

        using VaultHost second = await VaultHost.StartAsync(_data, _keys, _provider);
        Assert.Equal(pseudonym, await second.Pseudonyms.ForAsync("audit", "agent-1", Token));
        Assert.Matches("^[0-9a-f]{32}$", pseudonym);
        Assert.Equal(1, _keys.CountOf(RecordKinds.PseudonymKey));
    }

    [Fact]
    public async Task Ids_purposes_and_installations_have_unrelated_pseudonyms()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        using VaultHost other = await VaultHost.StartAsync(new TestRecordStore(), new TestRecordStore(), _provider);
        string[] all =
        [
            await host.Pseudonyms.ForAsync("audit", "agent-1", Token),
            await host.Pseudonyms.ForAsync("audit", "agent-2", Token),
            await host.Pseudonyms.ForAsync("limits", "agent-1", Token),
            await other.Pseudonyms.ForAsync("audit", "agent-1", Token),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("agent-1")).AsSpan(0, 16)),
        ];
        Assert.Equal(all.Length, all.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Hosts_that_first_use_a_purpose_together_agree()
    {
        for (int round = 0; round < 20; round++)
        {
            string purpose = $"purpose-{round}";
            VaultHost[] hosts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => VaultHost.StartAsync(_data, _keys, _provider)));
            string[] pseudonyms = await Task.WhenAll(hosts.Select(host => Task.Run(() => host.Pseudonyms.ForAsync(purpose, "agent-1", Token).AsTask())));
            Assert.Single(pseudonyms.Distinct(StringComparer.Ordinal));
            Array.ForEach(hosts, static host => host.Dispose());
        }
    }

    [Fact]
    public async Task A_fault_is_a_fault_and_no_other_key_is_used()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        string pseudonym = await host.Pseudonyms.ForAsync("audit", "agent-1", Token);
        StoreRecord record = _keys.All.Single(static record => record.Key.Kind == RecordKinds.PseudonymKey);

        using VaultHost second = await VaultHost.StartAsync(_data, _keys, _provider);
        _keys.Before = static _ => throw new IOException("no");
        await Assert.ThrowsAsync<SecureChatStoreException>(() => second.Pseudonyms.ForAsync("audit", "agent-1", Token).AsTask());
        _keys.Before = null;

        byte[] changed = record.Body.ToArray();
        changed[^1] ^= 1;
        _keys.Overwrite(record.Key, changed);
        Assert.Equal("SC3006", (await Assert.ThrowsAsync<SecureChatException>(() => second.Pseudonyms.ForAsync("audit", "agent-1", Token).AsTask())).Error.Code);
        _keys.Overwrite(record.Key, record.Body.ToArray());
        Assert.Equal(pseudonym, await second.Pseudonyms.ForAsync("audit", "agent-1", Token));
    }
}
