namespace SecureChat.Testing;

/// <summary>
/// An audit sink that keeps what it is given, for a test to look into. Use it with
/// <see cref="SecureChatTestingBuilderExtensions.AddRecordedAudit"/>. It is required: what is not in here was not done.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class RecordedAudit : IAuditSink
{
    private readonly Lock _lock = new();
    private readonly List<AuditEntry> _entries = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>What was written so far, oldest first. A copy.</summary>
    public IReadOnlyList<AuditEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>
    /// When set, writing fails with it: shows that an app bears "no audit, no value" (the action is refused with <c>SC5002</c>).
    /// </summary>
    public Exception? Fault { get; set; }

    /// <summary>Keeps the entries.</summary>
    public ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        cancellationToken.ThrowIfCancellationRequested();
        if (Fault is { } fault)
        {
            return ValueTask.FromException(fault);
        }

        lock (_lock)
        {
            // A batch that is written again, after a time limit for example, must not show twice. By its id and not by its number:
            // entries of several hosts interleave.
            _entries.AddRange(entries.Where(entry => _ids.Add(entry.Id)));
        }

        return ValueTask.CompletedTask;
    }
}
