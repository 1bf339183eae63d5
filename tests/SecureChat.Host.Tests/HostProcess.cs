using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace SecureChat.Host.Tests;

/// <summary>A host as a process of its own, which a test can kill. Stopped by its own id; a test that dies takes it along.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _disposed;

    private HostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Root { get; private set; } = null!;

    public IReadOnlyCollection<string> Output => _output;

    public bool HasExited => _process.HasExited;

    public static Task<HostProcess> StartAsync(string folder, params (string Name, double Seconds)[] settings) =>
        StartAsync(folder, settings.Select(setting => string.Create(CultureInfo.InvariantCulture, $"{setting.Name}={setting.Seconds}")));

    public static async Task<HostProcess> StartAsync(string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "SecureChat.TestHost.dll"));
        start.ArgumentList.Add(folder);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var host = new HostProcess(Process.Start(start)!);
        try
        {
            host.Root = await host._listening.Task.WaitAsync(StartLimit, TestContext.Current.CancellationToken);
            return host;
        }
        catch (Exception fault)
        {
            await host.DisposeAsync();
            throw new InvalidOperationException($"The host did not listen within {StartLimit.TotalSeconds} s. It said: {string.Join('\n', host._output)}", fault);
        }
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Stops the host as a deployment does: no new work, what runs is finished. False when it is still there after the limit.</summary>
    public Task<bool> StopAsync(TimeSpan limit)
    {
        _process.StandardInput.Close();
        return DiesWithinAsync(limit);
    }

    /// <summary>Waits until an armed switch has killed the process; false when it is still alive then.</summary>
    public async Task<bool> DiesWithinAsync(TimeSpan limit)
    {
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(limit, TestContext.Current.CancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            _listening.TrySetException(new InvalidOperationException("The host ended."));
            return;
        }

        _output.Enqueue(line);
        if (line.StartsWith("listening ", StringComparison.Ordinal))
        {
            _listening.TrySetResult(new Uri(line["listening ".Length..]));
        }
    }
}
