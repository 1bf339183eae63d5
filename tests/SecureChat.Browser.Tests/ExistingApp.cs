using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace SecureChat.Browser.Tests;

/// <summary>The sample of an app with its own sign-in and chat, as a process of its own, in Production, started from its build output.</summary>
internal sealed partial class ExistingApp : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("securechat-existing");
    private readonly StringBuilder _said = new();
    private readonly Process _process;

    private ExistingApp()
    {
        // bin/{configuration}/{framework} of this project, and the same of the sample.
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string sample = Path.Combine(output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName, "samples", "ExistingApp");
        string built = Path.Combine(sample, "bin", output.Parent.Name, output.Name);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(sample, "wwwroot")))
        {
            string copy = Path.Combine(_folder.FullName, "wwwroot", Path.GetFileName(file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { Path.Combine(built, "ExistingApp.dll"), "--urls", "http://127.0.0.1:0", "--contentRoot", _folder.FullName })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        _process = Process.Start(start)!;
    }

    public Uri Root { get; private set; } = null!;

    public string PasswordOf(string name) => Regex.Match(Said, $@"Sign in as {name} \(\w+\) with password (\w+)").Groups[1].Value;

    private string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    public static async Task<ExistingApp> StartAsync()
    {
        var app = new ExistingApp();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hear(object sender, DataReceivedEventArgs line)
        {
            lock (app._said)
            {
                app._said.AppendLine(line.Data);
            }

            if (line.Data?.Contains("authenticator key is", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
        }

        app._process.OutputDataReceived += Hear;
        app._process.ErrorDataReceived += Hear;
        app._process.BeginOutputReadLine();
        app._process.BeginErrorReadLine();
        Task ended = app._process.WaitForExitAsync();
        Task first = await Task.WhenAny(ready.Task, ended, Task.Delay(TimeSpan.FromSeconds(60), TimeProvider.System));
        if (first != ready.Task)
        {
            string said = app.Said;
            await app.DisposeAsync();
            throw new InvalidOperationException($"The app did not listen within 60 s. It said: {said}");
        }

        app.Root = new Uri(Address().Match(app.Said).Groups[1].Value);
        return app;
    }

    /// <summary>What the clerk's authenticator app shows now.</summary>
    public string Code()
    {
        string key = Key().Match(Said).Groups[1].Value;
        byte[] secret = new byte[20];
        for (int i = 0; i < key.Length; i++)
        {
            int value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(key[i], StringComparison.Ordinal);
            for (int bit = 0; bit < 5; bit++)
            {
                int at = (i * 5) + bit;
                secret[at / 8] |= (byte)(((value >> (4 - bit)) & 1) << (7 - (at % 8)));
            }
        }

        byte[] counter = BitConverter.GetBytes(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30);
        Array.Reverse(counter);
#pragma warning disable CA5350 // RFC 6238
        byte[] mac = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        int from = mac[^1] & 15;
        int number = ((mac[from] & 127) << 24) | (mac[from + 1] << 16) | (mac[from + 2] << 8) | mac[from + 3];
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    [GeneratedRegex(@"ExistingApp listens on (http://127\.0\.0\.1:\d+/[\w/]*)")]
    private static partial Regex Address();

    [GeneratedRegex("authenticator key is ([A-Z2-7]{32})")]
    private static partial Regex Key();
}
