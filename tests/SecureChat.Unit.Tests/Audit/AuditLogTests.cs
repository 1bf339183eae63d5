using System.Text;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Audit;

public sealed class AuditLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_entry_is_number_one_and_a_receipt_names_entry_and_chain()
    {
        await using var bed = new AuditBed();
        string conversation = SecureChatId.New();
        AuditFact fact = AuditBed.RichFact(conversation, "agent-7");
        AuditReceipt receipt = await bed.AppendAsync(fact);
        AuditEntry entry = Assert.Single(await bed.Log.ListAsync(0, 10, Token));

        Assert.Equal(1, receipt.Sequence);
        Assert.Equal(entry.ChainHash, receipt.ChainHash);
        Assert.Equal(fact.Action, receipt.Action);
        Assert.Equal(fact.RequestId, receipt.RequestId);
        Assert.Equal(fact.ValueIds, receipt.ValueIds);
        Assert.Equal(conversation, entry.ConversationId);
        Assert.Equal(AuditOutcome.Intended, entry.Outcome);
        Assert.Equal(ParticipantRole.Agent, entry.Actor);
        Assert.Equal("SC3003", entry.Code);
        Assert.Equal(DestroyReason.Viewed, entry.Reason);
        Assert.Equal(bed.Time.GetUtcNow(), entry.At);
        Assert.Equal(0, (await bed.VerifyAsync()).HeadsCompared);
    }

    [Fact]
    public async Task A_hash_is_what_its_description_says()
    {
        await using var bed = new AuditBed();
        await bed.AppendManyAsync(3);
        byte[] chain = new byte[32];
        foreach (AuditEntry entry in await bed.Log.ListAsync(0, 10, Token))
        {
            byte[] leaf = System.Security.Cryptography.SHA256.HashData([0x00, .. entry.Canonical.Span]);
            chain = System.Security.Cryptography.SHA256.HashData([0x02, .. chain, .. leaf]);
            Assert.Equal(Convert.ToHexStringLower(chain), entry.ChainHash);
        }
    }

    [Fact]
    public void The_canonical_form_of_an_entry_is_fixed()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        AuditFormat.WriteCanonical(output, new CanonicalEntry
        {
            V = 1,
            Id = "01",
            Seq = 7,
            At = 1000,
            Action = 41,
            Outcome = 0,
            Actor = 2,
            ActorRef = "ref",
            Values = ["a", "b"],
            Reason = 3,
        });
        Assert.Equal(
            """{"v":1,"id":"01","seq":7,"at":1000,"action":41,"outcome":0,"actor":2,"actorRef":"ref","conversation":null,"request":null,"values":["a","b"],"code":null,"reason":3,"detail":null,"commitment":null}""",
            Encoding.UTF8.GetString(output.WrittenSpan));
        Assert.NotNull(AuditFormat.TryReadCanonical(output.WrittenSpan));
    }

    [Fact]
    public async Task E52_64_parallel_writers_get_numbers_without_gaps_and_far_fewer_pages_than_entries()
    {
        await using var bed = new AuditBed();

        // The first insert takes until everybody else is in the queue: that is what a slow disk does.
        var open = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        bed.Store.BeforeInsert = async (_, token) =>
        {
            entered.TrySetResult();
            await open.Task.WaitAsync(token);
            return null;
        };
        Task<AuditReceipt> first = bed.AppendAsync().AsTask();
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Task<AuditReceipt>[] writers = [.. Enumerable.Range(0, 64).Select(_ => Task.Run(() => bed.AppendAsync().AsTask(), Token))];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (bed.Log.Queued < 64)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        open.SetResult();
        AuditReceipt[] receipts = [await first, .. await Task.WhenAll(writers)];

        Assert.Equal(Enumerable.Range(1, 65).Select(static n => (long)n), receipts.Select(static receipt => receipt.Sequence).Order());
        Assert.Equal(2, bed.Store.InsertsOf(RecordKinds.AuditPage));
        AuditVerification result = await bed.VerifyAsync();
        Assert.True(result.IsIntact, result.ToString());
        Assert.Equal(65, result.Count);
    }

    [Fact]
    public async Task E52_two_hosts_on_one_store_share_one_sequence()
    {
        var store = new TestRecordStore();
        await using var one = new AuditBed(store);
        await using var two = new AuditBed(store);
        AuditReceipt[] receipts = await Task.WhenAll(Enumerable.Range(0, 64).Select(writer => Task.Run(
            async () =>
            {
                var own = new List<AuditReceipt>();
                for (int i = 0; i < 25; i++)
                {
                    own.Add(await (writer % 2 == 0 ? one : two).AppendAsync());
                    await Task.Yield();
                }

                return own;
            },
            Token))).ContinueWith(static done => done.Result.SelectMany(static list => list).ToArray(), Token);

        Assert.Equal(Enumerable.Range(1, 1600).Select(static n => (long)n), receipts.Select(static receipt => receipt.Sequence).Order());
        AuditVerification result = await one.VerifyAsync();
        Assert.True(result.IsIntact, result.ToString());
        Assert.Equal(1600, result.Count);

        // Every receipt speaks of the entry that is really there.
        Dictionary<long, string> chains = [];
        for (long after = 0; after < 1600; after += 100)
        {
            foreach (AuditEntry entry in await two.Log.ListAsync(after, 100, Token))
            {
                chains.Add(entry.Sequence, entry.ChainHash);
            }
        }

        Assert.All(receipts, receipt => Assert.Equal(chains[receipt.Sequence], receipt.ChainHash));
    }

    [Fact]
    public async Task A_host_that_was_idle_while_another_wrote_many_pages_appends_behind_them()
    {
        var store = new TestRecordStore();
        await using var idle = new AuditBed(store);
        await idle.AppendAsync();
        await using (var busy = new AuditBed(store))
        {
            await busy.AppendManyAsync(200);
        }

        Assert.Equal(202, (await idle.AppendAsync()).Sequence);
        Assert.True((await idle.VerifyAsync()).IsIntact);
    }

    [Fact]
    public async Task A_restarted_host_goes_on_behind_the_last_entry()
    {
        var store = new TestRecordStore();
        for (int start = 0; start < 5; start++)
        {
            await using var bed = new AuditBed(store);
            await bed.AppendManyAsync(7);
        }

        AuditVerification result = await AuditBed.VerifyAsync(store);
        Assert.True(result.IsIntact, result.ToString());
        Assert.Equal(35, result.Count);
    }

    [Fact]
    public async Task A_page_never_outgrows_what_a_store_must_take()
    {
        await using var bed = new AuditBed();
        var open = new TaskCompletionSource();
        bed.Store.BeforeInsert = async (record, token) =>
        {
            Assert.True(record.Body.Length <= StoreRecord.MaxBodyBytes);
            await open.Task.WaitAsync(token);
            return null;
        };
        string[] values = [.. Enumerable.Range(0, AuditLog.MaxValueIds).Select(static n => new string('v', 60) + n)];
        Task<AuditReceipt>[] writers = [.. Enumerable.Range(0, 200).Select(_ => bed.AppendAsync(new AuditFact
        {
            Action = AuditAction.ValuesDestroyed, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.System, ValueIds = values,
        }).AsTask())];
        open.SetResult();
        await Task.WhenAll(writers);
        Assert.True(bed.Store.InsertsOf(RecordKinds.AuditPage) >= 3);
        Assert.Equal(200, (await bed.VerifyAsync()).Count);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 1)]
    [InlineData(255, 5)]
    [InlineData(299, 1000)]
    [InlineData(300, 10)]
    [InlineData(5000, 10)]
    public async Task Reading_starts_behind_the_given_number_whatever_the_pages_are(long after, int limit)
    {
        await using var bed = new AuditBed();
        await AppendAtOnceAsync(bed, 280);
        await bed.AppendManyAsync(20);
        IReadOnlyList<AuditEntry> entries = await bed.Log.ListAsync(after, limit, Token);
        long[] expected = [.. Enumerable.Range(1, 300).Select(static n => (long)n).Where(n => n > after).Take(limit)];
        Assert.Equal(expected, entries.Select(static entry => entry.Sequence));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(RecentEntries.Count - 1, true)]
    [InlineData(RecentEntries.Count - 1, false)]
    public async Task A_fact_that_is_told_again_stands_in_the_log_once_whoever_tells_it_and_after_a_crash(int between, bool byAnotherHost)
    {
        await using var bed = new AuditBed();
        AuditFact fact = Named(SecureChatId.New());
        AuditReceipt first = await bed.AppendAsync(fact);
        await bed.AppendManyAsync(between);
        await using var other = new AuditBed(bed.Store);
        AuditReceipt again = await (byAnotherHost ? other : bed).AppendAsync(fact);
        Assert.Equal((first.Sequence, first.ChainHash), (again.Sequence, again.ChainHash));
        Assert.Equal(between + 1, (await bed.VerifyAsync()).Count);
    }

    [Fact]
    public async Task E54_An_entry_that_was_planted_under_a_facts_id_does_not_stand_in_its_place()
    {
        await using var bed = new AuditBed();
        string id = SecureChatId.New();
        await bed.AppendAsync(Named(id));
        AuditFact real = new() { Id = id, Action = AuditAction.ValuesDestroyed, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.System };
        AuditReceipt receipt = await bed.AppendAsync(real);
        Assert.Equal((2, AuditAction.ValuesDestroyed), (receipt.Sequence, receipt.Action));
    }

    [Fact]
    public async Task Facts_that_hosts_tell_at_the_same_time_stand_in_the_log_once_each_and_the_others_beside_them()
    {
        const int rounds = 50, hosts = 4, facts = 8;
        await using var bed = new AuditBed();
        AuditBed[] all = [bed, .. Enumerable.Range(1, hosts - 1).Select(_ => new AuditBed(bed.Store))];
        for (int round = 0; round < rounds; round++)
        {
            string[] ids = [.. Enumerable.Range(0, facts).Select(static _ => SecureChatId.New())];
            AuditReceipt[][] receipts = await Task.WhenAll(all.Select(host => Task.Run(
                () => Task.WhenAll(ids.Select(id => host.AppendAsync(Named(id)).AsTask()).Append(host.AppendAsync().AsTask()).Append(host.AppendAsync(Named(ids[0])).AsTask())), Token)));
            for (int fact = 0; fact < facts; fact++)
            {
                Assert.Single(receipts.Select(host => host[fact].Sequence).Distinct());
            }

            Assert.All(receipts, static host => Assert.Equal(host[0].Sequence, host[^1].Sequence));
            Assert.Equal(facts + hosts, receipts.SelectMany(static host => host).Select(static receipt => receipt.Sequence).Distinct().Count());
        }

        Assert.Equal(rounds * (facts + hosts), (await bed.VerifyAsync()).Count);
    }

    private static AuditFact Named(string id) => new() { Id = id, Action = AuditAction.FormOpened, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.Visitor };

    [Fact]
    public async Task Anything_but_a_random_id_is_refused_before_it_can_reach_an_entry()
    {
        await using var bed = new AuditBed();
        AuditFact[] facts =
        [
            AuditBed.Fact(conversation: "jane@example.org"),
            new() { Id = "Jane Doe", Action = AuditAction.FormOpened, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.Visitor },
            new() { Action = AuditAction.FormOpened, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.Visitor, RequestId = "Jane Doe" },
            new() { Action = AuditAction.FormOpened, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.Visitor, ValueIds = ["4111111111111111"] },
            new() { Action = AuditAction.FormOpened, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.Visitor, ValueIds = ["4111-1111-1111-1111"] },
        ];
        foreach (AuditFact fact in facts)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => bed.AppendAsync(fact).AsTask());
        }

        Assert.Empty(bed.Store.All);
    }

    [Fact]
    public async Task A_caller_that_gave_up_before_its_turn_leaves_no_entry()
    {
        await using var bed = new AuditBed();
        var open = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        bed.Store.BeforeInsert = async (_, token) =>
        {
            entered.TrySetResult();
            await open.Task.WaitAsync(token);
            return null;
        };
        Task<AuditReceipt> first = bed.AppendAsync().AsTask();
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        using var cancel = new CancellationTokenSource();
        Task<AuditReceipt> second = bed.Log.AppendAsync(AuditBed.Fact(), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        open.SetResult();
        await first;
        await bed.AppendAsync();
        Assert.Equal(2, (await bed.VerifyAsync()).Count);
    }

    [Fact]
    public async Task What_is_queued_is_written_before_the_host_stops_and_later_facts_are_refused()
    {
        var bed = new AuditBed();
        Task<AuditReceipt>[] writers = [.. Enumerable.Range(0, 50).Select(_ => bed.AppendAsync().AsTask())];
        await bed.DisposeAsync();
        await Task.WhenAll(writers);
        Assert.Equal(50, (await bed.VerifyAsync()).Count);
        SecureChatException refused = await Assert.ThrowsAsync<SecureChatException>(() => bed.AppendAsync().AsTask());
        Assert.Equal("SC5001", refused.Error.Code);
    }

    [Fact]
    public async Task E30_erasing_details_leaves_a_log_that_verifies_and_says_nothing_about_the_person()
    {
        await using var bed = new AuditBed();
        string conversation = SecureChatId.New(), other = SecureChatId.New();
        await bed.AppendAsync(AuditBed.RichFact(conversation, "agent-7", Detail("Ada Lovelace", "refund was asked for")));
        await bed.AppendAsync(AuditBed.RichFact(other, "agent-7", Detail("Ada Lovelace", "second reason")));
        await bed.AppendAsync(new AuditFact { Action = AuditAction.AuditRead, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.Auditor, Detail = Detail("Grace", "audit") });
        IReadOnlyList<AuditEntry> entries = await bed.Log.ListAsync(0, 10, Token);
        AuditDetail? detail = await bed.Log.FindDetailAsync(entries[0], Token);
        Assert.Equal("Ada Lovelace", detail!.ActorName);
        Assert.Equal("refund was asked for", detail.Reason!.Value);
        Assert.Equal("Grace", (await bed.Log.FindDetailAsync(entries[2], Token))!.ActorName);

        Assert.Equal(1, await bed.Log.EraseDetailsAsync(conversation, Token));

        Assert.Null(await bed.Log.FindDetailAsync(entries[0], Token));
        Assert.NotNull(await bed.Log.FindDetailAsync(entries[1], Token));
        Assert.True((await bed.VerifyAsync()).IsIntact);
        Assert.Equal(1, await bed.Log.EraseDetailsAsync(null, Token));
        Assert.Null(await bed.Log.FindDetailAsync(entries[2], Token));
        await bed.AppendAsync();
        Assert.Equal(4, (await bed.VerifyAsync()).Count);
    }

    [Fact]
    public async Task E30_E43_no_entry_holds_personal_data()
    {
        const string Actor = "planted-actor-4711", Name = "Planted Personname", Reason = "planted stated reason";
        var sink = new AuditTestSink();
        await using var bed = new AuditBed(sinks: sink.As("copy"));
        string conversation = SecureChatId.New();
        await bed.AppendAsync(AuditBed.RichFact(conversation, Actor, Detail(Name, Reason)));
        string[] planted = [Actor, Name, "Personname", Reason, "stated"];
        byte[] page = Assert.Single(bed.Store.Of(RecordKinds.AuditPage)).Body.ToArray();
        AuditEntry copied = Assert.Single(sink.Taken);
        Assert.False(Hunt(page, planted), "found in the page");
        Assert.False(Hunt(copied.Canonical.ToArray(), planted), "found in what sinks get");
        Assert.DoesNotContain(Actor, copied.ActorRef, StringComparison.Ordinal);

        // The hunt bites: the erasable row holds just these.
        StoreRecord row = Assert.Single(bed.Store.Of(RecordKinds.AuditDetail));
        Assert.True(Hunt(row.Body.ToArray(), planted), "the hunt finds nothing anywhere");

        // One actor is one pseudonym, so an auditor can follow a person without learning who it is.
        await bed.AppendAsync(AuditBed.RichFact(conversation, Actor));
        await bed.AppendAsync(AuditBed.RichFact(conversation, "another"));
        IReadOnlyList<AuditEntry> entries = await bed.Log.ListAsync(0, 10, Token);
        Assert.Equal(entries[0].ActorRef, entries[1].ActorRef);
        Assert.NotEqual(entries[0].ActorRef, entries[2].ActorRef);

        static bool Hunt(byte[] bytes, string[] words)
        {
            string text = Encoding.UTF8.GetString(bytes);
            var forms = new List<string> { text };
            foreach (string piece in text.Split('"'))
            {
                var decoded = new byte[piece.Length];
                if (Convert.TryFromBase64String(piece, decoded, out int written))
                {
                    forms.Add(Encoding.UTF8.GetString(decoded, 0, written));
                }
            }

            return forms.Any(form => words.Any(word => form.Contains(word, StringComparison.OrdinalIgnoreCase)));
        }
    }

    [Fact]
    public async Task A_detail_that_was_changed_is_not_shown_as_what_was_said()
    {
        await using var bed = new AuditBed();
        string conversation = SecureChatId.New();
        await bed.AppendAsync(AuditBed.RichFact(conversation, "a", Detail("Ada", "one")));
        await bed.AppendAsync(AuditBed.RichFact(conversation, "a", Detail("Ada", "two")));
        IReadOnlyList<AuditEntry> entries = await bed.Log.ListAsync(0, 10, Token);
        RecordKey first = Row(entries[0]), second = Row(entries[1]);
        bed.Store.Overwrite(first, bed.Store.Peek(second)!.Body);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => bed.Log.FindDetailAsync(entries[0], Token).AsTask());
        Assert.Equal("SC5003", fault.Error.Code);
        bed.Store.Overwrite(first, "{}"u8.ToArray());
        fault = await Assert.ThrowsAsync<SecureChatException>(() => bed.Log.FindDetailAsync(entries[0], Token).AsTask());
        Assert.Equal("SC5003", fault.Error.Code);

        RecordKey Row(AuditEntry entry) => new() { Kind = RecordKinds.AuditDetail, Partition = conversation, Id = entry.DetailId! };
    }

    [Fact]
    public async Task With_sealing_registered_a_detail_row_holds_no_clear_text()
    {
        var sealing = new AuditDetailSealing
        {
            SealAsync = static (partition, row, plain, _) => new(Flip(plain.ToArray(), partition + row)),
            OpenAsync = static (partition, row, cipher, _) => new(Flip(cipher.ToArray(), partition + row)),
        };
        await using var bed = new AuditBed(sealing: sealing);
        await bed.AppendAsync(AuditBed.RichFact(SecureChatId.New(), "a", Detail("Ada", "sealed reason")));
        AuditEntry entry = Assert.Single(await bed.Log.ListAsync(0, 10, Token));
        Assert.Equal("sealed reason", (await bed.Log.FindDetailAsync(entry, Token))!.Reason!.Value);

        // A host without the key says so; it does not say that the row is damaged, and shows nothing.
        await using var without = new AuditBed(bed.Store);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => without.Log.FindDetailAsync(entry, Token).AsTask());
        Assert.Equal("SC3002", fault.Error.Code);

        static byte[] Flip(byte[] bytes, string scope)
        {
            byte mask = (byte)(1 + (scope.Sum(static character => character) % 255));
            return [.. bytes.Select(value => (byte)(value ^ mask))];
        }
    }

    internal static AuditDetail Detail(string name, string reason) => new() { ActorName = name, Reason = MaskedText.FromMasker(reason) };

    private static async Task AppendAtOnceAsync(AuditBed bed, int count)
    {
        var open = new TaskCompletionSource();
        bed.Store.BeforeInsert = async (_, token) =>
        {
            await open.Task.WaitAsync(token);
            return null;
        };
        Task<AuditReceipt>[] writers = [.. Enumerable.Range(0, count).Select(_ => bed.AppendAsync().AsTask())];
        open.SetResult();
        await Task.WhenAll(writers);
        bed.Store.BeforeInsert = null;
    }
}
