namespace SecureChat.AspNetCore;

/// <summary><c>keys destroy VERSION --yes</c>: ends a version that nothing hangs on.</summary>
internal sealed class KeysDestroyCommand(IServiceProvider services) : IHostCommand
{
    public string Name => "keys destroy";

    public string Usage => "keys destroy VERSION --yes   destroys a version for good; refused while a row hangs on it, or a host may still wrap under it";

    public bool NeedsStartupSteps => true;

    public async ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args is not [var text, "--yes"] || KeyCommands.ReadVersion(text) is not { } version)
        {
            await output.WriteLineAsync(Usage);
            await output.WriteLineAsync("Backups that were made before `keys rewrap` open nothing afterwards.");
            return KeyCommands.CalledWrongly;
        }

        (List<KeyRecord> keys, int current) = await KeyCommands.ListAsync(services, cancellationToken);
        if (keys.Find(key => key.Version == version) is not { } found)
        {
            await output.WriteLineAsync($"There is no version {version}. `keys list` shows those there are.");
            return 1;
        }

        if (!found.IsDestroyed)
        {
            if (version >= current)
            {
                await output.WriteLineAsync($"Version {version} wraps, or will. `keys rotate` first, then `keys rewrap`.");
                return 1;
            }

            // A host whose key store did not answer may wrap under an old version until what it holds runs out.
            DateTimeOffset safe = (keys.Find(key => key.Version == current)!.ActiveFrom ?? DateTimeOffset.MinValue)
                + services.GetRequiredService<IOptions<SecureChatOptions>>().Value.Storage.KeyLifetime;
            if (services.GetRequiredService<TimeProvider>().GetUtcNow() < safe)
            {
                await output.WriteLineAsync($"A host may still wrap under version {version}: run this again after {safe:yyyy-MM-dd HH:mm:ss} UTC. Nothing was changed.");
                return 1;
            }

            SortedDictionary<int, long> rows = await services.GetRequiredService<KeyRewrap>().CountAsync(new CommandProgress(output, "conversations"), cancellationToken);
            if (rows.GetValueOrDefault(version) is > 0 and long left)
            {
                await output.WriteLineAsync($"{left} rows hang on version {version}. Run `keys rewrap` first; nothing was changed.");
                return 1;
            }

            await services.GetRequiredService<KeyRing>().ReplantCanaryAsync(cancellationToken);
            await services.GetRequiredService<KeyRecords>().ChangeAsync(version, static key => key with { Wrapped = null }, cancellationToken);
        }

        // "Destroyed" is said when the wrapped bytes are in no file of the store either.
        if (await services.GetRequiredService<SecureChatStores>().Keys.ScrubAsync(cancellationToken) != ScrubResult.Complete)
        {
            await output.WriteLineAsync($"Version {version} is out of the key store, but the store was busy and may still have its bytes in a file. Run this again.");
            return 1;
        }

        await KeyCommands.AuditAsync(services, AuditAction.KeyDestroyed, version, cancellationToken);
        await output.WriteLineAsync($"Version {version} is destroyed.");
        return 0;
    }
}
