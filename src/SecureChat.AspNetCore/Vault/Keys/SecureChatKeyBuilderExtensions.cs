using SecureChat.AspNetCore;

namespace SecureChat;

/// <summary>Key providers that need no further package.</summary>
public static class SecureChatKeyBuilderExtensions
{
    /// <summary>
    /// Wraps key-encryption keys under 32 random bytes in a file: for one machine, or a secret that the platform mounts. Make it with
    /// <c>(umask 077; openssl rand -base64 32 > FILE)</c>. A file that others than its owner may read is refused (<c>SC1016</c>; not checked on
    /// Windows). Who has this file and the key store has every key: keep it out of the backups of the data.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; relative paths are relative to the current folder.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <example><code>builder.Services.AddSecureChat().UseKeyFile("/run/secrets/securechat.key");</code></example>
    public static ISecureChatBuilder UseKeyFile(this ISecureChatBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return builder.UseKeyEncryption(_ => new KeyFileEncryption(Path.GetFullPath(path)));
    }

    /// <summary>
    /// Wraps key-encryption keys by the transit engine of HashiCorp Vault or OpenBao. The token's policy needs <c>update</c> on
    /// <c>transit/encrypt/KEY</c> and <c>transit/decrypt/KEY</c>, and nothing else.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="address">Base address, for example <c>https://vault.example:8200</c>.</param>
    /// <param name="key">Name of the transit key.</param>
    /// <param name="configure">Sets the other options; checked at start (<c>SC1016</c>).</param>
    /// <example><code>
    /// builder.Services.AddSecureChat().UseVaultTransit(new Uri("https://vault.example:8200"), "securechat", o => o.TokenFile = "/run/secrets/vault-token");
    /// </code></example>
    public static ISecureChatBuilder UseVaultTransit(this ISecureChatBuilder builder, Uri address, string key, Action<VaultTransitOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        return builder.UseKeyEncryption(services =>
        {
            var options = new VaultTransitOptions { Address = address, Key = key };
            configure?.Invoke(options);
            return new VaultTransitEncryption(options, services.GetRequiredService<ILogger<VaultTransitEncryption>>());
        });
    }
}
