using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SecureChat.Driver;

/// <summary>
/// What an agent's browser holds for one claim: a P-256 key made for it, and how to open what is encrypted to that key. Written from
/// RFC 9180 and docs/cryptography.md alone, without the product's code, so that both must be right for a value to appear.
/// </summary>
public sealed class ClaimingBrowser : IDisposable
{
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public string ClaimId { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));

    public string PublicKey => Base64Url.EncodeToString(Point(_key));

    public string Open(string applicationId, string conversationId, string requestId, string valueId, string fieldKey, string encapsulatedKey, string ciphertext)
    {
        byte[] enc = Base64Url.DecodeFromChars(encapsulatedKey);
        byte[] sealedBytes = Base64Url.DecodeFromChars(ciphertext);
        byte[] info = LengthPrefixed("SecureChat release v1", applicationId);
        byte[] aad = LengthPrefixed(conversationId, requestId, ClaimId, valueId, fieldKey);

        // Decap: DHKEM(P-256, HKDF-SHA256).
        using ECDiffieHellman sender = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = enc[1..33], Y = enc[33..] },
        });
        byte[] dh = _key.DeriveRawSecretAgreement(sender.PublicKey);
        byte[] kem = [.. "KEM"u8, 0x00, 0x10];
        byte[] eaePrk = LabeledExtract(kem, [], "eae_prk", dh);
        byte[] shared = LabeledExpand(kem, eaePrk, "shared_secret", [.. enc, .. Point(_key)], 32);

        // Key schedule, base mode.
        byte[] suite = [.. "HPKE"u8, 0x00, 0x10, 0x00, 0x01, 0x00, 0x02];
        byte[] context = [0, .. LabeledExtract(suite, [], "psk_id_hash", []), .. LabeledExtract(suite, [], "info_hash", info)];
        byte[] secret = LabeledExtract(suite, shared, "secret", []);
        byte[] key = LabeledExpand(suite, secret, "key", context, 32);
        byte[] nonce = LabeledExpand(suite, secret, "base_nonce", context, 12);

        byte[] plaintext = new byte[sealedBytes.Length - 16];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(nonce, sealedBytes.AsSpan(0, plaintext.Length), sealedBytes.AsSpan(plaintext.Length), plaintext, aad);
        return Encoding.UTF8.GetString(plaintext);
    }

    public void Dispose() => _key.Dispose();

    private static byte[] Point(ECDiffieHellman key)
    {
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        return [4, .. parameters.Q.X!, .. parameters.Q.Y!];
    }

    private static byte[] LabeledExtract(byte[] suite, byte[] salt, string label, byte[] ikm) =>
        HKDF.Extract(HashAlgorithmName.SHA256, [.. "HPKE-v1"u8, .. suite, .. Encoding.ASCII.GetBytes(label), .. ikm], salt);

    private static byte[] LabeledExpand(byte[] suite, byte[] prk, string label, byte[] info, int length)
    {
        byte[] size = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)length);
        return HKDF.Expand(HashAlgorithmName.SHA256, prk, length, [.. size, .. "HPKE-v1"u8, .. suite, .. Encoding.ASCII.GetBytes(label), .. info]);
    }

    private static byte[] LengthPrefixed(params string[] parts)
    {
        var bytes = new List<byte>();
        foreach (string part in parts)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(part);
            byte[] size = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(size, utf8.Length);
            bytes.AddRange(size);
            bytes.AddRange(utf8);
        }

        return [.. bytes];
    }
}
