namespace SecureChat;

/// <summary>
/// Encrypts a value to the claiming browser's key (HPKE base mode, RFC 9180: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
/// AES-256-GCM), bound to conversation, request, claim, value and field. Given to a vault by SecureChat.
/// </summary>
public interface IReleaseSealer
{
    /// <summary>Seals one value. The caller zeroes <paramref name="value"/> afterwards.</summary>
    ReleaseEnvelope Seal(string valueId, string fieldKey, ReadOnlySpan<byte> value);
}
