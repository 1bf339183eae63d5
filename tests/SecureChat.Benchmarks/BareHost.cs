using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SecureChat.Benchmarks;

/// <summary>Kestrel with a minimal API and a SignalR hub that store rows, and nothing else: no sign-in, no limits, no encryption, no audit.</summary>
internal static class BareHost
{
    public static WebApplication Build(string file)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSignalR();
        builder.Services.AddSingleton(_ => new BareStore(file));
        WebApplication app = builder.Build();
        app.MapHub<BareHub>("/chat/hub");
        app.MapPost("/write", static async (HttpRequest request, BareStore store, int rows, int truncations) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            byte[] bytes = body.ToArray();
            long id = 0;
            for (int i = 0; i < rows; i++)
            {
                id = store.Insert("form", _ => bytes);
            }

            for (int i = 0; i < truncations; i++)
            {
                store.Truncate();
            }

            return new { id };
        });
        return app;
    }
}

internal sealed class BareJoin
{
    public required string ConversationId { get; init; }
}

internal sealed class BareSend
{
    public required string ClientId { get; init; }

    public required string Text { get; init; }
}

internal sealed class BareHub(BareStore store) : Hub
{
    private const string Conversation = "conversation";

    public Task Join(BareJoin command)
    {
        Context.Items[Conversation] = command.ConversationId;
        return Groups.AddToGroupAsync(Context.ConnectionId, command.ConversationId);
    }

    public async Task<object> Send(BareSend command)
    {
        string conversation = (string)Context.Items[Conversation]!;
        DateTimeOffset at = DateTimeOffset.UtcNow;
        long sequence = store.Insert(
            conversation,
            number => JsonSerializer.SerializeToUtf8Bytes(new { sequence = number, kind = "messageAdded", at, actor = "visitor", command.ClientId, command.Text }));
        var message = new { sequence, kind = "messageAdded", at, actor = "visitor", command.ClientId, command.Text };
        await Clients.Group(conversation).SendAsync("event", message);
        return message;
    }
}
