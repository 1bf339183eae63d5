namespace SecureChat;

/// <summary>The answer to a destruction or an acknowledgement. Immutable.</summary>
public sealed class DestroyResult
{
    /// <summary>The values that this call destroyed, with their tombstones.</summary>
    public IReadOnlyList<SealedValue> Destroyed { get; init; } = [];

    /// <summary>The values that stay because an agent holds them open.</summary>
    public IReadOnlyList<string> StillOpen { get; init; } = [];

    /// <summary>
    /// <see langword="false"/> when ciphertext is gone but a key or the store's files could not be cleared yet; the sweeper
    /// finishes it, and until then nothing says "deleted".
    /// </summary>
    public bool IsComplete { get; init; } = true;

    /// <summary><see langword="false"/> when there is no such form, or the claim is not this caller's.</summary>
    public bool Found { get; init; } = true;
}
