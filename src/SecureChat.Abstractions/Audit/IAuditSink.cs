namespace SecureChat;

/// <summary>
/// Receives finished audit entries: numbered, hashed and already in the log. Add as many as you like with
/// <c>AddAuditSink&lt;T&gt;()</c>; a sink added as required blocks the action when it fails or hangs (<c>SC5002</c>).
/// </summary>
/// <remarks>
/// All sinks are tried, even after one has failed. Entries come in order of <see cref="AuditEntry.Sequence"/> from one host;
/// several hosts interleave. A best-effort sink may miss entries while it is down; the log has them. What happened to a form is told
/// again when a crash leaves it open whether it was told: both entries carry the same <c>id</c>, so count by it. Thread-safe.
/// </remarks>
public interface IAuditSink
{
    /// <summary>Takes a batch. Returns when the sink has it safe.</summary>
    ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken);
}
