namespace SecureChat.AspNetCore;

/// <summary>What the agent's browser sends to see values: once with a step-up, and again inside the window with the same claim and key.</summary>
internal sealed class RevealCommand
{
    /// <summary>Chosen by the browser, kept for retries.</summary>
    public required string ClaimId { get; init; }

    /// <summary>The values, all of this form request; a claim is for exactly these.</summary>
    public required IReadOnlyList<string> ValueIds { get; init; }

    /// <summary>Uncompressed P-256 point, base64url.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Why the values are needed now: 3 to 500 characters. Not needed to repeat.</summary>
    public string? Reason { get; init; }

    public override string ToString() => nameof(RevealCommand);
}

/// <summary>The values, each encrypted to the claiming browser.</summary>
internal sealed class RevealAnswer
{
    /// <summary>Part of what the envelopes are bound to; a client needs it to open them (docs/cryptography.md).</summary>
    public required string ApplicationId { get; init; }

    /// <summary>When the viewing window ends.</summary>
    public required DateTimeOffset Until { get; init; }

    public required IReadOnlyList<RevealedEnvelope> Values { get; init; }

    /// <summary>Values that this answer destroyed: single delivery, no second answer.</summary>
    public required IReadOnlyList<string> DestroyedValueIds { get; init; }

    public override string ToString() => nameof(RevealAnswer);
}

/// <summary>One value on the wire.</summary>
internal sealed class RevealedEnvelope
{
    public required string ValueId { get; init; }

    public required string FieldKey { get; init; }

    /// <summary><c>enc</c> of RFC 9180, 65 bytes, base64url.</summary>
    public required string EncapsulatedKey { get; init; }

    /// <summary>Ciphertext and tag, base64url.</summary>
    public required string Ciphertext { get; init; }

    public override string ToString() => nameof(RevealedEnvelope);
}
