using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SecureChat.AspNetCore;
using SecureChat.Unit.Tests.Vault;

namespace SecureChat.Unit.Tests.Audit;

/// <summary>The personal half of the audit log is encrypted at rest and erased with its key, in every copy (P1, P3, E30).</summary>
public sealed class AuditDetailKeysTests
{
    private const string Reason = "Charge the order of Mrs Lovelace";
    private readonly TestRecordStore _data = new();
    private readonly TestRecordStore _keys = new();
    private readonly RingProvider _provider = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Known_answer_of_the_documented_format()
    {
        // Computed by another implementation from docs/cryptography.md.
        byte[] key = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
        byte[] salt = [.. Enumerable.Range(64, 16).Select(static i => (byte)i)];
        byte[] detail = [.. Enumerable.Range(100, 32).Select(static i => (byte)i), .. "{\"reason\":\"Charge the order\"}"u8];
        Assert.Equal(
            "53434131404142434445464748494a4b4c4d4e4f84f460f330da83b1417faf25a005f8a5855ef176555935751cab89bb855c1344854ab52aa7cba149bde6487eb966745472d765858048ec60152daaec81a09028158be478cdef4701c08c2e8a7aefd3d4a71a6ee70fe06fdbef1c5520f8e3546cb4a73498d88ba08306932791b5",
            Convert.ToHexStringLower(AuditDetailKeys.Seal(key, "shop", "conversation-1", "row-1", detail, salt)));
    }

    [Fact]
    public async Task P1_a_detail_at_rest_says_nothing_and_is_read_on_every_host()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        await using AuditLog log = Log(host);
        string conversation = SecureChatId.New();
        await AppendAsync(log, conversation);
        AssertAbsent(_data, Reason, "Ada");

        using VaultHost other = await VaultHost.StartAsync(_data, _keys, _provider);
        await using AuditLog elsewhere = Log(other);
        AuditEntry entry = Assert.Single(await elsewhere.ListAsync(0, 10, Token));
        Assert.Equal(Reason, (await elsewhere.FindDetailAsync(entry, Token))!.Reason!.Value);

        // Not even a guess can be checked: the commitment's key is hidden too.
        StoreRecord row = Assert.Single(_data.All, static record => record.Key.Kind == RecordKinds.AuditDetail);
        Assert.Contains("\"key\":\"\"", Encoding.UTF8.GetString(row.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task P1_without_the_keys_the_hunt_goes_red()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        await using var log = new AuditLog(host.Stores.Data, host.Pseudonyms.ForAsync, [], new SecureChatOptions(), TimeProvider.System, NullLogger.Instance);
        await AppendAsync(log, SecureChatId.New());
        Assert.ThrowsAny<Exception>(() => AssertAbsent(_data, Reason));
    }

    [Fact]
    public async Task A_row_opens_at_its_own_place_only()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        AuditDetailSealing sealing = Keys(host).ToSealing();
        byte[] row = await sealing.SealAsync("c", "1", "detail"u8.ToArray(), Token);
        Assert.Equal("detail"u8.ToArray(), await sealing.OpenAsync("c", "1", row, Token));
        await sealing.SealAsync("d", "1", "other"u8.ToArray(), Token);
        foreach ((string partition, string id) in new[] { ("c", "2"), ("d", "1") })
        {
            SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(async () => await sealing.OpenAsync(partition, id, row, Token));
            Assert.Equal("SC3006", fault.Error.Code);
        }

        row[^1] ^= 1;
        await Assert.ThrowsAsync<SecureChatException>(async () => await sealing.OpenAsync("c", "1", row, Token));
        await Assert.ThrowsAsync<SecureChatException>(async () => await sealing.OpenAsync("c", "1", row.AsMemory(0, 20), Token));
    }

    [Fact]
    public async Task E30_erasing_a_conversations_details_ends_every_copy_of_them_and_the_log_verifies()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        await using AuditLog log = Log(host);
        string erased = SecureChatId.New(), kept = SecureChatId.New();
        await AppendAsync(log, erased);
        await AppendAsync(log, kept);
        TestRecordStore backup = _data.Copy();

        Assert.Equal(1, await log.EraseDetailsAsync(erased, Token));
        IReadOnlyList<AuditEntry> entries = await log.ListAsync(0, 10, Token);
        Assert.Null(await log.FindDetailAsync(entries[0], Token));
        Assert.NotNull(await log.FindDetailAsync(entries[1], Token));
        Assert.True((await AuditVerifier.VerifyAsync(host.Stores.Data, [], progress: null, Token)).IsIntact);

        // The copy taken before, with the key store of now.
        using VaultHost restored = await VaultHost.StartAsync(backup, _keys, _provider);
        await using AuditLog old = Log(restored);
        Assert.Null(await old.FindDetailAsync(entries[0], Token));
        Assert.NotNull(await old.FindDetailAsync(entries[1], Token));
    }

    [Fact]
    public async Task After_keys_abandon_the_log_goes_on_and_old_details_are_a_fault_not_nothing()
    {
        string conversation = SecureChatId.New();
        using (VaultHost before = await VaultHost.StartAsync(_data, _keys, _provider))
        {
            await using AuditLog log = Log(before);
            await AppendAsync(log, conversation);
            await before.Ring.AbandonAsync(Token);
        }

        using VaultHost after = await VaultHost.StartAsync(_data, _keys, _provider);
        await using AuditLog again = Log(after);
        await AppendAsync(again, conversation);
        IReadOnlyList<AuditEntry> entries = await again.ListAsync(0, 10, Token);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(async () => await again.FindDetailAsync(entries[0], Token));
        Assert.Equal("SC3006", fault.Error.Code);
        Assert.Equal(Reason, (await again.FindDetailAsync(entries[1], Token))!.Reason!.Value);
    }

    [Fact]
    public async Task P4_a_key_store_that_is_down_refuses_the_entry()
    {
        using VaultHost host = await VaultHost.StartAsync(_data, _keys, _provider);
        await using AuditLog log = Log(host);
        _keys.Before = static call => call.Key?.Kind == RecordKinds.AuditDetailKey ? throw new IOException("down") : ValueTask.CompletedTask;
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(async () => await AppendAsync(log, SecureChatId.New()));
        Assert.Equal("SC5001", fault.Error.Code);
        Assert.Empty(await log.ListAsync(0, 10, Token));
    }

    [Fact]
    public async Task The_product_registers_them()
    {
        await using ProductHost host = await ProductHost.StartAsync();
        string conversationId = await host.StartConversationAsync();
        var ada = new Agent { Id = "ada", SessionId = "s", DisplayName = "Ada Lovelace", IsAgent = true };
        Assert.True((await host.Get<Conversations>().AssignAsync(ada, conversationId, toAgentId: null, toAgentName: null, Token)).IsSuccess);
        IReadOnlyList<StoreRecord> rows = await host.Setup.Data.ListAsync(new RecordQuery { Kind = RecordKinds.AuditDetail, Partition = conversationId }, Token);
        Assert.NotEmpty(rows);
        Assert.All(rows, static row => Assert.Contains("\"isSealed\":true", Encoding.UTF8.GetString(row.Body.Span), StringComparison.Ordinal));
    }

    private static AuditDetailKeys Keys(VaultHost host) => new(host.Stores, host.Ring, host.Application);

    private static AuditLog Log(VaultHost host) =>
        new(host.Stores.Data, host.Pseudonyms.ForAsync, [], new SecureChatOptions(), TimeProvider.System, NullLogger.Instance, Keys(host).ToSealing());

    private static ValueTask<AuditReceipt> AppendAsync(AuditLog log, string conversation) =>
        log.AppendAsync(AuditBed.RichFact(conversation, "ada", AuditLogTests.Detail("Ada", Reason)), Token);

    private static void AssertAbsent(TestRecordStore store, params string[] words)
    {
        foreach (StoreRecord record in store.All)
        {
            string text = Encoding.UTF8.GetString(record.Body.Span);
            string decoded = string.Concat(text.Split('"').Select(static piece =>
            {
                byte[] bytes = new byte[piece.Length];
                return Convert.TryFromBase64String(piece, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : string.Empty;
            }));
            Assert.All(words, word => Assert.DoesNotContain(word, text + decoded, StringComparison.OrdinalIgnoreCase));
        }
    }
}
