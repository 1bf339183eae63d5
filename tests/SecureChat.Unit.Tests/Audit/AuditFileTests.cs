using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Audit;

public sealed class AuditFileTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "securechat-audit-" + SecureChatId.New());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Today => Path.Combine(_folder, "audit-20260102.jsonl");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_json_lines_file_holds_the_log_and_verifies_by_itself()
    {
        await using var bed = new AuditBed(options: WithFolder());
        await bed.AppendManyAsync(5);
        AuditReceipt last = await bed.AppendAsync(AuditBed.RichFact(SecureChatId.New(), "agent"));
        string[] lines = await File.ReadAllLinesAsync(Today, Token);
        Assert.Equal(6, lines.Length);
        using (var line = JsonDocument.Parse(lines[5]))
        {
            Assert.Equal(6, line.RootElement.GetProperty("entry").GetProperty("seq").GetInt64());
            Assert.Equal(last.ChainHash, line.RootElement.GetProperty("chain").GetString());
        }

        AuditVerification result = await VerifyFileAsync(await File.ReadAllBytesAsync(Today, Token));
        Assert.True(result.IsIntact, result.ToString());
        Assert.Equal(6, result.Count);
        Assert.Equal(last.ChainHash, result.HeadHash);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_files()
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows has no such modes; there the folder's access list rules.
            return;
        }

        await using var bed = new AuditBed(options: WithFolder());
        await bed.AppendAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Today));
    }

    [Fact]
    public async Task E52_every_changed_bit_of_the_file_is_found()
    {
        await using var bed = new AuditBed(options: WithFolder());
        await bed.AppendManyAsync(3);
        byte[] file = await File.ReadAllBytesAsync(Today, Token);
        for (int at = 0; at < file.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] forged = [.. file];
                forged[at] ^= (byte)(1 << bit);
                Assert.False((await VerifyFileAsync(forged)).IsIntact, $"byte {at} bit {bit}");
            }
        }
    }

    [Fact]
    public async Task E52_a_line_taken_out_doubled_or_cut_is_found_and_a_cut_tail_with_a_head_only()
    {
        await using var bed = new AuditBed(options: WithFolder());
        await bed.AppendManyAsync(5);
        AuditHead head = await bed.Log.ReadHeadAsync(Token);
        string[] lines = [.. (await File.ReadAllLinesAsync(Today, Token)).Select(static line => line + "\n")];
        Assert.Equal(3, (await VerifyFileAsync(Join(lines[0], lines[1], lines[3], lines[4]))).Broken?.Sequence);
        Assert.Equal(AuditFault.Duplicate, (await VerifyFileAsync(Join([.. lines, lines[2]]))).Broken?.Fault);
        Assert.Equal(5, (await VerifyFileAsync(Join(lines[0], lines[1], lines[2], lines[3], lines[4][..^5]))).Broken?.Sequence);
        Assert.True((await VerifyFileAsync(Join(lines[..4]))).IsIntact);
        Assert.Equal(5, (await VerifyFileAsync(Join(lines[..4]), head)).Broken?.Sequence);

        // Hosts interleave, so the order of lines carries nothing.
        Assert.True((await VerifyFileAsync(Join(lines[2], lines[0], lines[4], lines[1], lines[3]), head)).IsIntact);

        static byte[] Join(params string[] parts) => Encoding.UTF8.GetBytes(string.Concat(parts));
    }

    [Fact]
    public async Task A_new_day_begins_a_new_file_and_the_days_verify_together()
    {
        await using var bed = new AuditBed(options: WithFolder());
        await bed.AppendManyAsync(3);
        bed.Time.Advance(TimeSpan.FromDays(1));
        await bed.AppendManyAsync(2);
        string tomorrow = Path.Combine(_folder, "audit-20260103.jsonl");
        await using FileStream one = File.OpenRead(Today), two = File.OpenRead(tomorrow);
        AuditVerification result = await AuditVerifier.VerifyFilesAsync([two, one], [await bed.Log.ReadHeadAsync(Token)], Token);
        Assert.True(result.IsIntact, result.ToString());
        Assert.Equal(5, result.Count);
        AuditVerification alone = await VerifyFileAsync(await File.ReadAllBytesAsync(tomorrow, Token));
        Assert.True(alone.IsIntact, alone.ToString());
        Assert.Equal(4, alone.FirstSequence);
    }

    [Fact]
    public async Task Several_processes_share_a_file_without_tearing_each_others_lines()
    {
        // Sinks share nothing but the file, as processes do.
        var store = new TestRecordStore();
        SecureChatOptions options = WithFolder();
        AuditLog[] logs = [.. Enumerable.Range(0, 3).Select(_ => new AuditLog(
            new GuardedRecordStore(store, TimeSpan.FromSeconds(60), TimeProvider.System), static (_, _, _) => new("ref"), [], options, TimeProvider.System, NullLogger.Instance))];
        await Task.WhenAll(logs.Select(log => Task.Run(
            async () =>
            {
                for (int i = 0; i < 20; i++)
                {
                    await log.AppendAsync(AuditBed.Fact(), Token);
                }
            },
            Token)));
        foreach (AuditLog log in logs)
        {
            await log.DisposeAsync();
        }

        FileStream[] files = [.. Directory.GetFiles(_folder).Select(File.OpenRead)];
        AuditVerification result = await AuditVerifier.VerifyFilesAsync(files, [], Token);
        Array.ForEach(files, static file => file.Dispose());
        Assert.True(result.IsIntact, result.ToString());
        Assert.Equal(60, result.Count);
    }

    [Fact]
    public async Task A_line_that_a_dying_process_left_unfinished_does_not_spoil_the_next_one()
    {
        await using var bed = new AuditBed(options: WithFolder());
        await bed.AppendManyAsync(2);
        await File.AppendAllTextAsync(Today, "{\"entry\":{\"v\":1,\"id" + new string('x', 9000), Token);
        await bed.AppendAsync();
        AuditVerification result = await VerifyFileAsync(await File.ReadAllBytesAsync(Today, Token));
        Assert.True(result.IsIntact, result.ToString());
        Assert.Equal(3, result.Count);
    }

    [Fact]
    public async Task E8_a_folder_that_cannot_be_written_refuses_the_action()
    {
        Directory.CreateDirectory(_folder);
        string file = Path.Combine(_folder, "in-the-way");
        await File.WriteAllTextAsync(file, "", Token);
        var options = new SecureChatOptions();
        options.Audit.JsonLinesFolder = file;
        await using var bed = new AuditBed(options: options);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => bed.AppendAsync().AsTask());
        Assert.Equal("SC5002", fault.Error.Code);
        Assert.Contains(nameof(JsonLinesAuditSink), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E52_the_head_is_exported_when_the_log_has_grown_and_when_the_host_stops()
    {
        string path = Path.Combine(_folder, "deep", "heads.jsonl");
        await using var bed = new AuditBed();
        bed.Options.Audit.HeadFile = path;
        using AuditHeadExporter exporter = Exporter(bed);
        Assert.False(await exporter.ExportAsync(Token));
        await bed.AppendManyAsync(2);
        Assert.True(await exporter.ExportAsync(Token));
        Assert.False(await exporter.ExportAsync(Token));
        await bed.AppendAsync();
        await exporter.StopAsync(Token);
        IReadOnlyList<AuditHead> heads = await AuditHeadFile.ReadAsync(path, TimeProvider.System, Token);
        Assert.Equal([2, 3], heads.Select(static head => head.Sequence));
        Assert.True((await bed.VerifyAsync([.. heads])).IsIntact);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task E52_the_running_exporter_follows_its_interval()
    {
        string path = Path.Combine(_folder, "heads.jsonl");
        await using var bed = new AuditBed();
        bed.Options.Audit.HeadFile = path;
        ApplicationLifetime lifetime = Lifetime();
        using AuditHeadExporter exporter = Exporter(bed, lifetime);
        await exporter.StartAsync(Token);
        lifetime.NotifyStarted();
        await bed.AppendAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!File.Exists(path))
        {
            limit.Token.ThrowIfCancellationRequested();
            bed.Time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        await exporter.StopAsync(Token);
        Assert.Equal(1, Assert.Single(await AuditHeadFile.ReadAsync(path, TimeProvider.System, Token)).Sequence);
    }

    [Fact]
    public async Task E52_a_restarted_exporter_vouches_for_no_log_that_lost_its_last_head()
    {
        string path = Path.Combine(_folder, "heads.jsonl");
        await using var bed = new AuditBed();
        bed.Options.Audit.HeadFile = path;
        await bed.AppendManyAsync(3);
        using (AuditHeadExporter exporter = Exporter(bed))
        {
            Assert.True(await exporter.ExportAsync(Token));
        }

        // Another log under the same head file: written anew and longer.
        await using var forged = new AuditBed();
        forged.Options.Audit.HeadFile = path;
        await forged.AppendManyAsync(5);
        using AuditHeadExporter restarted = Exporter(forged);
        Assert.False(await restarted.ExportAsync(Token));
        Assert.Single(await AuditHeadFile.ReadAsync(path, TimeProvider.System, Token));

        // The right log goes on where it was.
        await bed.AppendAsync();
        using AuditHeadExporter right = Exporter(bed);
        Assert.True(await right.ExportAsync(Token));
        Assert.Equal(2, (await AuditHeadFile.ReadAsync(path, TimeProvider.System, Token)).Count);
    }

    [Fact]
    public async Task The_verify_command_says_ok_or_names_the_first_broken_entry()
    {
        string path = Path.Combine(_folder, "heads.jsonl");
        await using var bed = new AuditBed();
        bed.Options.Audit.HeadFile = path;
        await bed.AppendManyAsync(4);
        using (AuditHeadExporter exporter = Exporter(bed))
        {
            await exporter.ExportAsync(Token);
        }

        AuditHead head = await bed.Log.ReadHeadAsync(Token);
        (int code, string text) = await RunAsync(bed, headFile: null);
        Assert.Equal(0, code);
        Assert.StartsWith($"OK: 4 entries, head {head.ChainHash}\n", text, StringComparison.Ordinal);
        Assert.Contains("1 exported heads", text, StringComparison.Ordinal);

        StoreRecord third = bed.Store.Of(RecordKinds.AuditPage)[2];
        byte[] body = third.Body.ToArray();
        body[60] ^= 1;
        bed.Store.Overwrite(third.Key, body);
        (code, text) = await RunAsync(bed, path);
        Assert.Equal(1, code);
        Assert.StartsWith("BROKEN at entry 3: ", text, StringComparison.Ordinal);

        (code, text) = await RunAsync(bed, Path.Combine(_folder, "missing.jsonl"));
        Assert.Equal(2, code);
        Assert.StartsWith("UNKNOWN: ", text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(path, "{\"sequence\":1}\n", Token);
        (code, _) = await RunAsync(bed, path);
        Assert.Equal(2, code);
    }

    private static AuditHeadExporter Exporter(AuditBed bed, IHostApplicationLifetime? lifetime = null) =>
        new(bed.Log, Options.Create(bed.Options), bed.Time, lifetime ?? Lifetime(), NullLogger<AuditHeadExporter>.Instance);

    private static ApplicationLifetime Lifetime() => new(NullLogger<ApplicationLifetime>.Instance);

    private static async Task<(int Code, string Text)> RunAsync(AuditBed bed, string? headFile)
    {
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton<TimeProvider>(bed.Time)
            .AddSingleton(Options.Create(bed.Options))
            .AddKeyedSingleton<IRecordStore>(RecordStoreSlot.Data, bed.Store)
            .AddKeyedSingleton<IRecordStore>(RecordStoreSlot.Keys, new TestRecordStore())
            .AddSingleton<SecureChatStores>()
            .AddSingleton<IHostEnvironment>(new HostingEnvironment { ApplicationName = "tests" })
            .AddSingleton<IHostApplicationLifetime>(Lifetime())
            .AddVaultKeys()
            .AddLogging()
            .AddAuditLog()
            .BuildServiceProvider(validateScopes: true);

        // The container can make the log and the exporter, and end them.
        Assert.NotNull(services.GetRequiredService<AuditLog>());
        Assert.Single(services.GetServices<IHostedService>().OfType<AuditHeadExporter>());
        await using var output = new StringWriter { NewLine = "\n" };
        int code = await AuditCommands.VerifyAsync(services, output, headFile, Token);
        return (code, output.ToString());
    }

    private static async Task<AuditVerification> VerifyFileAsync(byte[] file, params AuditHead[] heads)
    {
        using var stream = new MemoryStream(file);
        return await AuditVerifier.VerifyFileAsync(stream, heads, Token);
    }

    private SecureChatOptions WithFolder()
    {
        var options = new SecureChatOptions();
        options.Audit.JsonLinesFolder = _folder;
        return options;
    }
}
