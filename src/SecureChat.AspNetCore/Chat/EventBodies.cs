namespace SecureChat.AspNetCore;

/// <summary>
/// How event bodies become ciphertext and back, and how the key they hang on comes and goes. A seam of delegates over the
/// conversation keys, so that the event log can be run against keys of a test.
/// </summary>
internal sealed class EventBodies(
    Func<string, CancellationToken, ValueTask> createKey,
    Func<string, long, ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> seal,
    Func<string, long, ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]?>> tryOpen,
    Func<string, CancellationToken, ValueTask> destroyKey,
    Func<string, CancellationToken, ValueTask<bool>>? hasKey = null)
{
    /// <summary>Whether the transcript can still be written and read: its key is there and opens.</summary>
    public ValueTask<bool> HasKeyAsync(string conversationId, CancellationToken cancellationToken) =>
        hasKey is null ? ValueTask.FromResult(true) : hasKey(conversationId, cancellationToken);

    public ValueTask CreateKeyAsync(string conversationId, CancellationToken cancellationToken) => createKey(conversationId, cancellationToken);

    /// <summary>Seals under the conversation's key, bound to the sequence. A replaced body is sealed anew, so the nonce must be random.</summary>
    public ValueTask<byte[]> SealAsync(string conversationId, long sequence, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        seal(conversationId, sequence, body, cancellationToken);

    /// <summary>The body, or <see langword="null"/> when the conversation's key was destroyed.</summary>
    public ValueTask<byte[]?> TryOpenAsync(string conversationId, long sequence, ReadOnlyMemory<byte> sealedBody, CancellationToken cancellationToken) =>
        tryOpen(conversationId, sequence, sealedBody, cancellationToken);

    public ValueTask DestroyKeyAsync(string conversationId, CancellationToken cancellationToken) => destroyKey(conversationId, cancellationToken);
}
