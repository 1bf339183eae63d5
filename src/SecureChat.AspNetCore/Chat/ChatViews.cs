namespace SecureChat.AspNetCore;

/// <summary>A conversation as its parties see it: no token, no subject, no agent id.</summary>
internal sealed class ConversationView
{
    public required string Id { get; init; }

    /// <summary>What it was started as.</summary>
    public required string Type { get; init; }

    public required ConversationState State { get; init; }

    /// <summary>Display name of the assigned agent.</summary>
    public string? AssignedTo { get; init; }

    /// <summary>For agents: whether it is assigned to the caller.</summary>
    public bool? IsMine { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastActivityAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>When the key of its messages was destroyed. From then on it names no agent, and a day later the visitor's token opens it no more.</summary>
    public DateTimeOffset? TranscriptDestroyedAt { get; init; }

    public static ConversationView Of(Conversation conversation, Agent? agent = null) => new()
    {
        Id = conversation.Id,
        Type = conversation.Type,
        State = conversation.State,
        AssignedTo = conversation.AgentName,
        IsMine = agent is null ? null : Conversations.IsAssignedTo(agent, conversation),
        CreatedAt = conversation.CreatedAt,
        LastActivityAt = conversation.LastActivityAt,
        ClosedAt = conversation.ClosedAt,
        TranscriptDestroyedAt = conversation.TranscriptDestroyedAt,
    };

    public override string ToString() => nameof(ConversationView);
}

/// <summary>A new conversation and its token, which is shown this once.</summary>
internal sealed class StartedView
{
    public required ConversationView Conversation { get; init; }

    /// <summary>256 random bits, base64url. The only proof that this is the visitor: only its hash is stored.</summary>
    public required string Token { get; init; }

    public override string ToString() => nameof(StartedView);
}

/// <summary>A page of open conversations, oldest first.</summary>
internal sealed class ConversationListView
{
    /// <summary>May be fewer than asked for, or none, while there are more.</summary>
    public required IReadOnlyList<ConversationView> Conversations { get; init; }

    /// <summary>There may be more: ask again with <c>after</c> set to this. Missing on the last page.</summary>
    public string? Next { get; init; }

    public override string ToString() => nameof(ConversationListView);
}

/// <summary>A page of events.</summary>
internal sealed class EventsView
{
    public required IReadOnlyList<ConversationEvent> Events { get; init; }

    /// <summary>The transcript's key was destroyed; nothing can be read any more.</summary>
    public required bool IsDestroyed { get; init; }

    public override string ToString() => nameof(EventsView);
}

/// <summary>Who the caller is here.</summary>
internal sealed class AgentView
{
    /// <summary>Display name.</summary>
    public string? Name { get; init; }

    public required bool IsAgent { get; init; }

    public required bool IsSupervisor { get; init; }

    public required bool IsPrivacyOfficer { get; init; }

    public required bool IsAuditor { get; init; }

    public override string ToString() => nameof(AgentView);
}

/// <summary>The other agents who are here.</summary>
internal sealed class AgentsHereView
{
    /// <summary>By name, at most 200.</summary>
    public required IReadOnlyList<AgentHereView> Agents { get; init; }

    public override string ToString() => nameof(AgentsHereView);
}

/// <summary>Another agent who is here: no id.</summary>
internal sealed class AgentHereView
{
    /// <summary>Names them in a transfer, and means nothing anywhere else.</summary>
    public required string Agent { get; init; }

    /// <summary>Display name; none when the sign-in has none.</summary>
    public string? Name { get; init; }

    public override string ToString() => nameof(AgentHereView);
}

/// <summary>The answer to a join.</summary>
internal sealed class JoinView
{
    public required ConversationView Conversation { get; init; }

    /// <summary>Of the newest event.</summary>
    public required long LastSequence { get; init; }

    public override string ToString() => nameof(JoinView);
}

/// <summary>The answer to a heartbeat: a client whose own last sequence is smaller pulls the gap.</summary>
internal sealed class TailView
{
    /// <summary>Of the newest event.</summary>
    public required long LastSequence { get; init; }

    public override string ToString() => nameof(TailView);
}
