namespace SecureChat.AspNetCore;

/// <summary>Start a conversation.</summary>
internal sealed class StartCommand
{
    /// <summary>1 to 50 of a-z 0-9 -, a letter first, at most four digits. Default <c>chat</c>.</summary>
    public string? Type { get; init; }

    public override string ToString() => nameof(StartCommand);
}

/// <summary>Give a conversation to an agent; without an id, take it.</summary>
internal sealed class AssignCommand
{
    /// <summary>The agent; the caller when left out. No card, account or security number.</summary>
    public string? AgentId { get; init; }

    /// <summary>What the visitor sees.</summary>
    public string? AgentName { get; init; }

    public override string ToString() => nameof(AssignCommand);
}

/// <summary>Hand a conversation on to another agent: either <c>agent</c> or <c>agentId</c>.</summary>
internal sealed class TransferCommand
{
    /// <summary>The agent who takes over, as <c>POST /agent/here</c> named them. The visitor sees the name of their sign-in, if it is one that visitors may see.</summary>
    public string? Agent { get; init; }

    /// <summary>The agent who takes over, by the claim that names agents. No card, account or security number.</summary>
    public string? AgentId { get; init; }

    /// <summary>What the visitor sees, with <c>agentId</c>.</summary>
    public string? AgentName { get; init; }

    public override string ToString() => nameof(TransferCommand);
}
