namespace SecureChat.AspNetCore;

/// <summary><c>audit verify [--head FILE]</c>: says OK or names the first broken entry.</summary>
internal sealed class AuditVerifyCommand(IServiceProvider services) : IHostCommand
{
    public string Name => "audit verify";

    public string Usage => "audit verify [--head FILE]   checks the audit log, and its end against exported heads";

    // Verifying needs no keys, and must work on a host whose keys are lost.
    public bool NeedsStartupSteps => false;

    public async ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        string? head = null;
        switch (args)
        {
            case []:
                break;
            case ["--head", { Length: > 0 } file]:
                head = file;
                break;
            default:
                await output.WriteLineAsync(Usage);
                return AuditCommands.Unknown;
        }

        return await AuditCommands.VerifyAsync(services, output, head, cancellationToken);
    }
}
