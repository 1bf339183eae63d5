using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

/// <summary>
/// The published Wycheproof files against what we build on. They are not part of this repository: the tests read them from the
/// folder that the environment variable SECURECHAT_VECTORS names and return at once when it is not set. The hand-written known
/// answers beside them always run.
/// </summary>
public sealed class WycheproofTests
{
    [Fact]
    public void AES_GCM_with_the_only_nonce_length_we_use() => Run("wycheproof_aes_gcm.json", 150, static (group, test) =>
    {
        if (group.GetProperty("ivSize").GetInt32() != 96 || group.GetProperty("tagSize").GetInt32() != 128)
        {
            return null;
        }

        byte[] ciphertext = Hex(test, "ct");
        byte[] plaintext = new byte[ciphertext.Length];
        try
        {
            using var aes = new AesGcm(Hex(test, "key"), 16);
            aes.Decrypt(Hex(test, "iv"), ciphertext, Hex(test, "tag"), plaintext, Hex(test, "aad"));
            return plaintext.AsSpan().SequenceEqual(Hex(test, "msg"));
        }
        catch (CryptographicException)
        {
            return false;
        }
    });

    [Fact]
    public void HKDF_SHA256() => Run("wycheproof_hkdf_sha256.json", 80, static (_, test) =>
    {
        int size = test.GetProperty("size").GetInt32();
        try
        {
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, Hex(test, "ikm"), size, Hex(test, "salt"), Hex(test, "info")).AsSpan().SequenceEqual(Hex(test, "okm"));
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    });

    [Fact]
    public void HMAC_SHA256_whole_and_truncated() => Run("wycheproof_hmac_sha256.json", 170, static (group, test) =>
        HMACSHA256.HashData(Hex(test, "key"), Hex(test, "msg")).AsSpan(0, group.GetProperty("tagSize").GetInt32() / 8).SequenceEqual(Hex(test, "tag")));

    [Fact]
    public void ECDH_P256_through_the_check_of_claim_keys() => Run("wycheproof_ecdh_secp256r1_webcrypto.json", 350, static (_, test) =>
    {
        byte[] point = [4, .. Url(test.GetProperty("public"), "x"), .. Url(test.GetProperty("public"), "y")];
        if (!Hpke.TryParseClaimKey(point, out ClaimKey? key) || key is null)
        {
            return false;
        }

        // A point that is on P-256 but was labelled with another curve is one a browser cannot send us: we are given bare points.
        if (test.GetProperty("public").GetProperty("crv").GetString() != "P-256")
        {
            return null;
        }

        using ECDiffieHellman peer = P256Point.Import(point);
        using var own = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Url(test.GetProperty("private"), "d"),
        });
        using ECDiffieHellmanPublicKey peerPublic = peer.PublicKey;
        return own.DeriveRawSecretAgreement(peerPublic).AsSpan().SequenceEqual(Hex(test, "shared"));
    });

    private static void Run(string file, int atLeast, Func<JsonElement, JsonElement, bool?> accepts)
    {
        if (Environment.GetEnvironmentVariable("SECURECHAT_VECTORS") is not { Length: > 0 } folder)
        {
            return;
        }

        int run = 0;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, file)));
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                if (accepts(group, test) is not { } accepted)
                {
                    continue;
                }

                run++;
                bool expected = test.GetProperty("result").GetString() != "invalid";
                Assert.True(expected == accepted, $"{file}, case {test.GetProperty("tcId").GetInt32()}: {test.GetProperty("comment").GetString()}");
            }
        }

        Assert.True(run >= atLeast, $"{file}: only {run} cases were run");
    }

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    private static byte[] Url(JsonElement element, string name) => Base64Url.DecodeFromChars(element.GetProperty(name).GetString());
}
