using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// Conversations: start, authority, assignment, end. Every change is one compare-and-set on the conversation's record; what follows
/// it (event, index, audit) is marked as owed in the record until done, so that a crash between the steps is finished later.
/// Thread-safe, in any number of processes on one store.
/// </summary>
internal sealed partial class Conversations(
    SecureChatStores stores,
    ConversationEvents events,
    EventBodies bodies,
    RecordMacs macs,
    ChatAudit audit,
    VisitorSubjects subjects,
    GuardedMasker masker,
    RateLimits limits,
    IServiceProvider services,
    IOptions<SecureChatOptions> options,
    TimeProvider time,
    ILogger<Conversations> logger)
{
    public const string DefaultType = "chat";

    private const string RecordId = "conversation";
    private const string OpenPartition = "open";
    private const string FallbackAgentName = "Agent";
    private const int MaxAgentIdLength = 200;
    private const int MaxAgentNameLength = 100;
    private const int MaxTypeLength = 50;
    private const int MaxTypeDigits = 4;
    private const int MaxAttempts = 100;
    private const int OpenScan = 1000;
    private const int OpenPage = 200;
    private const int MaxPlaceLength = 64;

    private const int OpenPlace = 0;

    // A conversation ends once; its end has this number among the facts that are told of it.
    private const int ClosedFact = 1;

    /// <summary>How long the caller that ended a conversation has to finish before the sweeper takes over.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(30);

    /// <summary>How long a visitor's token still says that the transcript was destroyed. Who asks later finds nothing.</summary>
    private static readonly TimeSpan TombstoneGrace = TimeSpan.FromDays(1);

    private static readonly string NobodysId = new('0', SecureChatId.Length);

    /// <summary>Read when there is no such conversation, so that a miss costs what a hit costs (E50).</summary>
    private static readonly byte[] NobodysBody = JsonSerializer.SerializeToUtf8Bytes(
        new Conversation
        {
            Id = NobodysId,
            Type = DefaultType,
            TokenHash = new byte[32],
            State = ConversationState.Open,
            CreatedAt = DateTimeOffset.UnixEpoch,
            LastActivityAt = DateTimeOffset.UnixEpoch,
        },
        SecureChatJson.Options);

    // Striped, so memory is bounded.
    private readonly SemaphoreSlim[] _ending = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1, 1))];
    private readonly GuardedRecordStore _store = stores.Data;
    private readonly SecureChatLifetimes _lifetimes = options.Value.Lifetimes;

    /// <summary>
    /// Starts a conversation. Keys come first: a conversation whose messages cannot be encrypted never exists. A start that fails half
    /// way leaves a conversation nobody holds the token of; it ends when idle.
    /// </summary>
    public async ValueTask<Outcome<StartedConversation>> StartAsync(
        ClaimsPrincipal? principal, string? type, IPAddress? address, CancellationToken cancellationToken)
    {
        if (limits.TryStart(address) is { } wait)
        {
            return RateLimits.Refuse<StartedConversation>(wait);
        }

        if (type is not null && !await IsTypeAsync(type, cancellationToken))
        {
            return SecureChatErrors.InvalidRequest;
        }

        return await StartAsync(type, await subjects.ReferenceAsync(principal, cancellationToken), ParticipantRole.Visitor, cancellationToken);
    }

    /// <summary>Starts a conversation of the application's. Nobody holds its visitor's token: it is thrown away.</summary>
    public async ValueTask<Outcome<Conversation>> StartForApplicationAsync(string? type, string? subject, CancellationToken cancellationToken)
    {
        if ((type is not null && !await IsTypeAsync(type, cancellationToken)) || (subject is not null && !VisitorSubjects.IsSubject(subject)))
        {
            return SecureChatErrors.InvalidRequest;
        }

        string? reference = subject is null ? null : await subjects.ReferenceAsync(subject, cancellationToken);
        return (await StartAsync(type, reference, ParticipantRole.Application, cancellationToken)).Conversation;
    }

    private async ValueTask<StartedConversation> StartAsync(
        string? type, string? subject, ParticipantRole actor, CancellationToken cancellationToken)
    {
        string id = SecureChatId.New();
        string token = ConversationToken.New(out byte[] hash);
        DateTimeOffset now = time.GetUtcNow();
        var conversation = new Conversation
        {
            Id = id,
            Type = type ?? DefaultType,
            SubjectRef = subject,
            TokenHash = hash,
            State = ConversationState.Open,
            CreatedAt = now,
            LastActivityAt = now,
            Version = 1,
        };

        await bodies.CreateKeyAsync(id, cancellationToken);
        if (!await _store.InsertAsync(ToRecord(conversation), cancellationToken))
        {
            throw new SecureChatStoreException(_store.Description.Name, "insert", isTransient: false);
        }

        await events.AppendAsync(
            id,
            sequence => new ConversationEvent { Sequence = sequence, Kind = ConversationEventKind.ConversationStarted, At = now, Actor = actor },
            cancellationToken);
        await _store.InsertAsync(new StoreRecord { Key = OpenKey(conversation), Body = Encoding.ASCII.GetBytes(id) }, cancellationToken);
        await audit.AppendAsync(
            new AuditFact { Action = AuditAction.ConversationStarted, Outcome = AuditOutcome.Succeeded, Actor = actor, ConversationId = id },
            cancellationToken);
        return new StartedConversation { Conversation = conversation, Token = token };
    }

    /// <summary>The conversation, without asking for whom. For callers that have checked authority or act for the application.</summary>
    public async ValueTask<Conversation?> FindAsync(string conversationId, CancellationToken cancellationToken)
    {
        if (!SecureChatId.IsValid(conversationId))
        {
            return null;
        }

        StoreRecord? record = await _store.GetAsync(ConversationKey(conversationId), cancellationToken);
        return record is null ? null : Read(record);
    }

    /// <summary>
    /// The visitor's own conversation. Unknown, another visitor's and a wrong token are one answer after the same work (E50, E21).
    /// </summary>
    public async ValueTask<Outcome<Conversation>> AuthorizeVisitorAsync(string? conversationId, string? token, CancellationToken cancellationToken)
    {
        bool isId = SecureChatId.IsValid(conversationId);
        StoreRecord? record = isId ? await _store.GetAsync(ConversationKey(conversationId!), cancellationToken) : null;
        Conversation conversation = record is null ? ReadNobodys() : Read(record);
        return ConversationToken.Matches(token, record is null ? null : conversation.TokenHash) ? conversation : SecureChatErrors.NotFound;
    }

    /// <summary>
    /// A conversation an agent may know of: unassigned, their own, or any for a supervisor. Others are as unknown to them as one that
    /// does not exist (E15).
    /// </summary>
    public async ValueTask<Outcome<Conversation>> AuthorizeViewAsync(Agent agent, string conversationId, CancellationToken cancellationToken) =>
        await FindAsync(conversationId, cancellationToken) is { } conversation && CanView(agent, conversation) ? conversation : SecureChatErrors.NotFound;

    /// <summary>A conversation whose messages an agent may read: their own, or any for a supervisor.</summary>
    public async ValueTask<Outcome<Conversation>> AuthorizeReadAsync(Agent agent, string conversationId, CancellationToken cancellationToken) =>
        await FindAsync(conversationId, cancellationToken) is { } conversation && CanRead(agent, conversation) ? conversation : SecureChatErrors.NotFound;

    /// <summary>A conversation an agent may write in: their own. A supervisor who only watches is told so; nobody else learns that it exists.</summary>
    public async ValueTask<Outcome<Conversation>> AuthorizeSendAsync(Agent agent, string conversationId, CancellationToken cancellationToken)
    {
        if (await FindAsync(conversationId, cancellationToken) is not { } conversation || !CanRead(agent, conversation))
        {
            return SecureChatErrors.NotFound;
        }

        return IsAssignedTo(agent, conversation) ? conversation : SecureChatErrors.Forbidden;
    }

    public static bool IsAssignedTo(Agent agent, Conversation conversation) =>
        (agent.IsAgent || agent.IsSupervisor) && string.Equals(conversation.AgentId, agent.Id, StringComparison.Ordinal);

    public static bool CanRead(Agent agent, Conversation conversation) => agent.IsSupervisor || IsAssignedTo(agent, conversation);

    public static bool CanView(Agent agent, Conversation conversation) =>
        CanRead(agent, conversation) || (agent.IsAgent && conversation is { AgentId: null, IsOpen: true });

    /// <summary>Open conversations, oldest first.</summary>
    public async ValueTask<IReadOnlyList<Conversation>> ListOpenAsync(int limit, CancellationToken cancellationToken) =>
        (await ScanOpenAsync(after: null, limit, static _ => true, cancellationToken)).Conversations;

    /// <summary>
    /// A page of the open conversations that an agent may know of, oldest first, behind the place where another page ended. What
    /// begins meanwhile comes last, and what ends leaves no gap: no conversation that stays open is met twice or missed.
    /// </summary>
    public ValueTask<ConversationPage> ListOpenForAsync(Agent agent, string? after, int limit, CancellationToken cancellationToken) =>
        ScanOpenAsync(after, limit, conversation => CanView(agent, conversation), cancellationToken);

    /// <summary>Whether a caller's text can be a place where a page ended.</summary>
    public static bool IsPlace(string text) =>
        text.Length is > 0 and <= MaxPlaceLength && text.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '.');

    /// <summary>
    /// The index is only a list of candidates: each one is checked against its own record, and an entry whose conversation has ended is
    /// removed. One call looks at so many and no more, so an agent to whom little of a long list belongs gets short pages, not slow ones.
    /// </summary>
    private async ValueTask<ConversationPage> ScanOpenAsync(string? after, int limit, Func<Conversation, bool> isMeant, CancellationToken cancellationToken)
    {
        var found = new List<Conversation>();
        int looked = 0;
        IReadOnlyList<StoreRecord> index;
        do
        {
            index = await _store.ListAsync(
                new RecordQuery { Kind = RecordKinds.OpenConversation, Partition = OpenPartition, AfterId = after, Limit = OpenPage }, cancellationToken);
            foreach (StoreRecord entry in index)
            {
                if (found.Count == limit || looked == OpenScan)
                {
                    return new ConversationPage { Conversations = found, Next = after };
                }

                looked++;
                after = entry.Key.Id;
                if (await FindListedAsync(entry, cancellationToken) is { IsOpen: true } conversation && isMeant(conversation))
                {
                    found.Add(conversation);
                }
            }
        }
        while (index.Count == OpenPage);
        return new ConversationPage { Conversations = found };
    }

    private async ValueTask<Conversation?> FindListedAsync(StoreRecord entry, CancellationToken cancellationToken)
    {
        string conversationId = Encoding.ASCII.GetString(entry.Body.Span);
        StoreRecord? record = SecureChatId.IsValid(conversationId) ? await _store.GetAsync(ConversationKey(conversationId), cancellationToken) : null;
        Conversation? conversation;
        try
        {
            conversation = record is null ? null : Read(record);
        }
        catch (SecureChatException fault) when (fault.Error != SecureChatErrors.KeyUnavailable)
        {
            // One row that nobody can read must not hide all the others from every agent; the sweeper counts it.
            return null;
        }

        if (conversation is not { IsOpen: true })
        {
            await _store.DeleteAsync(entry.Key, entry.Version, cancellationToken);
        }

        return conversation;
    }

    /// <summary>
    /// Takes an unassigned conversation, or, as a supervisor, gives any to anybody. Two agents who take one meet in the record's
    /// compare-and-set: the second no longer finds it.
    /// </summary>
    public ValueTask<Outcome<Conversation>> AssignAsync(
        Agent by, string conversationId, string? toAgentId, string? toAgentName, CancellationToken cancellationToken)
    {
        bool isSelf = toAgentId is null || string.Equals(toAgentId, by.Id, StringComparison.Ordinal);
        return isSelf
            ? ReassignAsync(by, conversationId, by.Id, by.PublicName, static (agent, conversation) => CanView(agent, conversation), isFromSignIn: true, cancellationToken)
            : ReassignAsync(by, conversationId, toAgentId!, toAgentName, static (agent, _) => agent.IsSupervisor, isFromSignIn: false, cancellationToken);
    }

    /// <summary>Hands a conversation on: by its assigned agent, or by a supervisor. Access moves with it (E12).</summary>
    public ValueTask<Outcome<Conversation>> TransferAsync(
        Agent by, string conversationId, string toAgentId, string? toAgentName, CancellationToken cancellationToken) =>
        ReassignAsync(by, conversationId, toAgentId, toAgentName, static (agent, conversation) => CanRead(agent, conversation), isFromSignIn: false, cancellationToken);

    /// <summary>The same, to an agent who is here: id and name are what their own sign-in said.</summary>
    public ValueTask<Outcome<Conversation>> TransferAsync(Agent by, string conversationId, AgentHere to, CancellationToken cancellationToken) =>
        ReassignAsync(by, conversationId, to.AgentId, to.PublicName, static (agent, conversation) => CanRead(agent, conversation), isFromSignIn: true, cancellationToken);

    /// <summary>
    /// Ends a conversation; ending an ended one changes nothing. Authority is the caller's to check. What has begun is finished even
    /// when the caller goes away.
    /// </summary>
    public async ValueTask<Outcome<Conversation>> CloseAsync(
        string conversationId, ParticipantRole actor, Agent? agent, CancellationToken cancellationToken)
    {
        // One end at a time in this process: who comes second finds it done, or, after a fault, finishes it.
        SemaphoreSlim gate = _ending[(uint)StringComparer.Ordinal.GetHashCode(conversationId) % (uint)_ending.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await EndAsync(conversationId, actor, agent, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Notes that something was said. Kept coarsely, so that a message does not cost a second write.</summary>
    public async ValueTask TouchAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        TimeSpan grain = TimeSpan.FromTicks(Math.Min(_lifetimes.IdleConversation.Ticks / 12, TimeSpan.TicksPerMinute * 5));
        if (conversation.IsOpen && now - conversation.LastActivityAt >= grain)
        {
            // A lost race is another writer's touch, assignment or end: all of them are newer than this one.
            await _store.ReplaceAsync(ToRecord(Copy(conversation, lastActivityAt: now)), cancellationToken);
        }
    }

    /// <summary>
    /// What the sweeper calls for each due record of kind <see cref="RecordKinds.Conversation"/>: finishes an end that a crash left,
    /// ends what is idle, destroys the transcript whose time is over. Idempotent, safe with many hosts.
    /// </summary>
    public async ValueTask RunDueAsync(string conversationId, CancellationToken cancellationToken)
    {
        if (await FindAsync(conversationId, cancellationToken) is not { } conversation)
        {
            return;
        }

        DateTimeOffset now = time.GetUtcNow();
        if (conversation.IsOpen)
        {
            DateTimeOffset lastActivity = await events.LastActivityAsync(conversation.Id, cancellationToken) ?? conversation.LastActivityAt;
            if (lastActivity > conversation.LastActivityAt && lastActivity + _lifetimes.IdleConversation > now)
            {
                await _store.ReplaceAsync(ToRecord(Copy(conversation, lastActivityAt: lastActivity)), cancellationToken);
            }
            else if (conversation.LastActivityAt + _lifetimes.IdleConversation <= now)
            {
                await CloseAsync(conversation.Id, ParticipantRole.System, agent: null, cancellationToken);
            }
        }
        else if (conversation.IsEndPending)
        {
            if (conversation.ClosedAt + EndGrace <= now)
            {
                await FinishEndAsync(conversation, agent: null, cancellationToken);
            }
        }
        else if (conversation.TranscriptDestroyedAt is null && conversation.ClosedAt + _lifetimes.Transcript <= now)
        {
            // First, while there is a transcript in which a form can tell what it still owes.
            foreach (IConversationEnded listener in services.GetServices<IConversationEnded>())
            {
                await listener.TranscriptEndedAsync(conversation.Id, cancellationToken);
            }

            await bodies.DestroyKeyAsync(conversation.Id, cancellationToken);
            await events.DeleteAllAsync(conversation.Id, cancellationToken);

            // Whose conversation it was goes with what was said. The audit log keeps who was assigned, as evidence.
            Conversation parted = Versioned(Copy(conversation, forgetsPeople: true), conversation.Version + 1);
            if (!await _store.ReplaceAsync(ToRecord(Versioned(parted, conversation.Version)), cancellationToken)
                || await stores.Keys.ScrubAsync(cancellationToken) != ScrubResult.Complete
                || await _store.ScrubAsync(cancellationToken) != ScrubResult.Complete)
            {
                // The key's bytes, or the names, may still lie in the stores' own files. Still due: nothing says "destroyed" before they are gone.
                return;
            }

            await audit.AppendAsync(
                new AuditFact { Action = AuditAction.TranscriptDestroyed, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.System, ConversationId = conversation.Id },
                cancellationToken);
            await _store.ReplaceAsync(ToRecord(Copy(parted, transcriptDestroyedAt: now)), cancellationToken);
        }
        else if (conversation is { TranscriptDestroyedAt: { } destroyedAt, IsForgotten: false } && destroyedAt + TombstoneGrace <= now)
        {
            // After keys abandon the tombstones of the forms are still there, and their agent with them.
            foreach (IConversationEnded listener in services.GetServices<IConversationEnded>())
            {
                await listener.TranscriptEndedAsync(conversation.Id, cancellationToken);
            }

            Conversation forgotten = Copy(conversation, forgetsPeople: true, forgetsToken: true);
            if (await _store.ReplaceAsync(ToRecord(forgotten), cancellationToken)
                && await _store.ScrubAsync(cancellationToken) == ScrubResult.Complete)
            {
                await _store.ReplaceAsync(ToRecord(Copy(forgotten, isForgotten: true, version: conversation.Version + 1)), cancellationToken);
            }
        }
    }

    /// <summary>
    /// For <c>keys abandon</c>: the keys are lost, so the transcript is. Ends the conversation, removes what nobody can read any more
    /// and says that it is destroyed. No event tells of it, because there is no key to write one. Idempotent.
    /// </summary>
    /// <returns>Whether there was a transcript.</returns>
    public async ValueTask<bool> AbandonAsync(string conversationId, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await FindAsync(conversationId, cancellationToken) is not { } conversation)
            {
                return false;
            }

            if (conversation.TranscriptDestroyedAt is not null)
            {
                // A tombstone is written anew, under the key that is left.
                if (await _store.ReplaceAsync(ToRecord(conversation), cancellationToken))
                {
                    return false;
                }

                continue;
            }

            await bodies.DestroyKeyAsync(conversationId, cancellationToken);
            await events.DeleteAllAsync(conversationId, cancellationToken);
            if (await _store.GetAsync(OpenKey(conversation), cancellationToken) is { } index)
            {
                await _store.DeleteAsync(index.Key, index.Version, cancellationToken);
            }

            DateTimeOffset now = time.GetUtcNow();
            Conversation ended = Copy(
                conversation,
                closedAt: conversation.ClosedAt ?? now,
                isEndPending: false,
                isAssignmentPending: false,
                transcriptDestroyedAt: now);
            if (await _store.ReplaceAsync(ToRecord(ended), cancellationToken))
            {
                await audit.AppendAsync(
                    new AuditFact { Action = AuditAction.TranscriptDestroyed, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.System, ConversationId = conversationId },
                    cancellationToken);
                return true;
            }
        }

        throw new SecureChatStoreException(_store.Description.Name, "replace", isTransient: true);
    }

    /// <summary>For <c>keys abandon</c>: what belongs to a conversation whose record nobody can read goes all the same; the record stays. Idempotent.</summary>
    public async ValueTask AbandonUnreadableAsync(string conversationId, CancellationToken cancellationToken)
    {
        await bodies.DestroyKeyAsync(conversationId, cancellationToken);
        await events.DeleteAllAsync(conversationId, cancellationToken);
    }

    /// <summary>
    /// A type is a name in the host's code that a page sends, kept in clear: it begins with a letter and has room for a year, not for a
    /// number of the visitor's.
    /// </summary>
    private async ValueTask<bool> IsTypeAsync(string type, CancellationToken cancellationToken) =>
        type.Length is > 0 and <= MaxTypeLength
        && char.IsAsciiLetterLower(type[0])
        && type.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-')
        && type.Count(char.IsAsciiDigit) <= MaxTypeDigits
        && await IsCleanAsync(type, ParticipantRole.Visitor, cancellationToken);

    private async ValueTask<bool> IsCleanAsync(string text, ParticipantRole sender, CancellationToken cancellationToken)
    {
        MaskedMessage masked = await masker.MaskAsync(new MaskRequest { Text = text, Sender = sender }, cancellationToken);
        return masked.Kinds.Count == 0 && string.Equals(masked.Text.Value, text, StringComparison.Ordinal);
    }

    private async ValueTask<Outcome<Conversation>> ReassignAsync(
        Agent by,
        string conversationId,
        string toAgentId,
        string? toAgentName,
        Func<Agent, Conversation, bool> isAllowed,
        bool isFromSignIn,
        CancellationToken cancellationToken)
    {
        if (toAgentId.Length is 0 or > MaxAgentIdLength || toAgentId.Any(char.IsControl) || MessageText.HasLoneSurrogate(toAgentId))
        {
            return SecureChatErrors.InvalidRequest;
        }

        if (!isFromSignIn && !string.Equals(toAgentId, by.Id, StringComparison.Ordinal) && !await IsAgentIdAsync(toAgentId, cancellationToken))
        {
            return SecureChatErrors.InvalidRequest;
        }

        string name = string.IsNullOrWhiteSpace(toAgentName) ? FallbackAgentName : toAgentName;
        if (!isFromSignIn && !await IsNameAsync(name, cancellationToken))
        {
            return SecureChatErrors.InvalidRequest;
        }

        bool isIntended = false;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await FindAsync(conversationId, cancellationToken) is not { } conversation || !CanView(by, conversation))
            {
                return SecureChatErrors.NotFound;
            }

            if (!isAllowed(by, conversation))
            {
                return SecureChatErrors.Forbidden;
            }

            if (!conversation.IsOpen)
            {
                return SecureChatErrors.ConversationClosed;
            }

            if (string.Equals(conversation.AgentId, toAgentId, StringComparison.Ordinal))
            {
                return conversation.IsAssignmentPending
                    ? await FinishAssignmentAsync(conversation, by, CancellationToken.None)
                    : conversation;
            }

            Conversation assigned = Copy(conversation, agentId: toAgentId, agentName: name, isAssignmentPending: true);
            if (!isIntended)
            {
                // Who is given a transcript to read is on record before it can be read, whatever fails after that.
                await audit.AppendAsync(AssignmentOf(assigned, by, AuditOutcome.Intended), cancellationToken);
                isIntended = true;
            }

            if (await _store.ReplaceAsync(ToRecord(assigned), cancellationToken))
            {
                return await FinishAssignmentAsync(Versioned(assigned, conversation.Version + 1), by, CancellationToken.None);
            }
        }

        throw new SecureChatStoreException(_store.Description.Name, "replace", isTransient: true);
    }

    /// <summary>A name somebody else is called by is free text shown to the visitor: short, one line, and nothing the masker would mask.</summary>
    private async ValueTask<bool> IsNameAsync(string name, CancellationToken cancellationToken)
    {
        return PlainText.IsLine(name, 1, MaxAgentNameLength) && await IsCleanAsync(name, ParticipantRole.Agent, cancellationToken);
    }

    /// <summary>
    /// An id that somebody types stands in clear in the record: what the masker would mask is none. An address or a phone number is
    /// an ordinary sign-in, as in <see cref="Agent.NameOf"/>.
    /// </summary>
    private async ValueTask<bool> IsAgentIdAsync(string id, CancellationToken cancellationToken)
    {
        MaskedMessage masked = await masker.MaskAsync(new MaskRequest { Text = id, Sender = ParticipantRole.Agent }, cancellationToken);
        return masked.Kinds.Count == 0
            ? string.Equals(masked.Text.Value, id, StringComparison.Ordinal)
            : masked.Kinds.All(static kind => kind is DataKinds.Email or DataKinds.Phone);
    }

    private static AuditFact AssignmentOf(Conversation conversation, Agent by, AuditOutcome outcome) => new()
    {
        Action = AuditAction.ConversationAssigned,
        Outcome = outcome,
        Actor = by.Role,
        ActorId = by.Id,
        ConversationId = conversation.Id,
        Detail = new AuditDetail
        {
            ActorName = by.DisplayName,
            AssignedToId = Agent.NameOf(conversation.AgentId),
            AssignedToName = conversation.AgentName,
        },
    };

    private async ValueTask<Conversation> FinishAssignmentAsync(Conversation conversation, Agent by, CancellationToken cancellationToken)
    {
        await events.AppendAsync(
            conversation.Id,
            sequence => new ConversationEvent
            {
                Sequence = sequence,
                Kind = ConversationEventKind.Assigned,
                At = time.GetUtcNow(),
                Actor = by.Role,
                ActorName = by.PublicName,
                AssignedTo = conversation.AgentName,
            },
            cancellationToken);
        await audit.AppendAsync(AssignmentOf(conversation, by, AuditOutcome.Succeeded), cancellationToken);

        // A conflict is a newer change of the record, which carries the mark on; the next assignment clears it.
        Conversation done = Copy(conversation, isAssignmentPending: false);
        bool isStored = await _store.ReplaceAsync(ToRecord(done), cancellationToken);
        return isStored ? Versioned(done, conversation.Version + 1) : conversation;
    }

    private async ValueTask<Outcome<Conversation>> EndAsync(
        string conversationId, ParticipantRole actor, Agent? agent, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await FindAsync(conversationId, cancellationToken) is not { } conversation)
            {
                return SecureChatErrors.NotFound;
            }

            if (!conversation.IsOpen)
            {
                // What is owed after a fault is finished by whoever asks again, before the sweeper comes.
                return conversation.IsEndPending ? await FinishEndAsync(conversation, agent, CancellationToken.None) : conversation;
            }

            var by = new ConversationEnder { Role = actor, AgentId = agent?.Id, AgentName = agent?.PublicName };
            Conversation closed = Copy(conversation, closedAt: time.GetUtcNow(), isEndPending: true, endedBy: by);
            if (await _store.ReplaceAsync(ToRecord(closed), cancellationToken))
            {
                return await FinishEndAsync(Versioned(closed, conversation.Version + 1), agent, CancellationToken.None);
            }
        }

        throw new SecureChatStoreException(_store.Description.Name, "replace", isTransient: true);
    }

    private async ValueTask<Conversation> FinishEndAsync(Conversation conversation, Agent? agent, CancellationToken cancellationToken)
    {
        ConversationEnder by = conversation.EndedBy ?? new ConversationEnder { Role = ParticipantRole.System };
        string? displayName = string.Equals(agent?.Id, by.AgentId, StringComparison.Ordinal) ? agent?.DisplayName : null;
        await events.AppendClosedAsync(
            conversation.Id,
            sequence => new ConversationEvent
            {
                Sequence = sequence,
                Kind = ConversationEventKind.Closed,
                At = time.GetUtcNow(),
                Actor = by.Role,
                ActorName = by.AgentName,
            },
            cancellationToken);
        StoreRecord? index = await _store.GetAsync(OpenKey(conversation), cancellationToken);
        if (index is not null)
        {
            await _store.DeleteAsync(index.Key, index.Version, cancellationToken);
        }

        SecureChatException? unaudited = null;
        try
        {
            await audit.AppendAsync(
                new AuditFact
                {
                    Id = SecureChatId.Derive(conversation.Id, ClosedFact),
                    Action = AuditAction.ConversationClosed,
                    Outcome = AuditOutcome.Succeeded,
                    Actor = by.Role,
                    ActorId = by.AgentId,
                    ConversationId = conversation.Id,
                    Detail = displayName is { } name ? new AuditDetail { ActorName = name } : null,
                },
                cancellationToken);
        }
        catch (SecureChatException fault)
        {
            // An audit log that is down must not keep values alive: they are destroyed first, and then the caller hears of it.
            unaudited = fault;
        }

        // Resolved here and not in the constructor: who listens for ends may itself need conversations.
        bool isFinished = true;
        foreach (IConversationEnded listener in services.GetServices<IConversationEnded>())
        {
            try
            {
                await listener.ConversationEndedAsync(conversation.Id, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // The conversation has ended and says so; what is still owed stays marked, and the sweeper calls again.
                isFinished = false;
                LogEndUnfinished(logger, conversation.Id, fault.GetType().Name);
            }
        }

        if (unaudited is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(unaudited);
        }

        if (!isFinished)
        {
            return conversation;
        }

        Conversation done = Copy(conversation, isEndPending: false);
        bool isStored = await _store.ReplaceAsync(ToRecord(done), cancellationToken);
        return isStored ? Versioned(done, conversation.Version + 1) : conversation;
    }

    /// <summary>The conversation a record holds.</summary>
    /// <exception cref="SecureChatStoreException"><c>SC3001</c>: it holds none, or another place's.</exception>
    /// <exception cref="SecureChatException"><c>SC3009</c>: somebody else wrote it.</exception>
    public Conversation Read(StoreRecord record)
    {
        Conversation? conversation;
        try
        {
            conversation = JsonSerializer.Deserialize<Conversation>(RecordMacs.Json(record.Body.Span), SecureChatJson.Options);
        }
        catch (JsonException fault)
        {
            throw new SecureChatStoreException(_store.Description.Name, "decode", isTransient: false, fault);
        }

        if (conversation is null || !string.Equals(conversation.Id, record.Key.Partition, StringComparison.Ordinal))
        {
            throw new SecureChatStoreException(_store.Description.Name, "decode", isTransient: false);
        }

        macs.Check(record);
        return Versioned(conversation, record.Version);
    }

    /// <summary>The same work as for a conversation that is there.</summary>
    private Conversation ReadNobodys() => Read(new StoreRecord
    {
        Key = ConversationKey(NobodysId),
        Body = macs.Write(ConversationKey(NobodysId), NobodysBody),
    });

    private StoreRecord ToRecord(Conversation conversation) => new()
    {
        Key = ConversationKey(conversation.Id),
        Version = conversation.Version,
        DueAt = conversation switch
        {
            { IsOpen: true } => conversation.LastActivityAt + _lifetimes.IdleConversation,
            { IsEndPending: true } => conversation.ClosedAt + EndGrace,
            { TranscriptDestroyedAt: null } => conversation.ClosedAt + _lifetimes.Transcript,
            { IsForgotten: false } => conversation.TranscriptDestroyedAt + TombstoneGrace,
            _ => null,
        },
        Body = macs.Write(ConversationKey(conversation.Id), JsonSerializer.SerializeToUtf8Bytes(conversation, SecureChatJson.Options)),
    };

    private static RecordKey ConversationKey(string conversationId) => new()
    {
        Kind = RecordKinds.Conversation,
        Partition = conversationId,
        Id = RecordId,
    };

    /// <summary>In order of their start, so that pages stay as they are. A place is shown to agents who may not know of the conversation: no id in it.</summary>
    private static RecordKey OpenKey(Conversation conversation) => new()
    {
        Kind = RecordKinds.OpenConversation,
        Partition = OpenPartition,
        Id = string.Create(CultureInfo.InvariantCulture, $"{conversation.CreatedAt.ToUnixTimeMilliseconds():D15}.{SecureChatId.Derive(conversation.Id, OpenPlace)}"),
    };

    private static Conversation Versioned(Conversation conversation, long version) => Copy(conversation, version: version);

    private static Conversation Copy(
        Conversation from,
        string? agentId = null,
        string? agentName = null,
        DateTimeOffset? lastActivityAt = null,
        DateTimeOffset? closedAt = null,
        bool? isEndPending = null,
        ConversationEnder? endedBy = null,
        bool? isAssignmentPending = null,
        DateTimeOffset? transcriptDestroyedAt = null,
        bool forgetsPeople = false,
        bool forgetsToken = false,
        bool? isForgotten = null,
        long? version = null) => new()
        {
            Id = from.Id,
            Type = from.Type,
            SubjectRef = forgetsPeople ? null : from.SubjectRef,
            TokenHash = forgetsToken ? null : from.TokenHash,
            State = closedAt is null ? from.State : ConversationState.Closed,
            AgentId = forgetsPeople ? null : agentId ?? from.AgentId,
            AgentName = forgetsPeople ? null : agentName ?? from.AgentName,
            CreatedAt = from.CreatedAt,
            LastActivityAt = lastActivityAt ?? from.LastActivityAt,
            ClosedAt = closedAt ?? from.ClosedAt,
            IsEndPending = isEndPending ?? from.IsEndPending,
            EndedBy = isEndPending is false || forgetsPeople ? null : endedBy ?? from.EndedBy,
            IsAssignmentPending = isAssignmentPending ?? from.IsAssignmentPending,
            TranscriptDestroyedAt = transcriptDestroyedAt ?? from.TranscriptDestroyedAt,
            IsForgotten = isForgotten ?? from.IsForgotten,
            Version = version ?? from.Version,
        };

    [LoggerMessage(EventId = 1050, EventName = "ConversationEndUnfinished", Level = LogLevel.Warning,
        Message = "The end of conversation {ConversationId} is not finished ({Fault}); the sweeper tries again.")]
    private static partial void LogEndUnfinished(ILogger logger, string conversationId, string fault);
}
