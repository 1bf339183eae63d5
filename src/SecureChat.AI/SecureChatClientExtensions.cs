using Microsoft.Extensions.AI;

namespace SecureChat.AI;

/// <summary>Puts masking around a chat client.</summary>
public static class SecureChatClientExtensions
{
    /// <summary>
    /// Masks what goes to the model and what comes back. Put it nearest to the model: with a <c>ChatClientBuilder</c> by
    /// <c>Use(inner => inner.WithSecureChatMasking())</c> as the last step, so that results of tools go through it and what caches and logs outside of it has been masked.
    /// </summary>
    /// <example><code>
    /// using Microsoft.Extensions.AI;
    /// using SecureChat.AI;
    ///
    /// static IChatClient Safe(IChatClient client) => client.WithSecureChatMasking();
    /// </code></example>
    /// <param name="client">The client; disposed with the one that is returned.</param>
    /// <param name="options">What is masked. Default: <see cref="MaskingChatOptions"/> as they are.</param>
    /// <returns>The masking client. Thread-safe where the inner one is.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    public static MaskingChatClient WithSecureChatMasking(this IChatClient client, MaskingChatOptions? options = null) => new(client, options);
}
