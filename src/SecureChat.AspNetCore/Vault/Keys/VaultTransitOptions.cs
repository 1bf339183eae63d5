namespace SecureChat.AspNetCore;

/// <summary>Where and how HashiCorp Vault's or OpenBao's transit engine is called. Checked at start (<c>SC1016</c>).</summary>
public sealed class VaultTransitOptions
{
    /// <summary>Base address, for example <c>https://vault.example:8200</c>. HTTPS, except for this machine. Required.</summary>
    public Uri? Address { get; set; }

    /// <summary>Name of the transit key, of a type with associated data (<c>aes256-gcm96</c>, the default, or <c>chacha20-poly1305</c>). Required.</summary>
    public string? Key { get; set; }

    /// <summary>Where the engine is mounted. Default <c>transit</c>.</summary>
    public string Mount { get; set; } = "transit";

    /// <summary>Namespace (Vault Enterprise, OpenBao). Default: none.</summary>
    public string? Namespace { get; set; }

    /// <summary>
    /// File that holds the token, read for every call: an agent that renews it writes it there. Default: the environment variable
    /// <c>VAULT_TOKEN</c>.
    /// </summary>
    public string? TokenFile { get; set; }

    /// <summary>Type name: the address may hold names of internal machines.</summary>
    public override string ToString() => nameof(VaultTransitOptions);
}
