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
    public async Task Text_is_masked_line_by_line()
    {
        using var output = new StringWriter { NewLine = "\n" };
        int code = await Commands.RunAsync(
            ["mask"], new StringReader("card 4242 4242 4242 4242\nhello\n"), output, TextWriter.Null, _time, CancellationToken.None);
        Assert.Equal(Commands.Intact, code);
        Assert.Equal("card •••• •••• •••• 4242\nhello\n", output.ToString());
    }

    [Theory]
    [InlineData]
    [InlineData("audit")]
    [InlineData("audit", "verify")]
    [InlineData("audit", "verify", "a.jsonl", "--head")]
    [InlineData("audit", "verify", "--other")]
    public async Task Who_calls_it_wrongly_is_told_how(params string[] args)
    {
        (int code, _, string errors) = await RunAsync(args);
        Assert.Equal(Commands.Unknown, code);
        Assert.Contains("securechat audit verify FILE", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"more\" is no option of mask", "mask", "more")]
    [InlineData("--kinds needs a list", "mask", "--kinds")]
    [InlineData("\"payment-crad\" is no kind of data. The nearest is \"payment-card\"", "mask", "--kinds", "iban,payment-crad")]
    [InlineData("\"uz\" is no locale pack. There are ad,", "mask", "--locales", "uz")]
    public async Task Who_masks_with_a_wrong_option_is_told_which(string expected, params string[] args)
    {
        (int code, _, string errors) = await RunAsync(args);
        Assert.Equal(Commands.Unknown, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lines_are_answered_one_by_one_with_spans()
    {
        string answers = await MaskAsync(
            "{\"id\":7,\"text\":\"card 4242 4242 4242 4242\"}\n\n{\"id\":\"b\",\"text\":\"h\u00E9llo\"}\n", "--jsonl");
        Assert.Equal(
            "{\"id\":7,\"masked\":\"card \u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022 4242\",\"spans\":[{\"kind\":\"payment-card\",\"start\":5,\"end\":24,\"confidence\":0.99}]}\n"
            + "{\"id\":\"b\",\"masked\":\"h\u00E9llo\",\"spans\":[]}\n",
            answers);
    }

    [Fact]
    public async Task A_conversation_is_answered_as_it_stands_after_its_last_message()
    {
        string answers = await MaskAsync(
            "{\"id\":1,\"messages\":[{\"from\":\"visitor\",\"text\":\"4242 4242\"},{\"from\":\"agent\",\"text\":\"go on\"},{\"from\":\"visitor\",\"text\":\"4242 4242\"}]}\n", "--conversation");
        Assert.Contains("\"start\":0,\"end\":9", answers, StringComparison.Ordinal);
        Assert.Equal(2, answers.Split("payment-card").Length - 1);
        Assert.DoesNotContain("4242", answers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_kinds_and_countries_that_were_asked_for_are_masked()
    {
        const string Line = "my SSN is 536-22-8726 and my DNI is 12345678Z, card 4242 4242 4242 4242\n";
        Assert.Equal("my SSN is 536-22-8726 and my DNI is 12345678Z, card \u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022 4242\n", await MaskAsync(Line, "--kinds", "payment-card"));
        string spanish = await MaskAsync(Line, "--locales", "es");
        Assert.Contains("536-22-8726", spanish, StringComparison.Ordinal);
        Assert.DoesNotContain("12345678Z", spanish, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "Line 1 is not an object like {\"id\":1,\"text\"")]
    [InlineData("{\"id\":1,\"text\":5}", "Line 1 is not an object")]
    [InlineData("{\"id\":1}", "Line 1 is not an object")]
    public async Task A_line_that_is_no_object_is_named_by_number_and_not_repeated(string line, string expected)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = await Commands.RunAsync(["mask", "--jsonl"], new StringReader(line), output, errors, _time, CancellationToken.None);
        Assert.Equal(Commands.Unknown, code);
        Assert.Contains(expected, errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("not json", errors.ToString(), StringComparison.Ordinal);
    }

    private async Task<string> MaskAsync(string input, params string[] options)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter();
        int code = await Commands.RunAsync(["mask", .. options], new StringReader(input), output, errors, _time, CancellationToken.None);
        Assert.Equal((Commands.Intact, ""), (code, errors.ToString()));
        return output.ToString();
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        int code = await Commands.RunAsync(args, TextReader.Null, output, errors, _time, CancellationToken.None);
        return (code, output.ToString(), errors.ToString());
    }

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
