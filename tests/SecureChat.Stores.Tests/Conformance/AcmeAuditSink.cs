using SecureChat;

namespace Acme;

public sealed class AcmeAuditSink : IAuditSink
{
    private readonly Lock _lock = new();
    private readonly List<AuditEntry> _received = [];

    /// <summary>Each fact once, in the order of the writes.</summary>
    public IReadOnlyList<AuditEntry> Received
    {
        get
        {
            lock (_lock)
            {
                // By its id: a batch whose answer was lost may come again.
                return [.. _received.DistinctBy(static entry => entry.Id)];
            }
        }
    }

    public ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _received.AddRange(entries);
        }

        return ValueTask.CompletedTask;
    }
}
