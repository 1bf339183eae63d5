using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace SecureChat.Conformance;

/// <summary>
/// Every clause of <see cref="IVault"/>. Inherit it, override <see cref="CreateAsync"/> and <see cref="PassAsync"/>, and run your test project: the
/// facts come along. Vaults may be shared between facts and runs; every fact works in conversations of its own.
/// </summary>
/// <example><code>
/// [ConformanceOf(typeof(AcmeVault))]
/// public sealed class AcmeVaultTests : VaultConformanceTests
/// {
///     protected override ValueTask&lt;IVault&gt; CreateAsync() => new(new AcmeVault("server=localhost"));
///
///     protected override ValueTask PassAsync(TimeSpan time) => new(Task.Delay(time));
/// }
/// </code></example>
public abstract class VaultConformanceTests : IAsyncDisposable
{
    private const int Racers = 50;

    private readonly List<IVault> _vaults = [];
    private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private int _forms;

    /// <summary>Rounds of every race. Default 20. More rounds find rarer faults: none in n rounds bounds the rate to about 3/n.</summary>
    protected virtual int RaceRounds => 20;

    /// <summary>How long a value of the clauses about time lives, and how long its window is open. Short when the vault's clock is the real one.</summary>
    protected virtual TimeSpan ShortLife => TimeSpan.FromSeconds(3);

    /// <summary>Whether <see cref="OpenAnotherAsync"/> can open the same values a second time, as another host would.</summary>
    protected virtual Capability Sharing => Capability.Supported;

    /// <summary>Whether <see cref="ReopenAsync"/> can open the same values again.</summary>
    protected virtual Capability Reopening => Capability.Supported;

    /// <summary>Makes a vault. The suite disposes it.</summary>
    protected abstract ValueTask<IVault> CreateAsync();

    /// <summary>Lets time pass on the vault's clock: advance a fake one, or wait. The values' lives end by it.</summary>
    protected abstract ValueTask PassAsync(TimeSpan time);

    /// <summary>Called before the first seal of a form. Override it when the vault must know of a form before; a vault product need not.</summary>
    protected virtual ValueTask PrepareFormAsync(IVault vault, string conversationId, string requestId) => ValueTask.CompletedTask;

    /// <summary>Opens the values of <paramref name="vault"/> once more while it stays open.</summary>
    protected virtual ValueTask<IVault> OpenAnotherAsync(IVault vault) => throw SuiteParts.Missing(nameof(OpenAnotherAsync), nameof(Sharing));

    /// <summary>Closes <paramref name="vault"/> and opens its values again, as a restarted host would.</summary>
    protected virtual ValueTask<IVault> ReopenAsync(IVault vault) => throw SuiteParts.Missing(nameof(ReopenAsync), nameof(Reopening));

    /// <summary>Disposes the vaults of the fact. Override to remove what they lie on as well, and call the base first.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (IVault vault in _vaults)
        {
            await SuiteParts.DisposeAsync(vault);
        }

        GC.SuppressFinalize(this);
    }

    [Clause("VLT-001", "Seal answers each field as sealed: key, label, data class, preview, delivery and life as asked")]
    public async Task Seal_answers_what_was_asked()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealField[] fields =
        [
            Field("pan", "4242424242424242", DataClass.AccountData, preview: "•••• 4242", life: TimeSpan.FromHours(1)),
            Field("cvc", "737", DataClass.AuthenticationData, preview: "•••", life: TimeSpan.FromMinutes(5), isSingle: true),
            Field("name", "Жанна 名前", DataClass.Contact, label: "Имя 名"),
        ];
        SealResult result = await SealAsync(vault, form, fields);
        Assert.Equal(SealOutcome.Sealed, result.Outcome);
        Assert.Equal(fields.Length, result.Values.Count);
        foreach (SealField field in fields)
        {
            SealedValue value = ValueOf(result.Values, field.FieldKey);
            Assert.Equal((field.Label, field.DataClass, field.MaskedPreview), (value.Label, value.DataClass, value.MaskedPreview));
            Assert.Equal(SealedValueState.Sealed, value.State);
            Assert.True(value.SingleDelivery || !field.SingleDelivery, field.FieldKey);
            Assert.Null(value.ClaimedAt);
            Assert.Null(value.DestroyedAt);
        }

        TimeSpan apart = ValueOf(result.Values, "pan").ExpiresAt - ValueOf(result.Values, "cvc").ExpiresAt;
        Assert.Equal(55, apart.TotalMinutes, 0.1);
    }

    [Clause("VLT-002", "Ids of values are random: 16 to 64 of A-Z a-z 0-9 - _, a letter among them, each once, and nothing of the value in them")]
    public async Task Ids_are_random()
    {
        IVault vault = await MakeAsync();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 20; i++)
        {
            // One value under one field key in many forms: an id that is made of either repeats.
            SealResult result = await SealAsync(vault, await NewFormAsync(vault), Field("one", "correcthorsebattery"), Field("two", "correcthorsebattery"));
            foreach (SealedValue value in result.Values)
            {
                Assert.Matches("^(?=.*[A-Za-z])[A-Za-z0-9_-]{16,64}$", value.ValueId);
                Assert.True(seen.Add(value.ValueId), "An id was given twice.");
                Assert.DoesNotContain("correcthorse", value.ValueId, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Clause("VLT-003", "The same submission again is AlreadySealed, with the same values, and changes nothing")]
    public async Task A_repeat_changes_nothing()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult first = await SealAsync(vault, form, Field("pan", "4242"), Field("name", "Anna"));
        SealResult again = await SealAsync(vault, form, Field("pan", "4242"), Field("name", "Anna"));
        Assert.Equal(SealOutcome.AlreadySealed, again.Outcome);
        Assert.Equal(Ids(first.Values), Ids(again.Values));
        Assert.Equal(Ids(first.Values), Ids(await DescribeAsync(vault, form)));
    }

    [Clause("VLT-004", "Another content under the same id, or another submission, is a Mismatch, and what was sealed first stays")]
    public async Task Another_submission_is_refused()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult first = await SealAsync(vault, form, Field("pan", "4242"), Field("name", "Anna"));
        foreach ((string submission, SealField[] fields) in new[]
        {
            (form.SubmissionId, new[] { Field("pan", "4243"), Field("name", "Anna") }),
            (form.SubmissionId, [Field("pan", "4242")]),
            (form.SubmissionId, [Field("pan", "4242"), Field("name", "Anna"), Field("more", "x")]),
            (form.SubmissionId, [Field("pan", "Anna"), Field("name", "4242")]),
            (Id("other-submission"), [Field("pan", "4242"), Field("name", "Anna")]),
        })
        {
            SealResult refused = await SealAsync(vault, form with { SubmissionId = submission }, fields);
            Assert.Equal(SealOutcome.Mismatch, refused.Outcome);
        }

        Assert.Equal(Ids(first.Values), Ids(await DescribeAsync(vault, form)));
        Claim claim = NewClaim(form, first.Values);
        await ClaimedAsync(vault, claim);
        Assert.Equal("4242", (await ReleasedAsync(vault, claim))["pan"]);
    }

    [Clause("VLT-005", "Of 50 different submissions at once exactly one is sealed, and it is the one that is released")]
    public async Task One_of_many_submissions_is_sealed()
    {
        IVault vault = await MakeAsync();
        for (int round = 0; round < RaceRounds; round++)
        {
            Form form = await NewFormAsync(vault);
            SealOutcome[] outcomes = await SuiteParts.AtOnceAsync(
                Racers, async caller => (await SealAsync(vault, form with { SubmissionId = Id($"submission-{caller}") }, Field("a", $"value {caller}"), Field("b", $"value {caller}"))).Outcome);
            int winner = Array.IndexOf(outcomes, SealOutcome.Sealed);
            Assert.Single(outcomes, static outcome => outcome == SealOutcome.Sealed);
            Assert.Equal(Racers - 1, outcomes.Count(static outcome => outcome == SealOutcome.Mismatch));
            IReadOnlyList<SealedValue> values = await DescribeAsync(vault, form);
            Assert.Equal(2, values.Count);
            Claim claim = NewClaim(form, values);
            await ClaimedAsync(vault, claim);
            Assert.All((await ReleasedAsync(vault, claim)).Values, value => Assert.Equal($"value {winner}", value));
        }
    }

    [Clause("VLT-006", "Every byte of a value comes back, of one and of 65,536 bytes, also when the caller zeroes its memory after the seal")]
    public async Task Every_byte_comes_back()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        byte[][] values = [[0], [.. Enumerable.Range(0, 256).Select(static value => (byte)value)], RandomNumberGenerator.GetBytes(64 * 1024), Encoding.UTF8.GetBytes("Жанна 名前 💳")];
        byte[][] given = [.. values.Select(static value => value.ToArray())];
        SealResult result = await SealAsync(vault, form, [.. given.Select(static (value, i) => Field($"f{i}", value))]);
        foreach (byte[] value in given)
        {
            CryptographicOperations.ZeroMemory(value);
        }

        Claim claim = NewClaim(form, result.Values);
        await ClaimedAsync(vault, claim);
        await ReleasedAsync(vault, claim);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(values[i], claim.Sealer.Opened[$"f{i}"]);
        }
    }

    [Clause("VLT-007", "Describe answers the values of one form in their states, and none for a form that has none")]
    public async Task Describe_follows_the_states()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault), other = await NewFormAsync(vault);
        Assert.Empty(await DescribeAsync(vault, form));
        SealResult result = await SealAsync(vault, form, Field("a", "1"), Field("b", "2"), Field("c", "3"));
        await SealAsync(vault, other, Field("a", "1"));
        Claim claim = NewClaim(form, [ValueOf(result.Values, "b")]);
        await ClaimedAsync(vault, claim);
        await DestroyAsync(vault, form, DestroyReason.Erased, [ValueOf(result.Values, "c").ValueId]);
        IReadOnlyList<SealedValue> now = await DescribeAsync(vault, form);
        Assert.Equal(Ids(result.Values), Ids(now));
        Assert.Equal(
            (SealedValueState.Sealed, SealedValueState.Claimed, SealedValueState.Destroyed),
            (ValueOf(now, "a").State, ValueOf(now, "b").State, ValueOf(now, "c").State));
        Assert.Equal(DestroyReason.Erased, ValueOf(now, "c").DestroyReason);
        Assert.NotNull(ValueOf(now, "c").DestroyedAt);
        Assert.Equal(SealedValueState.Sealed, Assert.Single(await DescribeAsync(vault, other)).State);
    }

    [Clause("VLT-008", "The first claim wins; itself again is AlreadyYours, and another claim, agent, session or key is TakenByOther")]
    public async Task The_first_claim_wins()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"), Field("b", "2"));
        Claim claim = NewClaim(form, result.Values);
        ClaimResult won = await ClaimAsync(vault, claim);
        Assert.Equal(ClaimOutcome.Claimed, won.Outcome);
        Assert.NotNull(won.Until);
        ClaimResult again = await ClaimAsync(vault, claim);
        Assert.Equal((ClaimOutcome.AlreadyYours, won.Until), (again.Outcome, again.Until));
        foreach (Claim other in claim.Others())
        {
            Assert.Equal(ClaimOutcome.TakenByOther, (await ClaimAsync(vault, other)).Outcome);
        }

        Assert.Equal(2, (await ReleasedAsync(vault, claim)).Count);
    }

    [Clause("VLT-009", "Of 50 claims at once exactly one wins, and only it is given the values")]
    public async Task One_of_many_claims_wins()
    {
        IVault vault = await MakeAsync();
        for (int round = 0; round < RaceRounds; round++)
        {
            await RaceAsync(vault, vault);
        }
    }

    [Clause("VLT-010", "A claim takes all values it names or none")]
    public async Task A_claim_is_all_or_none()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"), Field("b", "2"), Field("c", "3"));
        await ClaimedAsync(vault, NewClaim(form, [ValueOf(result.Values, "b")]));
        await DestroyAsync(vault, form, DestroyReason.Erased, [ValueOf(result.Values, "c").ValueId]);
        Claim ab = NewClaim(form, [ValueOf(result.Values, "a"), ValueOf(result.Values, "b")]), ac = NewClaim(form, [ValueOf(result.Values, "a"), ValueOf(result.Values, "c")]);
        Assert.Equal(ClaimOutcome.TakenByOther, (await ClaimAsync(vault, ab)).Outcome);
        Assert.Equal(ClaimOutcome.Gone, (await ClaimAsync(vault, ac)).Outcome);
        Assert.Equal(SealedValueState.Sealed, ValueOf(await DescribeAsync(vault, form), "a").State);
        await RefusedAsync(vault, ab);
        Claim a = NewClaim(form, [ValueOf(result.Values, "a")]);
        await ClaimedAsync(vault, a);
        Assert.Equal("1", (await ReleasedAsync(vault, a))["a"]);
    }

    [Clause("VLT-011", "What is not there, or belongs to another form, is NotFound: to claim, to release, to acknowledge and to destroy")]
    public async Task A_missing_value_is_not_found()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault), other = await NewFormAsync(vault), never = NewForm();
        SealResult result = await SealAsync(vault, form, Field("a", "1"));
        await SealAsync(vault, other, Field("a", "2"));
        SealedValue[] unknown = [Described("value-" + _run)];
        foreach (Claim claim in new[] { NewClaim(never, result.Values), NewClaim(other, result.Values), NewClaim(form, unknown), NewClaim(form, [.. result.Values, .. unknown]) })
        {
            Assert.Equal(ClaimOutcome.NotFound, (await ClaimAsync(vault, claim)).Outcome);
            await RefusedAsync(vault, claim);
            Assert.False((await AcknowledgeAsync(vault, claim)).Found);
        }

        Assert.False((await DestroyAsync(vault, never, DestroyReason.Erased)).Found);
        Assert.Empty((await DestroyAsync(vault, other, DestroyReason.Erased, [result.Values[0].ValueId])).Destroyed);
        Assert.Equal(SealedValueState.Sealed, Assert.Single(await DescribeAsync(vault, form)).State);
    }

    [Clause("VLT-012", "Release answers the claim that won, as often as it asks while its window is open")]
    public async Task Release_is_idempotent()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"), Field("b", "2"), Field("not asked", "3"));
        Claim claim = NewClaim(form, [ValueOf(result.Values, "a"), ValueOf(result.Values, "b")]);
        await ClaimedAsync(vault, claim);
        for (int i = 0; i < 3; i++)
        {
            Dictionary<string, string> released = await ReleasedAsync(vault, claim);
            Assert.Equal([("a", "1"), ("b", "2")], released.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => (pair.Key, pair.Value)));
        }

        Assert.DoesNotContain("not asked", claim.Sealer.Opened.Keys);
    }

    [Clause("VLT-013", "Another claim, agent, session or key is given nothing, nor is who never claimed")]
    public async Task Release_is_for_the_claim_that_won()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"));
        Claim claim = NewClaim(form, result.Values);
        await RefusedAsync(vault, claim);
        await ClaimedAsync(vault, claim);
        foreach (Claim other in claim.Others())
        {
            await RefusedAsync(vault, other);
        }

        Assert.Equal("1", (await ReleasedAsync(vault, claim))["a"]);
    }

    [Clause("VLT-014", "A single-delivery value is in the first answer only, which destroys it; the others of the claim stay")]
    public async Task Single_delivery_is_once()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("pan", "4242"), Field("cvc", "737", DataClass.AuthenticationData, isSingle: true));
        Claim claim = NewClaim(form, result.Values);
        await ClaimedAsync(vault, claim);
        ReleaseResult first = await ReleaseAsync(vault, claim);
        Assert.Equal(ReleaseOutcome.Released, first.Outcome);
        Assert.Equal(2, first.Values.Count);
        Assert.Equal([ValueOf(result.Values, "cvc").ValueId], first.DestroyedValueIds);
        Assert.Equal(SealedValueState.Destroyed, ValueOf(await DescribeAsync(vault, form), "cvc").State);
        claim.Sealer.Forget();
        ReleaseResult again = await ReleaseAsync(vault, claim);
        Assert.Equal("pan", Assert.Single(again.Values).FieldKey);
        Assert.Equal(["pan"], claim.Sealer.Opened.Keys);
    }

    [Clause("VLT-015", "Of 50 releases of a single-delivery value at once exactly one answer has it")]
    public async Task Single_delivery_is_once_under_races()
    {
        IVault vault = await MakeAsync();
        for (int round = 0; round < RaceRounds; round++)
        {
            Form form = await NewFormAsync(vault);
            SealResult result = await SealAsync(vault, form, Field("cvc", "737", DataClass.AuthenticationData, isSingle: true));
            Claim claim = NewClaim(form, result.Values);
            await ClaimedAsync(vault, claim);
            int[] values = await SuiteParts.AtOnceAsync(Racers, async _ => (await ReleaseAsync(vault, claim)).Values.Count);
            Assert.Equal(1, values.Sum());
        }
    }

    [Clause("VLT-016", "Acknowledge destroys what the claim holds and answers with the tombstones; again it finds them and destroys nothing")]
    public async Task Acknowledge_destroys()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"), Field("b", "2"));
        Claim claim = NewClaim(form, [ValueOf(result.Values, "a")]);
        await ClaimedAsync(vault, claim);
        await ReleasedAsync(vault, claim);
        DestroyResult done = await AcknowledgeAsync(vault, claim);
        SealedValue tombstone = Assert.Single(done.Destroyed);
        Assert.True(done is { Found: true, IsComplete: true });
        Assert.Equal(("a", SealedValueState.Destroyed, DestroyReason.Viewed), (tombstone.FieldKey, tombstone.State, tombstone.DestroyReason));
        await RefusedAsync(vault, claim);
        DestroyResult again = await AcknowledgeAsync(vault, claim);
        Assert.True(again.Found);
        Assert.Empty(again.Destroyed);
        Assert.Equal(SealedValueState.Sealed, ValueOf(await DescribeAsync(vault, form), "b").State);
    }

    [Clause("VLT-017", "Who does not hold the claim acknowledges nothing")]
    public async Task Only_the_holder_acknowledges()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"));
        Claim claim = NewClaim(form, result.Values);
        await ClaimedAsync(vault, claim);
        foreach (Claim other in claim.Others(isKeySeen: false))
        {
            DestroyResult refused = await AcknowledgeAsync(vault, other);
            Assert.False(refused.Found);
            Assert.Empty(refused.Destroyed);
        }

        Assert.Equal("1", (await ReleasedAsync(vault, claim))["a"]);
    }

    [Clause("VLT-018", "Destroy ends what it names, all or some, whoever holds it open")]
    public async Task Destroy_ends_what_it_names()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"), Field("b", "2"), Field("c", "3"));
        Claim claim = NewClaim(form, [ValueOf(result.Values, "b")]);
        await ClaimedAsync(vault, claim);
        DestroyResult some = await DestroyAsync(vault, form, DestroyReason.Erased, [ValueOf(result.Values, "a").ValueId]);
        Assert.Equal(("a", SealedValueState.Destroyed, DestroyReason.Erased), (Assert.Single(some.Destroyed).FieldKey, some.Destroyed[0].State, some.Destroyed[0].DestroyReason));
        DestroyResult rest = await DestroyAsync(vault, form, DestroyReason.ConversationEnded);
        Assert.Equal(["b", "c"], rest.Destroyed.Select(static value => value.FieldKey).Order(StringComparer.Ordinal));
        Assert.All(await DescribeAsync(vault, form), static value => Assert.Equal(SealedValueState.Destroyed, value.State));
        Assert.Equal(DestroyReason.Erased, ValueOf(await DescribeAsync(vault, form), "a").DestroyReason);
        await RefusedAsync(vault, claim);
        DestroyResult again = await DestroyAsync(vault, form, DestroyReason.Erased);
        Assert.True(again.Found);
        Assert.Empty(again.Destroyed);
    }

    [Clause("VLT-019", "Destroy of what nobody opened leaves alone, and names, what an agent holds open")]
    public async Task Destroy_leaves_open_values_alone()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"), Field("b", "2"));
        Claim claim = NewClaim(form, [ValueOf(result.Values, "b")]);
        await ClaimedAsync(vault, claim);
        DestroyResult done = await DestroyAsync(vault, form, DestroyReason.Withdrawn, isUnopenedOnly: true);
        Assert.Equal("a", Assert.Single(done.Destroyed).FieldKey);
        Assert.Equal([ValueOf(result.Values, "b").ValueId], done.StillOpen);
        Assert.Equal("2", (await ReleasedAsync(vault, claim))["b"]);
    }

    [Clause("VLT-020", "What is destroyed stays destroyed: a repeated submission, a claim and a release find the tombstone")]
    public async Task Destroyed_is_for_ever()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"));
        await DestroyAsync(vault, form, DestroyReason.Withdrawn);
        SealResult repeat = await SealAsync(vault, form, Field("a", "1"));
        Assert.NotEqual(SealOutcome.Sealed, repeat.Outcome);
        Claim claim = NewClaim(form, result.Values);
        Assert.Equal(ClaimOutcome.Gone, (await ClaimAsync(vault, claim)).Outcome);
        await RefusedAsync(vault, claim);
        SealedValue now = Assert.Single(await DescribeAsync(vault, form));
        Assert.Equal((SealedValueState.Destroyed, DestroyReason.Withdrawn), (now.State, now.DestroyReason));
    }

    [Clause("VLT-021", "A value whose life has ended cannot be claimed, and a destroy of what is due ends it and no other")]
    public async Task A_life_ends()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("short", "1", life: ShortLife), Field("long", "2"));
        Assert.Empty((await DestroyAsync(vault, form, DestroyReason.Expired, isDueOnly: true)).Destroyed);
        await PassAsync(ShortLife + TimeSpan.FromMilliseconds(500));
        Claim late = NewClaim(form, [ValueOf(result.Values, "short")]);
        Assert.Equal(ClaimOutcome.Gone, (await ClaimAsync(vault, late)).Outcome);
        await RefusedAsync(vault, late);
        await DestroyAsync(vault, form, DestroyReason.Expired, isDueOnly: true);
        IReadOnlyList<SealedValue> now = await DescribeAsync(vault, form);
        Assert.Equal((SealedValueState.Destroyed, DestroyReason.Expired), (ValueOf(now, "short").State, ValueOf(now, "short").DestroyReason));
        Assert.Equal(SealedValueState.Sealed, ValueOf(now, "long").State);
    }

    [Clause("VLT-022", "When its window has ended a claim is given nothing more, and a destroy of what is due ends what it held")]
    public async Task A_window_ends()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"), Field("b", "2"));
        Claim claim = NewClaim(form, [ValueOf(result.Values, "a")]) with { Window = ShortLife };
        await ClaimedAsync(vault, claim);
        await ReleasedAsync(vault, claim);
        await PassAsync(ShortLife + TimeSpan.FromMilliseconds(500));
        await RefusedAsync(vault, claim);
        await DestroyAsync(vault, form, DestroyReason.Expired, isDueOnly: true);
        IReadOnlyList<SealedValue> now = await DescribeAsync(vault, form);
        Assert.Equal((SealedValueState.Destroyed, SealedValueState.Sealed), (ValueOf(now, "a").State, ValueOf(now, "b").State));

        // A window does not open again, for whoever asks.
        Assert.NotEqual(ClaimOutcome.Claimed, (await ClaimAsync(vault, claim)).Outcome);
        Assert.NotEqual(ClaimOutcome.Claimed, (await ClaimAsync(vault, NewClaim(form, [ValueOf(result.Values, "a")]))).Outcome);
        await RefusedAsync(vault, claim);
    }

    [Clause("VLT-023", "A withdrawal that races with claims has one winner: the value is shown to one, or destroyed unseen")]
    public async Task A_withdrawal_or_a_claim_wins()
    {
        IVault vault = await MakeAsync();
        for (int round = 0; round < RaceRounds; round++)
        {
            Form form = await NewFormAsync(vault);
            SealResult result = await SealAsync(vault, form, Field("a", "1"));
            Claim[] claims = [.. Enumerable.Range(0, 8).Select(_ => NewClaim(form, result.Values))];
            string[] told = await SuiteParts.AtOnceAsync(claims.Length + 1, async caller =>
            {
                if (caller == claims.Length)
                {
                    DestroyResult done = await DestroyAsync(vault, form, DestroyReason.Withdrawn, isUnopenedOnly: true);
                    return done.Destroyed.Count == 1 ? "withdrawn" : $"withdrawal came late, {done.StillOpen.Count} open";
                }

                ClaimOutcome outcome = (await ClaimAsync(vault, claims[caller])).Outcome;
                bool isShown = outcome == ClaimOutcome.Claimed && (await ReleaseAsync(vault, claims[caller])).Values.Count == 1;
                return isShown ? "shown" : outcome == ClaimOutcome.Claimed ? "claimed and not shown" : "not claimed";
            });
            string all = string.Join(", ", told);
            Assert.True(told.Count(static one => one == "shown") + told.Count(static one => one == "withdrawn") == 1, all);
            Assert.True(!told.Contains("claimed and not shown") && (told.Contains("withdrawn") || told.Contains("withdrawal came late, 1 open")), all);
        }
    }

    [Clause("VLT-024", "A token that is cancelled before the call starts: OperationCanceledException, and nothing happens")]
    public async Task A_cancelled_call_does_nothing()
    {
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault), empty = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"));
        Claim claim = NewClaim(form, result.Values);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await AssertCancelledAsync("Seal", async () => await vault.SealAsync(SealOf(empty, [Field("a", "1")]), cancelled.Token));
        await AssertCancelledAsync("Claim", async () => await vault.ClaimAsync(claim.ToClaim(), cancelled.Token));
        await AssertCancelledAsync("Destroy", async () => await vault.DestroyAsync(DestroyOf(form, DestroyReason.Erased), cancelled.Token));
        await AssertCancelledAsync("Describe", async () => await vault.DescribeAsync(form.ConversationId, form.RequestId, cancelled.Token));
        Assert.Empty(await DescribeAsync(vault, empty));
        Assert.Equal(SealedValueState.Sealed, Assert.Single(await DescribeAsync(vault, form)).State);
        await ClaimedAsync(vault, claim);
        await AssertCancelledAsync("Release", async () => await vault.ReleaseAsync(claim.ToRelease(), cancelled.Token));
        await AssertCancelledAsync("Acknowledge", async () => await vault.AcknowledgeAsync(claim.ToAcknowledge(), cancelled.Token));
        Assert.Equal("1", (await ReleasedAsync(vault, claim))["a"]);
    }

    [Clause("VLT-025", "Neither its text, nor its answers, nor its exceptions show a value")]
    public async Task Nothing_shows_a_value()
    {
        const string Value = "correct-horse-battery-staple";
        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", Value));
        Claim claim = NewClaim(form, result.Values);
        await ClaimedAsync(vault, claim);
        ReleaseResult released = await ReleaseAsync(vault, claim);
        Exception? fault = await Record.ExceptionAsync(async () => await vault.SealAsync(SealOf(form, [Field("a", Value), Field("a", Value)]), SuiteParts.Token));
        IReadOnlyList<SealedValue> described = await DescribeAsync(vault, form);
        await SuiteParts.DisposeAsync(vault);
        Exception? closed = await Record.ExceptionAsync(async () => await vault.SealAsync(SealOf(form, [Field("a", Value)]), SuiteParts.Token));
        string[] texts =
        [
            $"{vault}", $"{result}", $"{released}", $"{fault}", $"{closed}",
            .. described.Concat(result.Values).SelectMany(static value => new[] { $"{value}", value.Label, value.MaskedPreview, value.FieldKey, value.ValueId, $"{value.ClaimedBy}" }),
        ];
        foreach (string form64 in new[] { Value, Convert.ToBase64String(Encoding.UTF8.GetBytes(Value))[..20], Convert.ToHexString(Encoding.UTF8.GetBytes(Value)) })
        {
            Assert.All(texts, text => Assert.DoesNotContain(form64, text, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Clause("VLT-026", "Two hosts on the same values: of 50 claims over both exactly one wins")]
    public async Task Two_hosts_have_one_winner()
    {
        if (SuiteParts.IsMissing(Sharing))
        {
            return;
        }

        IVault vault = await MakeAsync();
        IVault other = Keep(await OpenAnotherAsync(vault));
        for (int round = 0; round < RaceRounds; round++)
        {
            await RaceAsync(vault, other);
        }
    }

    [Clause("VLT-027", "After it was closed and opened again everything stands as it did: what was sealed opens, what was claimed is held, what was destroyed is gone")]
    public async Task A_restart_forgets_nothing()
    {
        if (SuiteParts.IsMissing(Reopening))
        {
            return;
        }

        IVault vault = await MakeAsync();
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"), Field("b", "2"), Field("c", "3"));
        Claim claim = NewClaim(form, [ValueOf(result.Values, "b")]);
        await ClaimedAsync(vault, claim);
        await DestroyAsync(vault, form, DestroyReason.Erased, [ValueOf(result.Values, "c").ValueId]);
        IVault reopened = Keep(await ReopenAsync(vault));
        Assert.Equal(ClaimOutcome.TakenByOther, (await ClaimAsync(reopened, NewClaim(form, [ValueOf(result.Values, "b")]))).Outcome);
        Assert.Equal("2", (await ReleasedAsync(reopened, claim))["b"]);
        Assert.Equal(ClaimOutcome.Gone, (await ClaimAsync(reopened, NewClaim(form, [ValueOf(result.Values, "c")]))).Outcome);
        Claim rest = NewClaim(form, [ValueOf(result.Values, "a")]);
        await ClaimedAsync(reopened, rest);
        Assert.Equal("1", (await ReleasedAsync(reopened, rest))["a"]);
        Assert.Equal(SealOutcome.AlreadySealed, (await SealAsync(reopened, form, Field("a", "1"), Field("b", "2"), Field("c", "3"))).Outcome);
    }

    [Clause("VLT-028", "Disposing twice is harmless")]
    public async Task Dispose_is_idempotent()
    {
        IVault vault = await MakeAsync();
        await SealAsync(vault, await NewFormAsync(vault), Field("a", "1"));
        await SuiteParts.DisposeAsync(vault);
        await SuiteParts.DisposeAsync(vault);
    }

    private static SealField Field(
        string key, string value, DataClass dataClass = DataClass.Contact, string? label = null, string preview = "•••", TimeSpan? life = null, bool isSingle = false) =>
        Field(key, Encoding.UTF8.GetBytes(value), dataClass, label, preview, life, isSingle);

    private static SealField Field(
        string key, byte[] value, DataClass dataClass = DataClass.Contact, string? label = null, string preview = "•••", TimeSpan? life = null, bool isSingle = false) => new()
        {
            FieldKey = key,
            Label = label ?? key,
            DataClass = dataClass,
            Value = value,
            MaskedPreview = preview,
            LivesFor = life ?? TimeSpan.FromHours(1),
            SingleDelivery = isSingle,
        };

    private static SealedValue ValueOf(IEnumerable<SealedValue> values, string fieldKey) =>
        Assert.Single(values, value => string.Equals(value.FieldKey, fieldKey, StringComparison.Ordinal));

    private static string[] Ids(IEnumerable<SealedValue> values) => [.. values.Select(static value => value.ValueId).Order(StringComparer.Ordinal)];

    private static SealedValue Described(string id) => new()
    {
        ValueId = id,
        FieldKey = "a",
        Label = "a",
        DataClass = DataClass.Contact,
        State = SealedValueState.Sealed,
        MaskedPreview = "•••",
        ExpiresAt = DateTimeOffset.MaxValue,
    };

    private static SealRequest SealOf(Form form, IReadOnlyList<SealField> fields) => new()
    {
        ConversationId = form.ConversationId,
        RequestId = form.RequestId,
        SubmissionId = form.SubmissionId,
        ConsentId = form.ConsentId,
        Fields = fields,
    };

    private static DestroyRequest DestroyOf(Form form, DestroyReason reason, IReadOnlyList<string>? ids = null, bool isUnopenedOnly = false, bool isDueOnly = false) => new()
    {
        ConversationId = form.ConversationId,
        RequestId = form.RequestId,
        ValueIds = ids,
        Reason = reason,
        UnopenedOnly = isUnopenedOnly,
        DueOnly = isDueOnly,
    };

    private static async Task AssertCancelledAsync(string name, Func<Task> call)
    {
        Exception? fault = await Record.ExceptionAsync(call);
        Assert.True(fault is OperationCanceledException, $"{name}: {fault?.GetType().Name ?? "an answer"} in place of OperationCanceledException");
    }

    private static async Task<SealResult> SealAsync(IVault vault, Form form, params SealField[] fields)
    {
        SealResult? result = await SuiteParts.WithinAsync(vault.SealAsync(SealOf(form, fields), SuiteParts.Token));
        Assert.NotNull(result);
        return result;
    }

    private static async Task<IReadOnlyList<SealedValue>> DescribeAsync(IVault vault, Form form)
    {
        IReadOnlyList<SealedValue>? values = await SuiteParts.WithinAsync(vault.DescribeAsync(form.ConversationId, form.RequestId, SuiteParts.Token));
        Assert.NotNull(values);
        return values;
    }

    private static Task<ClaimResult> ClaimAsync(IVault vault, Claim claim) => SuiteParts.WithinAsync(vault.ClaimAsync(claim.ToClaim(), SuiteParts.Token));

    private static async Task ClaimedAsync(IVault vault, Claim claim) => Assert.Equal(ClaimOutcome.Claimed, (await ClaimAsync(vault, claim)).Outcome);

    private static Task<ReleaseResult> ReleaseAsync(IVault vault, Claim claim) => SuiteParts.WithinAsync(vault.ReleaseAsync(claim.ToRelease(), SuiteParts.Token));

    private static Task<DestroyResult> AcknowledgeAsync(IVault vault, Claim claim) =>
        SuiteParts.WithinAsync(vault.AcknowledgeAsync(claim.ToAcknowledge(), SuiteParts.Token));

    private static Task<DestroyResult> DestroyAsync(IVault vault, Form form, DestroyReason reason, IReadOnlyList<string>? ids = null, bool isUnopenedOnly = false, bool isDueOnly = false) =>
        SuiteParts.WithinAsync(vault.DestroyAsync(DestroyOf(form, reason, ids, isUnopenedOnly, isDueOnly), SuiteParts.Token));

    /// <summary>Released now: field keys and what the browser reads.</summary>
    private static async Task<Dictionary<string, string>> ReleasedAsync(IVault vault, Claim claim)
    {
        ReleaseResult result = await ReleaseAsync(vault, claim);
        Assert.Equal(ReleaseOutcome.Released, result.Outcome);
        Assert.All(result.Values, value => Assert.True(claim.Sealer.IsOf(value), "An envelope was not made by the sealer of this release, for this value and field."));
        return result.Values.ToDictionary(static value => value.FieldKey, value => Encoding.UTF8.GetString(claim.Sealer.Opened[value.FieldKey]), StringComparer.Ordinal);
    }

    /// <summary>Given nothing: no value in the answer, and none was handed to the sealer.</summary>
    private static async Task RefusedAsync(IVault vault, Claim claim)
    {
        claim.Sealer.Forget();
        ReleaseResult result = await ReleaseAsync(vault, claim);
        Assert.NotEqual(ReleaseOutcome.Released, result.Outcome);
        Assert.Empty(result.Values);
        Assert.Empty(claim.Sealer.Opened);
    }

    private async Task RaceAsync(IVault vault, IVault other)
    {
        Form form = await NewFormAsync(vault);
        SealResult result = await SealAsync(vault, form, Field("a", "1"), Field("b", "2"));
        Claim[] claims = [.. Enumerable.Range(0, Racers).Select(_ => NewClaim(form, result.Values))];
        ClaimOutcome[] outcomes = await SuiteParts.AtOnceAsync(Racers, async caller => (await ClaimAsync(caller % 2 == 0 ? vault : other, claims[caller])).Outcome);
        Assert.Single(outcomes, static outcome => outcome == ClaimOutcome.Claimed);
        Assert.Equal(Racers - 1, outcomes.Count(static outcome => outcome == ClaimOutcome.TakenByOther));
        int winner = Array.IndexOf(outcomes, ClaimOutcome.Claimed);
        for (int i = 0; i < Racers; i += 7)
        {
            if (i != winner)
            {
                await RefusedAsync(i % 2 == 0 ? other : vault, claims[i]);
            }
        }

        Assert.Equal(2, (await ReleasedAsync(other, claims[winner])).Count);
    }

    private string Id(string name) => $"{name}-{_run}";

    private Form NewForm()
    {
        int number = Interlocked.Increment(ref _forms);
        return new Form(Id($"conversation-{number}"), Id($"request-{number}"), Id($"submission-{number}"), Id($"consent-{number}"));
    }

    private async Task<Form> NewFormAsync(IVault vault)
    {
        Form form = NewForm();
        await PrepareFormAsync(vault, form.ConversationId, form.RequestId);
        return form;
    }

    private Claim NewClaim(Form form, IEnumerable<SealedValue> values)
    {
        string random = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        return new Claim(form, [.. values.Select(static value => value.ValueId)], Id($"claim-{random}"), Id("agent-" + random), Id("session-" + random), NewKey())
        {
            Window = TimeSpan.FromMinutes(5),
        };
    }

    private static ClaimKey NewKey()
    {
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        ECParameters parameters = pair.ExportParameters(includePrivateParameters: false);
        return new ClaimKey(new byte[] { 4 }.Concat(parameters.Q.X!).Concat(parameters.Q.Y!).ToArray());
    }

    private async Task<IVault> MakeAsync()
    {
        IVault vault = Keep(await CreateAsync());
        if (GetType().GetCustomAttribute<ConformanceOfAttribute>()?.Implementation is { } named)
        {
            Assert.IsType(named, vault);
        }

        return vault;
    }

    private IVault Keep(IVault vault)
    {
        Assert.NotNull(vault);
        _vaults.Add(vault);
        return vault;
    }

    private sealed record Form(string ConversationId, string RequestId, string SubmissionId, string ConsentId)
    {
        public override string ToString() => nameof(Form);
    }

    /// <summary>One browser's claim. As SecureChat makes it: the intent is in the log before the vault is asked.</summary>
    private sealed record Claim(Form Form, IReadOnlyList<string> ValueIds, string ClaimId, string AgentId, string SessionId, ClaimKey Key)
    {
        public required TimeSpan Window { get; init; }

        public Sealer Sealer { get; } = new();

        public override string ToString() => nameof(Claim);

        /// <summary>The same claim but for one of its parts.</summary>
        public IEnumerable<Claim> Others(bool isKeySeen = true)
        {
            // With sealers of their own, to see what each was given.
            yield return new Claim(Form, ValueIds, "other-" + ClaimId, AgentId, SessionId, Key) { Window = Window };
            yield return new Claim(Form, ValueIds, ClaimId, "other-" + AgentId, SessionId, Key) { Window = Window };
            yield return new Claim(Form, ValueIds, ClaimId, AgentId, "other-" + SessionId, Key) { Window = Window };
            if (isKeySeen)
            {
                yield return new Claim(Form, ValueIds, ClaimId, AgentId, SessionId, NewKey()) { Window = Window };
            }
        }

        public ClaimRequest ToClaim() => new()
        {
            ConversationId = Form.ConversationId,
            RequestId = Form.RequestId,
            ValueIds = ValueIds,
            ClaimId = ClaimId,
            AgentId = AgentId,
            Role = AgentRole.Agent,
            SessionId = SessionId,
            Key = Key,
            Window = Window,
            Intent = new AuditReceipt(new AuditEntry
            {
                Sequence = 1,
                Id = ClaimId,
                At = DateTimeOffset.UnixEpoch,
                Action = AuditAction.RevealIntent,
                Outcome = AuditOutcome.Intended,
                Actor = ParticipantRole.Agent,
                ConversationId = Form.ConversationId,
                RequestId = Form.RequestId,
                ValueIds = ValueIds,
                Canonical = ReadOnlyMemory<byte>.Empty,
                ChainHash = new string('0', 64),
            }),
        };

        public ReleaseRequest ToRelease() => new()
        {
            ConversationId = Form.ConversationId,
            RequestId = Form.RequestId,
            ClaimId = ClaimId,
            AgentId = AgentId,
            SessionId = SessionId,
            Key = Key,
            Sealer = Sealer,
        };

        public AcknowledgeRequest ToAcknowledge() => new()
        {
            ConversationId = Form.ConversationId,
            RequestId = Form.RequestId,
            ClaimId = ClaimId,
            AgentId = AgentId,
            SessionId = SessionId,
        };
    }

    /// <summary>Stands for the encryption to a browser: keeps what it was given, and knows its own envelopes.</summary>
    private sealed class Sealer : IReleaseSealer
    {
        private readonly ConcurrentDictionary<ReleaseEnvelope, (string ValueId, string FieldKey)> _made = new(ReferenceEqualityComparer.Instance);

        public ConcurrentDictionary<string, byte[]> Opened { get; } = new(StringComparer.Ordinal);

        public ReleaseEnvelope Seal(string valueId, string fieldKey, ReadOnlySpan<byte> value)
        {
            Opened[fieldKey] = value.ToArray();
            var envelope = new ReleaseEnvelope(new byte[ClaimKey.Length], new byte[value.Length + 16]);
            _made[envelope] = (valueId, fieldKey);
            return envelope;
        }

        public bool IsOf(ReleasedValue value) => _made.TryGetValue(value.Envelope, out (string ValueId, string FieldKey) made) && made == (value.ValueId, value.FieldKey);

        public void Forget() => Opened.Clear();
    }
}
