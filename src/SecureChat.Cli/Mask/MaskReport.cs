using System.Globalization;
using Spectre.Console;

namespace SecureChat.Cli;

/// <summary>What was found, by kind, and what could not be masked. Holds no text.</summary>
internal sealed class MaskReport
{
    private readonly SortedDictionary<string, (long Values, int Files)> _kinds = new(StringComparer.Ordinal);

    private readonly Dictionary<string, long> _current = new(StringComparer.Ordinal);

    private readonly List<(string File, string Why)> _refused = [];

    /// <summary>Files that were masked.</summary>
    public int Files { get; private set; }

    /// <summary>Files that were not, with the reason.</summary>
    public IReadOnlyList<(string File, string Why)> Refused => _refused;

    /// <summary>Counts values of the current file.</summary>
    public void Add(IReadOnlyList<SensitiveSpan> spans)
    {
        for (int i = 0; i < spans.Count; i++)
        {
            Add(spans[i].Kind, 1);
        }
    }

    /// <summary>Counts values of the current file.</summary>
    public void Add(string kind, long count) => _current[kind] = _current.GetValueOrDefault(kind) + count;

    /// <summary>The current file is done.</summary>
    public void Done()
    {
        Files++;
        foreach ((string kind, long count) in _current)
        {
            (long values, int files) = _kinds.GetValueOrDefault(kind);
            _kinds[kind] = (values + count, files + 1);
        }

        _current.Clear();
    }

    /// <summary>The current file is not masked, and nothing of it was written.</summary>
    public void Refuse(string file, string why)
    {
        _refused.Add((file, why));
        _current.Clear();
    }

    public void Write(TextWriter output, string did)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        if (_kinds.Count > 0)
        {
            var table = new Table { Border = TableBorder.Ascii2 };
            table.AddColumn("kind").AddColumn("values", static column => column.RightAligned()).AddColumn("files", static column => column.RightAligned());
            foreach ((string kind, (long values, int files)) in _kinds)
            {
                table.AddRow(Markup.Escape(kind), values.ToString(CultureInfo.InvariantCulture), files.ToString(CultureInfo.InvariantCulture));
            }

            console.Write(table);
        }

        long total = _kinds.Values.Sum(static kind => kind.Values);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total} {(total == 1 ? "value" : "values")} in {Files} {(Files == 1 ? "file" : "files")} {did}."));
        foreach ((string file, string why) in _refused)
        {
            output.WriteLine($"NOT MASKED, not written: {file}: {why}");
        }
    }

    public override string ToString() => nameof(MaskReport);
}
