namespace SecureChat.AspNetCore;

/// <summary><c>keys enable VERSION</c>: takes a disabled version into use again.</summary>
internal sealed class KeysEnableCommand(IServiceProvider services) : IHostCommand
{
    public string Name => "keys enable";

    public string Usage => "keys enable VERSION          takes a disabled version into use again";

    public bool NeedsStartupSteps => true;

    public ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken) =>
        KeyCommands.MarkAsync(services, this, args, disabled: false, output, cancellationToken);
}
