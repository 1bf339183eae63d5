using System.Threading.Channels;

namespace SecureChat.AspNetCore;

/// <summary>
/// Hands finished entries to one sink, in order, from a task of its own. So all sinks are tried at the same time, and a sink that
/// hangs holds up neither the log nor the other sinks: only callers who need this sink wait, and for a bounded time.
/// </summary>
internal sealed class AuditSinkPump
{
    /// <summary>
    /// Entries that may wait. Counted in entries, not batches: a burst of small batches is no fault of the sink. Beyond it the
    /// sink is failing, and entries are refused (required) or missed (best effort).
    /// </summary>
    private const int MaxWaiting = 16_384;

    /// <summary>What waits is handed over together, so a caller waits for at most one call that hangs besides its own.</summary>
    private const int MaxEntriesPerCall = 1024;

    /// <summary>A sink that ignores its token keeps what a call holds. That many are given up; then calls are begun rarely.</summary>
    private const int MaxAbandonedCalls = 4;

    /// <summary>After so many time limits a sink that hung is asked again: it may be back although what it lost never ends.</summary>
    private const int LimitsUntilProbe = 12;

    private readonly AuditSinkRegistration _registration;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ForeignCalls? _foreign;
    private readonly Channel<Job> _jobs = Channel.CreateUnbounded<Job>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private int _waiting;
    private int _running;
    private int _lost;
    private long _lastBegun;

    public AuditSinkPump(AuditSinkRegistration registration, TimeSpan timeout, TimeProvider time, ILogger logger)
    {
        _registration = registration;
        _timeout = timeout;
        _time = time;
        _logger = logger;
        _foreign = Guard.Of(registration.Sink);
        Completion = Task.Run(RunAsync);
    }

    public string Name => _registration.Name;

    public bool IsRequired => _registration.IsRequired;

    /// <summary>Ends when everything that was sent has been tried, after <see cref="Complete"/>.</summary>
    public Task Completion { get; }

    /// <summary>Queues entries. The task answers whether the sink has them safe; it never throws and ends in bounded time.</summary>
    public Task<bool> SendAsync(IReadOnlyList<AuditEntry> entries)
    {
        var job = new Job(entries);
        if (Interlocked.Add(ref _waiting, entries.Count) <= MaxWaiting && _jobs.Writer.TryWrite(job))
        {
            return job.Done.Task;
        }

        Interlocked.Add(ref _waiting, -entries.Count);
        Missed(entries.Count, "queue full");
        return Task.FromResult(false);
    }

    public void Complete() => _jobs.Writer.TryComplete();

    private async Task RunAsync()
    {
        var jobs = new List<Job>();
        while (await _jobs.Reader.WaitToReadAsync())
        {
            jobs.Clear();
            int count = 0;
            while (count < MaxEntriesPerCall && _jobs.Reader.TryRead(out Job? job))
            {
                jobs.Add(job);
                count += job.Entries.Count;
            }

            Interlocked.Add(ref _waiting, -count);

            bool taken = await TryWriteAsync(jobs.Count == 1 ? jobs[0].Entries : [.. jobs.SelectMany(static job => job.Entries)]);
            foreach (Job job in jobs)
            {
                job.Done.SetResult(taken);
            }
        }
    }

    private async Task<bool> TryWriteAsync(IReadOnlyList<AuditEntry> entries)
    {
        _lost = Math.Min(_lost, Volatile.Read(ref _running));
        if (Volatile.Read(ref _running) - _lost >= MaxAbandonedCalls && _time.GetElapsedTime(_lastBegun) < _timeout * LimitsUntilProbe)
        {
            Missed(entries.Count, "earlier calls still hang");
            return false;
        }

        try
        {
            _lastBegun = _time.GetTimestamp();
            bool taken = await Guard.CallAsync(
                _foreign,
                _ => WriteAsync(entries),
                _timeout,
                _time,
                static fault => new SecureChatException(SecureChatErrors.AuditSinkFailed, null, fault),
                CancellationToken.None);

            // It answers: calls that hung before are lost, and no sign that it hangs now.
            _lost = Volatile.Read(ref _running);
            return taken;
        }
        catch (SecureChatException fault)
        {
            Missed(entries.Count, (fault.InnerException ?? fault).GetType().Name);
            return false;
        }
    }

    private async ValueTask<bool> WriteAsync(IReadOnlyList<AuditEntry> entries)
    {
        Interlocked.Increment(ref _running);
        try
        {
            // The token ends with the call's time, so that a sink that honours it gives its thread and connection back.
            using var limit = new CancellationTokenSource(_timeout, _time);
            await _registration.Sink.WriteAsync(entries, limit.Token);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private void Missed(int count, string fault)
    {
        AuditTelemetry.EntriesMissed(Name, IsRequired, count);
        if (IsRequired)
        {
            AuditTelemetry.RequiredSinkFailed(_logger, Name, count, fault);
        }
        else
        {
            AuditTelemetry.BestEffortSinkFailed(_logger, Name, count, fault);
        }
    }

    private sealed class Job(IReadOnlyList<AuditEntry> entries)
    {
        public IReadOnlyList<AuditEntry> Entries { get; } = entries;

        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
