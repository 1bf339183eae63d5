using System.Text;
using SecureChat.Cli;

#pragma warning disable RS0030 // The one place that touches the console: commands write to the writers they are given.
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var input = new StreamReader(Console.OpenStandardInput(), utf8);
await using var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true, NewLine = "\n" };
return await Commands.RunAsync(args, input, output, Console.Error, TimeProvider.System, stop.Token);
#pragma warning restore RS0030
