using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary>Shows how far a long command is: a bar that moves on a terminal, a line for every tenth elsewhere. For one command, on one thread.</summary>
internal sealed class CommandProgress
{
    private const int Width = 30;

    private readonly TextWriter _output;
    private readonly string _unit;
    private readonly bool _moves;
    private long _shown = -1;

    public CommandProgress(TextWriter output, string unit)
    {
        _output = output;
        _unit = unit;
#pragma warning disable RS0030 // Only a real terminal can draw over its last line.
        _moves = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
#pragma warning restore RS0030
    }

    public void Report(long done, long total)
    {
        long step = total <= 0 ? 0 : done * (_moves ? 100 : 10) / total;
        if (step == _shown)
        {
            return;
        }

        _shown = step;
        int filled = total <= 0 ? Width : (int)(done * Width / total);
        string line = string.Create(
            CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('.', Width - filled)}] {done * 100 / Math.Max(total, 1)} % ({done} of {total} {_unit})");
        _output.Write(_moves ? $"\r{line}{(done == total ? Environment.NewLine : string.Empty)}" : line + Environment.NewLine);
    }
}
