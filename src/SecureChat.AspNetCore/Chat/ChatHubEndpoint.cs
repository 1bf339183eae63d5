using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace SecureChat.AspNetCore;

/// <summary>Maps the hub, with the checks of the handshake around it: endpoint filters do not run for hubs.</summary>
internal static class ChatHubEndpoint
{
    private static readonly string[] TokenParameters = ["access_token", "token"];

    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern)
    {
        // What MapHub does, but the hub's methods are looked at and compiled behind the start of the host and not in it.
        var handler = endpoints.ServiceProvider.GetRequiredService<ChatHubHandler>();
        ConnectionEndpointRouteBuilder hub = endpoints.MapConnections(
            pattern,
            new HttpConnectionDispatcherOptions
            {
                // The other transports put the connection's id into URLs, where it works like a token.
                Transports = HttpTransportType.WebSockets,
                CloseOnAuthenticationExpiration = true,
                AllowStatefulReconnects = false,
            },
            connections => connections.Run(handler.ConnectAsync));
        hub.WithMetadata(new HubMetadata(typeof(ChatHub)));
        hub.Add(static endpoint =>
        {
            RequestDelegate connect = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = async http =>
            {
                SecureChatError? refusal = Check(http);
                if (refusal is not null)
                {
                    await Problems.From(refusal).ExecuteAsync(http);
                    return;
                }

                await connect(http);
            };
        });
        return hub;
    }

    private static SecureChatError? Check(HttpContext http)
    {
        return HasTokenInUrl(http.Request) ? SecureChatErrors.TokenInUrl : null;
    }

    /// <summary>Whether a token was put where logs and proxies keep it.</summary>
    internal static bool HasTokenInUrl(HttpRequest request) => TokenParameters.Any(request.Query.ContainsKey);
}
