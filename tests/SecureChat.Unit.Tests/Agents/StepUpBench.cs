using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Agents;

/// <summary>Step-up hosts over one store, with a verifier under the test's control.</summary>
internal sealed class StepUpBench
{
    public const string Conversation = "c0000000000000000000000000";
    public const string Request = "r0000000000000000000000000";
    public const string OtherRequest = "r1111111111111111111111111";
    public const string Claim = "claim-0000000000";
    public const string OtherClaim = "claim-1111111111";
    public const string RightCode = "right";

    private readonly IOptions<SecureChatOptions> _options = Microsoft.Extensions.Options.Options.Create(new SecureChatOptions());

    public StepUpBench(TestRecordStore? store = null, IStepUpVerifier? verifier = null, bool hasVerifier = true, FakeTimeProvider? time = null)
    {
        Time = time ?? new FakeTimeProvider();
        Store = store ?? new TestRecordStore();
        Verifier = verifier ?? new ScriptedVerifier(this);
        Host = NewHost(hasVerifier);
    }

    public TestRecordStore Store { get; }

    public static RecordMacs Macs { get; } = TestMacs.New();

    public FakeTimeProvider Time { get; }

    public IStepUpVerifier Verifier { get; }

    public StepUpService Host { get; }

    public ConcurrentQueue<AuditFact> Audit { get; } = new();

    public bool IsAuditDown { get; set; }

    public SecureChatAgentOptions Options => _options.Value.Agents;

    /// <summary>Calls the verifier got.</summary>
    public int Calls;

    /// <summary>The proof the scripted verifier gives for a right code; by default an honest one with evidence of its own.</summary>
    public Func<StepUpRequest, StepUpResult?>? Answer { get; set; }

    public static IReadOnlyList<string> Values { get; } = ["value-of-a-card-number", "value-of-a-card-code"];

    public static Agent Agent(string id = "anna", string session = "session-1") => new() { Id = id, SessionId = session, IsAgent = true };

    public StepUpService NewHost(bool hasVerifier = true) => new(
        new SecureChatStores(Store, new TestRecordStore(), _options, Time), Macs, hasVerifier ? Verifier : null, AppendAsync, _options, Time, NullLogger.Instance);

    public ValueTask<Outcome<StepUpTicket>> VerifyAsync(
        string response,
        Agent? agent = null,
        StepUpService? host = null,
        string request = Request,
        string claim = Claim,
        IReadOnlyList<string>? values = null,
        CancellationToken cancellationToken = default) =>
        (host ?? Host).VerifyAsync(agent ?? Agent(), new ClaimsPrincipal(), Conversation, request, claim, values ?? Values, response, cancellationToken);

    public ValueTask<bool> ConsumeAsync(
        Agent? agent = null, string request = Request, string claim = Claim, StepUpService? host = null, IReadOnlyList<string>? values = null) =>
        (host ?? Host).ConsumeAsync(agent ?? Agent(), request, claim, values ?? Values, CancellationToken.None);

    public static StepUpResult Verified(StepUpRequest request, DateTimeOffset at, string id) => new()
    {
        Outcome = StepUpOutcome.Verified,
        Proof = new StepUpProof
        {
            Id = id,
            Factor = "otp",
            At = at,
            AgentId = request.AgentId,
            SessionId = request.SessionId,
            FormRequestId = request.FormRequestId,
            ClaimId = request.ClaimId,
        },
    };

    private ValueTask<AuditReceipt> AppendAsync(AuditFact fact, CancellationToken cancellationToken)
    {
        if (IsAuditDown)
        {
            throw new SecureChatException(SecureChatErrors.AuditUnavailable);
        }

        Audit.Enqueue(fact);

        // Receipts come from the log alone; step-up keeps none.
        return ValueTask.FromResult<AuditReceipt>(null!);
    }

    private sealed class ScriptedVerifier(StepUpBench bench) : IStepUpVerifier
    {
        public async ValueTask<StepUpResult> VerifyAsync(StepUpRequest request, CancellationToken cancellationToken)
        {
            int call = Interlocked.Increment(ref bench.Calls);
            await Task.Yield();
            return bench.Answer is { } answer ? answer(request)!
                : request.Response == RightCode ? Verified(request, bench.Time.GetUtcNow(), $"evidence-{call}")
                : StepUpResult.Rejected;
        }
    }
}
