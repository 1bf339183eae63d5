using SecureChat.Cli;

namespace SecureChat.Unit.Tests.Cli;

/// <summary>Runs the tool as the console does.</summary>
internal static class CliRun
{
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string[] args, byte[] input, TimeProvider time)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        using var bytes = new MemoryStream(input);
        int code = await Commands.RunAsync(args, new CliConsole { Input = bytes, Output = output, Errors = errors }, time, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }
}
