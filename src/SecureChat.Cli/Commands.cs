using System.CommandLine;
using System.CommandLine.Parsing;

namespace SecureChat.Cli;

/// <summary>The commands, apart from the console. Exit codes: 0 done and intact, 1 broken, 2 could not find out, could not do it, or called wrongly.</summary>
internal static class Commands
{
    public const int Intact = 0;
    public const int Broken = 1;
    public const int Unknown = 2;

    public static async Task<int> RunAsync(string[] args, CliConsole console, TimeProvider time, CancellationToken cancellationToken)
    {
        var root = new RootCommand(
            """
            Masks sensitive data in text, and verifies exported audit logs.

            Commands that need a host's stores and keys (audit verify of the store, keys abandon) run inside the host: dotnet YourApp.dll help
            """)
        {
            new Command("audit", "Exported audit logs.") { VerifyCommand.Create(console, time) },
            MaskCommand.Create(console),
        };

        // A value that begins with @ is that value, and no file to read arguments from.
        ParseResult parsed = root.Parse(args is ["help", .. string[] rest] ? [.. rest, "--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors)
            {
                await console.Errors.WriteLineAsync(error.Message);
            }

            await console.Errors.WriteLineAsync($"{PathOf(parsed.CommandResult)} --help shows how.");
            return Unknown;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = console.Output, Error = console.Errors, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await console.Errors.WriteLineAsync("Stopped before the end.");
            return Unknown;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
        {
            // Of these the message names a file, a line or an option, never what stands in a text.
            await console.Errors.WriteLineAsync($"UNKNOWN: {fault.Message}");
            return Unknown;
        }
        catch (Exception fault)
        {
            // Nobody foresaw it, so nobody knows what its message quotes.
            await console.Errors.WriteLineAsync($"UNKNOWN: {fault.GetType().Name}. This is a fault of securechat; nothing more is said here because it could quote what was read.");
            return Unknown;
        }
    }

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "securechat";
}
