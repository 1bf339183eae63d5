namespace SecureChat.AspNetCore;

/// <summary><c>keys rotate</c>: makes the next version of the key-encryption key.</summary>
internal sealed class KeysRotateCommand(IServiceProvider services) : IHostCommand
{
    public string Name => "keys rotate";

    public string Usage => "keys rotate                  makes a new version of the key-encryption key; hosts that run wrap under it two minutes later";

    public bool NeedsStartupSteps => true;

    public async ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args.Length > 0)
        {
            await output.WriteLineAsync(Usage);
            return KeyCommands.CalledWrongly;
        }

        KeyRecord made = await services.GetRequiredService<KeyRing>().RotateAsync(cancellationToken);
        await KeyCommands.AuditAsync(services, AuditAction.KeyMade, made.Version, cancellationToken);
        await output.WriteLineAsync($"Version {made.Version} is made and wraps from {made.ActiveFrom:yyyy-MM-dd HH:mm:ss} UTC on, on every host.");
        await output.WriteLineAsync("Then: `keys rewrap` brings what is stored under it, and `keys destroy VERSION` ends the old one.");
        return 0;
    }
}
