using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Audit;

/// <summary>An audit log on a store in memory, with a clock that stands still.</summary>
internal sealed class AuditBed : IAsyncDisposable
{
    private static readonly byte[] PseudonymKey = [1, 2, 3];

    public AuditBed(TestRecordStore? store = null, SecureChatOptions? options = null, AuditDetailSealing? sealing = null, params AuditSinkRegistration[] sinks)
    {
        Store = store ?? new TestRecordStore();
        Options = options ?? new SecureChatOptions();
        Guarded = new GuardedRecordStore(Store, Options.Storage.OperationTimeout, Time);
        Log = new AuditLog(Guarded, PseudonymAsync, sinks, Options, Time, NullLogger.Instance, sealing);
    }

    public TestRecordStore Store { get; }

    public SecureChatOptions Options { get; }

    public FakeTimeProvider Time { get; } = new();

    public GuardedRecordStore Guarded { get; }

    public AuditLog Log { get; }

    public static AuditFact Fact(AuditAction action = AuditAction.AuditRead, string? conversation = null) => new()
    {
        Action = action,
        Outcome = AuditOutcome.Succeeded,
        Actor = ParticipantRole.System,
        ConversationId = conversation,
    };

    public static AuditFact RichFact(string conversation, string actorId, AuditDetail? detail = null) => new()
    {
        Action = AuditAction.RevealIntent,
        Outcome = AuditOutcome.Intended,
        Actor = ParticipantRole.Agent,
        ActorId = actorId,
        ConversationId = conversation,
        RequestId = SecureChatId.New(),
        ValueIds = [SecureChatId.New(), SecureChatId.New()],
        Error = SecureChatErrors.AlreadyOpened,
        Reason = DestroyReason.Viewed,
        Detail = detail,
    };

    public static RecordKey PageKey(string id) => new() { Kind = RecordKinds.AuditPage, Partition = AuditPage.Partition, Id = id };

    public ValueTask<AuditReceipt> AppendAsync(AuditFact? fact = null) => Log.AppendAsync(fact ?? Fact(), TestContext.Current.CancellationToken);

    public async Task AppendManyAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await AppendAsync();
        }
    }

    public ValueTask<AuditVerification> VerifyAsync(params AuditHead[] heads) => VerifyAsync(Store, heads);

    public static ValueTask<AuditVerification> VerifyAsync(TestRecordStore store, params AuditHead[] heads) =>
        AuditVerifier.VerifyAsync(store, heads, progress: null, TestContext.Current.CancellationToken);

    /// <summary>Moves the clock in steps until the task ends; real time bounds it.</summary>
    public async Task<Exception?> AdvanceUntilFaultAsync(Task task, TimeSpan step)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!task.IsCompleted && !limit.IsCancellationRequested)
        {
            Time.Advance(step);
            await Task.WhenAny(task, Task.Delay(2, CancellationToken.None));
        }

        Assert.True(task.IsCompleted, "The append did not end.");
        return await Record.ExceptionAsync(() => task);
    }

    public ValueTask DisposeAsync() => Log.DisposeAsync();

    private static ValueTask<string> PseudonymAsync(string purpose, string id, CancellationToken cancellationToken) =>
        new(Convert.ToHexStringLower(HMACSHA256.HashData(PseudonymKey, Encoding.UTF8.GetBytes(purpose + id))));
}

/// <summary>A sink made of a function; keeps what it took.</summary>
internal sealed class AuditTestSink(Func<IReadOnlyList<AuditEntry>, CancellationToken, ValueTask>? write = null) : IAuditSink
{
    private readonly Lock _lock = new();
    private readonly List<AuditEntry> _taken = [];
    private int _calls;

    public int Calls => _calls;

    public List<AuditEntry> Taken
    {
        get
        {
            lock (_lock)
            {
                return [.. _taken];
            }
        }
    }

    public AuditSinkRegistration As(string name, bool required = true) => new() { Sink = this, Name = name, IsRequired = required };

    public async ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        if (write is not null)
        {
            await write(entries, cancellationToken);
        }

        lock (_lock)
        {
            _taken.AddRange(entries);
        }
    }
}
