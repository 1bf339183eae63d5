using System.Text.Json.Serialization;

namespace SecureChat;

/// <summary>Where a form request stands. Requested and Opened are open; the others are final.</summary>
[JsonConverter(typeof(WireNames<FormRequestState>))]
public enum FormRequestState
{
    /// <summary>Sent to the visitor.</summary>
    Requested = 0,

    /// <summary>The visitor has it on screen.</summary>
    Opened = 1,

    /// <summary>Submitted; its values have a life of their own (<see cref="SealedValueState"/>).</summary>
    Submitted = 2,

    /// <summary>The visitor said no.</summary>
    Declined = 3,

    /// <summary>Taken back by the agent or the application, or the conversation ended.</summary>
    Cancelled = 4,

    /// <summary>Not submitted in time.</summary>
    Expired = 5,
}
