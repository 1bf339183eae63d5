using System.Security.Cryptography;
using System.Text;

namespace SecureChat;

/// <summary>The text a visitor consents to, in one version and language. Immutable; keep old versions registered.</summary>
public sealed class PrivacyNotice
{
    private string? _hash;

    /// <summary>Key that forms name, for example <c>payments-v1</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Version of the text, for example <c>2026-03-01</c>.</summary>
    public required string Version { get; init; }

    /// <summary>BCP 47 language tag, for example <c>en</c>.</summary>
    public required string Language { get; init; }

    /// <summary>What the visitor reads.</summary>
    public required string Text { get; init; }

    /// <summary>SHA-256 of the UTF-8 text, lower-case hexadecimal. A submission names it, so that consent is to what was shown.</summary>
    public string Sha256 => _hash ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>Key, version and language.</summary>
    public override string ToString() => $"{nameof(PrivacyNotice)} {Key} {Version} {Language}";
}
