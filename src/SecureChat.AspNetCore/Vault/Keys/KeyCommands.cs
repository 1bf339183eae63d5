using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary>What the commands on key versions share.</summary>
internal static class KeyCommands
{
    public const int CalledWrongly = 2;

    public static int? ReadVersion(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version) && version > 0 ? version : null;

    public static KeyState StateOf(KeyRecord key, int current) => key switch
    {
        { IsDestroyed: true } => KeyState.Destroyed,
        { IsDisabled: true } => KeyState.Disabled,
        _ when key.Version == current => KeyState.Active,
        _ when key.Version > current => KeyState.Pending,
        _ => KeyState.DecryptOnly,
    };

    public static async ValueTask<(List<KeyRecord> Keys, int Current)> ListAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        List<KeyRecord> keys = await services.GetRequiredService<KeyRecords>().ListAsync(cancellationToken);
        return (keys, KeyRecord.CurrentOf(keys, services.GetRequiredService<TimeProvider>().GetUtcNow()));
    }

    public static async ValueTask AuditAsync(IServiceProvider services, AuditAction action, int version, CancellationToken cancellationToken) =>
        await services.GetRequiredService<AuditLog>().AppendAsync(
            new AuditFact
            {
                Action = action,
                Outcome = AuditOutcome.Succeeded,
                Actor = ParticipantRole.System,
                ValueIds = [string.Create(CultureInfo.InvariantCulture, $"key-encryption-key-{version}")],
            },
            cancellationToken);

    /// <summary>Sets or clears the mark of a version that does not wrap now. Answers the exit code.</summary>
    public static async ValueTask<int> MarkAsync(
        IServiceProvider services, IHostCommand command, string[] args, bool disabled, TextWriter output, CancellationToken cancellationToken)
    {
        if (args is not [var text] || ReadVersion(text) is not { } version)
        {
            await output.WriteLineAsync(command.Usage);
            return CalledWrongly;
        }

        (List<KeyRecord> keys, int current) = await ListAsync(services, cancellationToken);
        if (keys.Find(key => key.Version == version) is not { IsDestroyed: false } found)
        {
            await output.WriteLineAsync($"There is no usable version {version}. `keys list` shows those there are.");
            return 1;
        }

        if (disabled && version >= current)
        {
            await output.WriteLineAsync($"Version {version} wraps, or will. `keys rotate` first, wait for the new version to become Active, then disable this one.");
            return 1;
        }

        if (found.IsDisabled != disabled)
        {
            if (disabled)
            {
                // What every host needs to work at all must not hang on a key that no host opens.
                await services.GetRequiredService<KeyRewrap>().RewrapHostAsync(cancellationToken);
            }

            await services.GetRequiredService<KeyRecords>().ChangeAsync(version, key => key with { IsDisabled = disabled }, cancellationToken);
            await AuditAsync(services, disabled ? AuditAction.KeyDisabled : AuditAction.KeyEnabled, version, cancellationToken);
        }

        await output.WriteLineAsync(
            $"Version {version} is {(disabled ? "disabled: what it wrapped does not open" : "enabled")}. Hosts that run follow within {KeyRing.RefreshInterval.TotalSeconds:0} seconds.");
        return 0;
    }
}
