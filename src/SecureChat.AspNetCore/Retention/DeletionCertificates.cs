namespace SecureChat.AspNetCore;

/// <summary>
/// Says of a conversation what was destroyed, when, why, by whom, and when its keys were gone, with the entries of the audit log that prove it:
/// each can be hashed and found in a copy of the log that somebody else keeps. For privacy officers; reading one is audited.
/// </summary>
internal static class DeletionCertificates
{
    private const int Page = 1000;

    public static void MapPrivacy(IEndpointRouteBuilder group) =>
        group.MapGet("/privacy/conversations/{conversationId}/deletion-certificate", IssueAsync)
            .WithName("SecureChat.Privacy.IssueDeletionCertificate")
            .WithSummary("What was destroyed of a conversation, when, why and by whom, with the entries of the audit log that prove it. For privacy officers.")
            .Produces<DeletionCertificate>();

    private static async Task<IResult> IssueAsync(
        HttpContext http,
        string conversationId,
        Conversations conversations,
        FormRecords forms,
        AuditLog log,
        RateLimits limits,
        ApplicationIdentity application,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (AgentGate.Current(http) is not { IsPrivacyOfficer: true } officer)
        {
            return Problems.From(SecureChatErrors.Forbidden);
        }

        if (await conversations.FindAsync(conversationId, cancellationToken) is not { } conversation)
        {
            return Problems.From(SecureChatErrors.NotFound);
        }

        if (limits.TryAgentWrite(officer.Id) is { } wait)
        {
            Outcome<DeletionCertificate> refused = RateLimits.Refuse<DeletionCertificate>(wait);
            return Problems.From(refused.Error!, refused.Facts);
        }

        await log.AppendAsync(
            new AuditFact
            {
                Action = AuditAction.AuditRead,
                Outcome = AuditOutcome.Succeeded,
                Actor = ParticipantRole.PrivacyOfficer,
                ActorId = officer.Id,
                ConversationId = conversationId,
            },
            cancellationToken);

        // While the transcript lives, the tombstones say to the millisecond when each key went; afterwards the log says by when.
        IReadOnlyList<FormValue> values = [.. (await forms.ListAsync(conversationId, cancellationToken)).SelectMany(static form => form.Values)];
        List<Deletion> deletions = [];
        AuditEntry? last = null;
        long after = 0;
        IReadOnlyList<AuditEntry> entries;
        do
        {
            entries = await log.ListAsync(after, Page, cancellationToken);
            deletions.AddRange(entries
                .Where(entry => string.Equals(entry.ConversationId, conversationId, StringComparison.Ordinal)
                    && entry is { Outcome: AuditOutcome.Succeeded, Action: AuditAction.ValuesDestroyed or AuditAction.TranscriptDestroyed or AuditAction.DetailsErased })
                .Select(entry => DeletionOf(entry, values)));
            last = entries.Count > 0 ? entries[^1] : last;
            after = last?.Sequence ?? 0;
        }
        while (entries.Count == Page);

        return TypedResults.Json(
            new DeletionCertificate
            {
                ApplicationId = application.Value,
                ConversationId = conversationId,
                IssuedAt = time.GetUtcNow(),
                Deletions = deletions,
                LivingValues = values.Count(static value => value.KeyDestroyedAt is null),
                IsTranscriptDestroyed = conversation.TranscriptDestroyedAt is not null,
                LogSequence = last!.Sequence,
                LogHash = last.ChainHash,
            },
            SecureChatJson.Options);
    }

    private static Deletion DeletionOf(AuditEntry entry, IReadOnlyList<FormValue> values) => new()
    {
        What = entry.Action,
        At = entry.At,
        KeysDestroyedAt = entry.ValueIds
            .Select(id => values.FirstOrDefault(value => string.Equals(value.ValueId, id, StringComparison.Ordinal))?.KeyDestroyedAt).Max(),
        Why = entry.Reason,
        By = entry.Actor,
        RequestId = entry.RequestId,
        ValueIds = entry.ValueIds,
        Sequence = entry.Sequence,
        Canonical = System.Text.Encoding.UTF8.GetString(entry.Canonical.Span),
        ChainHash = entry.ChainHash,
    };
}

/// <summary>What is gone of a conversation, and the proof.</summary>
internal sealed class DeletionCertificate
{
    /// <summary>The application that the stores belong to.</summary>
    public required string ApplicationId { get; init; }

    public required string ConversationId { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>In the order of the log.</summary>
    public required IReadOnlyList<Deletion> Deletions { get; init; }

    /// <summary>Values whose keys are not destroyed yet.</summary>
    public required int LivingValues { get; init; }

    /// <summary>Whether the key of the messages is destroyed, in every copy.</summary>
    public required bool IsTranscriptDestroyed { get; init; }

    /// <summary>The newest entry of the log when this was issued: nothing up to it is missing here.</summary>
    public required long LogSequence { get; init; }

    /// <summary>Chain value after that entry, lower-case hexadecimal.</summary>
    public required string LogHash { get; init; }

    public override string ToString() => nameof(DeletionCertificate);
}

/// <summary>One destruction.</summary>
internal sealed class Deletion
{
    /// <summary>Values, the transcript, or names and reasons of the log.</summary>
    public required AuditAction What { get; init; }

    /// <summary>When it was recorded, which is after the keys were gone.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the last of the keys was gone, while the transcript still knows.</summary>
    public DateTimeOffset? KeysDestroyedAt { get; init; }

    /// <summary>Why; of values.</summary>
    public DestroyReason? Why { get; init; }

    /// <summary>Who brought it about: the sweeper and lost keys are <c>system</c>.</summary>
    public required ParticipantRole By { get; init; }

    public string? RequestId { get; init; }

    public required IReadOnlyList<string> ValueIds { get; init; }

    /// <summary>Number of the entry in the log.</summary>
    public required long Sequence { get; init; }

    /// <summary>The entry's bytes that are hashed, as text.</summary>
    public required string Canonical { get; init; }

    /// <summary>Chain value after the entry, lower-case hexadecimal.</summary>
    public required string ChainHash { get; init; }

    public override string ToString() => nameof(Deletion);
}
