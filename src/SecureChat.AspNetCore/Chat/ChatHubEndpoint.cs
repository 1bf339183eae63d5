using Microsoft.AspNetCore.Http.Connections;

namespace SecureChat.AspNetCore;

/// <summary>Maps the hub, with the checks of the handshake around it: endpoint filters do not run for hubs.</summary>
internal static class ChatHubEndpoint
{
    private static readonly string[] TokenParameters = ["access_token", "token"];

    public static HubEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern)
    {
        HubEndpointConventionBuilder hub = endpoints.MapHub<ChatHub>(pattern, static options =>
        {
            // The other transports put the connection's id into URLs, where it works like a token.
            options.Transports = HttpTransportType.WebSockets;
            options.CloseOnAuthenticationExpiration = true;
            options.AllowStatefulReconnects = false;
        });
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
