using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace SecureChat.AspNetCore;

/// <summary>
/// The one protocol of our hub: JSON by our strict rules. The host's own hubs keep the protocols the host gave them, because this
/// resolver is handed to our hub's handler alone and not registered.
/// </summary>
internal sealed class ChatHubProtocols : IHubProtocolResolver
{
    private readonly ChatHubProtocol _json;

    public ChatHubProtocols(int maxFrameBytes)
    {
        var options = new JsonHubProtocolOptions();
        SecureChatJson.Configure(options.PayloadSerializerOptions);
        _json = new ChatHubProtocol(new JsonHubProtocol(Options.Create(options)), maxFrameBytes);
        AllProtocols = [_json];
    }

    public IReadOnlyList<IHubProtocol> AllProtocols { get; }

    public IHubProtocol? GetProtocol(string protocolName, IReadOnlyList<string>? supportedProtocols) =>
        string.Equals(protocolName, _json.Name, StringComparison.OrdinalIgnoreCase) ? _json : null;
}
