using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests;

/// <summary>Runs a command of the host on a folder, as an operator does while no host serves it.</summary>
internal static class HostCommands
{
    public static async Task<string> RunAsync(TestHostOptions options, params string[] args)
    {
        await using WebApplication app = TestApp.Build(options);
        await using var output = new StringWriter();
        Assert.True(await app.RunSecureChatCommandAsync(args, output, TestContext.Current.CancellationToken));

        // The exit code belongs to the process of the tests; what the command found is in its words.
        Environment.ExitCode = 0;
        return output.ToString();
    }

    public static Task<string> RunAsync(string folder, params string[] args) => RunAsync(new TestHostOptions { Folder = folder }, args);

    /// <summary>Stops a host as an operator does, so that everything it has to write is written.</summary>
    public static Task StopAsync(this RunningHost host) => host.App.StopAsync(TestContext.Current.CancellationToken);
}
