using System.Text.Json.Serialization;

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

    public static void MapPrivacy(IEndpointRouteBuilder group) =>
        group.MapPost("/privacy/conversations/{conversationId}/audit-details/erase", EraseDetailsAsync)
            .WithName("SecureChat.Privacy.EraseAuditDetails")
            .WithSummary("Erases names and reasons from the audit log of a conversation, in every copy. The log stays whole and verifies. For privacy officers.")
            .Produces<ErasedDetailsView>();

    private static async Task<IResult> ListAsync(
        HttpContext http, AuditLog log, AuditReadings readings, RateLimits limits, CancellationToken cancellationToken, long after = 0)
    {
        if (AgentGate.Current(http) is not { IsAuditor: true } auditor)
        {
            return Problems.From(SecureChatErrors.Forbidden);
        }

        if (after < 0)
        {
            return Problems.From(SecureChatErrors.InvalidRequest);
        }

        bool isNew = !readings.IsOnRecord(auditor.Id, after);
        if (isNew && limits.TryAgentWrite(auditor.Id) is { } wait)
        {
            Outcome<AuditEntriesView> refused = RateLimits.Refuse<AuditEntriesView>(wait);
            return Problems.From(refused.Error!, refused.Facts);
        }

        IReadOnlyList<AuditEntry> entries = await log.ListAsync(after, Page, cancellationToken);
        if (isNew)
        {
            await log.AppendAsync(
                new AuditFact { Action = AuditAction.AuditRead, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.Auditor, ActorId = auditor.Id },
                cancellationToken);
        }

        readings.GoesOn(auditor.Id, after, entries.Count == 0 ? after : entries[^1].Sequence, isNew);
        var views = new List<AuditEntryView>(entries.Count);
        foreach (AuditEntry entry in entries)
        {
            views.Add(await ViewOfAsync(log, entry, cancellationToken));
        }

        return TypedResults.Json(new AuditEntriesView { Entries = views }, SecureChatJson.Options);
    }

    private static async ValueTask<AuditEntryView> ViewOfAsync(AuditLog log, AuditEntry entry, CancellationToken cancellationToken)
    {
        AuditDetail? detail = null;
        AuditDetailState state = entry.DetailId is null ? AuditDetailState.None : AuditDetailState.Erased;
        try
        {
            detail = await log.FindDetailAsync(entry, cancellationToken);
            state = detail is null ? state : AuditDetailState.Present;
        }
        catch (SecureChatException fault) when (fault.Error == SecureChatErrors.AuditBroken || fault.Error == SecureChatErrors.Undecryptable)
        {
            // One row that was tampered with must not hide the log; the entry itself is what the chain protects.
            state = AuditDetailState.Broken;
        }

        return new AuditEntryView
        {
            Sequence = entry.Sequence,
            Canonical = System.Text.Encoding.UTF8.GetString(entry.Canonical.Span),
            ChainHash = entry.ChainHash,
            DetailState = state,
            ActorName = detail?.ActorName,
            Reason = detail?.Reason?.Value,
        };
    }

    private static async Task<IResult> EraseDetailsAsync(
        HttpContext http,
        string conversationId,
        AuditLog log,
        SecureChatStores stores,
        Conversations conversations,
        RateLimits limits,
        CancellationToken cancellationToken)
    {
        if (AgentGate.Current(http) is not { IsPrivacyOfficer: true } officer)
        {
            return Problems.From(SecureChatErrors.Forbidden);
        }

        if (await conversations.FindAsync(conversationId, cancellationToken) is null)
        {
            return Problems.From(SecureChatErrors.NotFound);
        }

        if (limits.TryAgentEnd(officer.Id) is { } wait)
        {
            Outcome<ErasedDetailsView> refused = RateLimits.Refuse<ErasedDetailsView>(wait);
            return Problems.From(refused.Error!, refused.Facts);
        }

        // Who erased is on record first, and not in a row that goes with the others.
        await log.AppendAsync(
            new AuditFact
            {
                Action = AuditAction.DetailsErased,
                Outcome = AuditOutcome.Intended,
                Actor = ParticipantRole.PrivacyOfficer,
                ActorId = officer.Id,
                ConversationId = conversationId,
            },
            cancellationToken);
        int erased = await log.EraseDetailsAsync(conversationId, cancellationToken);
        foreach (GuardedRecordStore store in new[] { stores.Keys, stores.Data })
        {
            if (await store.ScrubAsync(cancellationToken) != ScrubResult.Complete)
            {
                // Old bytes may still lie in the store's own files: "erased" is said only when they do not. A repeat scrubs again.
                throw new SecureChatStoreException(store.Description.Name, "scrub", isTransient: true);
            }
        }

        await log.AppendAsync(
            new AuditFact
            {
                Action = AuditAction.DetailsErased,
                Outcome = AuditOutcome.Succeeded,
                Actor = ParticipantRole.PrivacyOfficer,
                ActorId = officer.Id,
                ConversationId = conversationId,
            },
            cancellationToken);
        return TypedResults.Json(new ErasedDetailsView { Erased = erased }, SecureChatJson.Options);
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

    /// <summary>What became of the entry's personal part, which is not hashed but committed to.</summary>
    public required AuditDetailState DetailState { get; init; }

    /// <summary>Name of who acted, if the host gives one and it was not erased.</summary>
    public string? ActorName { get; init; }

    /// <summary>The reason given for a reveal, masked, if it was not erased.</summary>
    public string? Reason { get; init; }

    public override string ToString() => nameof(AuditEntryView);
}

/// <summary>The personal part of an audit entry.</summary>
[JsonConverter(typeof(WireNames<AuditDetailState>))]
internal enum AuditDetailState
{
    /// <summary>The entry never had one.</summary>
    None,

    /// <summary>It is here and is what the entry commits to.</summary>
    Present,

    /// <summary>It was erased.</summary>
    Erased,

    /// <summary>It is not what the entry commits to, or can no longer be opened.</summary>
    Broken,
}

/// <summary>How many rows were erased; 0 when a repeat found none.</summary>
internal sealed class ErasedDetailsView
{
    public required int Erased { get; init; }

    public override string ToString() => nameof(ErasedDetailsView);
}
