using System.Text.Json;
using SecureChat.AspNetCore;
using static SecureChat.Unit.Tests.Consent.ConsentParts;

namespace SecureChat.Unit.Tests.Consent;

public sealed class RecordConsentStoreTests
{
    [Fact]
    public async Task Absent_is_not_granted()
    {
        RecordConsentStore store = Store(new TestRecordStore());
        await store.RecordAsync(Given("a", "1"), default);
        Assert.Null(await store.FindAsync("a", "2", default));
        Assert.Null(await store.FindAsync("b", "1", default));
        Assert.Null(await store.FindAsync("A", "1", default));
        Assert.Null(await store.WithdrawAsync("b", "1", Start, default));
        Assert.Empty(await store.ListAsync("b", default));
        Assert.Empty(await store.ListBySubjectAsync("nobody", default));
    }

    [Fact]
    public async Task A_record_comes_back_whole()
    {
        RecordConsentStore store = Store(new TestRecordStore());
        ConsentRecord consent = Given("a", "1", 7, "subject", purpose: "Pay <b>€</b> 支付 👍");
        await store.RecordAsync(consent, default);
        ConsentRecord? found = await store.FindAsync("a", "1", default);
        Assert.Equal(JsonSerializer.Serialize(consent), JsonSerializer.Serialize(found));
    }

    [Fact]
    public async Task A_repeat_changes_nothing_even_after_a_withdrawal()
    {
        RecordConsentStore store = Store(new TestRecordStore());
        await store.RecordAsync(Given("a", "1", subject: "s"), default);
        await store.RecordAsync(Given("a", "1", minutes: 5, subject: "s", purpose: "Other"), default);
        Assert.Equal(("Pay", Start), ((await store.FindAsync("a", "1", default))!.Purpose, (await store.FindAsync("a", "1", default))!.GivenAt));
        await store.WithdrawAsync("a", "1", Start.AddMinutes(9), default);
        await store.RecordAsync(Given("a", "1", subject: "s"), default);
        Assert.Equal(Start.AddMinutes(9), (await store.FindAsync("a", "1", default))!.WithdrawnAt);
        Assert.Single(await store.ListBySubjectAsync("s", default));
    }

    [Fact]
    public async Task The_first_withdrawal_wins_and_a_repeat_keeps_its_time()
    {
        RecordConsentStore store = Store(new TestRecordStore());
        await store.RecordAsync(Given("a", "1"), default);
        Assert.Equal(Start.AddMinutes(1), (await store.WithdrawAsync("a", "1", Start.AddMinutes(1), default))!.WithdrawnAt);
        Assert.Equal(Start.AddMinutes(1), (await store.WithdrawAsync("a", "1", Start.AddMinutes(2), default))!.WithdrawnAt);
        Assert.Equal(Start.AddMinutes(1), (await store.FindAsync("a", "1", default))!.WithdrawnAt);
    }

    [Fact]
    public async Task Two_parallel_withdrawals_tell_both_callers_the_same_time()
    {
        (DateTimeOffset? first, DateTimeOffset? second) = await RaceAsync(ignoresVersions: false);
        Assert.NotNull(first);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task The_race_shows_when_the_store_forgets_its_compare_and_set()
    {
        (DateTimeOffset? first, DateTimeOffset? second) = await RaceAsync(ignoresVersions: true);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task History_is_listed_oldest_first_whatever_the_ids_are()
    {
        RecordConsentStore store = Store(new TestRecordStore());
        await store.RecordAsync(Given("a", "z", 1, "s"), default);
        await store.RecordAsync(Given("a", "a", 3, "s"), default);
        await store.RecordAsync(Given("a", "m", 2, "other"), default);
        await store.RecordAsync(Given("b", "k", 0, "s"), default);
        await store.WithdrawAsync("a", "z", Start.AddHours(1), default);
        Assert.Equal(["z", "m", "a"], (await store.ListAsync("a", default)).Select(c => c.ConsentId));
        Assert.Equal(["k", "z", "a"], (await store.ListBySubjectAsync("s", default)).Select(c => c.ConsentId));
    }

    [Fact]
    public async Task More_consents_than_a_page_are_all_listed()
    {
        RecordConsentStore store = Store(new TestRecordStore());
        for (int i = 0; i < 2001; i++)
        {
            await store.RecordAsync(Given("a", $"{i:D5}", i), default);
        }

        Assert.Equal(2001, (await store.ListAsync("a", default)).Count);
    }

    [Fact]
    public async Task The_subject_index_is_checked_against_its_source()
    {
        var data = new TestRecordStore();
        RecordConsentStore store = Store(data);
        await store.RecordAsync(Given("a", "1", subject: "theirs"), default);

        // A forged entry, and one whose source was never written.
        foreach (string id in (string[])["1", "2"])
        {
            data.Overwrite(
                new RecordKey { Kind = RecordKinds.ConsentSubject, Partition = "mine", Id = $"forged{id}" },
                JsonSerializer.SerializeToUtf8Bytes(new ConsentSubjectEntry { ConversationId = "a", ConsentId = id }, SecureChatJson.Options));
        }

        Assert.Empty(await store.ListBySubjectAsync("mine", default));
        Assert.Single(await store.ListBySubjectAsync("theirs", default));
    }

    [Fact]
    public async Task A_crash_between_index_and_source_is_finished_by_the_repeat()
    {
        var data = new TestRecordStore { Before = static call => call is { Operation: "insert", Kind: RecordKinds.Consent } ? throw new IOException("disk full") : default };
        RecordConsentStore store = Store(data);
        await Assert.ThrowsAnyAsync<SecureChatException>(async () => await store.RecordAsync(Given("a", "1", subject: "s"), default));
        Assert.Null(await store.FindAsync("a", "1", default));
        Assert.Empty(await store.ListBySubjectAsync("s", default));
        data.Before = null;
        await store.RecordAsync(Given("a", "1", subject: "s"), default);
        Assert.Single(await store.ListBySubjectAsync("s", default));
    }

    [Fact]
    public async Task A_body_under_a_foreign_key_or_with_unknown_members_is_a_fault_not_a_consent()
    {
        var data = new TestRecordStore();
        RecordConsentStore store = Store(data);
        await store.RecordAsync(Given("a", "1"), default);
        StoreRecord record = data.All.Single();

        RecordKey moved = new() { Kind = RecordKinds.Consent, Partition = "b", Id = "1" };
        data.Overwrite(moved, record.Body);
        await Assert.ThrowsAsync<SecureChatException>(async () => await store.FindAsync("b", "1", default));

        data.Overwrite(record.Key, """{"consentId":"1","surplus":true}"""u8.ToArray());
        await Assert.ThrowsAsync<JsonException>(async () => await store.FindAsync("a", "1", default));
        data.Overwrite(record.Key, "null"u8.ToArray());
        await Assert.ThrowsAsync<SecureChatException>(async () => await store.FindAsync("a", "1", default));
        Assert.Same(SecureChatErrors.ConsentUnavailable, (await Assert.ThrowsAsync<SecureChatException>(async () => await Guarded(store).ListAsync("a", default))).Error);
    }

    private static async Task<(DateTimeOffset? First, DateTimeOffset? Second)> RaceAsync(bool ignoresVersions)
    {
        var data = new TestRecordStore { IgnoresVersions = ignoresVersions };
        RecordConsentStore store = Store(data);
        await store.RecordAsync(Given("a", "1"), default);

        // Both have read before either writes.
        int readers = 0;
        var bothRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        data.AfterGet = async _ =>
        {
            if (Interlocked.Increment(ref readers) == 2)
            {
                bothRead.SetResult();
            }

            await bothRead.Task.WaitAsync(TimeSpan.FromSeconds(30));
        };
        Task<ConsentRecord?> first = store.WithdrawAsync("a", "1", Start.AddMinutes(1), default).AsTask();
        Task<ConsentRecord?> second = store.WithdrawAsync("a", "1", Start.AddMinutes(2), default).AsTask();
        return ((await first)!.WithdrawnAt, (await second)!.WithdrawnAt);
    }
}
