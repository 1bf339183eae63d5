using System.Security.Cryptography;
using System.Text;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

public sealed class HpkeTests
{
    // RFC 9180, P-256 base mode. The AES-128-GCM set is appendix A.3.1; the AES-256-GCM set is from the test vectors published with
    // the RFC, which are more than its appendix prints.
    private const string SkEphemeral256 = "90345e3a1d116c1dd39ae76d95ab858c142223a63e44f8f85318cfa91a84858e";
    private const string SkRecipient256 = "317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2";
    private const string PkRecipient256 = "04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f853148544876de76c0f2ef99cdc3a05ccf5ded7860c7c021238f9e2073d2356c";
    private const string Enc256 = "04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331a4f1f7d5a4e0";

    [Theory]
    [InlineData(
        Hpke.Aes128Gcm,
        "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
        "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
        "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
        "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
        "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434")]
    [InlineData(
        Hpke.Aes256Gcm,
        SkEphemeral256,
        SkRecipient256,
        PkRecipient256,
        Enc256,
        "58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f")]
    public void Known_answers_of_RFC_9180(int aead, string ephemeralKey, string recipientKey, string recipientPoint, string enc, string ciphertext)
    {
        byte[] info = Encoding.ASCII.GetBytes("Ode on a Grecian Urn");
        byte[] aad = Encoding.ASCII.GetBytes("Count-0");
        byte[] plaintext = Encoding.ASCII.GetBytes("Beauty is truth, truth beauty");
        using ECDiffieHellman ephemeral = Key(ephemeralKey);
        using ECDiffieHellman recipient = Key(recipientKey);

        ReleaseEnvelope envelope = Hpke.Seal(ephemeral, Convert.FromHexString(recipientPoint), info, aad, plaintext, (ushort)aead);

        Assert.Equal(enc, Convert.ToHexStringLower(envelope.EncapsulatedKey.Span));
        Assert.Equal(ciphertext, Convert.ToHexStringLower(envelope.Ciphertext.Span));
        Assert.Equal(plaintext, Hpke.Open(recipient, envelope.EncapsulatedKey.Span, info, aad, envelope.Ciphertext.Span, (ushort)aead));
    }

    [Fact]
    public void A_release_has_the_bytes_that_are_documented_for_clients()
    {
        // Made by another implementation from docs/cryptography.md; the npm packages hpke and @hpke/core open it.
        using ECDiffieHellman ephemeral = Key(SkEphemeral256);
        ReleaseEnvelope envelope = Hpke.Seal(
            ephemeral,
            Convert.FromHexString(PkRecipient256),
            AssociatedData.Build("SecureChat release v1", "shop"),
            AssociatedData.Build("conversation-1", "request-1", "claim-1", "value-1", "pan"),
            "4242424242424242"u8);

        Assert.Equal("9353543ad5c758c0fff72c4c9753a797015d971f9d3b06f718b6efbc71c8a4e3", Convert.ToHexStringLower(envelope.Ciphertext.Span));
    }

    [Fact]
    public void The_sealer_binds_application_conversation_request_claim_value_and_field()
    {
        using ECDiffieHellman recipient = Key(SkRecipient256);
        Assert.True(Hpke.TryParseClaimKey(Convert.FromHexString(PkRecipient256), out ClaimKey? key));
        ReleaseEnvelope envelope = new ReleaseSealer(key, "shop", "conversation-1", "request-1", "claim-1").Seal("value-1", "pan", "4242424242424242"u8);

        byte[] Open(string application, params string[] rest) => Hpke.Open(
            recipient,
            envelope.EncapsulatedKey.Span,
            AssociatedData.Build("SecureChat release v1", application),
            AssociatedData.Build(rest),
            envelope.Ciphertext.Span);

        Assert.Equal("4242424242424242"u8, Open("shop", "conversation-1", "request-1", "claim-1", "value-1", "pan"));
        Assert.ThrowsAny<CryptographicException>(() => Open("other", "conversation-1", "request-1", "claim-1", "value-1", "pan"));
        for (int i = 0; i < 5; i++)
        {
            string[] parts = ["conversation-1", "request-1", "claim-1", "value-1", "pan"];
            parts[i] += "x";
            Assert.ThrowsAny<CryptographicException>(() => Open("shop", parts));
        }
    }

    [Fact]
    public void Every_changed_bit_is_refused()
    {
        using var recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        ReleaseEnvelope envelope = Hpke.Seal(PointOf(recipient), "info"u8, "aad"u8, "value"u8);
        byte[] enc = envelope.EncapsulatedKey.ToArray();
        byte[] ciphertext = envelope.Ciphertext.ToArray();
        Assert.Equal("value"u8, Hpke.Open(recipient, enc, "info"u8, "aad"u8, ciphertext));

        for (int i = 0; i < (enc.Length + ciphertext.Length) * 8; i++)
        {
            byte[] target = i < enc.Length * 8 ? enc : ciphertext;
            int bit = i < enc.Length * 8 ? i : i - (enc.Length * 8);
            target[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.ThrowsAny<CryptographicException>(() => Hpke.Open(recipient, enc, "info"u8, "aad"u8, ciphertext));
            target[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.ThrowsAny<CryptographicException>(() => Hpke.Open(recipient, enc, "info"u8, "aad"u8, ciphertext.AsSpan(..^1)));
        Assert.ThrowsAny<CryptographicException>(() => Hpke.Open(recipient, enc, "info"u8, "aad"u8, []));
    }

    [Fact]
    public void Another_key_does_not_open_and_no_two_seals_are_alike()
    {
        using var recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        ReleaseEnvelope first = Hpke.Seal(PointOf(recipient), "i"u8, "a"u8, "value"u8);
        ReleaseEnvelope second = Hpke.Seal(PointOf(recipient), "i"u8, "a"u8, "value"u8);

        Assert.False(first.EncapsulatedKey.Span.SequenceEqual(second.EncapsulatedKey.Span));
        Assert.False(first.Ciphertext.Span.SequenceEqual(second.Ciphertext.Span));
        Assert.ThrowsAny<CryptographicException>(() => Hpke.Open(other, first.EncapsulatedKey.Span, "i"u8, "a"u8, first.Ciphertext.Span));
    }

    [Fact]
    public void An_info_longer_than_any_buffer_works()
    {
        using var recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        byte[] info = RandomNumberGenerator.GetBytes(5000);
        ReleaseEnvelope envelope = Hpke.Seal(PointOf(recipient), info, [], []);
        Assert.Empty(Hpke.Open(recipient, envelope.EncapsulatedKey.Span, info, [], envelope.Ciphertext.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")] // the point at infinity in SEC 1
    [InlineData("0400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("02fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82")] // compressed
    [InlineData("06fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0")] // hybrid
    [InlineData("04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea1")] // off the curve
    [InlineData("046a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82")] // x and y exchanged
    [InlineData("04ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff6a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0")] // x not below p
    [InlineData("04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")] // y not below p
    [InlineData("04ffffffff00000001000000000000000000000000ffffffffffffffffffffffff66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4")] // x = p, y = sqrt(b)
    [InlineData("04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea000")] // a byte too many
    public void A_claim_key_that_is_no_point_on_the_curve_is_refused(string point)
    {
        byte[] bytes = Convert.FromHexString(point);
        Assert.False(Hpke.TryParseClaimKey(bytes, out ClaimKey? key));
        Assert.Null(key);
        Assert.ThrowsAny<CryptographicException>(() => Hpke.Seal(bytes, [], [], "value"u8));
    }

    [Fact]
    public void A_point_on_the_curve_is_a_claim_key()
    {
        for (int i = 0; i < 50; i++)
        {
            using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            Assert.True(Hpke.TryParseClaimKey(PointOf(key), out ClaimKey? claimKey));
            Assert.Equal(PointOf(key), claimKey.PublicKey.ToArray());
        }

        // x = 0 has the root of b as y, and is a point like any other.
        Assert.True(Hpke.TryParseClaimKey(
            Convert.FromHexString("04" + new string('0', 64) + "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"), out _));
    }

    [Fact]
    public void A_claim_key_does_not_follow_the_callers_buffer()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        byte[] buffer = PointOf(key);
        Assert.True(Hpke.TryParseClaimKey(buffer, out ClaimKey? claimKey));
        buffer.AsSpan().Clear();
        Assert.Equal(PointOf(key), claimKey.PublicKey.ToArray());
    }

    internal static byte[] PointOf(ECDiffieHellman key)
    {
        byte[] point = new byte[65];
        P256Point.Export(key, point);
        return point;
    }

    private static ECDiffieHellman Key(string d) =>
        ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Convert.FromHexString(d) });
}
