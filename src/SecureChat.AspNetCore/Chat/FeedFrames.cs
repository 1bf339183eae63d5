namespace SecureChat.AspNetCore;

/// <summary>Names of what the hub sends. Part of the wire format.</summary>
internal static class FeedMethods
{
    public const string Event = "event";
    public const string Typing = "typing";
    public const string Presence = "presence";
    public const string FormProgress = "formProgress";
    public const string Removed = "removed";
    public const string Resume = "resume";
}

/// <summary>Somebody types, or stopped. Never what they type (E36).</summary>
internal sealed class TypingFrame
{
    public required ParticipantRole Role { get; init; }

    public required bool IsTyping { get; init; }

    public override string ToString() => nameof(TypingFrame);
}

/// <summary>The visitor is that far with a form. Never what they filled in (E36).</summary>
internal sealed class FormProgressFrame
{
    public required string RequestId { get; init; }

    /// <summary>Fields that have something in them.</summary>
    public required int Filled { get; init; }

    /// <summary>Fields there are.</summary>
    public required int Total { get; init; }

    public override string ToString() => nameof(FormProgressFrame);
}

/// <summary>A role has a connection to the conversation on this host, or none any more.</summary>
internal sealed class PresenceFrame
{
    public required ParticipantRole Role { get; init; }

    public required bool IsOnline { get; init; }

    public override string ToString() => nameof(PresenceFrame);
}

/// <summary>The connection was taken out of its conversation and gets nothing more of it.</summary>
internal sealed class RemovedFrame
{
    /// <summary>The conversation is somebody else's now.</summary>
    public const string Reassigned = "reassigned";

    /// <summary>The agent no longer holds a policy that lets them read: the client wipes what is on screen (E10).</summary>
    public const string Revoked = "revoked";

    /// <summary>The conversation ended.</summary>
    public const string Closed = "closed";

    /// <summary>The transcript was destroyed.</summary>
    public const string Destroyed = "destroyed";

    /// <summary><c>reassigned</c>, <c>revoked</c>, <c>closed</c> or <c>destroyed</c>.</summary>
    public required string Reason { get; init; }

    public override string ToString() => nameof(RemovedFrame);
}

/// <summary>The connection was too slow and is closed: connect again and join after this sequence.</summary>
internal sealed class ResumeFrame
{
    public required long After { get; init; }

    public override string ToString() => nameof(ResumeFrame);
}
