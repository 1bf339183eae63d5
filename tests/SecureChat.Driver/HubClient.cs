using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecureChat.Driver;

/// <summary>The SignalR JSON hub protocol over a raw WebSocket: handshake, invocations, and every frame that arrives kept as text.</summary>
public sealed class HubClient : IAsyncDisposable
{
    private const char RecordSeparator = '\u001e';

    private readonly ClientWebSocket _socket;
    private readonly Task _receiving;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _calls = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly List<string> _frames = [];
    private readonly SemaphoreSlim _sending = new(1, 1);
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _nextId;

    private HubClient(ClientWebSocket socket)
    {
        _socket = socket;
        _receiving = Task.Run(ReceiveAsync);
    }

    /// <summary>Every frame so far, as it came over the wire.</summary>
    public IReadOnlyList<string> Frames
    {
        get
        {
            lock (_lock)
            {
                return [.. _frames];
            }
        }
    }

    public static async Task<HubClient> ConnectAsync(Uri hub, string? cookie, CancellationToken cancellationToken, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        var url = new UriBuilder(hub) { Scheme = hub.Scheme == "https" ? "wss" : "ws" };
        socket.Options.SetRequestHeader("Origin", hub.GetLeftPart(UriPartial.Authority));
        if (cookie is not null)
        {
            socket.Options.SetRequestHeader("Cookie", cookie);
        }

        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(url.Uri, cancellationToken);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}" + RecordSeparator), WebSocketMessageType.Text, true, cancellationToken);
        return new HubClient(socket);
    }

    /// <summary>Calls a hub method with its one argument and waits for the answer.</summary>
    public Task<JsonNode?> InvokeAsync(string method, object argument, CancellationToken cancellationToken) => InvokeAsync(method, [argument], cancellationToken);

    /// <summary>Calls a method of a hub of the host's own, which may take several arguments.</summary>
    public async Task<JsonNode?> InvokeAsync(string method, object[] arguments, CancellationToken cancellationToken)
    {
        string id = Interlocked.Increment(ref _nextId).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = answer;
        string frame = JsonSerializer.Serialize(new { type = 1, invocationId = id, target = method, arguments }, Json.Options);
        await SendRawAsync(frame + RecordSeparator, cancellationToken);
        JsonObject completion = await answer.Task.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
        return completion["error"] is { } error ? throw new HubCallException(error.GetValue<string>()) : completion["result"];
    }

    public async Task SendRawAsync(string text, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Waits for a frame from the server that fits; looks at those that came before as well.</summary>
    public async Task<JsonObject> WaitForAsync(string what, Func<JsonObject, bool> fits, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        int seen = 0;
        while (true)
        {
            Task arrived;
            List<string> fresh;
            lock (_lock)
            {
                fresh = _frames[seen..];
                seen = _frames.Count;
                arrived = _arrived.Task;
            }

            foreach (string frame in fresh)
            {
                if (JsonNode.Parse(frame) is JsonObject message && fits(message))
                {
                    return message;
                }
            }

            try
            {
                await arrived.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{what} did not arrive within {limit.TotalSeconds} s; {seen} frames did.");
            }
        }
    }

    public Task Closed => _receiving;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Abort();
        try
        {
            await _receiving;
        }
        catch (OperationCanceledException)
        {
        }

        _socket.Dispose();
        _stopping.Dispose();
        _sending.Dispose();
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        var text = new StringBuilder();
        var bytes = new MemoryStream();
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult result = await _socket.ReceiveAsync(buffer.AsMemory(), _stopping.Token);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                bytes.Write(buffer, 0, result.Count);
                if (!result.EndOfMessage)
                {
                    continue;
                }

                text.Append(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
                bytes.SetLength(0);
                Split(text);
            }
        }
        catch (WebSocketException)
        {
        }
        catch (ObjectDisposedException) when (_stopping.IsCancellationRequested)
        {
            // ClientWebSocket.Abort disposes the socket; a read that starts after it meets that instead of the cancellation.
        }
        finally
        {
            foreach (TaskCompletionSource<JsonObject> call in _calls.Values)
            {
                call.TrySetException(new HubCallException("The connection was closed."));
            }
        }
    }

    private void Split(StringBuilder text)
    {
        string all = text.ToString();
        int start = 0, end;
        while ((end = all.IndexOf(RecordSeparator, start)) >= 0)
        {
            string frame = all[start..end];
            start = end + 1;
            TaskCompletionSource arrived;
            lock (_lock)
            {
                _frames.Add(frame);
                arrived = _arrived;
                _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (JsonNode.Parse(frame) is JsonObject message && message["type"]?.GetValue<int>() == 3
                && _calls.TryRemove(message["invocationId"]!.GetValue<string>(), out TaskCompletionSource<JsonObject>? call))
            {
                call.TrySetResult(message);
            }

            arrived.TrySetResult();
        }

        text.Clear().Append(all, start, all.Length - start);
    }
}

/// <summary>The hub refused a call.</summary>
public sealed class HubCallException(string message) : Exception(message);
