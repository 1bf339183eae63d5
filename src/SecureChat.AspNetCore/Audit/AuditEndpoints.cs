namespace SecureChat.AspNetCore;

/// <summary>The audit log for auditors. Reading it is itself audited.</summary>
internal static class AuditEndpoints
{
    private const int Page = 200;

    public static void Map(IEndpointRouteBuilder group)
    {
        group.MapGet("/audit/entries", ListAsync)
            .WithName("SecureChat.Audit.ListEntries")
            .WithSummary("Entries after a sequence, as hashed. For auditors.")
            .Produces<AuditEntriesView>();
        group.MapGet("/audit/head", HeadAsync)
            .WithName("SecureChat.Audit.GetHead")
            .WithSummary("Sequence and hash of the newest entry: keep it to detect a cut or rewritten log. For auditors.")
            .Produces<AuditHead>();
    }

    private static async Task<IResult> ListAsync(HttpContext http, AuditLog log, CancellationToken cancellationToken, long after = 0)
    {
        if (AgentGate.Current(http) is not { IsAuditor: true } auditor)
        {
            return Problems.From(SecureChatErrors.Forbidden);
        }

        if (after < 0)
        {
            return Problems.From(SecureChatErrors.InvalidRequest);
        }

        IReadOnlyList<AuditEntry> entries = await log.ListAsync(after, Page, cancellationToken);
        if (after == 0)
        {
            // Once per reading, at its first page: an entry per page would make a log that is read grow without end.
            await log.AppendAsync(
                new AuditFact { Action = AuditAction.AuditRead, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.Auditor, ActorId = auditor.Id },
                cancellationToken);
        }

        return TypedResults.Json(
            new AuditEntriesView { Entries = [.. entries.Select(static entry => new AuditEntryView
            {
                Sequence = entry.Sequence,
                Canonical = System.Text.Encoding.UTF8.GetString(entry.Canonical.Span),
                ChainHash = entry.ChainHash,
            })] },
            SecureChatJson.Options);
    }

    private static async Task<IResult> HeadAsync(HttpContext http, AuditLog log, CancellationToken cancellationToken) =>
        AgentGate.Current(http).IsAuditor
            ? TypedResults.Json(await log.ReadHeadAsync(cancellationToken), SecureChatJson.Options)
            : Problems.From(SecureChatErrors.Forbidden);
}

/// <summary>A page of the log.</summary>
internal sealed class AuditEntriesView
{
    public required IReadOnlyList<AuditEntryView> Entries { get; init; }

    public override string ToString() => nameof(AuditEntriesView);
}

/// <summary>One entry in its canonical bytes, so that a reader can hash what it reads.</summary>
internal sealed class AuditEntryView
{
    public required long Sequence { get; init; }

    /// <summary>The bytes that are hashed, as text.</summary>
    public required string Canonical { get; init; }

    /// <summary>Chain value after this entry, lower-case hexadecimal.</summary>
    public required string ChainHash { get; init; }

    public override string ToString() => nameof(AuditEntryView);
}
