namespace SecureChat.AspNetCore;

/// <summary><c>keys disable VERSION</c>: takes a version out of use, until it is enabled again.</summary>
internal sealed class KeysDisableCommand(IServiceProvider services) : IHostCommand
{
    public string Name => "keys disable";

    public string Usage => "keys disable VERSION         takes a version out of use: what it wrapped does not open until it is enabled";

    public bool NeedsStartupSteps => true;

    public ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken) =>
        KeyCommands.MarkAsync(services, this, args, disabled: true, output, cancellationToken);
}
