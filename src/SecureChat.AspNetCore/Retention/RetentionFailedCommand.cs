namespace SecureChat.AspNetCore;

/// <summary><c>retention failed</c>: what the sweeper could not end, and why.</summary>
internal sealed class RetentionFailedCommand(IServiceProvider services) : IHostCommand
{
    public string Name => "retention failed";

    public string Usage => "retention failed             shows what could not be deleted, since when, and what stands in the way";

    // The keys may be what stands in the way.
    public bool NeedsStartupSteps => false;

    public async ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args.Length > 0)
        {
            await output.WriteLineAsync(Usage);
            return 2;
        }

        Dictionary<string, SweepFailure> failures = await services.GetRequiredService<SweepFailures>().LoadAsync(cancellationToken);
        foreach (SweepFailure failure in failures.Values.OrderByDescending(static failure => failure.Tries).ThenBy(static failure => failure.Since))
        {
            await output.WriteLineAsync(
                $"{(failure.IsIrrevocable ? "irrevocable" : "tried again")}  {failure.Kind} {failure.Partition} {failure.Id}: {failure.Tries} tries since {failure.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {failure.Fault}");
        }

        await output.WriteLineAsync(failures.Count == 0
            ? "Everything that was due could be ended."
            : "What ends the cause ends the entry: bring back the store, the key or the row's bytes, or remove the row. docs/errors.md has the codes.");
        return failures.Values.Any(static failure => failure.IsIrrevocable) ? 1 : 0;
    }
}
