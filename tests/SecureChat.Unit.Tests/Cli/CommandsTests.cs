using System.Text;
using SecureChat.AspNetCore;
using SecureChat.Cli;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Cli;

/// <summary>The tool on an auditor's machine: only files, no host.</summary>
public sealed class CommandsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("securechat-cli");
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task E52_Exported_logs_verify_and_a_changed_a_cut_and_a_missing_one_do_not()
    {
        (string file, string head) = await ExportAsync(5);
        (int code, string output, _) = await RunAsync("audit", "verify", file, "--head", head);
        Assert.Equal(Commands.Intact, code);
        Assert.StartsWith("OK: 5 entries from 1, head ", output, StringComparison.Ordinal);

        string[] lines = await File.ReadAllLinesAsync(file);
        string changed = Path.Combine(_folder.FullName, "changed.jsonl");
        await File.WriteAllTextAsync(changed, string.Join('\n', lines).Replace("\"action\":2", "\"action\":3", StringComparison.Ordinal) + "\n");
        (code, output, _) = await RunAsync("audit", "verify", changed);
        Assert.Equal(Commands.Broken, code);
        Assert.StartsWith("BROKEN at entry 1:", output, StringComparison.Ordinal);

        string cut = Path.Combine(_folder.FullName, "cut.jsonl");
        await File.WriteAllTextAsync(cut, string.Join('\n', lines[..3]) + "\n");
        (code, output, _) = await RunAsync("audit", "verify", cut, "--head", head);
        Assert.Equal(Commands.Broken, code);
        Assert.Contains("BROKEN at entry 4", output, StringComparison.Ordinal);

        // Without a head a cut end cannot be seen, and the tool says so instead of nothing.
        (code, output, _) = await RunAsync("audit", "verify", cut);
        Assert.Equal(Commands.Intact, code);
        Assert.Contains("Pass --head FILE", output, StringComparison.Ordinal);

        (code, _, string errors) = await RunAsync("audit", "verify", Path.Combine(_folder.FullName, "none.jsonl"));
        Assert.Equal(Commands.Unknown, code);
        Assert.StartsWith("UNKNOWN: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_is_masked()
    {
        Assert.Equal("card •••• •••• •••• 4242\nhello\n", await MaskAsync("card 4242 4242 4242 4242\nhello\n"));
    }

    [Theory]
    [InlineData("Required command was not provided.")]
    [InlineData("securechat audit --help shows how.", "audit")]
    [InlineData("Required argument 'file' missing for command: 'verify'.", "audit", "verify")]
    [InlineData("Required argument missing for option: '--head'.", "audit", "verify", "a.jsonl", "--head")]
    [InlineData("--kinds", "mask", "--kinds")]
    public async Task Who_calls_it_wrongly_is_told_how(string expected, params string[] args)
    {
        (int code, string output, string errors) = await RunAsync(args);
        Assert.Equal((Commands.Unknown, ""), (code, output));
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    [InlineData("help", "mask")]
    [InlineData("mask", "--help")]
    public async Task Who_asks_is_told_what_there_is(params string[] args)
    {
        (int code, string output, string errors) = await RunAsync(args);
        Assert.Equal((Commands.Intact, ""), (code, errors));
        Assert.Contains("mask", output, StringComparison.Ordinal);
    }

    private async Task<string> MaskAsync(string input, params string[] options)
    {
        (int code, string output, string errors) = await CliRun.RunAsync(["mask", .. options], Encoding.UTF8.GetBytes(input), _time);
        Assert.Equal((Commands.Intact, ""), (code, errors));
        return output;
    }

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] args) => CliRun.RunAsync(args, [], _time);

    private async Task<(string File, string Head)> ExportAsync(int count)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        byte[] chain = AuditFormat.EmptyChain();
        for (int i = 1; i <= count; i++)
        {
            chain = AuditFormat.WriteLine(
                output,
                new CanonicalEntry
                {
                    V = AuditFormat.Version,
                    Id = SecureChatId.New(),
                    Seq = i,
                    At = 1,
                    Action = 2,
                    Outcome = 1,
                    Actor = 1,
                    Values = [],
                },
                chain);
        }

        string file = Path.Combine(_folder.FullName, "log.jsonl");
        await File.WriteAllBytesAsync(file, output.WrittenMemory);
        string head = Path.Combine(_folder.FullName, "head.jsonl");
        await AuditHeadFile.AppendAsync(
            head, new AuditHead { Sequence = count, ChainHash = Convert.ToHexStringLower(chain), At = _time.GetUtcNow() }, _time, CancellationToken.None);
        return (file, head);
    }
}
