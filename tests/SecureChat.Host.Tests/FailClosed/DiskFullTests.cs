using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.Host.Tests.Vendor;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.FailClosed;

/// <summary>P6 for a real disk without room: a small file system in memory, under SQLite, the audit files and the ring alike.</summary>
public sealed class DiskFullTests(ITestOutputHelper output)
{
    private static readonly string[] Codes = ["SC3001", "SC3002", "SC4003", "SC5001", "SC5002"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P6_on_a_full_disk_a_submission_is_refused_nothing_is_half_stored_and_the_host_goes_on_when_there_is_room()
    {
        using SmallDisk? disk = SmallDisk.TryMount(megabytes: 12);
        Assert.SkipUnless(disk is not null, "Only root on Linux may mount a small file system.");
        await using RunningHost host = await StartAsync(disk);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
        (await visitor.ActAsync(requestId, "open", Token)).Ok();
        (await visitor.SayAsync("before", Token)).Ok();

        // What the files still have room for inside is used up by messages, large ones first.
        disk.Fill();
        int accepted = 1;
        foreach (int length in (int[])[8000, 2000, 500, 1])
        {
            Answer answer;
            while ((answer = await visitor.SayAsync(new string('x', length), Token)).Status == 200)
            {
                accepted++;
                Assert.True(accepted < 5_000, "A full disk took 5,000 messages.");
            }

            AssertRefused(answer);
        }

        string submissionId = VisitorClient.NewId();
        Answer refused = await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token, submissionId);
        AssertRefused(refused);
        FormRecord form = await FormAsync();
        Assert.Equal((FormRequestState.Opened, 0), (form.State, form.Values.Count));
        Assert.Equal(accepted, await CountAsync(visitor));
        AssertRefused(await visitor.SayAsync("still full", Token));
        output.WriteLine($"{accepted} messages before the disk was full; submit answered {refused.Status} {refused.Code}");

        disk.Free();
        JsonNode card = (await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token, submissionId)).Ok();
        var submitted = new SubmittedCard(visitor.ConversationId, requestId, Scenario.Ids(card));
        (await visitor.SayAsync("after", Token)).Ok();
        Assert.Equal(accepted + 1, await CountAsync(visitor));

        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(submitted, browser);
        Dictionary<string, string> values = AgentClient.Open((await agent.RevealAsync(submitted, browser)).Ok(), visitor.ConversationId, requestId, browser);
        Assert.Equal((Scenario.Card, "737"), (values["pan"], values["cvc"]));
        (await agent.AcknowledgeAsync(visitor.ConversationId, requestId, browser, Token)).Ok();
        AuditVerification verified = await AuditVerifier.VerifyAsync(host.App.Services.GetRequiredService<SecureChatStores>().Data, [], progress: null, Token);
        Assert.True(verified.IsIntact, verified.ToString());

        async Task<FormRecord> FormAsync() =>
            (await host.App.Services.GetRequiredService<FormRecords>().FindAsync(visitor.ConversationId, requestId, Token))!;
    }

    [Fact]
    public async Task P6_wherever_in_a_submission_the_room_ends_it_is_there_whole_or_not_at_all_and_a_repeat_finishes_it()
    {
        using SmallDisk? disk = SmallDisk.TryMount(megabytes: 24);
        Assert.SkipUnless(disk is not null, "Only root on Linux may mount a small file system.");
        await using RunningHost host = await StartAsync(disk);
        using AgentClient agent = host.Agent();
        int refused = 0, whole = 0, accepted = 0;
        for (int pages = 0; pages <= 60; pages += 2)
        {
            using VisitorClient visitor = host.Visitor();
            await visitor.StartAsync(Token);
            (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
            string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
            (await visitor.ActAsync(requestId, "open", Token)).Ok();
            string submissionId = VisitorClient.NewId();
            disk.Fill(leaving: pages * 4096);
            Answer answer = await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token, submissionId);
            FormRecord form = (await host.App.Services.GetRequiredService<FormRecords>().FindAsync(visitor.ConversationId, requestId, Token))!;
            bool isWhole = form.State == FormRequestState.Submitted;
            Assert.Equal(isWhole ? 3 : 0, form.Values.Count(static value => value is { State: SealedValueState.Sealed, Ciphertext: not null }));
            if (answer.Status == 200)
            {
                Assert.True(isWhole, $"{pages} pages: said yes, and it is not there");
                accepted++;
            }
            else
            {
                AssertRefused(answer);
                refused++;
                whole += isWhole ? 1 : 0;
            }

            disk.Free();
            JsonNode card = (await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token, submissionId)).Ok();
            using var browser = new ClaimingBrowser();
            var submitted = new SubmittedCard(visitor.ConversationId, requestId, Scenario.Ids(card));
            await agent.StepUpAsync(submitted, browser);
            Dictionary<string, string> values = AgentClient.Open((await agent.RevealAsync(submitted, browser)).Ok(), visitor.ConversationId, requestId, browser);
            Assert.Equal((Scenario.Card, "737"), (values["pan"], values["cvc"]));
        }

        output.WriteLine($"{accepted} accepted, {refused} refused, {whole} of those were there whole");
        Assert.True(refused > 0 && accepted > 0, $"{accepted} accepted, {refused} refused");
    }

    [Fact]
    public async Task Saboteur_a_store_that_hides_a_full_disk_says_yes_to_messages_that_are_nowhere()
    {
        using SmallDisk? disk = SmallDisk.TryMount(megabytes: 12);
        Assert.SkipUnless(disk is not null, "Only root on Linux may mount a small file system.");
        await using RunningHost host = await StartAsync(disk, fault: "full");
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        disk.Fill();
        int accepted = 0;
        for (int i = 0; i < 100; i++)
        {
            accepted += (await visitor.SayAsync(new string('x', 8000), Token)).Status == 200 ? 1 : 0;
        }

        Assert.True(await CountAsync(visitor) < accepted, $"{accepted} messages were accepted, and all are there");
    }

    private static async Task<RunningHost> StartAsync(SmallDisk disk, string? fault = null) => await RunningHost.StartAsync(
        path => new TestHostOptions
        {
            Folder = path,
            WrapStore = (slot, store) => UnsafeStores.Wrap(fault, slot, store),
            Configure = static options =>
            {
                // Nothing but the calls writes while the disk is full, and the calls are not what is limited.
                options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5);
                options.Limits.VisitorMessageBurst = 1_000;
                options.Limits.VisitorMessagesPerSecond = 100;
                options.Limits.ConversationMessagesPerSecond = 1_000;
            },
        },
        disk.Path);

    private static async Task<int> CountAsync(VisitorClient visitor)
    {
        int count = 0;
        long after = 0;
        while (true)
        {
            JsonArray page = (await visitor.EventsAsync(Token, after)).Ok()["events"]!.AsArray();
            if (page.Count == 0)
            {
                return count;
            }

            count += page.Count(static found => found!["text"] is not null);
            after = page[^1]!["sequence"]!.GetValue<long>();
        }
    }

    private static void AssertRefused(Answer answer)
    {
        Assert.True(answer.Status == 503 && Codes.Contains(answer.Code), $"{answer.Status} {answer.Code}");
        FaultChecks.AssertRefused(answer, "the disk is full");
    }

    /// <summary>A file system of a few megabytes in memory, that a test fills to the last byte.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly TempFolder _folder = new();

        private SmallDisk()
        {
        }

        public string Path => _folder.Path;

        private string Filler => System.IO.Path.Combine(Path, "filler");

        public static SmallDisk? TryMount(int megabytes)
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            {
                return null;
            }

            var disk = new SmallDisk();
            if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700", "tmpfs", disk.Path))
            {
                return disk;
            }

            disk._folder.Dispose();
            return null;
        }

        public void Fill(int leaving = 0)
        {
            using FileStream file = File.Create(Filler);
            byte[] block = new byte[4096];
            try
            {
                while (true)
                {
                    file.Write(block);
                    file.Flush(flushToDisk: true);
                }
            }
            catch (IOException)
            {
                // Full: what is wanted.
            }

            file.SetLength(Math.Max(0, file.Length - leaving));
        }

        public void Free() => File.Delete(Filler);

        public void Dispose()
        {
            Assert.True(Run("umount", "-l", Path), "The small file system could not be unmounted.");
            _folder.Dispose();
        }

        private static bool Run(string program, params string[] arguments)
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            return process.WaitForExit(TimeSpan.FromSeconds(20)) && process.ExitCode == 0;
        }
    }
}
