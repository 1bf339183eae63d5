using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.Host.Tests;

namespace SecureChat.ProcessTests;

/// <summary>What a test does to a host process from outside, and asks it.</summary>
internal static class HostControl
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(60);

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The process dies by SIGKILL right after its Nth write from now; 0 disarms.</summary>
    public static Task ArmAsync(this HostProcess host, int writes) => PostAsync(host, string.Create(CultureInfo.InvariantCulture, $"test/kill-after/{writes}"));

    public static Task SetAheadAsync(this HostProcess host, TimeSpan ahead) =>
        PostAsync(host, string.Create(CultureInfo.InvariantCulture, $"test/ahead/{ahead.TotalSeconds:0.000}"));

    /// <summary>One round of the sweeper, now.</summary>
    public static Task SweepAsync(this HostProcess host) => PostAsync(host, "test/sweep");

    /// <summary>A <c>keys</c> command inside the host. What it printed.</summary>
    public static async Task<string> KeysAsync(this HostProcess host, string command)
    {
        using HttpResponseMessage answer = await Http.PostAsync(new Uri(host.Root, $"test/keys/{command}"), content: null, Token);
        string text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, $"keys {command}: {text}");
        return text;
    }

    /// <summary>What <c>audit verify</c> says: the log, and the log against its exported heads.</summary>
    public static async Task<string> VerifyAuditAsync(this HostProcess host) => await Http.GetStringAsync(new Uri(host.Root, "test/verify"), Token);

    /// <summary>Every entry of the audit log, as an auditor reads it.</summary>
    public static async Task<List<AuditLine>> ReadAuditAsync(this HostProcess host)
    {
        using AgentClient auditor = RunningHost.SignedIn(host.Root, "audrey", "s9", "Auditor");
        var lines = new List<AuditLine>();
        while (true)
        {
            long after = lines.Count == 0 ? 0 : lines[^1].Sequence;
            JsonNode page = (await auditor.GetAsync($"chat/agent/audit/entries?after={after}", Token)).Ok();
            JsonArray entries = page["entries"]!.AsArray();
            if (entries.Count == 0)
            {
                return lines;
            }

            lines.AddRange(entries.Select(static entry => AuditLine.Parse(entry!)));
        }
    }

    public static AgentClient Agent(this HostProcess host, string id, string session = "s1") => RunningHost.SignedIn(host.Root, id, session);

    public static AgentClient PrivacyOfficer(this HostProcess host) => RunningHost.SignedIn(host.Root, "petra", "s8", "PrivacyOfficer");

    /// <summary>The same visitor, seen by this host.</summary>
    public static VisitorClient Visitor(this HostProcess host, VisitorClient known)
    {
        var visitor = new VisitorClient(host.Root);
        visitor.Use(known.ConversationId, known.Token);
        return visitor;
    }

    /// <summary>Runs a command of the product on a folder's files, as a process of its own, and gives what it printed.</summary>
    public static async Task<string> RunCommandAsync(string folder, params string[] command)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "SecureChat.TestHost.dll"));
        start.ArgumentList.Add(folder);
        foreach (string word in command)
        {
            start.ArgumentList.Add(word);
        }

        using Process process = Process.Start(start)!;
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(Token).WaitAsync(CommandLimit, Token);
            await process.WaitForExitAsync(Token).WaitAsync(CommandLimit, Token);
            return output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static async Task PostAsync(HostProcess host, string path)
    {
        using HttpResponseMessage answer = await Http.PostAsync(new Uri(host.Root, path), content: null, Token);
        answer.EnsureSuccessStatusCode();
    }
}

/// <summary>An audit entry.</summary>
internal sealed record AuditLine(long Sequence, string Id, AuditAction Action, AuditOutcome Outcome, string? Conversation, string? Request, string? Code)
{
    public static AuditLine Parse(JsonNode entry)
    {
        JsonNode canonical = JsonNode.Parse(entry["canonical"]!.GetValue<string>())!;
        return new AuditLine(
            entry["sequence"]!.GetValue<long>(),
            canonical["id"]!.GetValue<string>(),
            (AuditAction)canonical["action"]!.GetValue<int>(),
            (AuditOutcome)canonical["outcome"]!.GetValue<int>(),
            canonical["conversation"]?.GetValue<string>(),
            canonical["request"]?.GetValue<string>(),
            canonical["code"]?.GetValue<string>());
    }
}
