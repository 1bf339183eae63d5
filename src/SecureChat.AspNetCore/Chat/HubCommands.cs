namespace SecureChat.AspNetCore;

// Every hub method takes exactly one of these: stock logging prints arguments, and a class prints its name.

/// <summary>Enter a conversation: as its visitor with the token, or as the signed-in agent without one.</summary>
internal sealed class JoinCommand
{
    public required string ConversationId { get; init; }

    /// <summary>The visitor's token; without one the sign-in of the connection counts.</summary>
    public string? Token { get; init; }

    /// <summary>Sequence of the last event the client has; events after it are sent.</summary>
    public long After { get; init; }

    public override string ToString() => nameof(JoinCommand);
}

/// <summary>Send a message, over the hub or HTTP. A repeat with the same client id is the same message.</summary>
internal sealed class SendCommand
{
    /// <summary>Chosen by the sender, kept for retries.</summary>
    public required string ClientId { get; init; }

    /// <summary>Plain text, at most <c>Limits.MessageBytes</c> of UTF-8.</summary>
    public required string Text { get; init; }

    public override string ToString() => nameof(SendCommand);
}

/// <summary>Read events after a sequence.</summary>
internal sealed class HistoryCommand
{
    /// <summary>Events after this sequence. Default 0.</summary>
    public long After { get; init; }

    /// <summary>At most this many. Default and most: <c>Limits.HistoryPage</c>.</summary>
    public int? Limit { get; init; }

    public override string ToString() => nameof(HistoryCommand);
}

/// <summary>Say that one types, or stopped.</summary>
internal sealed class TypingCommand
{
    public required bool IsTyping { get; init; }

    public override string ToString() => nameof(TypingCommand);
}

/// <summary>Say how far one is with a form. Numbers only: nothing of a form leaves the visitor's device before it is submitted.</summary>
internal sealed class FormProgressCommand
{
    /// <summary>The form request.</summary>
    public required string RequestId { get; init; }

    /// <summary>Fields that have something in them.</summary>
    public required int Filled { get; init; }

    /// <summary>Fields there are, at most <c>Limits.FormFields</c>.</summary>
    public required int Total { get; init; }

    public override string ToString() => nameof(FormProgressCommand);
}

/// <summary>Ask for the tail, naming the last event the client has.</summary>
internal sealed class HeartbeatCommand
{
    public long LastSequence { get; init; }

    public override string ToString() => nameof(HeartbeatCommand);
}

/// <summary>Leave the conversation; the connection stays and may join another.</summary>
internal sealed class LeaveCommand
{
    public override string ToString() => nameof(LeaveCommand);
}
