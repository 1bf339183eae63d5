using System.Text.Json.Serialization;

namespace SecureChat.AspNetCore;

/// <summary>A conversation as its record holds it. Changes are made by compare-and-set on that record alone.</summary>
internal sealed class Conversation
{
    public required string Id { get; init; }

    /// <summary>Which kind of conversation: picks retention and scope.</summary>
    public required string Type { get; init; }

    /// <summary>Keyed hash of the data subject, when the host knows who the visitor is.</summary>
    public string? SubjectRef { get; init; }

    /// <summary>SHA-256 of the visitor's token. Gone a day after the transcript; then nobody is this conversation's visitor.</summary>
    public byte[]? TokenHash { get; init; }

    public required ConversationState State { get; init; }

    public string? AgentId { get; init; }

    public string? AgentName { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Kept coarsely: the log knows the exact time of the last event.</summary>
    public required DateTimeOffset LastActivityAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Closed, and event, index, audit and destruction of values are not all done yet.</summary>
    public bool IsEndPending { get; init; }

    /// <summary>Who ended it, while its end is pending: whoever finishes it tells the same fact.</summary>
    public ConversationEnder? EndedBy { get; init; }

    /// <summary>Assigned, and event and audit are not both done yet.</summary>
    public bool IsAssignmentPending { get; init; }

    /// <summary>Set only after the transcript's key is destroyed.</summary>
    public DateTimeOffset? TranscriptDestroyedAt { get; init; }

    /// <summary>Subject, agent and token are gone from the record and from the store's files. What stays names nobody.</summary>
    public bool IsForgotten { get; init; }

    /// <summary>Version of the record this was read from.</summary>
    [JsonIgnore]
    public long Version { get; init; }

    [JsonIgnore]
    public bool IsOpen => State == ConversationState.Open;

    public override string ToString() => $"{nameof(Conversation)} {Id}";
}

/// <summary>Whether messages can be added.</summary>
[JsonConverter(typeof(WireNames<ConversationState>))]
internal enum ConversationState
{
    Open = 1,
    Closed = 2,
}

/// <summary>Who ended a conversation; names as they stand in clear in records.</summary>
internal sealed class ConversationEnder
{
    public required ParticipantRole Role { get; init; }

    public string? AgentId { get; init; }

    public string? AgentName { get; init; }

    public override string ToString() => nameof(ConversationEnder);
}

/// <summary>A conversation just started, with the one sight of its token.</summary>
internal sealed class StartedConversation
{
    public required Conversation Conversation { get; init; }

    public required string Token { get; init; }

    public override string ToString() => nameof(StartedConversation);
}

/// <summary>Some of the open conversations, oldest first.</summary>
internal sealed class ConversationPage
{
    public required IReadOnlyList<Conversation> Conversations { get; init; }

    /// <summary>Where the next page begins; none: this was the last.</summary>
    public string? Next { get; init; }

    public override string ToString() => nameof(ConversationPage);
}
