namespace SecureChat.AspNetCore;

/// <summary>Where chat's facts go. A seam over the audit log; a fault of the log is the caller's fault too.</summary>
internal sealed class ChatAudit(Func<AuditFact, CancellationToken, ValueTask> append)
{
    public ValueTask AppendAsync(AuditFact fact, CancellationToken cancellationToken) => append(fact, cancellationToken);
}
