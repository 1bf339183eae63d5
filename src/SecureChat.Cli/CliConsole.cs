using Spectre.Console;

namespace SecureChat.Cli;

/// <summary>Where a command reads and writes: the console, or a test.</summary>
internal sealed class CliConsole
{
    /// <summary>Standard input, as bytes: what is no text must be noticed.</summary>
    public required Stream Input { get; init; }

    /// <summary>What was asked for, and nothing else.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Everything that is said to a person.</summary>
    public required TextWriter Errors { get; init; }

    /// <summary>Whether somebody types the input, and waits for an answer to each line.</summary>
    public bool IsTyped { get; init; }

    /// <summary>A terminal for a progress bar; null when there is none.</summary>
    public IAnsiConsole? Terminal { get; init; }

    public override string ToString() => nameof(CliConsole);
}
