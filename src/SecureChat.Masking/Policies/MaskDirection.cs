using System.Text.Json.Serialization;

namespace SecureChat.Masking;

/// <summary>Which way a text goes, seen from the application.</summary>
[JsonConverter(typeof(WireNames<MaskDirection>))]
public enum MaskDirection
{
    /// <summary>Into the application: a chat message, the body of a request, what a tool or a model answers.</summary>
    In = 0,

    /// <summary>Out of it: the body of a response, a line of a log, what is asked of a model.</summary>
    Out = 1,
}
