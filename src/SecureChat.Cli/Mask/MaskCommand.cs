using System.CommandLine;
using System.Text;
using SecureChat.Masking;

namespace SecureChat.Cli;

/// <summary><c>securechat mask</c>.</summary>
internal sealed class MaskCommand
{
    private readonly CliConsole _console;
    private readonly Argument<string[]> _paths = new("path") { Description = "Files and folders. Without any: standard input, to standard output.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _text = new("--text") { Description = "The text itself. A shell may remember it; standard input leaves no trace." };
    private readonly Option<string?> _out = new("--out", "-o") { Description = "Folder for the masked files, which keep their names. One file goes to standard output without it.", HelpName = "folder" };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Write over masked files that exist." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only count what would be masked." };
    private readonly Option<bool> _report = new("--report") { Description = "Tell how many values of each kind were found. Files are always told of." };
    private readonly Option<bool> _explain = new("--explain") { Description = "Tell of each value why it is taken or left. For text, --lines, --jsonl and --conversation." };
    private readonly Option<bool> _lines = new("--lines") { Description = "Each line is a text of its own, and answered at once: for logs as they are written." };
    private readonly Option<bool> _jsonl = new("--jsonl") { Description = "Lines like {\"id\":1,\"text\":\"...\"}; the answer has the masked text and the spans of what was found." };
    private readonly Option<bool> _conversation = new("--conversation") { Description = "Lines like {\"id\":1,\"messages\":[{\"from\":\"visitor\",\"text\":\"...\"}]}; the answer is how all of them stand after the last." };
    private readonly Option<bool> _csv = new("--csv") { Description = "Rows of fields. Files ending in .csv and .tsv are read so anyway, .json and .jsonl as JSON." };
    private readonly Option<string?> _columns = new("--columns") { Description = "Mask only these columns of CSV. Default: all.", HelpName = "a,b" };
    private readonly Option<string?> _delimiter = new("--delimiter") { Description = "What separates the fields of CSV. Default: what the first rows show.", HelpName = "sign" };
    private readonly Option<bool> _noHeader = new("--no-header") { Description = "The first row of CSV has values, not names." };
    private readonly Option<string?> _kinds = new("--kinds") { Description = "Only these kinds, for example payment-card,iban or us-*. Default: all.", HelpName = "a,b" };
    private readonly Option<string?> _locales = new("--locales") { Description = "Numbers of these countries only, beside those of none, for example us,de. Default: all.", HelpName = "a,b" };
    private readonly Option<string?> _policy = new("--policy") { Description = "JSON file with kinds, locales, rules and patterns, as docs/masking.md shows. --kinds and --locales go before it.", HelpName = "file" };

    private MaskCommand(CliConsole console) => _console = console;

    public static Command Create(CliConsole console) => new MaskCommand(console).Create();

    public override string ToString() => nameof(MaskCommand);

    private Command Create()
    {
        var command = new Command("mask", "Masks card numbers, identity numbers, keys and other sensitive data in text, files and folders. Exit code 2 when something could not be masked; it is then not written.")
        {
            _paths, _text, _out, _overwrite, _dryRun, _report, _explain, _lines, _jsonl, _conversation, _csv, _columns, _delimiter, _noHeader, _kinds, _locales, _policy,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] paths = parsed.GetValue(_paths) ?? [];
        string? text = parsed.GetValue(_text), target = parsed.GetValue(_out);
        bool isDry = parsed.GetValue(_dryRun);
        if (Fault(parsed, paths) is { } fault)
        {
            await _console.Errors.WriteLineAsync($"{fault} securechat mask --help shows how.");
            return Commands.Unknown;
        }

        MaskingEngine engine = await EngineAsync(parsed, cancellationToken);
        var run = new MaskRun(engine, SettingsOf(parsed), _console);
        MaskFormat format = FormatOf(parsed) ?? (_console.IsTyped && !parsed.GetValue(_explain) ? MaskFormat.Lines : MaskFormat.Text);
        TextWriter output = isDry ? TextWriter.Null : _console.Output;
        if (text is not null)
        {
            using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(text));
            using StrictText input = await StrictText.OpenAsync(bytes, "the text", null, cancellationToken);
            await run.OneAsync(input, FormatOf(parsed) ?? MaskFormat.Text, output, cancellationToken);
            if (!parsed.GetValue(_explain) && !isDry && FormatOf(parsed) is null)
            {
                await output.WriteLineAsync();
            }
        }
        else if (paths is [] or ["-"])
        {
            using StrictText input = await StrictText.OpenAsync(_console.Input, "standard input", null, cancellationToken);
            await run.OneAsync(input, format, output, cancellationToken);
        }
        else if (target is null && !isDry)
        {
            await ToOutputAsync(run, parsed, paths[0], cancellationToken);
        }
        else
        {
            await run.FilesAsync(MaskPlan.Create(paths, isDry ? null : target, parsed.GetValue(_overwrite)), cancellationToken);
        }

        if (isDry || target is not null || parsed.GetValue(_report))
        {
            // Of a dry run it is what was asked for.
            run.Report.Write(isDry ? _console.Output : _console.Errors, isDry ? "would be masked" : "masked");
        }

        return run.Report.Refused.Count == 0 ? Commands.Intact : Commands.Unknown;
    }

    private async Task ToOutputAsync(MaskRun run, ParseResult parsed, string path, CancellationToken cancellationToken)
    {
        MaskFile file = MaskPlan.Create([path], null, overwrites: false)[0];
        await using var stream = new FileStream(file.Source, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using StrictText input = await StrictText.OpenAsync(stream, Path.GetFileName(file.Source), null, cancellationToken);
        await run.OneAsync(input, SettingsOf(parsed).FormatOf(file.Source), _console.Output, cancellationToken);
    }

    /// <summary>What cannot be meant, and what to write instead.</summary>
    private string? Fault(ParseResult parsed, string[] paths)
    {
        string? text = parsed.GetValue(_text), target = parsed.GetValue(_out);
        bool isInput = text is not null || paths is [] or ["-"];
        string[] formats = [.. new[] { _lines, _jsonl, _conversation, _csv }.Where(parsed.GetValue).Select(static option => option.Name)];
        string[] ofCsv = [.. new Option[] { _columns, _delimiter, _noHeader }.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(static option => option.Name)];
        return paths.FirstOrDefault(static path => path.Length > 1 && path[0] == '-' && !File.Exists(path)) is { } unknown ? $"{unknown} is no option of mask."
            : formats.Length > 1 ? $"{formats[0]} and {formats[1]} cannot both be."
            : text is not null && paths.Length > 0 ? "--text and paths cannot both be."
            : paths.Length > 1 && paths.Contains("-") ? "Standard input (-) and files cannot both be."
            : isInput && target is not null ? "--out is for files; what comes from standard input goes to standard output."
            : !isInput && target is null && !parsed.GetValue(_dryRun) && (paths.Length > 1 || Directory.Exists(paths[0])) ? "Where do the masked files go? Pass --out FOLDER, or --dry-run to count only."
            : ofCsv.Length > 0 && isInput && formats is not ["--csv"] ? $"{ofCsv[0]} is for CSV: pass --csv."
            : parsed.GetValue(_columns) is not null && parsed.GetValue(_noHeader) ? "--columns names columns, and --no-header says that they have no names."
            : List(parsed.GetValue(_kinds)) is [] ? "--kinds needs a list, for example --kinds payment-card,iban."
            : List(parsed.GetValue(_locales)) is [] ? "--locales needs a list, for example --locales us,de."
            : List(parsed.GetValue(_columns)) is [] ? "--columns needs a list, for example --columns phone,note."
            : parsed.GetValue(_delimiter) is { Length: 0 } ? "--delimiter needs a sign."
            : parsed.GetValue(_explain) && (formats is ["--csv"] || (!isInput && target is not null)) ? "--explain is for one text, --lines, --jsonl or --conversation."
            : null;
    }

    private MaskFormat? FormatOf(ParseResult parsed) =>
        parsed.GetValue(_jsonl) ? MaskFormat.Texts
        : parsed.GetValue(_conversation) ? MaskFormat.Conversations
        : parsed.GetValue(_csv) ? MaskFormat.Csv
        : parsed.GetValue(_lines) ? MaskFormat.Lines
        : null;

    private MaskSettings SettingsOf(ParseResult parsed) => new()
    {
        Format = FormatOf(parsed),
        Explains = parsed.GetValue(_explain),
        Columns = List(parsed.GetValue(_columns)),
        Delimiter = parsed.GetValue(_delimiter) is "\\t" ? "\t" : parsed.GetValue(_delimiter),
        HasNoHeader = parsed.GetValue(_noHeader),
    };

    private async Task<MaskingEngine> EngineAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new MaskingEngineOptions();
        if (parsed.GetValue(_policy) is { } file)
        {
            try
            {
                options = MaskingEngineOptions.Parse(await File.ReadAllTextAsync(file, cancellationToken));
            }
            catch (FormatException fault)
            {
                throw new FormatException($"{file}: {fault.Message}");
            }
        }

        if (options.Policy.IsDryRun)
        {
            await _console.Errors.WriteLineAsync("The policy is a dry run (isDryRun): texts stay as they are.");
        }

        try
        {
            return MaskingEngine.Create(new MaskingEngineOptions
            {
                Kinds = List(parsed.GetValue(_kinds)) ?? options.Kinds,
                Locales = List(parsed.GetValue(_locales)) ?? options.Locales,
                Patterns = options.Patterns,
                Policy = options.Policy,
            });
        }
        catch (ArgumentException fault)
        {
            // Without the name of a parameter, which nobody wrote.
            throw new FormatException(fault.ParamName is { } name ? fault.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : fault.Message);
        }
    }

    private static string[]? List(string? list) => list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
