using System.Net;

namespace SecureChat.AspNetCore;

/// <summary>Who sends a message, as established by the caller's authority and never by what the request says.</summary>
internal sealed class MessageSender
{
    public static MessageSender Visitor { get; } = new() { Role = ParticipantRole.Visitor };

    /// <summary>A visitor by the address of the connection, for the limit over all conversations from there. Nothing keeps it.</summary>
    public static MessageSender VisitorAt(IPAddress? address) => new() { Role = ParticipantRole.Visitor, Address = address };

    public required ParticipantRole Role { get; init; }

    public string? AgentId { get; init; }

    public string? Name { get; init; }

    public IPAddress? Address { get; init; }

    public static MessageSender Of(Agent agent) => new() { Role = agent.Role, AgentId = agent.Id, Name = agent.PublicName };

    public override string ToString() => $"{nameof(MessageSender)} {Role}";
}
