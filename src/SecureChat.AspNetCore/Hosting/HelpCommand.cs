namespace SecureChat.AspNetCore;

/// <summary>Lists the commands.</summary>
internal sealed class HelpCommand(IServiceProvider services) : IHostCommand
{
    public string Name => "help";

    public string Usage => "help                          list the commands";

    public bool NeedsStores => false;

    public async ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        await WriteUsageAsync(services, output);
        return 0;
    }

    public static async Task WriteUsageAsync(IServiceProvider services, TextWriter output)
    {
        await output.WriteLineAsync("SecureChat commands of this host:");
        foreach (IHostCommand command in services.GetServices<IHostCommand>().OrderBy(static command => command.Name, StringComparer.Ordinal))
        {
            await output.WriteLineAsync($"  {command.Usage}");
        }
    }
}
