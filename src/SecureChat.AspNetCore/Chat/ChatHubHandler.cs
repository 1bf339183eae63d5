using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;

namespace SecureChat.AspNetCore;

/// <summary>
/// The hub behind its connections, made when the host has started or with the first connection, whichever is first: making it compiles
/// every method of the hub, and the host need not wait for that before it listens.
/// </summary>
internal sealed class ChatHubHandler(IServiceProvider services, IHostApplicationLifetime lifetime) : BackgroundService
{
    public Task ConnectAsync(ConnectionContext connection) => Hub().OnConnectedAsync(connection);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.WaitForStartAsync(stoppingToken);
        _ = Hub();
    }

    private HubConnectionHandler<ChatHub> Hub() => services.GetRequiredService<HubConnectionHandler<ChatHub>>();
}
