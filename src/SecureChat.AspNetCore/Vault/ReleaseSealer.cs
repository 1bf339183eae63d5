namespace SecureChat.AspNetCore;

/// <summary>
/// Encrypts values to the key of one claim. Made for one release; the bytes bound to each envelope are in docs/cryptography.md,
/// "Release envelope", for authors of clients. Thread-safe.
/// </summary>
internal sealed class ReleaseSealer : IReleaseSealer
{
    private readonly ClaimKey _key;
    private readonly string _conversationId;
    private readonly string _requestId;
    private readonly string _claimId;
    private readonly byte[] _info;

    public ReleaseSealer(ClaimKey key, string applicationId, string conversationId, string requestId, string claimId)
    {
        _key = key;
        _conversationId = conversationId;
        _requestId = requestId;
        _claimId = claimId;
        _info = AssociatedData.Build("SecureChat release v1", applicationId);
    }

    public ReleaseEnvelope Seal(string valueId, string fieldKey, ReadOnlySpan<byte> value) => Hpke.Seal(
        _key.PublicKey.Span,
        _info,
        AssociatedData.Build(_conversationId, _requestId, _claimId, valueId, fieldKey),
        value);

    public override string ToString() => nameof(ReleaseSealer);
}
