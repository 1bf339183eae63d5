using System.Text.Json.Serialization;

namespace SecureChat.AspNetCore;

/// <summary>What an event in a conversation says. Names are part of the wire format.</summary>
[JsonConverter(typeof(WireNames<ConversationEventKind>))]
internal enum ConversationEventKind
{
    ConversationStarted = 1,
    MessageAdded = 2,
    MessageMasked = 3,
    FormChanged = 4,
    ValueChanged = 5,
    Assigned = 6,
    Closed = 7,
}
