using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary><c>keys list [--rows]</c>: the versions of the key-encryption key and what they may be used for.</summary>
internal sealed class KeysListCommand(IServiceProvider services) : IHostCommand
{
    public string Name => "keys list";

    public string Usage => "keys list [--rows]           shows the versions of the key-encryption key, and with --rows how much hangs on each";

    // Shows what there is on a host whose keys are lost, too. Counting needs no key.
    public bool NeedsStartupSteps => false;

    public async ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args is not ([] or ["--rows"]))
        {
            await output.WriteLineAsync(Usage);
            return KeyCommands.CalledWrongly;
        }

        (List<KeyRecord> keys, int current) = await KeyCommands.ListAsync(services, cancellationToken);
        SortedDictionary<int, long>? rows = args.Length == 0
            ? null
            : await services.GetRequiredService<KeyRewrap>().CountAsync(new CommandProgress(output, "conversations"), cancellationToken);
        await output.WriteLineAsync($"{"version",7}  {"state",-11}  {"provider",-16}  {"wraps from (UTC)",-20}{(rows is null ? string.Empty : $"  {"rows",8}")}");
        foreach (KeyRecord key in keys)
        {
            string from = key.ActiveFrom?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "the first start";
            string count = rows is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"  {rows.GetValueOrDefault(key.Version),8}");
            await output.WriteLineAsync($"{key.Version,7}  {KeyCommands.StateOf(key, current),-11}  {key.Provider,-16}  {from,-20}{count}");
        }

        if (keys.Count == 0)
        {
            await output.WriteLineAsync("There is none yet: the first start of a host makes it.");
        }

        return 0;
    }
}
