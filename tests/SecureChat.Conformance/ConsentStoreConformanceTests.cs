using System.Reflection;
using System.Security.Cryptography;
using Xunit;

namespace SecureChat.Conformance;

/// <summary>
/// Every clause of <see cref="IConsentStore"/>. Inherit it, override <see cref="CreateAsync"/>, and run your test project: the facts come along.
/// Stores may keep consents of earlier runs; every fact works with conversations and subjects of its own.
/// </summary>
/// <example><code>
/// [ConformanceOf(typeof(AcmeConsentStore))]
/// public sealed class AcmeConsentStoreTests : ConsentStoreConformanceTests
/// {
///     protected override ValueTask&lt;IConsentStore&gt; CreateAsync() => new(new AcmeConsentStore("server=localhost"));
///
///     protected override ValueTask&lt;IConsentStore&gt; ReopenAsync(IConsentStore store) => CreateAsync();
/// }
/// </code></example>
public abstract class ConsentStoreConformanceTests : IAsyncDisposable
{
    private const int Racers = 50;

    // More than one page of most interfaces to a database.
    private const int Many = 250;

    private readonly List<IConsentStore> _stores = [];
    private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));

    // To the second: which fraction of it a store keeps is its own affair.
    private readonly DateTimeOffset _start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Rounds of every race. Default 20.</summary>
    protected virtual int RaceRounds => 20;

    /// <summary>Whether <see cref="ReopenAsync"/> can open the same consents again. Evidence that a restart forgets is none.</summary>
    protected virtual Capability Reopening => Capability.Supported;

    /// <summary>Makes a store. The suite disposes it.</summary>
    protected abstract ValueTask<IConsentStore> CreateAsync();

    /// <summary>Closes <paramref name="store"/> and opens its consents again, as a restarted host would.</summary>
    protected virtual ValueTask<IConsentStore> ReopenAsync(IConsentStore store) => throw SuiteParts.Missing(nameof(ReopenAsync), nameof(Reopening));

    /// <summary>Disposes the stores of the fact. Override to remove what they lie on as well, and call the base first.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (IConsentStore store in _stores)
        {
            await SuiteParts.DisposeAsync(store);
        }

        GC.SuppressFinalize(this);
    }

    [Clause("CON-001", "Find answers what was recorded, every property of it")]
    public async Task Record_then_find_round_trips()
    {
        IConsentStore store = await MakeAsync();
        ConsentRecord[] given =
        [
            Consent("c1", "full", subject: Subject("anna"), withdrawnAt: _start.AddMinutes(5)),
            Consent("c1", "least"),
            Consent("c1", "unicode", purpose: "Zahlung für 名前 💳 \"'; --"),
            Consent("c1", "elsewhere", givenAt: new DateTimeOffset(2026, 3, 1, 23, 30, 0, TimeSpan.FromHours(9))),
        ];
        foreach (ConsentRecord consent in given)
        {
            await RecordAsync(store, consent);
        }

        foreach (ConsentRecord consent in given)
        {
            AssertSame(consent, await FindAsync(store, consent));
        }
    }

    [Clause("CON-002", "A consent that is not there is null, and its neighbours do not answer for it")]
    public async Task A_missing_consent_is_null()
    {
        IConsentStore store = await MakeAsync();
        ConsentRecord consent = Consent("c1", "one");
        await RecordAsync(store, consent);
        foreach ((string conversation, string id) in new[] { (Conversation("c2"), consent.ConsentId), (consent.ConversationId, Id("two")), (consent.ConversationId, consent.ConsentId.ToUpperInvariant()) })
        {
            Assert.Null(await SuiteParts.WithinAsync(store.FindAsync(conversation, id, SuiteParts.Token)));
        }

        // One id in two conversations: two consents.
        ConsentRecord other = Consent("c2", "one", purpose: "Another purpose");
        await RecordAsync(store, other);
        AssertSame(consent, await FindAsync(store, consent));
        AssertSame(other, await FindAsync(store, other));
    }

    [Clause("CON-003", "To record an id again changes nothing, whatever it says")]
    public async Task Record_is_idempotent()
    {
        IConsentStore store = await MakeAsync();
        ConsentRecord first = Consent("c1", "one", subject: Subject("anna"));
        await RecordAsync(store, first);
        await RecordAsync(store, first);
        await RecordAsync(store, Consent("c1", "one", subject: Subject("anna"), purpose: "Another purpose", givenAt: _start.AddHours(1)));
        AssertSame(first, await FindAsync(store, first));
        AssertSame(first, Assert.Single(await ListAsync(store, "c1")));
        AssertSame(first, Assert.Single(await ListBySubjectAsync(store, "anna")));
    }

    [Clause("CON-004", "To record an id again does not undo a withdrawal")]
    public async Task A_repeat_does_not_undo_a_withdrawal()
    {
        IConsentStore store = await MakeAsync();
        ConsentRecord consent = Consent("c1", "one");
        await RecordAsync(store, consent);
        await WithdrawAsync(store, consent, _start.AddMinutes(1));
        await RecordAsync(store, consent);
        AssertTime(_start.AddMinutes(1), (await FindAsync(store, consent))?.WithdrawnAt);
    }

    [Clause("CON-005", "Withdraw sets the time, answers the record as it stands then, and touches no other")]
    public async Task Withdraw_sets_the_time()
    {
        IConsentStore store = await MakeAsync();
        ConsentRecord one = Consent("c1", "one", subject: Subject("anna")), other = Consent("c1", "two"), elsewhere = Consent("c2", "one");
        await RecordAsync(store, one);
        await RecordAsync(store, other);
        await RecordAsync(store, elsewhere);
        ConsentRecord withdrawn = Copy(one, _start.AddMinutes(1));
        AssertSame(withdrawn, await WithdrawAsync(store, one, _start.AddMinutes(1)));
        AssertSame(withdrawn, await FindAsync(store, one));
        AssertSame(other, await FindAsync(store, other));
        AssertSame(elsewhere, await FindAsync(store, elsewhere));
    }

    [Clause("CON-006", "The first withdrawal wins: a later one answers and keeps its time")]
    public async Task The_first_withdrawal_wins()
    {
        IConsentStore store = await MakeAsync();
        ConsentRecord consent = Consent("c1", "one");
        await RecordAsync(store, consent);
        await WithdrawAsync(store, consent, _start.AddMinutes(2));
        foreach (int minute in new[] { 1, 2, 3 })
        {
            AssertTime(_start.AddMinutes(2), (await WithdrawAsync(store, consent, _start.AddMinutes(minute)))?.WithdrawnAt);
        }

        AssertTime(_start.AddMinutes(2), (await FindAsync(store, consent))?.WithdrawnAt);
    }

    [Clause("CON-007", "To withdraw what is not there answers null and makes none")]
    public async Task A_missing_consent_is_not_withdrawn()
    {
        IConsentStore store = await MakeAsync();
        ConsentRecord consent = Consent("c1", "one");
        Assert.Null(await WithdrawAsync(store, consent, _start));
        Assert.Null(await FindAsync(store, consent));
        Assert.Empty(await ListAsync(store, "c1"));

        // A consent that is given afterwards stands.
        await RecordAsync(store, consent);
        Assert.Null((await FindAsync(store, consent))?.WithdrawnAt);
    }

    [Clause("CON-008", "List answers all consents of one conversation, withdrawn ones too, oldest first")]
    public async Task List_is_of_one_conversation()
    {
        IConsentStore store = await MakeAsync();
        Assert.Empty(await ListAsync(store, "c1"));
        foreach (int minute in new[] { 3, 1, 2 })
        {
            await RecordAsync(store, Consent("c1", $"m{minute}", givenAt: _start.AddMinutes(minute)));
        }

        await RecordAsync(store, Consent("c2", "m0"));
        await WithdrawAsync(store, Consent("c1", "m2"), _start.AddHours(1));
        Assert.Equal([Id("m1"), Id("m2"), Id("m3")], (await ListAsync(store, "c1")).Select(static consent => consent.ConsentId));
        Assert.Equal(Id("m0"), Assert.Single(await ListAsync(store, "c2")).ConsentId);
    }

    [Clause("CON-009", "List by subject answers all consents of one person over all conversations, oldest first, and nobody else's")]
    public async Task List_is_of_one_subject()
    {
        IConsentStore store = await MakeAsync();
        Assert.Empty(await ListBySubjectAsync(store, "anna"));
        await RecordAsync(store, Consent("c2", "later", subject: Subject("anna"), givenAt: _start.AddMinutes(2)));
        await RecordAsync(store, Consent("c1", "first", subject: Subject("anna"), givenAt: _start.AddMinutes(1)));
        await RecordAsync(store, Consent("c3", "last", subject: Subject("anna"), givenAt: _start.AddMinutes(3)));
        await RecordAsync(store, Consent("c1", "other", subject: Subject("Anna")));
        await RecordAsync(store, Consent("c1", "nobody"));
        await WithdrawAsync(store, Consent("c3", "last"), _start.AddHours(1));
        IReadOnlyList<ConsentRecord> listed = await ListBySubjectAsync(store, "anna");
        Assert.Equal([Id("first"), Id("later"), Id("last")], listed.Select(static consent => consent.ConsentId));
        Assert.All(listed, consent => Assert.Equal(Subject("anna"), consent.SubjectRef));
        AssertTime(_start.AddHours(1), listed[2].WithdrawnAt);
    }

    [Clause("CON-010", "Lists are complete: 250 consents of one person in one conversation")]
    public async Task Lists_are_complete()
    {
        IConsentStore store = await MakeAsync();
        for (int i = 0; i < Many; i++)
        {
            await RecordAsync(store, Consent("c1", $"n{i:D3}", subject: Subject("anna"), givenAt: _start.AddSeconds(i)));
        }

        string[] all = [.. Enumerable.Range(0, Many).Select(i => Id($"n{i:D3}"))];
        Assert.Equal(all, (await ListAsync(store, "c1")).Select(static consent => consent.ConsentId));
        Assert.Equal(all, (await ListBySubjectAsync(store, "anna")).Select(static consent => consent.ConsentId));
    }

    [Clause("CON-011", "Of 50 withdrawals at once one time stands, and every answer and every later read has it")]
    public async Task Withdrawals_at_once_have_one_time()
    {
        IConsentStore store = await MakeAsync();
        for (int round = 0; round < RaceRounds; round++)
        {
            ConsentRecord consent = Consent("c1", $"r{round}");
            await RecordAsync(store, consent);
            ConsentRecord?[] answers = await SuiteParts.AtOnceAsync(Racers, caller => WithdrawAsync(store, consent, _start.AddMinutes(1 + caller)));
            DateTimeOffset? stands = (await FindAsync(store, consent))?.WithdrawnAt;
            Assert.NotNull(stands);
            Assert.All(answers, answer => Assert.Equal(stands, answer?.WithdrawnAt));
        }
    }

    [Clause("CON-012", "Of 50 records of one id at once one stands; a withdrawal after any of them is not lost")]
    public async Task Records_at_once_leave_one()
    {
        IConsentStore store = await MakeAsync();
        for (int round = 0; round < RaceRounds; round++)
        {
            string id = $"r{round}";
            bool[] isWithdrawn = await SuiteParts.AtOnceAsync(Racers, async caller =>
            {
                ConsentRecord consent = Consent("c1", id, subject: Subject("anna"), purpose: $"Purpose {caller}");
                await RecordAsync(store, consent);
                return caller % 10 != 0 || await WithdrawAsync(store, consent, _start.AddHours(1)) is { WithdrawnAt: not null };
            });
            Assert.All(isWithdrawn, static one => Assert.True(one, "A consent that was recorded could not be withdrawn."));
            ConsentRecord stands = Assert.Single(await ListAsync(store, "c1"), consent => string.Equals(consent.ConsentId, Id(id), StringComparison.Ordinal));
            AssertTime(_start.AddHours(1), stands.WithdrawnAt);
            AssertSame(stands, await FindAsync(store, stands));
            AssertSame(stands, Assert.Single(await ListBySubjectAsync(store, "anna"), consent => string.Equals(consent.ConsentId, Id(id), StringComparison.Ordinal)));
        }
    }

    [Clause("CON-013", "A token that is cancelled before the call starts: OperationCanceledException, and nothing happens")]
    public async Task A_cancelled_call_does_nothing()
    {
        IConsentStore store = await MakeAsync();
        ConsentRecord consent = Consent("c1", "one", subject: Subject("anna")), other = Consent("c1", "two");
        await RecordAsync(store, consent);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        (string Name, Func<Task> Call)[] calls =
        [
            ("Record", async () => await store.RecordAsync(other, cancelled.Token)),
            ("Find", async () => await store.FindAsync(consent.ConversationId, consent.ConsentId, cancelled.Token)),
            ("Withdraw", async () => await store.WithdrawAsync(consent.ConversationId, consent.ConsentId, _start, cancelled.Token)),
            ("List", async () => await store.ListAsync(consent.ConversationId, cancelled.Token)),
            ("ListBySubject", async () => await store.ListBySubjectAsync(Subject("anna"), cancelled.Token)),
        ];
        foreach ((string name, Func<Task> call) in calls)
        {
            Exception? fault = await Record.ExceptionAsync(call);
            Assert.True(fault is OperationCanceledException, $"{name}: {fault?.GetType().Name ?? "an answer"} in place of OperationCanceledException");
        }

        AssertSame(consent, Assert.Single(await ListAsync(store, "c1")));
    }

    [Clause("CON-014", "Everything is there after the store was closed and opened again")]
    public async Task A_restart_forgets_nothing()
    {
        if (SuiteParts.IsMissing(Reopening))
        {
            return;
        }

        IConsentStore store = await MakeAsync();
        ConsentRecord kept = Consent("c1", "one", subject: Subject("anna")), withdrawn = Consent("c1", "two", subject: Subject("anna"), givenAt: _start.AddMinutes(1));
        await RecordAsync(store, kept);
        await RecordAsync(store, withdrawn);
        await WithdrawAsync(store, withdrawn, _start.AddHours(1));
        IConsentStore reopened = Keep(await ReopenAsync(store));
        AssertSame(kept, await FindAsync(reopened, kept));
        AssertTime(_start.AddHours(1), (await FindAsync(reopened, withdrawn))?.WithdrawnAt);
        Assert.Equal(2, (await ListBySubjectAsync(reopened, "anna")).Count);
    }

    [Clause("CON-015", "Its text and its exceptions show no purpose, subject or id")]
    public async Task Nothing_shows_a_person()
    {
        IConsentStore store = await MakeAsync();
        ConsentRecord consent = Consent("c1", "one", subject: Subject("anna"), purpose: "Purpose-" + _run);
        await RecordAsync(store, consent);
        Assert.DoesNotContain(_run, store.ToString() ?? string.Empty, StringComparison.Ordinal);
        await SuiteParts.DisposeAsync(store);

        // A closed store may answer or fault; a fault goes into logs.
        Exception? fault = await Record.ExceptionAsync(() => RecordAsync(store, consent));
        Assert.DoesNotContain(_run, fault?.ToString() ?? string.Empty, StringComparison.Ordinal);
    }

    [Clause("CON-016", "Disposing twice is harmless")]
    public async Task Dispose_is_idempotent()
    {
        IConsentStore store = await MakeAsync();
        await SuiteParts.DisposeAsync(store);
        await SuiteParts.DisposeAsync(store);
    }

    private static void AssertSame(ConsentRecord expected, ConsentRecord? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.ConsentId, actual.ConsentId);
        Assert.Equal(expected.ConversationId, actual.ConversationId);
        Assert.Equal(expected.RequestId, actual.RequestId);
        Assert.Equal(expected.SubjectRef, actual.SubjectRef);
        Assert.Equal(expected.Purpose, actual.Purpose);
        Assert.Equal(expected.NoticeKey, actual.NoticeKey);
        Assert.Equal(expected.NoticeVersion, actual.NoticeVersion);
        Assert.Equal(expected.Language, actual.Language);
        Assert.Equal(expected.NoticeSha256, actual.NoticeSha256);
        Assert.Equal(expected.DataClasses, actual.DataClasses);
        AssertTime(expected.GivenAt, actual.GivenAt);
        AssertTime(expected.WithdrawnAt, actual.WithdrawnAt);
    }

    /// <summary>The same instant, to the second; which offset it is written with does not matter.</summary>
    private static void AssertTime(DateTimeOffset? expected, DateTimeOffset? actual) =>
        Assert.Equal(expected?.ToUnixTimeSeconds(), actual?.ToUnixTimeSeconds());

    private static Task RecordAsync(IConsentStore store, ConsentRecord consent) => SuiteParts.WithinAsync(store.RecordAsync(consent, SuiteParts.Token));

    private static Task<ConsentRecord?> FindAsync(IConsentStore store, ConsentRecord consent) =>
        SuiteParts.WithinAsync(store.FindAsync(consent.ConversationId, consent.ConsentId, SuiteParts.Token));

    private static Task<ConsentRecord?> WithdrawAsync(IConsentStore store, ConsentRecord consent, DateTimeOffset at) =>
        SuiteParts.WithinAsync(store.WithdrawAsync(consent.ConversationId, consent.ConsentId, at, SuiteParts.Token));

    private static ConsentRecord Copy(ConsentRecord from, DateTimeOffset withdrawnAt) => new()
    {
        ConsentId = from.ConsentId,
        ConversationId = from.ConversationId,
        RequestId = from.RequestId,
        SubjectRef = from.SubjectRef,
        Purpose = from.Purpose,
        NoticeKey = from.NoticeKey,
        NoticeVersion = from.NoticeVersion,
        Language = from.Language,
        NoticeSha256 = from.NoticeSha256,
        DataClasses = from.DataClasses,
        GivenAt = from.GivenAt,
        WithdrawnAt = withdrawnAt,
    };

    private async Task<IReadOnlyList<ConsentRecord>> ListAsync(IConsentStore store, string conversation)
    {
        IReadOnlyList<ConsentRecord>? listed = await SuiteParts.WithinAsync(store.ListAsync(Conversation(conversation), SuiteParts.Token));
        Assert.NotNull(listed);
        Assert.All(listed, consent => Assert.Equal(Conversation(conversation), consent.ConversationId));
        return listed;
    }

    private async Task<IReadOnlyList<ConsentRecord>> ListBySubjectAsync(IConsentStore store, string subject)
    {
        IReadOnlyList<ConsentRecord>? listed = await SuiteParts.WithinAsync(store.ListBySubjectAsync(Subject(subject), SuiteParts.Token));
        Assert.NotNull(listed);
        return listed;
    }

    private string Conversation(string name) => $"{name}-{_run}";

    private string Subject(string name) => $"{name}-{_run}";

    private string Id(string name) => $"{name}-consent-{_run}";

    private ConsentRecord Consent(
        string conversation, string id, string? subject = null, string purpose = "Pay your order", DateTimeOffset? givenAt = null, DateTimeOffset? withdrawnAt = null) => new()
        {
            ConsentId = Id(id),
            ConversationId = Conversation(conversation),
            RequestId = "request-" + _run,
            SubjectRef = subject,
            Purpose = purpose,
            NoticeKey = "payments",
            NoticeVersion = "2026-03-01",
            Language = "en-GB",
            NoticeSha256 = new string('a', 64),
            DataClasses = [DataClass.AccountData, DataClass.AuthenticationData],
            GivenAt = givenAt ?? _start,
            WithdrawnAt = withdrawnAt,
        };

    private async Task<IConsentStore> MakeAsync()
    {
        IConsentStore store = Keep(await CreateAsync());
        if (GetType().GetCustomAttribute<ConformanceOfAttribute>()?.Implementation is { } named)
        {
            Assert.IsType(named, store);
        }

        return store;
    }

    private IConsentStore Keep(IConsentStore store)
    {
        Assert.NotNull(store);
        _stores.Add(store);
        return store;
    }
}
