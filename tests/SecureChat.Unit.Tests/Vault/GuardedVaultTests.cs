using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Vault;

/// <summary>P6: whatever a vault does, the answer is its honest one or a documented fault.</summary>
public sealed class GuardedVaultTests
{
    private static readonly Dictionary<string, Func<GuardedVault, CancellationToken, Task>> Calls = new(StringComparer.Ordinal)
    {
        ["seal"] = static async (vault, token) => await vault.SealAsync(Seal, token),
        ["claim"] = static async (vault, token) => await vault.ClaimAsync(Claim, token),
        ["release"] = static async (vault, token) => await vault.ReleaseAsync(Release, Held, token),
        ["acknowledge"] = static async (vault, token) => await vault.AcknowledgeAsync(Acknowledge, token),
        ["destroy"] = static async (vault, token) => await vault.DestroyAsync(Destroy, token),
        ["describe"] = static async (vault, token) => await vault.DescribeAsync("c", "r", token),
    };

    private static readonly FakeTimeProvider Clock = new();

    private static Dictionary<string, string> Held => new(StringComparer.Ordinal) { ["value-pan"] = "pan", ["value-cvc"] = "cvc" };

    private static readonly ReleaseEnvelope Envelope = new(new byte[65], new byte[32]);

    public static TheoryData<string> Names => [.. Calls.Keys];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SealRequest Seal => BedHost.SealRequest("c", "r");

    private static ClaimRequest Claim => new()
    {
        ConversationId = "c", RequestId = "r", ValueIds = ["value-pan"], ClaimId = "claim-000000000001", AgentId = "a", Role = AgentRole.Agent, SessionId = "s",
        Key = new ClaimKey(new byte[65]), Window = TimeSpan.FromSeconds(60), Intent = null!,
    };

    private static ReleaseRequest Release => new()
    {
        ConversationId = "c", RequestId = "r", ClaimId = "claim-000000000001", AgentId = "a", SessionId = "s", Key = new ClaimKey(new byte[65]), Sealer = null!,
    };

    private static AcknowledgeRequest Acknowledge => new() { ConversationId = "c", RequestId = "r", ClaimId = "claim-000000000001", AgentId = "a", SessionId = "s" };

    private static DestroyRequest Destroy => new() { ConversationId = "c", RequestId = "r", Reason = DestroyReason.Erased };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_honest_answer_comes_through(string call) => await Calls[call](Guarded(new Answering()), Token);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task P6_A_vault_that_throws_is_a_documented_fault_whatever_it_throws(string call)
    {
        foreach (Exception thrown in new Exception[]
        {
            new InvalidOperationException(ProductBed.Pan), new OperationCanceledException(), new SecureChatException(SecureChatErrors.NotFound, ProductBed.Pan),
        })
        {
            SecureChatException fault = await FailsAsync(call, new Answering { Instead = () => throw thrown });
            Assert.DoesNotContain(ProductBed.Pan, fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task P6_A_vault_that_answers_nothing_is_a_documented_fault(string call) => await FailsAsync(call, new Answering { AnswersNull = true });

    [Theory]
    [MemberData(nameof(Names))]
    public async Task P6_A_vault_that_hangs_is_given_up_after_its_time(string call)
    {
        var time = new FakeTimeProvider();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var vault = new Answering
        {
            Instead = () =>
            {
                entered.TrySetResult();
                return new TaskCompletionSource().Task;
            },
        };
        Task pending = Calls[call](Guarded(vault, time), Token);
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (!pending.IsCompleted && limit.Elapsed < TimeSpan.FromSeconds(30))
        {
            time.Advance(new SecureChatOptions().Storage.VendorTimeout);
            await Task.Yield();
        }

        Assert.Equal("SC3008", (await Assert.ThrowsAsync<SecureChatException>(() => pending.WaitAsync(TimeSpan.FromSeconds(30), Token))).Error.Code);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_caller_that_goes_away_is_no_fault_of_the_vault(string call)
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Calls[call](Guarded(new Answering()), gone.Token));
    }

    public static TheoryData<string> SealNonsense =>
        ["unknown outcome", "fewer values", "more values", "null value", "empty id", "long id", "number as id", "same id twice", "unknown state", "unknown field", "same field twice", "other class", "other delivery", "longer life"];

    [Theory]
    [MemberData(nameof(SealNonsense))]
    public async Task P6_An_answer_to_seal_that_cannot_be_true_is_refused(string kind)
    {
        var vault = new Answering
        {
            Sealed = () =>
            {
                List<SealedValue> values = [.. Answering.Values];
                switch (kind)
                {
                    case "fewer values": values.RemoveAt(0); break;
                    case "more values": values.Add(Answering.Value("extra", DataClass.General)); break;
                    case "null value": values[0] = null!; break;
                    case "empty id": values[0] = Answering.Value("pan", DataClass.AccountData, id: ""); break;
                    case "long id": values[0] = Answering.Value("pan", DataClass.AccountData, id: new string('x', 65)); break;
                    case "number as id": values[0] = Answering.Value("pan", DataClass.AccountData, id: ProductBed.Pan); break;
                    case "same id twice": values[0] = Answering.Value("pan", DataClass.AccountData, id: values[1].ValueId); break;
                    case "unknown state": values[0] = Answering.Value("pan", DataClass.AccountData, state: (SealedValueState)9); break;
                    case "unknown field": values[0] = Answering.Value("other", DataClass.AccountData); break;
                    case "same field twice": values[0] = Answering.Value("exp", DataClass.AccountData, id: "value-another-one"); break;
                    case "other class": values[0] = Answering.Value("pan", DataClass.General); break;
                    case "other delivery": values[2] = Answering.Value("cvc", DataClass.AuthenticationData, single: false); break;
                    case "longer life": values[2] = Answering.Value("cvc", DataClass.AuthenticationData, lives: TimeSpan.FromMinutes(6)); break;
                }

                return new SealResult { Outcome = kind == "unknown outcome" ? (SealOutcome)9 : SealOutcome.Sealed, Values = values };
            },
        };
        await FailsAsync("seal", vault);
    }

    [Fact]
    public async Task P6_A_claim_without_an_end_or_beyond_the_window_is_refused()
    {
        foreach (ClaimResult nonsense in new ClaimResult[]
        {
            new() { Outcome = (ClaimOutcome)9 },
            new() { Outcome = ClaimOutcome.Claimed },
            new() { Outcome = ClaimOutcome.AlreadyYours },
            new() { Outcome = ClaimOutcome.Claimed, Until = Clock.GetUtcNow().AddSeconds(66) },
            new() { Outcome = ClaimOutcome.TakenByOther, Values = null! },
        })
        {
            await FailsAsync("claim", new Answering { Claimed = () => nonsense });
        }
    }

    [Fact]
    public async Task P2_A_release_of_what_was_not_claimed_or_beside_a_refusal_is_refused()
    {
        ReleasedValue[] claimed = [Released("value-pan")];
        foreach (ReleaseResult nonsense in new ReleaseResult[]
        {
            new() { Outcome = (ReleaseOutcome)9 },
            new() { Outcome = ReleaseOutcome.Released },
            new() { Outcome = ReleaseOutcome.Released, Values = [Released("value-exp")] },
            new() { Outcome = ReleaseOutcome.Released, Values = [.. claimed, Released("value-exp")] },
            new() { Outcome = ReleaseOutcome.Released, Values = [.. claimed, .. claimed] },
            new() { Outcome = ReleaseOutcome.Released, Values = [new ReleasedValue { ValueId = "value-pan", FieldKey = "cvc", Envelope = Envelope }] },
            new() { Outcome = ReleaseOutcome.Released, Values = claimed, DestroyedValueIds = ["value-exp"] },
            new() { Outcome = ReleaseOutcome.Released, Values = [null!] },
            new() { Outcome = ReleaseOutcome.Released, Values = [new ReleasedValue { ValueId = "value-pan", FieldKey = "pan", Envelope = null! }] },
            new() { Outcome = ReleaseOutcome.Elsewhere, Values = claimed },
            new() { Outcome = ReleaseOutcome.Gone, Values = claimed },
            new() { Outcome = ReleaseOutcome.Released, Values = claimed, DestroyedValueIds = null! },
        })
        {
            await FailsAsync("release", new Answering { ReleasedAs = () => nonsense });
        }
    }

    [Fact]
    public async Task P3_Values_that_are_called_destroyed_and_are_not_are_refused()
    {
        foreach (DestroyResult nonsense in new DestroyResult[]
        {
            new() { Destroyed = [Answering.Value("pan", DataClass.AccountData)] },
            new() { Destroyed = [null!] },
            new() { Destroyed = null! },
            new() { StillOpen = null! },
        })
        {
            await FailsAsync("destroy", new Answering { Destroyed = () => nonsense });
            await FailsAsync("acknowledge", new Answering { Destroyed = () => nonsense });
        }

        await FailsAsync("describe", new Answering { Described = static () => [null!] });
        await FailsAsync("describe", new Answering { Described = static () => [Answering.Value("pan", DataClass.AccountData, state: (SealedValueState)9)] });
    }

    [Fact]
    public async Task Our_own_vault_keeps_the_code_of_a_fault_and_holds_values_in_the_forms_record()
    {
        await using var bed = new ProductBed();
        BedHost host = await bed.StartHostAsync();
        GuardedVault vault = host.Get<GuardedVault>();
        Assert.False(vault.IsExternal);
        Assert.True(Guarded(new Answering()).IsExternal);
        SealedForm form = await host.SealAsync();
        bed.Data.IsDown = true;
        SecureChatException fault = await Assert.ThrowsAnyAsync<SecureChatException>(async () => await vault.DescribeAsync(form.Conversation, form.Request, Token));
        Assert.Equal("SC3001", fault.Error.Code);
    }

    private static ReleasedValue Released(string id) => new() { ValueId = id, FieldKey = "pan", Envelope = Envelope };

    private static GuardedVault Guarded(IVault inner, FakeTimeProvider? time = null) =>
        new(inner, Options.Create(new SecureChatOptions { Storage = { VendorTimeout = TimeSpan.FromSeconds(60) } }), time ?? Clock);

    private static async Task<SecureChatException> FailsAsync(string call, Answering vault)
    {
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => Calls[call](Guarded(vault), Token));
        Assert.Equal("SC3008", fault.Error.Code);
        return fault;
    }

    /// <summary>A vendor's vault that says what it is told to; honest by default.</summary>
    private sealed class Answering : IVault
    {
        public static SealedValue[] Values =>
        [
            Value("pan", DataClass.AccountData), Value("exp", DataClass.AccountData),
            Value("cvc", DataClass.AuthenticationData, single: true, lives: TimeSpan.FromMinutes(5)),
        ];

        public Func<Task>? Instead { get; init; }

        public bool AnswersNull { get; init; }

        public Func<SealResult> Sealed { get; init; } = static () => new SealResult { Outcome = SealOutcome.Sealed, Values = Values };

        public Func<ClaimResult> Claimed { get; init; } = static () => new ClaimResult { Outcome = ClaimOutcome.Claimed, Until = Clock.GetUtcNow().AddSeconds(60) };

        public Func<ReleaseResult> ReleasedAs { get; init; } = static () => new ReleaseResult { Outcome = ReleaseOutcome.Released, Values = [Released("value-pan")] };

        public Func<DestroyResult> Destroyed { get; init; } = static () => new DestroyResult();

        public Func<IReadOnlyList<SealedValue>> Described { get; init; } = static () => Values;

        public static SealedValue Value(
            string field, DataClass dataClass, string? id = null, SealedValueState state = SealedValueState.Sealed, bool single = false, TimeSpan? lives = null) => new()
            {
                ValueId = id ?? $"value-{field}-00000000",
                FieldKey = field,
                Label = field,
                DataClass = dataClass,
                State = state,
                MaskedPreview = "••••",
                ExpiresAt = Clock.GetUtcNow() + (lives ?? TimeSpan.FromMinutes(30)),
                SingleDelivery = single,
            };

        public ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken) => AnswerAsync(Sealed);

        public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) => AnswerAsync(Claimed);

        public ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken) => AnswerAsync(ReleasedAs);

        public ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken) => AnswerAsync(Destroyed);

        public ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken) => AnswerAsync(Destroyed);

        public ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken) => AnswerAsync(Described);

        private async ValueTask<T> AnswerAsync<T>(Func<T> answer)
        {
            await (Instead?.Invoke() ?? Task.CompletedTask);
            return AnswersNull ? default! : answer();
        }
    }
}
