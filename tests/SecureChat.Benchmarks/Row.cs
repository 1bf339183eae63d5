using System.Globalization;

namespace SecureChat.Benchmarks;

/// <summary>One line of the table.</summary>
internal sealed class Row
{
    public required string Name { get; init; }

    /// <summary>Pairs of samples behind the line; 0 where nothing is timed.</summary>
    public int Samples { get; init; }

    public required string Baseline { get; init; }

    public required string Subject { get; init; }

    public required string Ratio { get; init; }

    /// <summary>Empty: the line is for information.</summary>
    public string Budget { get; init; } = "";

    public bool IsOk { get; init; } = true;

    public static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1_000 => Text($"{nanoseconds:0.0} ns"),
        < 1_000_000 => Text($"{nanoseconds / 1_000:0.00} µs"),
        _ => Text($"{nanoseconds / 1_000_000:0.00} ms"),
    };

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
