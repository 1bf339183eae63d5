using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecureChat.Unit.Tests.Chat;

/// <summary>The JSON hub protocol by hand over a raw WebSocket: what a hostile client can send too.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private const char End = '\u001e';

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _calls = new(StringComparer.Ordinal);
    private readonly List<(string Target, JsonNode? Frame)> _frames = [];
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly TaskCompletionSource _handshake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ids;

    public Task Closed => _closed.Task.WaitAsync(Limit);

    public bool IsClosed => _closed.Task.IsCompleted;

    public static async Task<HubClient> ConnectAsync(Uri address, string? agent, string? origin)
    {
        var client = new HubClient();
        client._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        if (agent is not null)
        {
            client._socket.Options.SetRequestHeader("X-Test-Agent", agent);
        }

        if (origin is not null)
        {
            client._socket.Options.SetRequestHeader("Origin", origin);
        }

        using var limit = new CancellationTokenSource(Limit);
        await client._socket.ConnectAsync(address, limit.Token);
        _ = Task.Run(client.ReadAsync);
        await client.SendRawAsync("{\"protocol\":\"json\",\"version\":1}" + End);
        await client._handshake.Task.WaitAsync(Limit);
        return client;
    }

    public async Task SendRawAsync(string text)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Sends a call whose one argument is this JSON, as it stands.</summary>
    public async Task<Task<JsonObject>> StartRawAsync(string method, string argument)
    {
        string id = Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture);
        var call = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = call;
        await SendRawAsync($"{{\"type\":1,\"invocationId\":\"{id}\",\"target\":\"{method}\",\"arguments\":[{argument}]}}" + End);
        return call.Task;
    }

    public async Task<JsonObject> InvokeRawAsync(string method, string argument) =>
        await (await StartRawAsync(method, argument)).WaitAsync(Limit);

    public Task<JsonObject> InvokeAsync(string method, object argument) => InvokeRawAsync(method, JsonSerializer.Serialize(argument));

    /// <summary>The reply's result; fails the test when the call was refused.</summary>
    public async Task<JsonNode?> ResultAsync(string method, object argument)
    {
        JsonObject completion = await InvokeAsync(method, argument);
        Assert.True(completion["error"] is null && completion["result"]?["error"] is null, completion.ToJsonString());
        return completion["result"]?["result"];
    }

    /// <summary>The code of the refusal; fails the test when there was none.</summary>
    public async Task<string> RefusalAsync(string method, object argument)
    {
        JsonObject completion = await InvokeAsync(method, argument);
        Assert.True(completion["result"]?["error"] is not null, completion.ToJsonString());
        return (string)completion["result"]!["error"]!["code"]!;
    }

    public IReadOnlyList<JsonNode> Frames(string target)
    {
        lock (_frames)
        {
            return [.. _frames.Where(frame => frame.Target == target).Select(static frame => frame.Frame!)];
        }
    }

    public IReadOnlyList<long> Sequences() => [.. Frames("event").Select(static frame => (long)frame["sequence"]!)];

    public async Task WaitForAsync(Func<HubClient, bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            Task arrived = Volatile.Read(ref _arrived).Task;
            if (condition(this))
            {
                return;
            }

            try
            {
                await arrived.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail("Did not happen: " + what);
            }
        }
    }

    public Task WaitForSequenceAsync(long sequence) =>
        WaitForAsync(client => client.Sequences().Contains(sequence), "event " + sequence.ToString(CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _closed.Task.WaitAsync(Limit);
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        var pending = new StringBuilder();
        Decoder decoder = Encoding.UTF8.GetDecoder();
        char[] characters = new char[64 * 1024];
        try
        {
            while (true)
            {
                WebSocketReceiveResult result = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                int count = decoder.GetChars(buffer, 0, result.Count, characters, 0);
                for (int i = 0; i < count; i++)
                {
                    if (characters[i] != End)
                    {
                        pending.Append(characters[i]);
                        continue;
                    }

                    Take(JsonNode.Parse(pending.ToString())!.AsObject());
                    pending.Clear();
                }
            }
        }
        catch (Exception fault) when (fault is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Closed by either side.
        }
        finally
        {
            _closed.TrySetResult();
            foreach (TaskCompletionSource<JsonObject> call in _calls.Values)
            {
                call.TrySetException(new IOException("The connection was closed."));
            }
        }
    }

    private void Take(JsonObject message)
    {
        switch ((int?)message["type"])
        {
            case null:
                _handshake.TrySetResult();
                break;
            case 1:
                lock (_frames)
                {
                    _frames.Add(((string)message["target"]!, message["arguments"]![0]));
                }

                Interlocked.Exchange(ref _arrived, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
                break;
            case 3 when _calls.TryRemove((string)message["invocationId"]!, out TaskCompletionSource<JsonObject>? call):
                call.TrySetResult(message);
                break;
            default:
                break;
        }
    }
}
