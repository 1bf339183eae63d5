using System.Text;
using SecureChat.Cli;
using Spectre.Console;

#pragma warning disable RS0030 // The one place that touches the console: commands write to the writers they are given.
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
using Stream input = Console.OpenStandardInput();
await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };
var console = new CliConsole
{
    Input = input,
    Output = output,
    Errors = Console.Error,
    IsTyped = !Console.IsInputRedirected,
    Terminal = Console.IsErrorRedirected ? null : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }),
};
return await Commands.RunAsync(args, console, TimeProvider.System, stop.Token);
#pragma warning restore RS0030
