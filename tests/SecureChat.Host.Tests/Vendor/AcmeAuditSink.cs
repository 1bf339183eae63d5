using System.Collections.Concurrent;
using SecureChat;

namespace Acme;

public sealed class AcmeAuditSink : IAuditSink
{
    private readonly ConcurrentDictionary<long, string> _received = new();

    public IReadOnlyDictionary<long, string> Received => _received;

    public ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (AuditEntry entry in entries)
        {
            // By number: a batch whose answer was lost may come again.
            _received[entry.Sequence] = entry.ChainHash;
        }

        return ValueTask.CompletedTask;
    }
}
