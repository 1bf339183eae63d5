namespace SecureChat;

/// <summary>A value encrypted to one browser. Only SecureChat's sealer can make one, so that a vault cannot return plaintext by mistake. Immutable.</summary>
public sealed class ReleaseEnvelope
{
    internal ReleaseEnvelope(ReadOnlyMemory<byte> encapsulatedKey, ReadOnlyMemory<byte> ciphertext)
    {
        EncapsulatedKey = encapsulatedKey;
        Ciphertext = ciphertext;
    }

    /// <summary>The encapsulated key (<c>enc</c> in RFC 9180), 65 bytes.</summary>
    public ReadOnlyMemory<byte> EncapsulatedKey { get; }

    /// <summary>Ciphertext and tag.</summary>
    public ReadOnlyMemory<byte> Ciphertext { get; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(ReleaseEnvelope);
}
