using SecureChat;
using SecureChat.AspNetCore;

namespace Microsoft.Extensions.Hosting;

/// <summary>Runs SecureChat's commands inside a host.</summary>
public static class SecureChatHostExtensions
{
    /// <summary>
    /// Runs a SecureChat command (<c>audit verify</c>, <c>keys abandon</c>, <c>help</c>, ...) if <paramref name="args"/> begin with
    /// one, inside the built host and with its stores and keys, without starting the server. The exit code is put into
    /// <see cref="Environment.ExitCode"/>: 0 done, 1 failed, 2 called wrongly or unknown.
    /// </summary>
    /// <remarks>
    /// Ordinary host arguments are no command: what begins with <c>-</c> or <c>/</c> or contains <c>=</c>. Any other word that is not
    /// known prints the usage. Call it after <c>Build()</c>; not thread-safe.
    /// </remarks>
    /// <example><code>
    /// if (await app.RunSecureChatCommandAsync(args))
    /// {
    ///     return;
    /// }
    ///
    /// app.Run();
    /// </code></example>
    /// <param name="host">The built host.</param>
    /// <param name="args">The arguments of the process.</param>
    /// <param name="output">Where the command writes. Default: standard output.</param>
    /// <param name="cancellationToken">Ends the command early.</param>
    /// <returns><see langword="true"/> when a command was asked for, so that Program.cs returns instead of serving.</returns>
    /// <exception cref="SecureChatConfigurationException"><c>SC1012</c>: the host has no <c>AddSecureChat()</c>.</exception>
    public static async ValueTask<bool> RunSecureChatCommandAsync(
        this IHost host, string[] args, TextWriter? output = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(args);
        if (host.Services.GetService<SecureChatPipeline>() is null)
        {
            throw new SecureChatConfigurationException(SecureChatErrors.CallMissing, "(missing: builder.Services.AddSecureChat())");
        }

        if (args.Length == 0 || args[0].Length == 0 || args[0][0] is '-' or '/' || args[0].Contains('=', StringComparison.Ordinal))
        {
            return false;
        }

#pragma warning disable RS0030 // A command answers on standard output unless it is given another writer.
        output ??= Console.Out;
#pragma warning restore RS0030
        Environment.ExitCode = await RunAsync(host.Services, args, output, cancellationToken);
        await output.FlushAsync(cancellationToken);
        return true;
    }

    private static async Task<int> RunAsync(IServiceProvider services, string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        try
        {
            IHostCommand? command = services.GetServices<IHostCommand>()
                .Where(candidate => Words(candidate) is var words && args.Take(words.Length).SequenceEqual(words, StringComparer.Ordinal))
                .MaxBy(static candidate => Words(candidate).Length);
            if (command is null)
            {
                await output.WriteLineAsync("There is no such command.");
                await HelpCommand.WriteUsageAsync(services, output);
                return 2;
            }

            if (command.NeedsStores)
            {
                await services.GetRequiredService<StartupChecks>().PrepareAsync(command.NeedsStartupSteps, cancellationToken);
            }

            return await command.RunAsync(args[Words(command).Length..], output, cancellationToken);
        }
        catch (SecureChatException fault)
        {
            // Our own messages carry no values; they name the fix.
            await output.WriteLineAsync(fault.Message);
            return 1;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            HostingLog.CommandFailed(services.GetRequiredService<ILogger<StartupChecks>>(), fault.GetType().FullName ?? fault.GetType().Name);
            await output.WriteLineAsync($"{SecureChatErrors.Internal} ({fault.GetType().Name})");
            return 1;
        }
    }

    private static string[] Words(IHostCommand command) => command.Name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
