using System.Buffers;
using System.Text;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Audit;

public sealed class AuditTamperTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E52_every_changed_bit_of_every_page_is_found_at_its_entry()
    {
        TestRecordStore store = await LogOfAsync(4, pageOfMany: 3);
        TestRecordStore copy = store.Copy();
        int found = 0;
        foreach (StoreRecord page in store.Of(RecordKinds.AuditPage))
        {
            byte[] body = page.Body.ToArray();
            long entry = SequenceId.Parse(page.Key.Id);
            for (int at = 0; at < body.Length; at++)
            {
                for (int bit = 0; bit < 8; bit++)
                {
                    byte[] forged = [.. body];
                    forged[at] ^= (byte)(1 << bit);
                    copy.Overwrite(page.Key, forged);
                    AuditVerification result = await AuditBed.VerifyAsync(copy);
                    Assert.True(!result.IsIntact, $"byte {at} bit {bit} of page {page.Key.Id} was not seen");
                    Assert.Equal(entry, result.Broken!.Sequence);
                    Assert.Equal(entry - 1, result.Count);
                    found++;
                }

                entry += body[at] == (byte)'\n' ? 1 : 0;
            }

            copy.Overwrite(page.Key, body);
            Assert.True((await AuditBed.VerifyAsync(copy)).IsIntact);
        }

        Assert.True(found > 10_000);
    }

    [Fact]
    public async Task E52_deleting_any_page_but_the_last_is_a_gap()
    {
        TestRecordStore store = await LogOfAsync(6);
        IReadOnlyList<StoreRecord> pages = store.Of(RecordKinds.AuditPage);
        for (int i = 0; i < pages.Count - 1; i++)
        {
            TestRecordStore copy = store.Copy();
            copy.Remove(pages[i].Key);
            AuditVerification result = await AuditBed.VerifyAsync(copy);
            Assert.Equal(AuditFault.Gap, result.Broken?.Fault);
            Assert.Equal(i + 1, result.Broken!.Sequence);
        }
    }

    [Fact]
    public async Task E52_deleting_doubling_or_swapping_entries_inside_a_page_is_found()
    {
        TestRecordStore store = await LogOfAsync(0, pageOfMany: 4);
        StoreRecord page = Assert.Single(store.Of(RecordKinds.AuditPage));
        string[] lines = Lines(page);
        Assert.Equal(4, lines.Length);
        await AssertBrokenAsync(2, lines[0], lines[2], lines[3]);
        await AssertBrokenAsync(2, lines[0], lines[0], lines[1], lines[2], lines[3]);
        await AssertBrokenAsync(2, lines[0], lines[2], lines[1], lines[3]);
        await AssertBrokenAsync(1, lines[1], lines[2], lines[3]);
        await AssertBrokenAsync(5, [.. lines, lines[3]]);

        async Task AssertBrokenAsync(long sequence, params string[] forged)
        {
            TestRecordStore copy = store.Copy();
            copy.Overwrite(page.Key, Encoding.UTF8.GetBytes(string.Concat(forged)));
            AuditVerification result = await AuditBed.VerifyAsync(copy);
            Assert.Equal(sequence, result.Broken?.Sequence);
        }
    }

    [Fact]
    public async Task E52_swapping_two_pages_is_found()
    {
        TestRecordStore store = await LogOfAsync(4);
        IReadOnlyList<StoreRecord> pages = store.Of(RecordKinds.AuditPage);
        store.Overwrite(pages[1].Key, pages[2].Body.ToArray());
        store.Overwrite(pages[2].Key, pages[1].Body.ToArray());
        AuditVerification result = await AuditBed.VerifyAsync(store);
        Assert.Equal(2, result.Broken?.Sequence);
        Assert.Equal(AuditFault.PageId, result.Broken?.Fault);
    }

    [Fact]
    public async Task E52_an_inserted_page_is_found_wherever_it_is_put()
    {
        TestRecordStore store = await LogOfAsync(2, pageOfMany: 3);
        byte[] body = store.Of(RecordKinds.AuditPage)[0].Body.ToArray();
        foreach (string id in new[] { SequenceId.Format(0), SequenceId.Format(4), SequenceId.Format(6), SequenceId.Format(900), "x", "0000000000000000001x", "1" })
        {
            TestRecordStore copy = store.Copy();
            copy.Overwrite(AuditBed.PageKey(id), body);
            Assert.False((await AuditBed.VerifyAsync(copy)).IsIntact, id);
        }
    }

    [Fact]
    public async Task E52_a_rewritten_entry_is_found_even_when_its_own_hash_was_made_to_fit()
    {
        TestRecordStore store = await LogOfAsync(5);
        StoreRecord page = store.Of(RecordKinds.AuditPage)[2];
        byte[] before = Chain(store.Of(RecordKinds.AuditPage)[1]);
        store.Overwrite(page.Key, Rewrite(page, before, out _));
        AuditVerification result = await AuditBed.VerifyAsync(store);
        Assert.Equal(4, result.Broken?.Sequence);
        Assert.Equal(AuditFault.Hash, result.Broken?.Fault);
    }

    [Fact]
    public async Task A_page_that_was_written_over_is_found_even_with_the_same_bytes()
    {
        TestRecordStore store = await LogOfAsync(3);
        store.Overwrite(store.Of(RecordKinds.AuditPage)[1].Key, store.Of(RecordKinds.AuditPage)[1].Body.ToArray(), version: 2);
        Assert.Equal(AuditFault.Replaced, (await AuditBed.VerifyAsync(store)).Broken?.Fault);
    }

    [Fact]
    public async Task E52_a_cut_tail_is_found_with_a_head_and_only_with_a_head()
    {
        TestRecordStore store = await LogOfAsync(6);
        AuditHead head = HeadOf(store);
        store.Remove(store.Of(RecordKinds.AuditPage)[^1].Key);
        store.Remove(store.Of(RecordKinds.AuditPage)[^1].Key);

        // The saboteur: without the head the very same damage passes. This is what the head is for.
        Assert.True((await AuditBed.VerifyAsync(store)).IsIntact);

        AuditVerification result = await AuditBed.VerifyAsync(store, head);
        Assert.Equal(AuditFault.TailCut, result.Broken?.Fault);
        Assert.Equal(5, result.Broken!.Sequence);
    }

    [Fact]
    public async Task E52_a_log_that_was_emptied_is_found_with_a_head_and_only_with_a_head()
    {
        AuditHead head = HeadOf(await LogOfAsync(3));
        var empty = new TestRecordStore();
        Assert.True((await AuditBed.VerifyAsync(empty)).IsIntact);
        Assert.Equal(1, (await AuditBed.VerifyAsync(empty, head)).Broken?.Sequence);
    }

    [Fact]
    public async Task E52_a_wholly_rewritten_log_is_found_with_a_head_and_only_with_a_head()
    {
        TestRecordStore store = await LogOfAsync(6);
        IReadOnlyList<StoreRecord> pages = store.Of(RecordKinds.AuditPage);
        var heads = new[] { HeadOf(store, 2), HeadOf(store, 4), HeadOf(store, 6) };

        // Entry 3 is changed and every hash behind it made to fit: a perfect chain of something that never happened.
        byte[] chain = Chain(pages[1]);
        for (int i = 2; i < pages.Count; i++)
        {
            store.Overwrite(pages[i].Key, Rewrite(pages[i], chain, out chain, change: i == 2));
        }

        AuditVerification blind = await AuditBed.VerifyAsync(store);
        Assert.True(blind.IsIntact, blind.ToString());

        AuditVerification result = await AuditBed.VerifyAsync(store, heads);
        Assert.Equal(AuditFault.HeadDiffers, result.Broken?.Fault);
        Assert.Equal(4, result.Broken!.Sequence);
        Assert.Equal(3, result.Count);
    }

    [Fact]
    public async Task Heads_that_contradict_each_other_are_a_finding_of_their_own()
    {
        TestRecordStore store = await LogOfAsync(3);
        AuditHead head = HeadOf(store, 2);
        AuditVerification result = await AuditBed.VerifyAsync(
            store, head, new AuditHead { Sequence = 2, ChainHash = new string('0', 64), At = head.At });
        Assert.Equal(AuditFault.HeadsDisagree, result.Broken?.Fault);
    }

    [Fact]
    public async Task An_honest_log_agrees_with_all_its_heads()
    {
        TestRecordStore store = await LogOfAsync(5, pageOfMany: 4);
        AuditHead[] heads = [.. Enumerable.Range(1, 9).Select(sequence => HeadOf(store, sequence))];
        AuditVerification result = await AuditBed.VerifyAsync(store, heads);
        Assert.True(result.IsIntact, result.ToString());
        Assert.Equal(9, result.Count);
        Assert.Equal(heads[^1].ChainHash, result.HeadHash);
    }

    [Fact]
    public async Task A_store_that_says_yes_and_writes_nothing_is_found_by_verification()
    {
        await using var bed = new AuditBed();
        await bed.AppendManyAsync(2);
        bed.Store.BeforeInsert = static (_, _) => new((bool?)true);
        await bed.AppendAsync();
        bed.Store.BeforeInsert = null;
        await bed.AppendAsync();
        AuditVerification result = await bed.VerifyAsync();
        Assert.Equal(3, result.Broken?.Sequence);
        Assert.Equal(AuditFault.Gap, result.Broken?.Fault);
    }

    [Fact]
    public async Task Nothing_is_appended_behind_a_tail_that_does_not_hold()
    {
        TestRecordStore store = await LogOfAsync(2, pageOfMany: 3);
        StoreRecord last = store.Of(RecordKinds.AuditPage)[^1];
        byte[] body = last.Body.ToArray();
        body[40] ^= 1;
        store.Overwrite(last.Key, body.AsMemory(0, body.Length - 1));
        await using var bed = new AuditBed(store);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => bed.AppendAsync().AsTask());
        Assert.Equal("SC5001", fault.Error.Code);
        fault = await Assert.ThrowsAsync<SecureChatException>(() => bed.Log.ListAsync(0, 100, Token).AsTask());
        Assert.Equal("SC5003", fault.Error.Code);
    }

    [Fact]
    public async Task A_page_of_another_host_that_does_not_continue_the_chain_stops_the_log()
    {
        var store = new TestRecordStore();
        await using var bed = new AuditBed(store);
        await bed.AppendManyAsync(2);
        store.Overwrite(AuditBed.PageKey(SequenceId.Format(3)), Rewrite((await LogOfAsync(3)).Of(RecordKinds.AuditPage)[2], new byte[32], out _));
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => bed.AppendAsync().AsTask());
        Assert.Equal("SC5001", fault.Error.Code);
    }

    private static async Task<TestRecordStore> LogOfAsync(int singles, int pageOfMany = 0)
    {
        await using var bed = new AuditBed();
        await bed.AppendManyAsync(singles);
        if (pageOfMany > 0)
        {
            // A page of several entries, made the way another host would have made it.
            AuditHead head = await bed.Log.ReadHeadAsync(Token);
            var body = new ArrayBufferWriter<byte>();
            byte[] chain = Convert.FromHexString(head.ChainHash);
            for (int i = 1; i <= pageOfMany; i++)
            {
                chain = AuditFormat.WriteLine(body, Entry(head.Sequence + i), chain);
            }

            bed.Store.Overwrite(AuditBed.PageKey(SequenceId.Format(head.Sequence + 1)), body.WrittenSpan.ToArray());
        }

        Assert.True((await bed.VerifyAsync()).IsIntact);
        return bed.Store;
    }

    private static CanonicalEntry Entry(long sequence) => new()
    {
        V = 1,
        Id = SecureChatId.New(),
        Seq = sequence,
        At = 1_700_000_000_000 + sequence,
        Action = (int)AuditAction.RevealIntent,
        Outcome = 0,
        Actor = (int)ParticipantRole.Agent,
        ActorRef = "abcdef",
        Conversation = SecureChatId.New(),
        Values = [SecureChatId.New()],
        Reason = 1,
    };

    private static byte[] Rewrite(StoreRecord page, byte[] before, out byte[] chain, bool change = true)
    {
        ReadOnlyMemory<byte> rest = page.Body;
        Assert.True(AuditFormat.TryReadLine(ref rest, out ReadOnlyMemory<byte> canonical, out _));
        CanonicalEntry entry = AuditFormat.TryReadCanonical(canonical.Span)!;
        var output = new ArrayBufferWriter<byte>();
        chain = AuditFormat.WriteLine(
            output,
            new CanonicalEntry
            {
                V = entry.V,
                Id = entry.Id,
                Seq = entry.Seq,
                At = entry.At,
                Action = entry.Action,
                Outcome = change ? (int)AuditOutcome.Denied : entry.Outcome,
                Actor = entry.Actor,
                Values = entry.Values,
            },
            before);
        return output.WrittenSpan.ToArray();
    }

    private static string[] Lines(StoreRecord page) =>
        [.. Encoding.UTF8.GetString(page.Body.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line + "\n")];

    private static byte[] Chain(StoreRecord page)
    {
        ReadOnlyMemory<byte> rest = page.Body;
        byte[] chain = [];
        while (!rest.IsEmpty)
        {
            Assert.True(AuditFormat.TryReadLine(ref rest, out _, out chain));
        }

        return chain;
    }

    private static AuditHead HeadOf(TestRecordStore store, long? sequence = null)
    {
        var chains = new List<byte[]>();
        foreach (StoreRecord page in store.Of(RecordKinds.AuditPage))
        {
            ReadOnlyMemory<byte> rest = page.Body;
            while (!rest.IsEmpty)
            {
                Assert.True(AuditFormat.TryReadLine(ref rest, out _, out byte[] chain));
                chains.Add(chain);
            }
        }

        long at = sequence ?? chains.Count;
        return new AuditHead { Sequence = at, ChainHash = Convert.ToHexStringLower(chains[(int)at - 1]), At = DateTimeOffset.UnixEpoch };
    }
}
