using System.Net.WebSockets;
using System.Text;

namespace SecureChat.Benchmarks;

/// <summary>
/// A SignalR connection that counts instead of parsing: the client runs beside the server it measures, so it must cost little. It
/// finds answers and events by a mark in the messages.
/// </summary>
internal sealed class LoadClient : IAsyncDisposable
{
    /// <summary>Part of every message that is sent.</summary>
    public const string Mark = "zqx";

    private static readonly byte[] MarkBytes = Encoding.ASCII.GetBytes(Mark);
    private static readonly byte[] Separator = [0x1e];
    private static readonly byte[] Completion = "\"type\":3"u8.ToArray();
    private static readonly byte[] Invocation = "\"type\":1"u8.ToArray();

    private readonly ClientWebSocket _socket;
    private readonly SemaphoreSlim _answers = new(0);
    private readonly SemaphoreSlim _events = new(0);
    private readonly Task _receiving;
    private string? _refusal;
    private int _sent;

    private LoadClient(ClientWebSocket socket)
    {
        _socket = socket;
        _receiving = Task.Run(ReceiveAsync);
    }

    public static async Task<LoadClient> JoinAsync(Uri root, string? cookie, string joinArgument)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", root.GetLeftPart(UriPartial.Authority));
        if (cookie is not null)
        {
            socket.Options.SetRequestHeader("Cookie", cookie);
        }

        await socket.ConnectAsync(new UriBuilder(new Uri(root, "chat/hub")) { Scheme = "ws" }.Uri, CancellationToken.None);
        await SendAsync(socket, """{"protocol":"json","version":1}""");
        var client = new LoadClient(socket);
        await SendAsync(socket, $$"""{"type":1,"invocationId":"join","target":"Join","arguments":[{{joinArgument}}]}""");
        await client.OneAsync(client._answers, "The answer to Join");
        return client;
    }

    /// <summary>Sends and waits for the answer, which must carry the text.</summary>
    public async Task SayAsync(string text)
    {
        string id = Row.Text($"{++_sent}");
        await SendAsync(_socket, $$"""{"type":1,"invocationId":"{{id}}","target":"Send","arguments":[{"clientId":"{{Driver.VisitorClient.NewId()}}","text":"{{text}}"}]}""");
        await OneAsync(_answers, "The answer to Send");
    }

    /// <summary>Waits for that many messages.</summary>
    public async Task HearAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await OneAsync(_events, "A message");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _answers.Dispose();
        _events.Dispose();
    }

    private static ValueTask SendAsync(ClientWebSocket socket, string json) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json + "\u001e").AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private async Task OneAsync(SemaphoreSlim arrived, string what)
    {
        if (!await arrived.WaitAsync(TimeSpan.FromSeconds(30)))
        {
            throw new TimeoutException($"{what} did not arrive within 30 s.");
        }

        if (Volatile.Read(ref _refusal) is { } refusal)
        {
            throw new InvalidOperationException($"The hub refused: {refusal}");
        }
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult result = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                length += result.Count;
                int done = Take(buffer.AsSpan(0, length));
                buffer.AsSpan(done, length - done).CopyTo(buffer);
                length -= done;
            }
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Aborted at the end of the measurement.
        }
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        for (int end; (end = bytes[done..].IndexOf(Separator)) >= 0; done += end + 1)
        {
            ReadOnlySpan<byte> frame = bytes.Slice(done, end);
            if (frame.IndexOf(Completion) >= 0)
            {
                if (frame.IndexOf("\"error\":{"u8) >= 0 || frame.IndexOf("\"error\":\""u8) >= 0)
                {
                    Volatile.Write(ref _refusal, Encoding.UTF8.GetString(frame));
                }

                _answers.Release();
            }
            else if (frame.IndexOf(Invocation) >= 0)
            {
                // A frame may carry several events.
                int count = 0;
                for (int at; (at = frame.IndexOf(MarkBytes)) >= 0; frame = frame[(at + MarkBytes.Length)..])
                {
                    count++;
                }

                if (count > 0)
                {
                    _events.Release(count);
                }
            }
        }

        return done;
    }
}
