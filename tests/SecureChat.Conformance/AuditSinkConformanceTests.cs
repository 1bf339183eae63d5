using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace SecureChat.Conformance;

/// <summary>
/// Every clause of <see cref="IAuditSink"/>. Inherit it, override <see cref="CreateAsync"/> and <see cref="ReadAsync"/>, and run your test project:
/// the facts come along. What the sink writes to may be shared between facts and runs.
/// </summary>
/// <example><code>
/// [ConformanceOf(typeof(AcmeAuditSink))]
/// public sealed class AcmeAuditSinkTests : AuditSinkConformanceTests
/// {
///     protected override ValueTask&lt;IAuditSink&gt; CreateAsync() => new(new AcmeAuditSink("server=localhost"));
///
///     protected override async ValueTask&lt;IReadOnlyList&lt;string&gt;&gt; ReadAsync(IAuditSink sink) => await ((AcmeAuditSink)sink).ReadIdsAsync();
/// }
/// </code></example>
public abstract class AuditSinkConformanceTests : IAsyncDisposable
{
    private const int Callers = 50;

    /// <summary>The log never sends more at once.</summary>
    private const int MaxBatch = 256;

    private readonly List<IAuditSink> _sinks = [];
    private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));
    private int _made;

    /// <summary>Whether the sink is there for <see cref="ReadAsync"/> after it was closed and made again.</summary>
    protected virtual Capability Keeping => Capability.Supported;

    /// <summary>Makes a sink. The suite disposes it.</summary>
    protected abstract ValueTask<IAuditSink> CreateAsync();

    /// <summary>
    /// The ids (<see cref="AuditEntry.Id"/>) that the target has safe now, in the order in which it holds them, those of earlier facts included.
    /// An id that was told twice may stand there once or twice.
    /// </summary>
    protected abstract ValueTask<IReadOnlyList<string>> ReadAsync(IAuditSink sink);

    /// <summary>Closes <paramref name="sink"/> and makes one on the same target, as a restarted host would.</summary>
    protected virtual ValueTask<IAuditSink> ReopenAsync(IAuditSink sink) => throw SuiteParts.Missing(nameof(ReopenAsync), nameof(Keeping));

    /// <summary>Disposes the sinks of the fact. Override to remove what they write to as well, and call the base first.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (IAuditSink sink in _sinks)
        {
            await SuiteParts.DisposeAsync(sink);
        }

        GC.SuppressFinalize(this);
    }

    [Clause("SNK-001", "When a write has answered, every entry of the batch is safe")]
    public async Task An_answered_write_is_safe()
    {
        IAuditSink sink = await MakeAsync();
        for (int count = 1; count <= 3; count++)
        {
            AuditEntry[] batch = Entries(count);
            await WriteAsync(sink, batch);
            AssertHolds(await HeldAsync(sink), batch);
        }
    }

    [Clause("SNK-002", "Entries are held in the order in which they were written")]
    public async Task The_order_is_kept()
    {
        IAuditSink sink = await MakeAsync();
        AuditEntry[] all = [.. Entries(20)];
        foreach (AuditEntry[] batch in all.Chunk(7))
        {
            await WriteAsync(sink, batch);
        }

        Assert.Equal(all.Select(static entry => entry.Id), await HeldAsync(sink));
    }

    [Clause("SNK-003", "A batch of 256 entries, and entries of every action with all and with no properties, are taken")]
    public async Task Every_entry_is_taken()
    {
        IAuditSink sink = await MakeAsync();
        AuditEntry[] large = Entries(MaxBatch);
        await WriteAsync(sink, large);
        AssertHolds(await HeldAsync(sink), large);
        AuditEntry[] every = [.. Enum.GetValues<AuditAction>().SelectMany(action => new[] { Entry(action), Full(action) })];
        foreach (AuditEntry[] batch in every.Chunk(MaxBatch))
        {
            await WriteAsync(sink, batch);
        }

        AssertHolds(await HeldAsync(sink), every);
    }

    [Clause("SNK-004", "A batch that comes again, because its answer was lost, is taken again")]
    public async Task A_repeated_batch_is_taken()
    {
        IAuditSink sink = await MakeAsync();
        AuditEntry[] batch = Entries(3);
        await WriteAsync(sink, batch);
        await WriteAsync(sink, batch);
        AuditEntry[] next = [batch[^1], .. Entries(2)];
        await WriteAsync(sink, next);
        AssertHolds(await HeldAsync(sink), [.. batch, .. next]);
    }

    [Clause("SNK-005", "Entries of several hosts come with gaps and out of order, and are all taken")]
    public async Task Hosts_interleave()
    {
        IAuditSink sink = await MakeAsync(), other = await MakeAsync();
        AuditEntry[] all = Entries(40);
        AuditEntry[] even = [.. all.Where(static entry => entry.Sequence % 2 == 0)], odd = [.. all.Where(static entry => entry.Sequence % 2 == 1)];
        await WriteAsync(sink, even);
        await WriteAsync(sink, odd);
        AssertHolds(await HeldAsync(sink), all);
        AuditEntry[] more = Entries(10);
        await WriteAsync(other, more);
        AssertHolds(await HeldAsync(other), more);
    }

    [Clause("SNK-006", "Of 50 writes at once none loses an entry")]
    public async Task Writers_at_once_lose_nothing()
    {
        IAuditSink sink = await MakeAsync();
        AuditEntry[][] batches = [.. Enumerable.Range(0, Callers).Select(_ => Entries(4))];
        await SuiteParts.AtOnceAsync(Callers, async caller =>
        {
            await WriteAsync(sink, batches[caller]);
            return true;
        });
        IReadOnlyList<string> held = await HeldAsync(sink);
        foreach (AuditEntry[] batch in batches)
        {
            AssertHolds(held, batch);
        }
    }

    [Clause("SNK-007", "What the caller does to its list after the call changes nothing")]
    public async Task The_callers_list_is_the_callers()
    {
        IAuditSink sink = await MakeAsync();
        AuditEntry[] batch = Entries(3);
        var list = new List<AuditEntry>(batch);
        await SuiteParts.WithinAsync(sink.WriteAsync(list, SuiteParts.Token));
        Assert.Equal(batch, list);
        list.Clear();
        list.AddRange(Entries(3));
        IReadOnlyList<string> held = await HeldAsync(sink);
        AssertHolds(held, batch);
        Assert.All(list, entry => Assert.DoesNotContain(entry.Id, held));
    }

    [Clause("SNK-008", "A token that is cancelled before the call starts: OperationCanceledException, and nothing is written")]
    public async Task A_cancelled_call_does_nothing()
    {
        IAuditSink sink = await MakeAsync();
        AuditEntry[] batch = Entries(2);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sink.WriteAsync(batch, cancelled.Token));
        Assert.Empty(await HeldAsync(sink));
        await WriteAsync(sink, batch);
        AssertHolds(await HeldAsync(sink), batch);
    }

    [Clause("SNK-009", "What was answered is there after the sink was closed and made again, and it takes more")]
    public async Task A_restart_loses_nothing()
    {
        if (SuiteParts.IsMissing(Keeping))
        {
            return;
        }

        IAuditSink sink = await MakeAsync();
        AuditEntry[] before = Entries(5), after = Entries(5);
        await WriteAsync(sink, before);
        IAuditSink reopened = Keep(await ReopenAsync(sink));
        AssertHolds(await HeldAsync(reopened), before);
        await WriteAsync(reopened, after);
        AssertHolds(await HeldAsync(reopened), [.. before, .. after]);
    }

    [Clause("SNK-010", "Disposing twice is harmless, and loses nothing that was answered")]
    public async Task Dispose_is_idempotent()
    {
        IAuditSink sink = await MakeAsync();
        AuditEntry[] batch = Entries(3);
        await WriteAsync(sink, batch);
        await SuiteParts.DisposeAsync(sink);
        await SuiteParts.DisposeAsync(sink);
        if (Keeping.IsSupported)
        {
            AssertHolds(await HeldAsync(Keep(await ReopenAsync(sink))), batch);
        }
    }

    private static void AssertHolds(IReadOnlyList<string> held, AuditEntry[] batch)
    {
        string[] missing = [.. batch.Select(static entry => entry.Id).Except(held, StringComparer.Ordinal)];
        Assert.True(missing.Length == 0, $"{missing.Length} of {batch.Length} entries that were answered are not held; the first is number {batch.FirstOrDefault(entry => missing.Contains(entry.Id))?.Sequence}.");
    }

    private static Task WriteAsync(IAuditSink sink, AuditEntry[] batch) => SuiteParts.WithinAsync(sink.WriteAsync(batch, SuiteParts.Token));

    /// <summary>What is held of this fact's entries.</summary>
    private async Task<IReadOnlyList<string>> HeldAsync(IAuditSink sink)
    {
        IReadOnlyList<string>? held = await SuiteParts.WithinAsync(ReadAsync(sink));
        Assert.NotNull(held);
        return [.. held.Where(id => id.StartsWith(_run, StringComparison.Ordinal))];
    }

    private AuditEntry[] Entries(int count) => [.. Enumerable.Range(0, count).Select(_ => Entry(AuditAction.FormOpened))];

    private AuditEntry Entry(AuditAction action) => Make(action, isFull: false);

    private AuditEntry Full(AuditAction action) => Make(action, isFull: true);

    private AuditEntry Make(AuditAction action, bool isFull)
    {
        int number = Interlocked.Increment(ref _made);
        string id = $"{_run}{number:D6}";
        byte[] canonical = Encoding.UTF8.GetBytes($$"""{"v":1,"seq":{{number}},"id":"{{id}}"}""");
        string hash = Convert.ToHexStringLower(SHA256.HashData(canonical));
        return new AuditEntry
        {
            Sequence = number,
            Id = id,
            At = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddMilliseconds(number),
            Action = action,
            Outcome = isFull ? AuditOutcome.Denied : AuditOutcome.Succeeded,
            Actor = isFull ? ParticipantRole.Supervisor : ParticipantRole.System,
            ActorRef = isFull ? hash : null,
            ConversationId = isFull ? "conversation-" + _run : null,
            RequestId = isFull ? "request-" + _run : null,
            ValueIds = isFull ? [.. Enumerable.Range(0, MaxBatch).Select(value => $"value-{value:D3}-{_run}")] : [],
            Code = isFull ? "SC3004" : null,
            Reason = isFull ? DestroyReason.Withdrawn : null,
            DetailId = isFull ? "detail-" + _run : null,
            DetailCommitment = isFull ? hash : null,
            Canonical = canonical,
            ChainHash = hash,
        };
    }

    private async Task<IAuditSink> MakeAsync()
    {
        IAuditSink sink = Keep(await CreateAsync());
        if (GetType().GetCustomAttribute<ConformanceOfAttribute>()?.Implementation is { } named)
        {
            Assert.IsType(named, sink);
        }

        return sink;
    }

    private IAuditSink Keep(IAuditSink sink)
    {
        Assert.NotNull(sink);
        _sinks.Add(sink);
        return sink;
    }
}
