namespace SecureChat;

/// <summary>What happened to a form, in ids. Immutable.</summary>
public sealed class FormEvent
{
    /// <summary>The conversation.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The form request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The key of the form's definition.</summary>
    public required string FormKey { get; init; }

    /// <summary>The values concerned.</summary>
    public required IReadOnlyList<string> ValueIds { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The agent who asked, opened or was refused, by the host's own id; <see langword="null"/> where no agent acted.</summary>
    public string? AgentId { get; init; }

    /// <summary>Why values were destroyed; <see langword="null"/> for other events.</summary>
    public DestroyReason? Reason { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(FormEvent);
}
