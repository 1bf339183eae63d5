namespace SecureChat.AspNetCore;

/// <summary>
/// One event of a conversation as stored (encrypted) and sent. Text is masked text: only <see cref="MaskedText"/> can become one.
/// </summary>
internal sealed class ConversationEvent
{
    /// <summary>From 1, without gaps.</summary>
    public required long Sequence { get; init; }

    public required ConversationEventKind Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it.</summary>
    public required ParticipantRole Actor { get; init; }

    /// <summary>Display name of an agent; never of a visitor.</summary>
    public string? ActorName { get; init; }

    /// <summary>Chosen by the sender; makes sending idempotent.</summary>
    public string? ClientId { get; init; }

    /// <summary>For MessageAdded and MessageMasked: the masked text.</summary>
    public MaskedText? Text { get; init; }

    /// <summary>Kinds that were masked in the text, so that the sender is told at once.</summary>
    public IReadOnlyList<string>? MaskedKinds { get; init; }

    /// <summary>For MessageAdded: kinds that stand in the text because the host only warns of them.</summary>
    public IReadOnlyList<string>? WarnedKinds { get; init; }

    /// <summary>For MessageMasked: the sequence of the message whose text this replaces.</summary>
    public long? Amends { get; init; }

    /// <summary>For a MessageAdded whose stored text was masked again: the sequence of the MessageMasked event it now agrees with.</summary>
    public long? AmendedBy { get; init; }

    /// <summary>For FormChanged and ValueChanged: the card as it stands after the event.</summary>
    public FormCard? Form { get; init; }

    /// <summary>For Assigned: the agent's display name, or null when unassigned.</summary>
    public string? AssignedTo { get; init; }

    public override string ToString() => $"{nameof(ConversationEvent)} {Sequence} {Kind}";
}
