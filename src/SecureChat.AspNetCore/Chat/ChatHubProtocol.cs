using System.Buffers;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace SecureChat.AspNetCore;

/// <summary>
/// SignalR's JSON protocol, around which everything that is no call of ours becomes a refusal with a code. The parser's own
/// exceptions and the names a caller made up quote what was sent, and SignalR logs both and sends both back (E43).
/// </summary>
internal sealed class ChatHubProtocol(IHubProtocol inner, int maxFrameBytes) : IHubProtocol
{
    /// <summary>Stands for a method that does not exist.</summary>
    private const string NoMethod = "unknown";

    private static readonly HashSet<string> Methods = new(
        typeof(ChatHub).GetMethods(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.DeclaredOnly)
            .Where(static method => method.GetBaseDefinition() == method)
            .Select(static method => method.Name),
        StringComparer.OrdinalIgnoreCase);

    public string Name => inner.Name;

    public int Version => inner.Version;

    public TransferFormat TransferFormat => inner.TransferFormat;

    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => inner.GetMessageBytes(message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => inner.WriteMessage(message, output);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HubMessage? message)
    {
        bool isFull = input.Length >= maxFrameBytes;
        try
        {
            if (inner.TryParseMessage(ref input, binder, out message))
            {
                message = Check(message);
                return true;
            }
        }
        catch (Exception fault) when (fault is not HubException)
        {
            // Ends the connection: what follows on it cannot be told apart any more.
            throw ChatHubFilter.Refusal(SecureChatErrors.InvalidRequest);
        }

        return isFull ? throw ChatHubFilter.Refusal(SecureChatErrors.TooLarge) : false;
    }

    private static HubMessage Check(HubMessage message) => message switch
    {
        InvocationBindingFailureMessage failure => Refuse(failure.InvocationId, failure.Target),
        StreamInvocationMessage stream => Refuse(stream.InvocationId, stream.Target),

        // A null is an argument to the binder, whatever the parameter says.
        InvocationMessage call => Methods.Contains(call.Target) && !Array.Exists(call.Arguments, static argument => argument is null)
            ? call
            : Refuse(call.InvocationId, call.Target),

        // Parts of streams and answers to calls of the server: we have neither.
        StreamItemMessage or StreamBindingFailureMessage or CompletionMessage => throw ChatHubFilter.Refusal(SecureChatErrors.InvalidRequest),
        _ => message,
    };

    private static InvocationBindingFailureMessage Refuse(string? invocationId, string target) => new(
        invocationId,
        Methods.Contains(target) ? target : NoMethod,
        ExceptionDispatchInfo.Capture(ChatHubFilter.Refusal(SecureChatErrors.InvalidRequest)));
}
