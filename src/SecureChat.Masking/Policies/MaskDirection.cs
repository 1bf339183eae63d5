using System.Text.Json.Serialization;

namespace SecureChat.Masking;

/// <summary>Which way a text goes, seen from the application.</summary>
[JsonConverter(typeof(WireNames<MaskDirection>))]
public enum MaskDirection
{
    /// <summary>Into the application: a chat message, the body of a request, an argument of a hub call; also what goes to a language model and comes from it.</summary>
    In = 0,

    /// <summary>Out of it: the body of a response, a line of a log.</summary>
    Out = 1,
}
