namespace SecureChat.AspNetCore;

/// <summary>A command that runs inside the built host, with its stores and keys, instead of serving.</summary>
internal interface IHostCommand
{
    /// <summary>One or more words, for example <c>audit verify</c>.</summary>
    string Name { get; }

    /// <summary>The command line and what it does, one line.</summary>
    string Usage { get; }

    /// <summary>
    /// Whether the start-up steps of the features (key ring, forms) run first. A command that repairs what such a step refuses
    /// must say no.
    /// </summary>
    bool NeedsStartupSteps => false;

    /// <summary>Whether the stores are checked and prepared first.</summary>
    bool NeedsStores => true;

    /// <summary>Runs with the arguments behind the name. Answers the exit code: 0 done, 1 failed, 2 called wrongly.</summary>
    ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken);
}
