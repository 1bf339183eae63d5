using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

/// <summary>What a client sends to the hub stands in no log, at no level, whatever is wrong with it (P1, E43).</summary>
public sealed class HubLogTests
{
    private const string Card = "5555555555554444";
    private const char End = '\u001e';

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E43_names_and_values_that_do_not_bind_stand_in_no_log_at_Trace()
    {
        Assert.Empty(await PlayAsync(configure: null));
    }

    [Fact]
    public async Task E43_without_our_logger_the_hunt_goes_red()
    {
        // The saboteur: the hub reads and logs as SignalR does by itself, under our rules of what binds.
        string[] found = await PlayAsync(static services => services.AddSingleton(static provider => new HubConnectionHandler<ChatHub>(
            provider.GetRequiredService<HubLifetimeManager<ChatHub>>(),
            new StockProtocols(),
            Options.Create(new HubOptions { SupportedProtocols = ["json"], HandshakeTimeout = TimeSpan.FromSeconds(30), MaximumReceiveMessageSize = 10_000 }),
            Options.Create(new HubOptions<ChatHub>()),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<IUserIdProvider>(),
            provider.GetRequiredService<IServiceScopeFactory>())));
        Assert.Contains(found, static text => text.Contains("JsonException", StringComparison.Ordinal));
    }

    private static async Task<string[]> PlayAsync(Action<IServiceCollection>? configure)
    {
        await using ProductHost host = await ProductHost.StartAsync(setup => setup.Services = configure);
        StartedConversation started = (await host.Get<Conversations>().StartAsync(principal: null, type: null, address: null, Token)).Value!;
        string address = host.Host.Address.ToString().TrimEnd('/');
        await using (HubClient client = await HubClient.ConnectAsync(new Uri(address.Replace("http://", "ws://", StringComparison.Ordinal) + "/chat/hub"), agent: null, address))
        {
            await client.ResultAsync("Join", new { conversationId = started.Conversation.Id, token = started.Token });
            object[] arguments =
            [
                new Dictionary<string, object> { [Card] = 1, ["clientId"] = "a-client-id-of-mine", ["text"] = "hello" },
                new Dictionary<string, object> { ["clientId"] = new Dictionary<string, object> { [Card] = 1 }, ["text"] = "hello" },
                new Dictionary<string, object> { ["clientId"] = Card },
                Card,
            ];
            foreach (object argument in arguments)
            {
                await client.InvokeAsync("Send", argument);
            }

            await client.InvokeAsync(Card, new { });
            await client.SendRawAsync($"{{\"type\":1,\"target\":\"Send\",\"invocationId\":\"x\",\"arguments\":[{{\"{Card}\":]}}" + End);
            await client.Closed;
        }

        return [.. host.Host.Logs.Entries.Where(static entry => entry.Text.Contains(Card, StringComparison.Ordinal)).Select(static entry => $"{entry.Level} {entry.Category}: {entry.Text}")];
    }

    /// <summary>SignalR's own JSON protocol, whose exceptions quote what did not bind.</summary>
    private sealed class StockProtocols : IHubProtocolResolver
    {
        private readonly JsonHubProtocol _json = new(Options.Create(new JsonHubProtocolOptions { PayloadSerializerOptions = SecureChatJson.Create() }));

        public IReadOnlyList<IHubProtocol> AllProtocols => [_json];

        public IHubProtocol? GetProtocol(string protocolName, IReadOnlyList<string>? supportedProtocols) => _json;
    }
}
