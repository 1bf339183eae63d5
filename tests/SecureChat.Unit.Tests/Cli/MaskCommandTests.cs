using System.Text;
using SecureChat.Cli;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Cli;

/// <summary><c>securechat mask</c>: what comes out is masked, whole, or not there.</summary>
public sealed class MaskCommandTests : IDisposable
{
    private const string Card = "4242 4242 4242 4242";
    private const string Masked = "\u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022 4242";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("securechat-cli");
    private readonly FakeTimeProvider _time = new();

    private string In => Path.Combine(_folder.FullName, "in");

    private string Out => Path.Combine(_folder.FullName, "out");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("UNKNOWN: There is no file or folder more", "more")]
    [InlineData("--kinds needs a list", "--kinds", ",")]
    [InlineData("\"payment-crad\" is no kind of data. The nearest is \"payment-card\"", "--kinds", "iban,payment-crad")]
    [InlineData("\"uz\" is no locale pack. There are ad,", "--locales", "uz")]
    [InlineData("--jsno is no option of mask", "--jsno")]
    [InlineData("--jsonl and --csv cannot both be", "--csv", "--jsonl")]
    [InlineData("--text and paths cannot both be", "--text", "x", "y")]
    [InlineData("--out is for files", "--out", "x")]
    [InlineData("--columns is for CSV", "--columns", "x")]
    [InlineData("--no-header says that they have no names", "--csv", "--no-header", "--columns", "x")]
    [InlineData("--explain is for one text", "--csv", "--explain")]
    public async Task Who_calls_it_wrongly_is_told_what_to_write(string expected, params string[] args)
    {
        (int code, string output, string errors) = await RunAsync(Card, args);
        Assert.Equal((Commands.Unknown, ""), (code, output));
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lines_are_answered_one_by_one_with_spans()
    {
        string answers = await MaskAsync("{\"id\":7,\"text\":\"card 4242 4242 4242 4242\"}\n\n{\"id\":\"b\",\"text\":\"h\u00E9llo\"}\n", "--jsonl");
        Assert.Equal(
            $"{{\"id\":7,\"masked\":\"card {Masked}\",\"spans\":[{{\"kind\":\"payment-card\",\"start\":5,\"end\":24,\"confidence\":0.99}}]}}\n"
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
        const string Line = $"my SSN is 536-22-8726 and my DNI is 12345678Z, card {Card}\n";
        Assert.Equal($"my SSN is 536-22-8726 and my DNI is 12345678Z, card {Masked}\n", await MaskAsync(Line, "--kinds", "payment-card"));
        string spanish = await MaskAsync(Line, "--locales", "es");
        Assert.Contains("536-22-8726", spanish, StringComparison.Ordinal);
        Assert.DoesNotContain("12345678Z", spanish, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("planted", "Line 1 of standard input is not an object like {\"id\":1,\"text\"")]
    [InlineData("{\"id\":1,\"text\":5}", "Line 1 of standard input is not an object")]
    [InlineData("{\"id\":1}", "Line 1 of standard input is not an object")]
    [InlineData("{\"text\":\"ok\"}\n{\"text\":\"planted \\ud83d\"}", "Line 2 of standard input has half a character in its text")]
    public async Task A_line_that_is_no_object_is_named_by_number_and_not_repeated(string line, string expected)
    {
        (int code, string output, string errors) = await RunAsync(line, "--jsonl");
        Assert.Equal(Commands.Unknown, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_is_masked_across_its_lines_and_keeps_their_ends()
    {
        Assert.Equal("no 1\r\ncard \u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022\r\n\u2022\u2022\u2022\u2022 4242\rend", await MaskAsync("no 1\r\ncard 4242 4242\r\n4242 4242\rend"));
        Assert.Equal("SSN\r\n\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022 ok", await MaskAsync("SSN\r\n536228726 ok"));
        Assert.Equal("SSN\r\n536228726 ok", await MaskAsync("SSN\r\n536228726 ok", "--lines"));
        Assert.Equal($"card {Masked}\n", await MaskAsync("", "--text", $"card {Card}"));
    }

    [Theory]
    [InlineData(0, new byte[] { 0xFF })]
    [InlineData(3, new byte[] { (byte)'a', (byte)'b', (byte)'c', 0xC3, (byte)'(' })]
    [InlineData(40_000, null)]
    public async Task What_is_no_text_is_named_by_its_place_and_not_let_through(int place, byte[]? bytes)
    {
        if (bytes is null)
        {
            bytes = Encoding.UTF8.GetBytes(new string('x', place + 100));
            bytes[place] = 0xE9;
        }

        foreach (string[] options in (string[][])[[], ["--lines"], ["--jsonl"], ["--csv"]])
        {
            (int code, string output, string errors) = await CliRun.RunAsync(["mask", .. options], bytes, _time);
            Assert.Equal(Commands.Unknown, code);
            Assert.Contains($"In standard input, the byte at offset {place} is no text in UTF-8.", errors, StringComparison.Ordinal);
            Assert.DoesNotContain("\uFFFD", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Reasons_are_told_by_line_and_column_apart_from_the_text()
    {
        (int code, string output, string errors) = await RunAsync("hello\nmy SSN is 536228726, order 100000601", "--explain");
        Assert.Equal(Commands.Intact, code);
        Assert.Equal("hello\nmy SSN is \u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022, order 100000601\n", output);
        Assert.Contains("2:11 9 characters, us-ssn: taken: words beside it say what it is.\n", errors, StringComparison.Ordinal);
        Assert.Contains("2:28 9 characters, ", errors, StringComparison.Ordinal);

        string answer = await MaskAsync("{\"text\":\"my SSN is 536228726\"}", "--jsonl", "--explain");
        Assert.Contains("\"why\":[{\"kinds\":[\"us-ssn\"],\"start\":10,\"end\":19,\"taken\":true,\"reason\":\"words beside it say what it is\"}]", answer, StringComparison.Ordinal);
        answer = await MaskAsync("{\"messages\":[{\"from\":\"agent\",\"text\":\"your SSN?\"},{\"from\":\"visitor\",\"text\":\"536228726\"}]}", "--conversation", "--explain");
        Assert.Contains("\"reason\":\"the question before it says what it is\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_file_decides_and_a_broken_one_is_named_with_its_place()
    {
        string file = Path.Combine(_folder.FullName, "policy.json");
        await File.WriteAllTextAsync(file, "{ \"kinds\": [\"payment-card\", \"email\"], \"rules\": [{ \"kinds\": [\"payment-card\"], \"action\": \"label\" }] }");
        Assert.Equal("[payment-card], a\u2022\u2022\u2022@example.org, 536-22-8726", await MaskAsync($"{Card}, anna@example.org, 536-22-8726", "--policy", file));
        Assert.Equal("[payment-card], anna@example.org", await MaskAsync($"{Card}, anna@example.org", "--policy", file, "--kinds", "payment-card"));

        await File.WriteAllTextAsync(file, "{ \"ruls\": [] }");
        (int code, string output, string errors) = await RunAsync(Card, "--policy", file);
        Assert.Equal((Commands.Unknown, ""), (code, output));
        Assert.Contains(file, errors, StringComparison.Ordinal);
        Assert.Contains("ruls", errors, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "{ \"isDryRun\": true }");
        (_, output, errors) = await RunAsync(Card, "--policy", file);
        Assert.Equal(Card, output);
        Assert.Contains("dry run", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_masked_into_another_by_what_its_files_are()
    {
        Write("a.csv", $"name;card;note\r\nAnn;{Card};\"he said \"\"hi\"\"; \"\r\nBob;\"1\";plain\r\n");
        Write("b.jsonl", "{\"password\":\"hunter\",\"n\": 4242424242424242 }\r\n\n{\"a\":  1}");
        Write("c.json", "{ \"ssn\":\n \"536228726\" }");
        Write("sub/d.txt", $"\uFEFFcard {Card}");
        Write("sub/e.log", "nothing to hide");
        File.WriteAllText(Path.Combine(In, "utf16.txt"), $"card {Card}", Encoding.Unicode);
        (int code, string output, string errors) = await RunAsync("", In, "--out", Out);
        Assert.Equal((Commands.Intact, ""), (code, output));
        Assert.Contains("| payment-card |      4 |     4 |", errors, StringComparison.Ordinal);
        Assert.Contains("6 values in 6 files masked.", errors, StringComparison.Ordinal);

        Assert.Equal($"name;card;note\r\nAnn;{Masked};\"he said \"\"hi\"\"; \"\r\nBob;\"1\";plain\r\n", Read("a.csv"));
        Assert.Equal("{\"password\":\"\u2022\u2022\u2022\u2022\u2022\u2022\",\"n\": \"\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u20224242\" }\r\n\n{\"a\":  1}", Read("b.jsonl"));
        Assert.Equal("{ \"ssn\":\n \"\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\" }", Read("c.json"));
        Assert.Equal(Encoding.UTF8.GetBytes($"\uFEFFcard {Masked}"), File.ReadAllBytes(Path.Combine(Out, "sub", "d.txt")));
        Assert.Equal("nothing to hide", Read("sub/e.log"));
        Assert.Equal((byte[])[0xFF, 0xFE, .. Encoding.Unicode.GetBytes($"card {Masked}")], File.ReadAllBytes(Path.Combine(Out, "utf16.txt")));

        // What is there stays, unless it is meant.
        (code, _, errors) = await RunAsync("", In, "--out", Out);
        Assert.Equal(Commands.Unknown, code);
        Assert.Contains("exists. Pass --overwrite", errors, StringComparison.Ordinal);
        Assert.Equal(Commands.Intact, (await RunAsync("", In, "--out", Out, "--overwrite")).Code);
    }

    [Fact]
    public async Task A_file_that_cannot_be_masked_is_told_of_and_leaves_nothing_behind()
    {
        Write("good.txt", Card);
        Write("broken.json", $"{{ \"planted\": \"{Card}\"");
        Write("broken.csv", $"a,b\nplanted,\"{Card}\" \"x\",1\n");
        File.WriteAllBytes(Path.Combine(In, "latin.txt"), [.. Encoding.Latin1.GetBytes(new string('x', 50_000) + "caf\u00E9 " + Card)]);
        File.WriteAllBytes(Path.Combine(In, "picture.png"), [137, 80, 78, 71, 0, 1, 2]);
        (int code, _, string errors) = await RunAsync("", In, "--out", Out);
        Assert.Equal(Commands.Unknown, code);
        Assert.Equal(["good.txt"], Directory.EnumerateFileSystemEntries(Out, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.Contains("1 value in 1 file masked.", errors, StringComparison.Ordinal);
        foreach ((string file, string why) in (IEnumerable<(string, string)>)[
            ("broken.json", "the file is no JSON."), ("broken.csv", "Row 2 of the file is no CSV"),
            ("latin.txt", "In the file, the byte at offset 50003 is no text in UTF-8."), ("picture.png", "The file is no text (it has a NUL near its beginning).")])
        {
            Assert.Contains($"NOT MASKED, not written: {Path.Combine(In, file)}: {why}", errors, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("planted", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_begins_when_the_plan_would_lose_a_file()
    {
        Write("a.txt", Card);
        Write("other/a.txt", Card);
        string one = Path.Combine(In, "a.txt"), two = Path.Combine(In, "other", "a.txt");
        foreach ((string expected, string[] args) in (IEnumerable<(string, string[])>)[
            ("would go into", [In, "--out", Path.Combine(In, "masked")]),
            ("would go into", [In, "--out", In]),
            ("would be written over, and is to be masked itself", [one, "--out", In, "--overwrite"]),
            ("would both become", [one, two, "--out", Out]),
            ("There is no file or folder", [one, "none.txt", "--out", Out]),
            ("Pass --out FOLDER", [In]),
            ("Pass --out FOLDER", [one, two])])
        {
            (int code, string output, string errors) = await RunAsync("", args);
            Assert.Equal((Commands.Unknown, ""), (code, output));
            Assert.Contains(expected, errors, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Out));
            Assert.Equal(Card, File.ReadAllText(one));
        }
    }

    [Fact]
    public async Task A_dry_run_counts_and_writes_nothing()
    {
        Write("a.txt", $"{Card} and 5555 5555 5555 4444");
        (int code, string output, string errors) = await RunAsync("", In, "--dry-run");
        Assert.Equal((Commands.Intact, ""), (code, errors));
        Assert.Contains("2 values in 1 file would be masked.", output, StringComparison.Ordinal);
        Assert.Single(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Only_the_columns_that_were_asked_for_are_masked_and_a_header_that_is_none_is()
    {
        string rows = $"phone,note\n{Card},{Card}\n";
        Assert.Equal($"phone,note\n{Card},{Masked}\n", await MaskAsync(rows, "--csv", "--columns", "note"));
        Assert.Equal($"{Masked},b\n1,2\n", await MaskAsync($"{Card},b\n1,2\n", "--csv"));
        Assert.Equal($"1|{Masked}", await MaskAsync($"1|{Card}", "--csv", "--no-header", "--delimiter", "|"));
        Assert.Equal("cvv\t\"x \"\n\u2022\u2022\u2022\t1", await MaskAsync("cvv\t\"x \"\n737\t1", "--csv", "--delimiter", "\\t"));
        (int code, string output, string errors) = await RunAsync($"a,{Card}\n", "--csv", "--columns", "b");
        Assert.Equal((Commands.Unknown, ""), (code, output));
        Assert.Contains($"There is no column \"b\" in standard input. It has a, {Masked}.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_is_not_followed_out_of_the_folder()
    {
        Write("a.txt", "x");
        string outside = Path.Combine(_folder.FullName, "outside");
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "secret.txt"), Card);
        Directory.CreateSymbolicLink(Path.Combine(In, "link"), outside);
        File.CreateSymbolicLink(Path.Combine(In, "link.txt"), Path.Combine(outside, "secret.txt"));
        Assert.Equal(Commands.Intact, (await RunAsync("", In, "--out", Out)).Code);
        Assert.Equal(["a.txt"], Directory.EnumerateFileSystemEntries(Out, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Eight_million_characters_are_masked_to_the_last()
    {
        string text = string.Concat(Enumerable.Repeat("the quick brown fox jumps over it, ", 240_000)) + Card;
        Assert.EndsWith(Masked, await MaskAsync(text), StringComparison.Ordinal);
        Assert.Contains(Masked, await MaskAsync($"{{\"text\":\"{text}\"}}", "--jsonl"), StringComparison.Ordinal);
    }

    private void Write(string name, string text)
    {
        string file = Path.Combine(In, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(Out, name));

    private async Task<string> MaskAsync(string input, params string[] options)
    {
        (int code, string output, string errors) = await RunAsync(input, options);
        Assert.Equal((Commands.Intact, ""), (code, errors));
        return output;
    }

    private Task<(int Code, string Output, string Errors)> RunAsync(string input, params string[] options) =>
        CliRun.RunAsync(["mask", .. options], Encoding.UTF8.GetBytes(input), _time);
}
