namespace SecureChat.AspNetCore;

/// <summary>Something a feature does once at start, after the stores are prepared and before anything is served. Throws to refuse.</summary>
internal interface IStartupStep
{
    /// <summary>Ascending; steps of the same order run in order of registration.</summary>
    int Order { get; }

    ValueTask RunAsync(CancellationToken cancellationToken);
}
