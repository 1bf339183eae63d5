using System.Buffers;
using System.Text;
using SecureChat.AspNetCore;
using SecureChat.Masking;
using Spectre.Console;

namespace SecureChat.Cli;

/// <summary>Masks one text after the other with the same engine, and counts.</summary>
internal sealed class MaskRun
{
    // As much as other tools look at to tell text from pictures.
    private const int Sniffed = 8000;

    private readonly MaskingEngine _engine;
    private readonly MaskSettings _settings;
    private readonly CliConsole _console;
    private readonly TextMasking _masking;

    public MaskRun(MaskingEngine engine, MaskSettings settings, CliConsole console)
    {
        (_engine, _settings, _console) = (engine, settings, console);
        _masking = new TextMasking(engine, (string text, MaskContext? context, out IReadOnlyList<SensitiveSpan> spans) =>
        {
            string masked = engine.Mask(text, context, out spans);
            Report.Add(spans);
            return masked;
        });
    }

    public MaskReport Report { get; } = new();

    /// <summary>Masks one text.</summary>
    /// <exception cref="FormatException">It is not what it should be. The message has nothing of it.</exception>
    public async Task OneAsync(StrictText input, MaskFormat format, TextWriter output, CancellationToken cancellationToken)
    {
        TextWriter? reasons = _settings.Explains ? _console.Errors : null;
        switch (format)
        {
            case MaskFormat.Text when reasons is not null:
                await new PlainMasker(_engine, Report).ExplainedAsync(input, output, reasons, cancellationToken);
                break;
            case MaskFormat.Text:
                await new PlainMasker(_engine, Report).WholeAsync(input, output, cancellationToken);
                break;
            case MaskFormat.Lines:
                await new PlainMasker(_engine, Report).LinesAsync(input, output, reasons, cancellationToken);
                break;
            case MaskFormat.Texts or MaskFormat.Conversations:
                await new JsonLinesMasker(_engine, Report, _settings.Explains).RunAsync(input, output, format == MaskFormat.Conversations, cancellationToken);
                break;
            case MaskFormat.Csv:
                await new CsvMasker(_masking, _settings).RunAsync(input, output, cancellationToken);
                break;
            case MaskFormat.Json:
                await new JsonMasker(_masking).WholeAsync(input, output, cancellationToken);
                break;
            case MaskFormat.JsonLines:
                await new JsonMasker(_masking).LinesAsync(input, output, cancellationToken);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format));
        }

        await output.FlushAsync(cancellationToken);
        Report.Done();
    }

    /// <summary>Masks files. One that cannot be masked is told of, is not written, and keeps none of the others.</summary>
    public async Task FilesAsync(IReadOnlyList<MaskFile> files, CancellationToken cancellationToken)
    {
        if (_console.Terminal is null)
        {
            await EachAsync(files, static _ => { }, static _ => { }, cancellationToken);
            return;
        }

        await _console.Terminal.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async progress =>
            {
                ProgressTask bar = progress.AddTask("masking", maxValue: Math.Max(1, files.Sum(static file => new FileInfo(file.Source).Length)));
                await EachAsync(files, bytes => bar.Increment(bytes), name => bar.Description = Markup.Escape(name), cancellationToken);
            });
    }

    public override string ToString() => nameof(MaskRun);

    private async Task EachAsync(IReadOnlyList<MaskFile> files, Action<long> advanced, Action<string> began, CancellationToken cancellationToken)
    {
        foreach (MaskFile file in files)
        {
            began(Path.GetFileName(file.Source));
            try
            {
                await FileAsync(file, advanced, cancellationToken);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
            {
                Report.Refuse(file.Source, fault.Message);
            }
        }
    }

    private async Task FileAsync(MaskFile file, Action<long> advanced, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file.Source, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using StrictText input = await StrictText.OpenAsync(stream, "the file", advanced, cancellationToken);
        if (input.Encoding.GetByteCount("0") == 1 && await HoldsNulAsync(stream, cancellationToken))
        {
            throw new FormatException("The file is no text (it has a NUL near its beginning).");
        }

        MaskFormat format = _settings.FormatOf(file.Source);
        if (file.Target is null)
        {
            await OneAsync(input, format, TextWriter.Null, cancellationToken);
            return;
        }

        string folder = Path.GetDirectoryName(file.Target)!;
        Directory.CreateDirectory(folder);

        // Under its name it is whole, or not there.
        string part = Path.Combine(folder, $".{Path.GetRandomFileName()}.part");
        try
        {
            await using (var output = new StreamWriter(part, input.Encoding, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write }))
            {
                output.NewLine = "\n";
                await OneAsync(input, format, output, cancellationToken);
            }

            File.Move(part, file.Target, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private static async Task<bool> HoldsNulAsync(FileStream stream, CancellationToken cancellationToken)
    {
        long position = stream.Position;
        byte[] begin = ArrayPool<byte>.Shared.Rent(Sniffed);
        try
        {
            stream.Position = 0;
            int count = await stream.ReadAtLeastAsync(begin.AsMemory(0, Sniffed), Sniffed, throwOnEndOfStream: false, cancellationToken);
            stream.Position = position;
            return begin.AsSpan(0, count).Contains((byte)0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(begin, clearArray: true);
        }
    }
}
