using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace SecureChat.Conformance;

/// <summary>
/// Every clause of <see cref="IRecordStore"/>. Inherit it, override <see cref="CreateAsync"/>, and run your test project: the facts
/// come along. Stores may be shared between facts or keep records of earlier runs; every fact works in names of its own.
/// </summary>
/// <example><code>
/// [ConformanceOf(typeof(AcmeRecordStore))]
/// public sealed class AcmeRecordStoreTests : RecordStoreConformanceTests
/// {
///     protected override ValueTask&lt;IRecordStore&gt; CreateAsync() => new(new AcmeRecordStore("server=localhost"));
/// }
/// </code></example>
public abstract class RecordStoreConformanceTests : IAsyncDisposable
{
    private const int Racers = 50;

    // Facts of one class run one after another; other suites run beside them. Long enough for a slow disk.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    private readonly List<IRecordStore> _stores = [];
    private readonly string _kind = "kit-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));

    /// <summary>Rounds of every race. Default 20. More rounds find rarer faults: none in n rounds bounds the rate to about 3/n.</summary>
    protected virtual int RaceRounds => 20;

    /// <summary>
    /// Whether <see cref="ReopenAsync"/> can open the same records again. Must be supported by a store that calls itself durable.
    /// </summary>
    protected virtual Capability Reopening => Capability.Supported;

    /// <summary>Whether <see cref="OpenAnotherAsync"/> can open the same records a second time, as another host would.</summary>
    protected virtual Capability Sharing => Capability.Supported;

    /// <summary>Whether <see cref="IRecordStore.ScrubAsync"/> can answer <see cref="ScrubResult.Complete"/>.</summary>
    protected virtual Capability Scrubbing => Capability.Supported;

    /// <summary>Makes a store. The suite calls <see cref="IRecordStore.PrepareAsync"/> on it and disposes it.</summary>
    protected abstract ValueTask<IRecordStore> CreateAsync();

    /// <summary>Closes <paramref name="store"/> and opens its records again, as a restarted host would.</summary>
    protected virtual ValueTask<IRecordStore> ReopenAsync(IRecordStore store) =>
        throw Missing(nameof(ReopenAsync), nameof(Reopening));

    /// <summary>Opens the records of <paramref name="store"/> once more while it stays open.</summary>
    protected virtual ValueTask<IRecordStore> OpenAnotherAsync(IRecordStore store) =>
        throw Missing(nameof(OpenAnotherAsync), nameof(Sharing));

    /// <summary>Disposes the stores of the fact. Override to remove files or schemas as well, and call the base first.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (IRecordStore store in _stores)
        {
            await DisposeStoreAsync(store);
        }

        GC.SuppressFinalize(this);
    }

    [Clause("REC-001", "Get answers what was inserted: key, body, due time, version 1")]
    public async Task Insert_then_get_round_trips()
    {
        IRecordStore store = await OpenAsync();
        DateTimeOffset due = At(1_234_567);
        Assert.True(await store.InsertAsync(Record("p", "a", [1, 2, 3], due, version: 77), Token));

        StoreRecord? read = await store.GetAsync(Key("p", "a"), Token);

        AssertIs(read, "p", "a", 1, due, [1, 2, 3]);
    }

    [Clause("REC-002", "A missing record is null, not a fault; its neighbours do not answer for it")]
    public async Task A_missing_record_is_null()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [1]), Token));

        Assert.Null(await store.GetAsync(Key("p", "b"), Token));
        Assert.Null(await store.GetAsync(Key("q", "a"), Token));
        Assert.Null(await store.GetAsync(new RecordKey { Kind = _kind + "-other", Partition = "p", Id = "a" }, Token));
        Assert.False(await store.ReplaceAsync(Record("p", "b", [2], version: 1), Token));
        Assert.False(await store.DeleteAsync(Key("p", "b"), 1, Token));
        Assert.Equal(0, await store.DeletePartitionAsync(_kind, "q", Token));
        Assert.Empty(await store.ListAsync(new RecordQuery { Kind = _kind, Partition = "q" }, Token));
        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 1, null, [1]);
    }

    [Clause("REC-003", "Every byte of a body comes back, also none")]
    public async Task Every_byte_round_trips()
    {
        IRecordStore store = await OpenAsync();
        byte[] all = [.. Enumerable.Range(0, 256).Select(static value => (byte)value), 0, 0];
        Assert.True(await store.InsertAsync(Record("p", "all", all), Token));
        Assert.True(await store.InsertAsync(Record("p", "none", []), Token));

        AssertIs(await store.GetAsync(Key("p", "all"), Token), "p", "all", 1, null, all);
        AssertIs(await store.GetAsync(Key("p", "none"), Token), "p", "none", 1, null, []);
        Assert.True(await store.ReplaceAsync(Record("p", "all", [], version: 1), Token));
        AssertIs(await store.GetAsync(Key("p", "all"), Token), "p", "all", 2, null, []);
    }

    [Clause("REC-004", "Partitions and ids of any Unicode come back exactly")]
    public async Task Unicode_names_round_trip()
    {
        IRecordStore store = await OpenAsync();
        string[] names = ["Жанна", "名前", "a b\tc\n", "'\"; DROP TABLE record; --", "%_*?[]", "💳🏽", "\u200b", "\uFFFD", "ِمرحبا", "..", "/etc/passwd"];
        foreach (string name in names)
        {
            Assert.True(await store.InsertAsync(Record(name, name, Encoding.UTF8.GetBytes(name)), Token), name);
        }

        foreach (string name in names)
        {
            AssertIs(await store.GetAsync(Key(name, name), Token), name, name, 1, null, Encoding.UTF8.GetBytes(name));
            StoreRecord listed = Assert.Single(await store.ListAsync(new RecordQuery { Kind = _kind, Partition = name }, Token));
            AssertIs(listed, name, name, 1, null, Encoding.UTF8.GetBytes(name));
        }
    }

    [Clause("REC-005", "Names that differ in case, width, trailing space or Unicode form are different")]
    public async Task Names_are_compared_exactly()
    {
        IRecordStore store = await OpenAsync();
        string[] names = ["straße", "STRASSE", "Straße", "e\u0301", "\u00e9", "a", "A", "a ", " a", "\uFF41", "ﬁ", "fi", "0", "00", "I", "ı", "i"];
        for (int i = 0; i < names.Length; i++)
        {
            Assert.True(await store.InsertAsync(Record("p", names[i], [(byte)i]), Token), $"as id, number {i}");
            Assert.True(await store.InsertAsync(Record("in-" + names[i], "x", [(byte)i]), Token), $"as partition, number {i}");
        }

        for (int i = 0; i < names.Length; i++)
        {
            AssertIs(await store.GetAsync(Key("p", names[i]), Token), "p", names[i], 1, null, [(byte)i]);
            AssertIs(await store.GetAsync(Key("in-" + names[i], "x"), Token), "in-" + names[i], "x", 1, null, [(byte)i]);
        }

        Assert.Equal(names.Length, await store.DeletePartitionAsync(_kind, "p", Token));
    }

    [Clause("REC-006", "A body of 1 MiB and names of 256 characters are accepted, by insert and by replace")]
    public async Task Largest_sizes_are_accepted()
    {
        IRecordStore store = await OpenAsync();
        byte[] first = RandomNumberGenerator.GetBytes(StoreRecord.MaxBodyBytes);
        byte[] second = RandomNumberGenerator.GetBytes(StoreRecord.MaxBodyBytes);
        string longest = string.Concat(Enumerable.Repeat("名", RecordKey.MaxNameLength));
        string kind = _kind.PadRight(RecordKey.MaxKindLength, 'x');
        var key = new RecordKey { Kind = kind, Partition = longest, Id = longest };
        Assert.True(await store.InsertAsync(new StoreRecord { Key = key, Body = first }, Token));
        Assert.True((await store.GetAsync(key, Token))!.Body.Span.SequenceEqual(first));
        Assert.True(await store.ReplaceAsync(new StoreRecord { Key = key, Body = second, Version = 1 }, Token));
        Assert.True((await store.GetAsync(key, Token))!.Body.Span.SequenceEqual(second));
        Assert.True(await store.DeleteAsync(key, 2, Token));
    }

    [Clause("REC-007", "Arguments outside the limits are an ArgumentException, and nothing is stored")]
    public async Task Arguments_outside_the_limits_are_refused()
    {
        IRecordStore store = await OpenAsync();
        await Refused(() => store.InsertAsync(Record("p", "a", new byte[StoreRecord.MaxBodyBytes + 1]), Token));
        Assert.Null(await store.GetAsync(Key("p", "a"), Token));
        Assert.True(await store.InsertAsync(Record("p", "a", [1]), Token));
        await Refused(() => store.ReplaceAsync(Record("p", "a", new byte[StoreRecord.MaxBodyBytes + 1], version: 1), Token));
        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 1, null, [1]);

        foreach (string name in (string[])["", new string('x', RecordKey.MaxNameLength + 1), "a\0b", "\uD83D", "\uDCB3\uD83D"])
        {
            await Refused(() => store.InsertAsync(Record("p", name, [1]), Token));
            await Refused(() => store.InsertAsync(Record(name, "x", [1]), Token));
            await Refused(() => store.GetAsync(Key("p", name), Token));
            await Refused(() => store.DeleteAsync(Key("p", name), 1, Token));
            await Refused(() => store.DeletePartitionAsync(_kind, name, Token));
            await Refused(() => store.ListAsync(new RecordQuery { Kind = _kind, Partition = name }, Token));
        }

        foreach (string kind in (string[])["", "Upper", "under_score", "a b", "ä", new string('k', RecordKey.MaxKindLength + 1)])
        {
            await Refused(() => store.InsertAsync(new StoreRecord { Key = new RecordKey { Kind = kind, Partition = "p", Id = "a" }, Body = Array.Empty<byte>() }, Token));
            await Refused(() => store.ListDueAsync(new DueQuery { Kind = kind, Before = At(0) }, Token));
        }

        foreach (int limit in (int[])[0, -1, 1001])
        {
            await Refused(() => store.ListAsync(new RecordQuery { Kind = _kind, Partition = "p", Limit = limit }, Token));
            await Refused(() => store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(0), Limit = limit }, Token));
        }

        static async Task Refused<T>(Func<ValueTask<T>> call) => await Assert.ThrowsAnyAsync<ArgumentException>(async () => await call());
    }

    [Clause("REC-008", "Insert answers false for an existing key and changes nothing")]
    public async Task Insert_does_not_overwrite()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [1], At(5)), Token));
        Assert.False(await store.InsertAsync(Record("p", "a", [2], At(9)), Token));
        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 1, At(5), [1]);
    }

    [Clause("REC-009", "A deleted key can be inserted again, and starts at version 1")]
    public async Task A_deleted_key_can_be_inserted_again()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [1], At(5)), Token));
        Assert.True(await store.ReplaceAsync(Record("p", "a", [2], At(5), version: 1), Token));
        Assert.True(await store.DeleteAsync(Key("p", "a"), 2, Token));
        Assert.True(await store.InsertAsync(Record("p", "a", [3]), Token));
        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 1, null, [3]);
        Assert.Empty(await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(1000) }, Token));
    }

    [Clause("REC-010", "Replace changes body and due time and raises the version by one")]
    public async Task Replace_changes_everything_it_should()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [1, 1, 1], At(5)), Token));
        Assert.True(await store.InsertAsync(Record("p", "b", [9], At(6)), Token));

        Assert.True(await store.ReplaceAsync(Record("p", "a", [2], At(7), version: 1), Token));
        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 2, At(7), [2]);
        Assert.True(await store.ReplaceAsync(Record("p", "a", [3, 3, 3, 3], null, version: 2), Token));
        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 3, null, [3, 3, 3, 3]);
        AssertIs(await store.GetAsync(Key("p", "b"), Token), "p", "b", 1, At(6), [9]);
    }

    [Clause("REC-011", "Replace with another version than the stored one answers false and changes nothing")]
    public async Task Replace_refuses_a_stale_version()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [1]), Token));
        Assert.True(await store.ReplaceAsync(Record("p", "a", [2], version: 1), Token));
        foreach (long version in (long[])[-1, 0, 1, 3, long.MaxValue])
        {
            Assert.False(await store.ReplaceAsync(Record("p", "a", [66], At(1), version), Token), $"version {version}");
        }

        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 2, null, [2]);
    }

    [Clause("REC-012", "Delete with the stored version removes the record, and only it")]
    public async Task Delete_removes_one_record()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [1], At(1)), Token));
        Assert.True(await store.InsertAsync(Record("p", "b", [2]), Token));
        Assert.True(await store.InsertAsync(Record("q", "a", [3]), Token));

        Assert.True(await store.DeleteAsync(Key("p", "a"), 1, Token));

        Assert.Null(await store.GetAsync(Key("p", "a"), Token));
        Assert.False(await store.DeleteAsync(Key("p", "a"), 1, Token));
        Assert.False(await store.ReplaceAsync(Record("p", "a", [4], version: 1), Token));
        Assert.Empty(await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(9) }, Token));
        AssertIs(await store.GetAsync(Key("p", "b"), Token), "p", "b", 1, null, [2]);
        AssertIs(await store.GetAsync(Key("q", "a"), Token), "q", "a", 1, null, [3]);
    }

    [Clause("REC-013", "Delete with another version than the stored one answers false and keeps the record")]
    public async Task Delete_refuses_a_stale_version()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [1]), Token));
        Assert.True(await store.ReplaceAsync(Record("p", "a", [2], version: 1), Token));
        foreach (long version in (long[])[-1, 0, 1, 3])
        {
            Assert.False(await store.DeleteAsync(Key("p", "a"), version, Token), $"version {version}");
        }

        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 2, null, [2]);
    }

    [Clause("REC-014", "Delete partition removes all of one kind and partition, counts them, and touches no other")]
    public async Task Delete_partition_is_isolated()
    {
        IRecordStore store = await OpenAsync();
        string[] others = ["conversation-1", "conversation-10", "conversation", "conversation-1 ", "Conversation-11", "conversation-1%", "conversation_11"];
        const string Target = "conversation-11";
        for (int i = 0; i < 150; i++)
        {
            Assert.True(await store.InsertAsync(Record(Target, $"r{i:D3}", [1], At(i)), Token));
        }

        foreach (string other in others)
        {
            Assert.True(await store.InsertAsync(Record(other, "r000", [2], At(1)), Token));
        }

        var otherKind = new RecordKey { Kind = _kind + "-other", Partition = Target, Id = "r000" };
        Assert.True(await store.InsertAsync(new StoreRecord { Key = otherKind, Body = new byte[] { 3 } }, Token));

        Assert.Equal(150, await store.DeletePartitionAsync(_kind, Target, Token));
        Assert.Equal(0, await store.DeletePartitionAsync(_kind, Target, Token));

        Assert.Empty(await store.ListAsync(new RecordQuery { Kind = _kind, Partition = Target }, Token));
        Assert.Equal(others.Length, (await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(1000), Limit = 1000 }, Token)).Count);
        Assert.NotNull(await store.GetAsync(otherKind, Token));
        foreach (string other in others)
        {
            AssertIs(await store.GetAsync(Key(other, "r000"), Token), other, "r000", 1, At(1), [2]);
        }
    }

    [Clause("REC-015", "List answers one kind and partition in ascending order of the ids' UTF-8 bytes")]
    public async Task List_is_ordered_by_utf8_bytes()
    {
        IRecordStore store = await OpenAsync();

        // A surrogate pair sorts below U+E000 as UTF-16 and above U+FFFD as UTF-8; "_" and "-" trip cultures; "Z" precedes "a".
        string[] ids = ["\U0001F4B3", "\uFFFD", "\uE000", "\uD7FF", "z", "Z", "a", "aa", "a-", "a_", "A", "ä", "~", "10", "9", " ", "\U0010FFFF", "a\U0001F4B3", "a\uFFFD"];
        foreach (string id in ids)
        {
            Assert.True(await store.InsertAsync(Record("p", id, Encoding.UTF8.GetBytes(id)), Token));
        }

        Assert.True(await store.InsertAsync(Record("q", "a", [1]), Token));
        string[] expected = [.. ids.OrderBy(static id => Convert.ToHexString(Encoding.UTF8.GetBytes(id)), StringComparer.Ordinal)];

        IReadOnlyList<StoreRecord> listed = await store.ListAsync(new RecordQuery { Kind = _kind, Partition = "p", Limit = 1000 }, Token);

        Assert.Equal(expected, listed.Select(static record => record.Key.Id));
        Assert.All(listed, record => AssertIs(record, "p", record.Key.Id, 1, null, Encoding.UTF8.GetBytes(record.Key.Id)));
    }

    [Clause("REC-016", "List pages by limit and strictly after an id, whether that id exists or not")]
    public async Task List_pages()
    {
        IRecordStore store = await OpenAsync();
        for (int i = 0; i < 25; i++)
        {
            Assert.True(await store.InsertAsync(Record("p", $"{i * 2:D19}", [(byte)i]), Token));
        }

        var seen = new List<string>();
        string? after = null;
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await store.ListAsync(new RecordQuery { Kind = _kind, Partition = "p", AfterId = after, Limit = 7 }, Token);
            Assert.True(page.Count <= 7);
            Assert.True(seen.Count <= 25, "Paging by the last id seen does not come to an end.");
            if (page.Count == 0)
            {
                break;
            }

            seen.AddRange(page.Select(static record => record.Key.Id));
            after = page[^1].Key.Id;
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(static i => $"{i * 2:D19}"), seen);
        IReadOnlyList<StoreRecord> between = await store.ListAsync(new RecordQuery { Kind = _kind, Partition = "p", AfterId = $"{5:D19}", Limit = 1 }, Token);
        Assert.Equal($"{6:D19}", Assert.Single(between).Key.Id);
        Assert.Empty(await store.ListAsync(new RecordQuery { Kind = _kind, Partition = "p", AfterId = $"{48:D19}" }, Token));
        Assert.Equal(25, (await store.ListAsync(new RecordQuery { Kind = _kind, Partition = "p" }, Token)).Count);
    }

    [Clause("REC-017", "List due answers one kind over all partitions, oldest first, up to the limit")]
    public async Task List_due_is_oldest_first()
    {
        IRecordStore store = await OpenAsync();
        foreach (int due in (int[])[50, 10, 40, 20, 30])
        {
            Assert.True(await store.InsertAsync(Record($"p{due % 20}", $"d{due}", [(byte)due], At(due)), Token));
        }

        Assert.True(await store.InsertAsync(new StoreRecord { Key = new RecordKey { Kind = _kind + "-other", Partition = "p", Id = "x" }, DueAt = At(1), Body = Array.Empty<byte>() }, Token));

        IReadOnlyList<StoreRecord> all = await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(1000) }, Token);
        Assert.Equal(["d10", "d20", "d30", "d40", "d50"], all.Select(static record => record.Key.Id));
        AssertIs(all[0], "p10", "d10", 1, At(10), [10]);
        IReadOnlyList<StoreRecord> three = await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(1000), Limit = 3 }, Token);
        Assert.Equal(["d10", "d20", "d30"], three.Select(static record => record.Key.Id));
    }

    [Clause("REC-018", "List due includes what is due exactly then, and nothing that is due later")]
    public async Task List_due_is_inclusive()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "now", [1], At(100)), Token));
        Assert.True(await store.InsertAsync(Record("p", "later", [1], At(101)), Token));

        Assert.Empty(await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(99) }, Token));
        Assert.Equal("now", Assert.Single(await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(100) }, Token)).Key.Id);
        Assert.Equal("now", Assert.Single(await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(100).ToOffset(TimeSpan.FromHours(-7)) }, Token)).Key.Id);
    }

    [Clause("REC-019", "Records without a due time are never listed as due, also when replace took it away")]
    public async Task Records_without_due_time_are_never_due()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "never", [1]), Token));
        Assert.True(await store.InsertAsync(Record("p", "taken", [1], At(1)), Token));
        Assert.True(await store.InsertAsync(Record("p", "given", [1]), Token));
        Assert.True(await store.ReplaceAsync(Record("p", "taken", [1], null, version: 1), Token));
        Assert.True(await store.ReplaceAsync(Record("p", "given", [1], At(2), version: 1), Token));

        IReadOnlyList<StoreRecord> due = await store.ListDueAsync(new DueQuery { Kind = _kind, Before = DateTimeOffset.MaxValue }, Token);

        Assert.Equal("given", Assert.Single(due).Key.Id);
    }

    [Clause("REC-020", "Due times are kept to the millisecond, rounded down, as an instant of any year")]
    public async Task Due_times_are_kept_to_the_millisecond()
    {
        IRecordStore store = await OpenAsync();
        DateTimeOffset exact = At(123).AddTicks(9_999);
        DateTimeOffset abroad = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(5.5));
        DateTimeOffset early = new DateTimeOffset(1969, 12, 31, 23, 59, 59, 1, TimeSpan.Zero).AddTicks(5_000);
        DateTimeOffset far = new(9998, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);
        Assert.True(await store.InsertAsync(Record("p", "exact", [1], exact), Token));
        Assert.True(await store.InsertAsync(Record("p", "abroad", [1], abroad), Token));
        Assert.True(await store.InsertAsync(Record("p", "early", [1], early), Token));
        Assert.True(await store.InsertAsync(Record("p", "far", [1], far), Token));

        AssertIs(await store.GetAsync(Key("p", "exact"), Token), "p", "exact", 1, At(123), [1]);
        AssertIs(await store.GetAsync(Key("p", "abroad"), Token), "p", "abroad", 1, abroad, [1]);
        AssertIs(await store.GetAsync(Key("p", "early"), Token), "p", "early", 1, early.AddTicks(-5_000), [1]);
        AssertIs(await store.GetAsync(Key("p", "far"), Token), "p", "far", 1, far, [1]);

        // What was rounded down is due at that instant, not a fraction later.
        Assert.Contains(await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(123) }, Token), static record => record.Key.Id == "exact");
    }

    [Clause("REC-021", "Of 50 inserts of one key at once exactly one answers true, and its body is stored")]
    public async Task One_of_many_inserts_wins()
    {
        IRecordStore store = await OpenAsync();
        for (int round = 0; round < RaceRounds; round++)
        {
            string id = $"r{round}";
            int winner = await RaceAsync(racer => store.InsertAsync(Record("p", id, [(byte)racer]), Token));
            AssertIs(await store.GetAsync(Key("p", id), Token), "p", id, 1, null, [(byte)winner]);
        }
    }

    [Clause("REC-022", "Of 50 replaces of one version at once exactly one answers true, and its body is stored")]
    public async Task One_of_many_replaces_wins()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [0]), Token));
        for (int round = 1; round <= RaceRounds; round++)
        {
            long version = round;
            int winner = await RaceAsync(racer => store.ReplaceAsync(Record("p", "a", [(byte)racer, (byte)version], version: version), Token));
            AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", version + 1, null, [(byte)winner, (byte)version]);
        }
    }

    [Clause("REC-023", "Of 50 deletes of one version at once exactly one answers true")]
    public async Task One_of_many_deletes_wins()
    {
        IRecordStore store = await OpenAsync();
        for (int round = 0; round < RaceRounds; round++)
        {
            string id = $"r{round}";
            Assert.True(await store.InsertAsync(Record("p", id, [1]), Token));
            await RaceAsync(_ => store.DeleteAsync(Key("p", id), 1, Token));
            Assert.Null(await store.GetAsync(Key("p", id), Token));
        }
    }

    [Clause("REC-024", "Of replaces and deletes of one version at once exactly one answers true; a late replace does not bring a deleted record back")]
    public async Task Replace_and_delete_exclude_each_other()
    {
        IRecordStore store = await OpenAsync();
        for (int round = 0; round < RaceRounds; round++)
        {
            string id = $"r{round}";
            Assert.True(await store.InsertAsync(Record("p", id, [1]), Token));

            // Roles alternate, so that whoever a scheduler prefers to start replaces in one round and deletes in the next.
            int replaces = round % 2;
            int winner = await RaceAsync(racer => racer % 2 == replaces
                ? store.ReplaceAsync(Record("p", id, [(byte)racer], version: 1), Token)
                : store.DeleteAsync(Key("p", id), 1, Token));
            StoreRecord? left = await store.GetAsync(Key("p", id), Token);
            if (winner % 2 == replaces)
            {
                AssertIs(left, "p", id, 2, null, [(byte)winner]);
            }
            else
            {
                Assert.Null(left);
            }
        }
    }

    [Clause("REC-025", "An acknowledged write is seen by every later read")]
    public async Task Writes_are_seen_at_once()
    {
        IRecordStore store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            string id = $"w{writer}";
            Assert.True(await store.InsertAsync(Record("p", id, [0], At(0)), Token));
            for (int version = 1; version <= 25; version++)
            {
                Assert.True(await store.ReplaceAsync(Record("p", id, [(byte)version], At(version), version), Token));
                AssertIs(await store.GetAsync(Key("p", id), Token), "p", id, version + 1, At(version), [(byte)version]);
                Assert.Contains(
                    await store.ListAsync(new RecordQuery { Kind = _kind, Partition = "p" }, Token),
                    record => record.Key.Id == id && record.Version == version + 1);
            }
        }))).WaitAsync(TimeLimit);
    }

    [Clause("REC-026", "A token that is cancelled before the call starts: OperationCanceledException, and nothing happens")]
    public async Task A_cancelled_token_stops_every_call()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [1]), Token));
        var cancelled = new CancellationToken(canceled: true);

        await Cancelled(async () => await store.InsertAsync(Record("p", "b", [1]), cancelled));
        await Cancelled(async () => await store.GetAsync(Key("p", "a"), cancelled));
        await Cancelled(async () => await store.ReplaceAsync(Record("p", "a", [2], version: 1), cancelled));
        await Cancelled(async () => await store.DeleteAsync(Key("p", "a"), 1, cancelled));
        await Cancelled(async () => await store.DeletePartitionAsync(_kind, "p", cancelled));
        await Cancelled(async () => await store.ListAsync(new RecordQuery { Kind = _kind, Partition = "p" }, cancelled));
        await Cancelled(async () => await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(1) }, cancelled));
        await Cancelled(async () => await store.ScrubAsync(cancelled));
        await Cancelled(async () => await store.GetTimeAsync(cancelled));

        Assert.Null(await store.GetAsync(Key("p", "b"), Token));
        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 1, null, [1]);

        static async Task Cancelled(Func<Task> call) => await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
    }

    [Clause("REC-027", "What the caller does to its array after the call does not change what is stored")]
    public async Task Stored_bodies_are_independent_of_the_callers_array()
    {
        IRecordStore store = await OpenAsync();
        byte[] body = [1, 2, 3];
        Assert.True(await store.InsertAsync(Record("p", "a", body), Token));
        body.AsSpan().Clear();
        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 1, null, [1, 2, 3]);

        body = [4, 5, 6, 7];
        Assert.True(await store.ReplaceAsync(Record("p", "a", body, version: 1), Token));
        body.AsSpan().Clear();
        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 2, null, [4, 5, 6, 7]);

        // A part of a larger array, as pooled buffers are.
        byte[] pooled = [9, 9, 8, 7, 9, 9];
        Assert.True(await store.InsertAsync(new StoreRecord { Key = Key("p", "part"), Body = pooled.AsMemory(2, 2) }, Token));
        AssertIs(await store.GetAsync(Key("p", "part"), Token), "p", "part", 1, null, [8, 7]);
    }

    [Clause("REC-028", "A body that was read stays as it was when the record is replaced or deleted")]
    public async Task Read_bodies_are_independent_of_the_store()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [1, 2, 3], At(1)), Token));
        StoreRecord first = (await store.GetAsync(Key("p", "a"), Token))!;
        StoreRecord listed = Assert.Single(await store.ListAsync(new RecordQuery { Kind = _kind, Partition = "p" }, Token));
        StoreRecord due = Assert.Single(await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(1) }, Token));
        Assert.True(await store.ReplaceAsync(Record("p", "a", [4, 5, 6], version: 1), Token));
        StoreRecord second = (await store.GetAsync(Key("p", "a"), Token))!;
        Assert.True(await store.DeleteAsync(Key("p", "a"), 2, Token));
        await store.ScrubAsync(Token);

        AssertIs(first, "p", "a", 1, At(1), [1, 2, 3]);
        AssertIs(listed, "p", "a", 1, At(1), [1, 2, 3]);
        AssertIs(due, "p", "a", 1, At(1), [1, 2, 3]);
        AssertIs(second, "p", "a", 2, null, [4, 5, 6]);
    }

    [Clause("REC-029", "Prepare may be called again and at the same time, and keeps what is stored")]
    public async Task Prepare_is_idempotent()
    {
        IRecordStore store = await CreateOwnedAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await store.PrepareAsync(Token)))).WaitAsync(TimeLimit);
        Assert.True(await store.InsertAsync(Record("p", "a", [1]), Token));
        await store.PrepareAsync(Token);
        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 1, null, [1]);
    }

    [Clause("REC-030", "The store's clock agrees with this machine's to a minute, and does not stand still")]
    public async Task The_clock_is_near()
    {
        IRecordStore store = await OpenAsync();
        DateTimeOffset first = await store.GetTimeAsync(Token);
        Assert.InRange((first - TimeProvider.System.GetUtcNow()).Duration(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await store.GetTimeAsync(limit.Token) <= first)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    [Clause("REC-031", "The description is constant and names a technology, not an address")]
    public async Task The_description_is_constant()
    {
        IRecordStore store = await OpenAsync();
        RecordStoreDescription first = store.Description;
        RecordStoreDescription second = store.Description;
        Assert.Equal((first.Name, first.IsDurable, first.IsShared), (second.Name, second.IsDurable, second.IsShared));
        Assert.Matches("^[a-z0-9][a-z0-9-]{0,31}$", first.Name);
        Type? named = GetType().GetCustomAttribute<ConformanceOfAttribute>()?.Implementation;
        if (named is not null)
        {
            Assert.IsType(named, store);
        }
    }

    [Clause("REC-032", "Disposing twice is harmless")]
    public async Task Dispose_is_idempotent()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "a", [1]), Token));
        await DisposeStoreAsync(store);
        await DisposeStoreAsync(store);
    }

    [Clause("REC-033", "Two stores that were made apart share no records")]
    public async Task Two_stores_share_nothing()
    {
        IRecordStore data = await OpenAsync();
        IRecordStore keys = await OpenAsync();
        Assert.True(await data.InsertAsync(Record("p", "a", [1], At(1)), Token));
        Assert.Null(await keys.GetAsync(Key("p", "a"), Token));
        Assert.Empty(await keys.ListDueAsync(new DueQuery { Kind = _kind, Before = At(1) }, Token));
        Assert.True(await keys.InsertAsync(Record("p", "a", [2]), Token));
        Assert.Equal(1, await keys.DeletePartitionAsync(_kind, "p", Token));
        AssertIs(await data.GetAsync(Key("p", "a"), Token), "p", "a", 1, At(1), [1]);
    }

    [Clause("REC-034", "Scrub answers Complete in the end, keeps what lives, and works while others read and write")]
    public async Task Scrub_completes()
    {
        IRecordStore store = await OpenAsync();
        Assert.True(await store.InsertAsync(Record("p", "kept", [1]), Token));
        Assert.True(await store.InsertAsync(Record("p", "gone", [2]), Token));
        Assert.True(await store.DeleteAsync(Key("p", "gone"), 1, Token));
        using var stop = new CancellationTokenSource();
        Task[] others = [.. Enumerable.Range(0, 4).Select(other => Task.Run(async () =>
        {
            for (int version = 0; version < 2000 && !stop.IsCancellationRequested; version++)
            {
                Assert.NotNull(await store.GetAsync(Key("p", "kept"), Token));
                if (version % 10 == 0)
                {
                    Assert.True(await store.InsertAsync(Record($"q{other}", $"{version:D6}", [3]), Token));
                }
            }
        }))];

        ScrubResult result = ScrubResult.Busy;
        for (int attempt = 0; attempt < 20 && result != ScrubResult.Complete; attempt++)
        {
            result = await store.ScrubAsync(Token);
            Assert.True(Enum.IsDefined(result));
        }

        await stop.CancelAsync();
        await Task.WhenAll(others).WaitAsync(TimeLimit);
        AssertIs(await store.GetAsync(Key("p", "kept"), Token), "p", "kept", 1, null, [1]);
        Assert.Null(await store.GetAsync(Key("p", "gone"), Token));
        if (Can(Scrubbing))
        {
            Assert.Equal(ScrubResult.Complete, result);
        }
    }

    [Clause("REC-035", "A durable store has everything after it was closed and opened again")]
    public async Task Records_survive_reopening()
    {
        IRecordStore store = await OpenAsync();
        if (!Can(Reopening))
        {
            Assert.False(store.Description.IsDurable, "A store that calls itself durable must be able to open its records again.");
            return;
        }

        Assert.True(store.Description.IsDurable, "A store whose records survive reopening should say that it is durable.");
        byte[] large = RandomNumberGenerator.GetBytes(300_000);
        Assert.True(await store.InsertAsync(Record("p", "a", [1], At(5)), Token));
        Assert.True(await store.InsertAsync(Record("p", "large", large), Token));
        Assert.True(await store.ReplaceAsync(Record("p", "a", [2], At(6), version: 1), Token));
        Assert.True(await store.InsertAsync(Record("p", "gone", [3], At(1)), Token));
        Assert.True(await store.DeleteAsync(Key("p", "gone"), 1, Token));

        store = await OwnAsync(await ReopenAsync(store));

        AssertIs(await store.GetAsync(Key("p", "a"), Token), "p", "a", 2, At(6), [2]);
        AssertIs(await store.GetAsync(Key("p", "large"), Token), "p", "large", 1, null, large);
        Assert.Null(await store.GetAsync(Key("p", "gone"), Token));
        Assert.Equal("a", Assert.Single(await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(100) }, Token)).Key.Id);
        Assert.True(await store.ReplaceAsync(Record("p", "a", [4], version: 2), Token));
    }

    [Clause("REC-036", "Two hosts on the same records: of 50 replaces of one version exactly one wins, and both read it")]
    public async Task One_of_many_replaces_wins_over_two_hosts()
    {
        IRecordStore one = await OpenAsync();
        if (!Can(Sharing))
        {
            Assert.False(one.Description.IsShared, "A store that calls itself shared must be able to open its records twice.");
            return;
        }

        IRecordStore two = await OwnAsync(await OpenAnotherAsync(one));
        Assert.True(await one.InsertAsync(Record("p", "a", [0]), Token));
        for (int round = 1; round <= RaceRounds; round++)
        {
            long version = round;
            int winner = await RaceAsync(racer =>
                (racer % 2 == 0 ? one : two).ReplaceAsync(Record("p", "a", [(byte)racer], version: version), Token));
            AssertIs(await one.GetAsync(Key("p", "a"), Token), "p", "a", version + 1, null, [(byte)winner]);
            AssertIs(await two.GetAsync(Key("p", "a"), Token), "p", "a", version + 1, null, [(byte)winner]);
        }
    }

    [Clause("REC-037", "List due pages strictly after a record, whether it exists or not, and orders what is due at once by partition and id")]
    public async Task List_due_pages_after_a_record()
    {
        IRecordStore store = await OpenAsync();
        (string Partition, string Id, int Due)[] expected =
            [("z", "z", 1), ("a", "b", 7), ("a", "\uFF5E", 7), ("a", "\U0001F600", 7), ("b", "a", 7), ("\uFF5E", "a", 7), ("\U0001F600", "a", 7), ("a", "a", 9)];
        foreach ((string partition, string id, int due) in expected.Reverse())
        {
            Assert.True(await store.InsertAsync(Record(partition, id, [1], At(due)), Token));
        }

        var read = new List<StoreRecord>();
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await store.ListDueAsync(
                new DueQuery { Kind = _kind, Before = At(8), After = read.Count == 0 ? null : read[^1], Limit = 2 }, Token);
            if (page.Count == 0)
            {
                break;
            }

            read.AddRange(page);
            Assert.True(read.Count < expected.Length, "A page repeats what the page before held, or holds what is not due.");
        }

        Assert.Equal(expected[..^1].Select(static at => (at.Partition, at.Id)), read.Select(static record => (record.Key.Partition, record.Key.Id)));
        Assert.True(await store.DeleteAsync(Key("a", "b"), 1, Token));
        IReadOnlyList<StoreRecord> rest = await store.ListDueAsync(new DueQuery { Kind = _kind, Before = At(1000), After = read[1] }, Token);
        Assert.Equal(expected[2..].Select(static at => (at.Partition, at.Id)), rest.Select(static record => (record.Key.Partition, record.Key.Id)));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTimeOffset At(int milliseconds) => new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).AddMilliseconds(milliseconds);

    private static InvalidOperationException Missing(string method, string capability) =>
        new($"Override {method}, or override {capability} with Capability.Missing(\"...\") and say why.");

    private static void AssertIs(StoreRecord? actual, string partition, string id, long version, DateTimeOffset? due, ReadOnlySpan<byte> body)
    {
        Assert.NotNull(actual);
        Assert.Equal((partition, id, version), (actual.Key.Partition, actual.Key.Id, actual.Version));
        Assert.Equal(due, actual.DueAt);
        Assert.True(actual.Body.Span.SequenceEqual(body), $"The body of {actual} is not the one expected.");
    }

    private static async Task<int> RaceAsync(Func<int, ValueTask<bool>> run)
    {
        // All racers wait at one gate, so that they start within microseconds of each other.
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool>[] racers = [.. Enumerable.Range(0, Racers).Select(async racer =>
        {
            await gate.Task;
            return await run(racer);
        })];
        gate.SetResult();
        bool[] won = await Task.WhenAll(racers).WaitAsync(TimeLimit);
        Assert.Equal(1, won.Count(static one => one));
        return Array.IndexOf(won, true);
    }

    private static async ValueTask DisposeStoreAsync(IRecordStore store)
    {
        switch (store)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private static bool Can(Capability capability)
    {
        if (!capability.IsSupported)
        {
            TestContext.Current.TestOutputHelper?.WriteLine("Not supported: " + capability.Reason);
        }

        return capability.IsSupported;
    }

    private RecordKey Key(string partition, string id) => new() { Kind = _kind, Partition = partition, Id = id };

    private StoreRecord Record(string partition, string id, byte[] body, DateTimeOffset? due = null, long version = 0) =>
        new() { Key = Key(partition, id), Body = body, DueAt = due, Version = version };

    private async Task<IRecordStore> OpenAsync() => await OwnAsync(await CreateAsync());

    private async Task<IRecordStore> CreateOwnedAsync()
    {
        IRecordStore store = await CreateAsync();
        _stores.Add(store);
        return store;
    }

    private async Task<IRecordStore> OwnAsync(IRecordStore store)
    {
        _stores.Add(store);
        await store.PrepareAsync(Token);
        return store;
    }
}
