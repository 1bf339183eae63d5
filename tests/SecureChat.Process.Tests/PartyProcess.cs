using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace SecureChat.ProcessTests;

/// <summary>A visitor or an agent as an OS process of its own: told what to do, and seen only by what it prints.</summary>
internal sealed class PartyProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _calls = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Process _process;
    private readonly Task _reading;
    private int _calling;

    private PartyProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    public int Id => _process.Id;

    /// <summary>All that the process said: its answers and what appeared on its screen.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static PartyProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "SecureChat.Driver.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new PartyProcess(Process.Start(start)!);
    }

    /// <summary>Does a step and gives its answer; throws when it was refused.</summary>
    public async Task<JsonNode> DoAsync(string step, params (string Name, JsonNode? Value)[] arguments)
    {
        JsonObject reply = await AskAsync(step, arguments);
        return reply["ok"] ?? throw new InvalidOperationException($"{step}: {reply.ToJsonString()}");
    }

    /// <summary>Does a step that must be refused.</summary>
    public async Task<(int Status, string? Code)> RefusedAsync(string step, params (string Name, JsonNode? Value)[] arguments)
    {
        JsonObject reply = await AskAsync(step, arguments);
        return reply["refused"] is { } refused
            ? (refused["status"]!.GetValue<int>(), refused["code"]?.GetValue<string>())
            : throw new InvalidOperationException($"{step} was not refused: {reply.ToJsonString()}");
    }

    /// <summary>Waits until something is on this party's screen.</summary>
    public async Task WaitForAsync(string what, Func<JsonNode, bool> fits)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Limit);
        while (!_lines.Any(line => JsonNode.Parse(line)!["screen"]?["arguments"]?[0] is { } shown && fits(shown)))
        {
            try
            {
                await _arrived.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!Token.IsCancellationRequested)
            {
                throw new TimeoutException($"{what} did not appear within {Limit.TotalSeconds} s; {_lines.Count} lines did.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The end of its input ends it.
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        await _reading;
        _process.Dispose();
        _arrived.Dispose();
    }

    private async Task<JsonObject> AskAsync(string step, (string Name, JsonNode? Value)[] arguments)
    {
        int id = Interlocked.Increment(ref _calling);
        var command = new JsonObject { ["id"] = id, ["do"] = step };
        foreach ((string name, JsonNode? value) in arguments)
        {
            command[name] = value;
        }

        TaskCompletionSource<JsonObject> call = _calls[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _process.StandardInput.WriteLineAsync(command.ToJsonString().AsMemory(), Token);
        await _process.StandardInput.FlushAsync(Token);
        try
        {
            return await call.Task.WaitAsync(Limit, Token);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{step} was not answered within {Limit.TotalSeconds} s.");
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            _lines.Enqueue(line);
            if (JsonNode.Parse(line) is JsonObject reply && reply["id"]?.GetValue<int>() is { } id && _calls.TryRemove(id, out TaskCompletionSource<JsonObject>? call))
            {
                call.SetResult(reply);
            }

            _arrived.Release();
        }

        foreach (TaskCompletionSource<JsonObject> call in _calls.Values)
        {
            call.TrySetException(new InvalidOperationException("The party's process ended."));
        }
    }
}
