namespace SecureChat.AspNetCore;

/// <summary><c>keys rewrap</c>: brings everything under the newest version, while hosts run.</summary>
internal sealed class KeysRewrapCommand(IServiceProvider services) : IHostCommand
{
    public string Name => "keys rewrap";

    public string Usage => "keys rewrap                  wraps what older versions wrapped under the newest one; may be stopped and run again";

    public bool NeedsStartupSteps => true;

    public async ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args.Length > 0)
        {
            await output.WriteLineAsync(Usage);
            return KeyCommands.CalledWrongly;
        }

        // A version that became active since this process opened its ring is the one to wrap under.
        await services.GetRequiredService<KeyRing>().RefreshAsync(cancellationToken);
        (List<KeyRecord> keys, int current) = await KeyCommands.ListAsync(services, cancellationToken);
        if (keys.Find(key => KeyCommands.StateOf(key, current) == KeyState.Pending) is { } pending)
        {
            await output.WriteLineAsync($"Version {pending.Version} wraps from {pending.ActiveFrom:yyyy-MM-dd HH:mm:ss} UTC on. Run this again then; nothing was changed.");
            return 1;
        }

        (long changed, long unreadable) = await services.GetRequiredService<KeyRewrap>().RunAsync(new CommandProgress(output, "conversations"), cancellationToken);

        // Old copies lie in the stores' own files until they are written over.
        SecureChatStores stores = services.GetRequiredService<SecureChatStores>();
        ScrubResult keysScrubbed = await stores.Keys.ScrubAsync(cancellationToken);
        ScrubResult dataScrubbed = await stores.Data.ScrubAsync(cancellationToken);
        await KeyCommands.AuditAsync(services, AuditAction.KeysRewrapped, current, cancellationToken);
        await output.WriteLineAsync($"{changed} rows are under version {current} now, each read back and opened.");
        if (unreadable > 0)
        {
            await output.WriteLineAsync($"{unreadable} rows do not open under any version and stay as they are: damaged, or written by somebody else. The log names them (event 1210).");
        }

        if (keysScrubbed != ScrubResult.Complete || dataScrubbed != ScrubResult.Complete)
        {
            await output.WriteLineAsync("A store was busy: older copies of rows may still lie in its files. Run this again when there is less to do.");
        }

        return unreadable > 0 ? 1 : 0;
    }
}
