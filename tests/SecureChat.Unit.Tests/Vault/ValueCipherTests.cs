using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

public sealed class ValueCipherTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    private delegate byte[] Sealer(byte[] key, ValueContext context, byte[] value);

    private delegate bool Opener(byte[] key, ValueContext context, byte[] sealedValue, out byte[] value);

    [Fact]
    public void Known_answer_of_the_documented_format()
    {
        // Made by another implementation (Python, cryptography) from docs/cryptography.md.
        byte[] salt = [.. Enumerable.Range(32, 32).Select(static i => (byte)i)];
        byte[] sealedValue = ValueCipher.Seal(Key, Context(), "4242424242424242"u8, salt);

        Assert.Equal(
            "53435631202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f098c7b4cf020c98f0f00650a0dd130240ef117f1d41c97d6e94d7184e72bdcdce07878280"
            + "4d32e0ba9970cd9825e260235d723dc194e978a0d3f932c72a8f04a3aa3616f2d71cefbbdc1a687577e52a812f7ef6ded403d5a0002d6618727f4b9d384538e2a224efce759bce1998b0571",
            Convert.ToHexStringLower(sealedValue));
        Assert.True(ValueCipher.TryOpen(Key, Context(), sealedValue, out byte[] value));
        Assert.Equal("4242424242424242"u8, value);
        Assert.Equal(
            "1347b2b2800bf9b5e09049093b475e53e7b910ce992cc3f37782c589017c2803",
            Convert.ToHexStringLower(ValueCipher.Fingerprint(Key, Context(), "4242424242424242"u8)));
    }

    [Fact]
    public void What_is_sealed_opens_to_the_same_bytes_whatever_they_are() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(
            Arb.From(Gen.ArrayOf(Gen.Choose(0, 255).Select(static i => (byte)i))),
            static bytes => ValueCipher.TryOpen(Key, Context(), ValueCipher.Seal(Key, Context(), bytes), out byte[] value) && value.AsSpan().SequenceEqual(bytes)));

    [Theory]
    [InlineData(0)]
    [InlineData(59)]
    [InlineData(60)]
    [InlineData(61)]
    [InlineData(1020)]
    [InlineData(1021)]
    [InlineData(70_000)]
    public void Lengths_at_the_borders_of_padding_and_buffers_work(int length)
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(length);
        Assert.True(ValueCipher.TryOpen(Key, Context(), ValueCipher.Seal(Key, Context(), bytes), out byte[] value));
        Assert.Equal(bytes, value);
    }

    [Fact]
    public void The_length_of_a_short_value_does_not_show()
    {
        int[] lengths = [.. Enumerable.Range(0, 61).Select(static length => ValueCipher.Seal(Key, Context(), new byte[length]).Length).Distinct()];
        Assert.Single(lengths);
        Assert.NotEqual(lengths[0], ValueCipher.Seal(Key, Context(), new byte[61]).Length);
    }

    [Fact]
    public void The_same_value_is_never_sealed_to_the_same_bytes()
    {
        byte[] first = ValueCipher.Seal(Key, Context(), "123"u8);
        byte[] second = ValueCipher.Seal(Key, Context(), "123"u8);
        Assert.False(first.AsSpan(36).SequenceEqual(second.AsSpan(36)));
        Assert.Equal(-1, first.AsSpan().IndexOf("123"u8));
    }

    [Fact]
    public void Every_changed_byte_and_every_cut_is_refused()
    {
        byte[] sealedValue = ValueCipher.Seal(Key, Context(), "4242424242424242"u8);
        for (int i = 0; i < sealedValue.Length; i++)
        {
            foreach (byte flip in new byte[] { 0x01, 0x80, 0xff })
            {
                byte[] changed = [.. sealedValue];
                changed[i] ^= flip;
                Assert.False(ValueCipher.TryOpen(Key, Context(), changed, out byte[] value));
                Assert.Empty(value);
            }

            Assert.False(ValueCipher.TryOpen(Key, Context(), sealedValue.AsSpan(0, i), out _));
        }

        Assert.False(ValueCipher.TryOpen(Key, Context(), [.. sealedValue, 0], out _));
        Assert.False(ValueCipher.TryOpen(Key, Context(), [.. sealedValue, .. new byte[64]], out _));
    }

    [Fact]
    public void Another_key_does_not_open()
    {
        byte[] sealedValue = ValueCipher.Seal(Key, Context(), "v"u8);
        for (int i = 0; i < Key.Length; i++)
        {
            byte[] other = [.. Key];
            other[i] ^= 1;
            Assert.False(ValueCipher.TryOpen(other, Context(), sealedValue, out _));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_of_another_length_is_a_fault(int length)
    {
        byte[] key = new byte[length];
        Assert.Equal("SC3002", Assert.Throws<SecureChatException>(() => ValueCipher.Seal(key, Context(), "v"u8)).Error.Code);
        Assert.Equal("SC3002", Assert.Throws<SecureChatException>(() => ValueCipher.TryOpen(key, Context(), new byte[200], out _)).Error.Code);
    }

    [Fact]
    public void E54_A_value_opens_only_in_its_own_place_and_policy() => Assert.Empty(PartsNotBound(
        static (key, context, value) => ValueCipher.Seal(key, context, value),
        static (byte[] key, ValueContext context, byte[] sealedValue, out byte[] value) => ValueCipher.TryOpen(key, context, sealedValue, out value)));

    [Fact]
    public void Saboteur_a_cipher_without_associated_data_is_caught_by_the_test_above()
    {
        // The same format; only the context is left out.
        ValueContext nowhere = Context();
        Assert.Equal(7, PartsNotBound(
            (key, _, value) => ValueCipher.Seal(key, nowhere, value),
            (byte[] key, ValueContext _, byte[] sealedValue, out byte[] value) => ValueCipher.TryOpen(key, nowhere, sealedValue, out value)).Count);
    }

    [Fact]
    public void Saboteur_joined_names_are_caught_by_the_test_above()
    {
        static ValueContext Joined(ValueContext context) => Context(
            application: context.ApplicationId + context.ConversationId + context.RequestId + context.ValueId + context.FieldKey + context.DataClass + context.Policy);
        Assert.NotEmpty(PartsNotBound(
            static (key, context, value) => ValueCipher.Seal(key, Joined(context), value),
            static (byte[] key, ValueContext context, byte[] sealedValue, out byte[] value) => ValueCipher.TryOpen(key, Joined(context), sealedValue, out value)));
    }

    [Fact]
    public void No_two_keys_open_one_ciphertext_even_when_it_was_built_for_both()
    {
        byte[] data = AssociatedData.Build("purpose v1", "place");
        byte[] otherKey = [.. Enumerable.Range(100, 32).Select(static i => (byte)i)];
        byte[] salt = RandomNumberGenerator.GetBytes(32);
        byte[] first = HKDF.DeriveKey(HashAlgorithmName.SHA256, Key, 76, salt, data);
        byte[] second = HKDF.DeriveKey(HashAlgorithmName.SHA256, otherKey, 76, salt, data);
        byte[] ciphertext = TwoKeyCiphertext.Build(first, second, data, out byte[] tag);

        // Saboteur: the same AES-256-GCM without the commitment opens under both keys, to two different texts.
        byte[] one = TwoKeyCiphertext.OpenWithoutCommitment(first, ciphertext, tag, data);
        byte[] two = TwoKeyCiphertext.OpenWithoutCommitment(second, ciphertext, tag, data);
        Assert.NotEqual(one, two);

        byte[] sealedValue = [.. "SCV1"u8, .. salt, .. first.AsSpan(44), .. ciphertext, .. tag];
        byte[] opened = new byte[ciphertext.Length];
        Assert.True(CommittedAead.TryOpen("SCV1"u8, 32, Key, data, sealedValue, opened));
        Assert.Equal(one, opened);
        Assert.False(CommittedAead.TryOpen("SCV1"u8, 32, otherKey, data, sealedValue, opened));
    }

    [Fact]
    public void Padding_that_the_sealer_would_not_write_is_refused()
    {
        foreach (Action<byte[]> spoil in new Action<byte[]>[]
        {
            static padded => padded[^1] = 1,
            static padded => BinaryPrimitives.WriteInt32BigEndian(padded, 61),
            static padded => BinaryPrimitives.WriteInt32BigEndian(padded, int.MaxValue),
            static padded => BinaryPrimitives.WriteInt32BigEndian(padded, -1),
        })
        {
            byte[] padded = new byte[64];
            BinaryPrimitives.WriteInt32BigEndian(padded, 3);
            spoil(padded);
            byte[] sealedValue = CommittedAead.Seal("SCV1"u8, 32, Key, Context().ForValue, padded);
            Assert.False(ValueCipher.TryOpen(Key, Context(), sealedValue, out byte[] value));
            Assert.Empty(value);
        }
    }

    [Fact]
    public void E55_A_fingerprint_recognises_a_value_only_with_its_key_and_place()
    {
        byte[] fingerprint = ValueCipher.Fingerprint(Key, Context(), "4242424242424242"u8);
        Assert.Equal(fingerprint, ValueCipher.Fingerprint(Key, Context(), "4242424242424242"u8));
        Assert.NotEqual(fingerprint, ValueCipher.Fingerprint(Key, Context(), "4242424242424243"u8));
        Assert.NotEqual(fingerprint, ValueCipher.Fingerprint(RandomNumberGenerator.GetBytes(32), Context(), "4242424242424242"u8));
        foreach ((_, ValueContext context) in Elsewhere())
        {
            Assert.NotEqual(fingerprint, ValueCipher.Fingerprint(Key, context, "4242424242424242"u8));
        }

        // Not a plain hash, which anybody could search.
        Assert.NotEqual(SHA256.HashData("4242424242424242"u8), fingerprint);
    }

    [Fact]
    public void A_context_says_nothing_but_its_id() => Assert.Equal("ValueContext value-1", Context().ToString());

    private static List<string> PartsNotBound(Sealer seal, Opener open)
    {
        byte[] sealedValue = seal(Key, Context(), "4242424242424242"u8.ToArray());
        Assert.True(open(Key, Context(), sealedValue, out byte[] value));
        Assert.Equal("4242424242424242", Encoding.ASCII.GetString(value));
        var unbound = new List<string>();
        foreach ((string part, ValueContext context) in Elsewhere())
        {
            if (open(Key, context, sealedValue, out _))
            {
                unbound.Add(part);
            }
        }

        return unbound;
    }

    private static IEnumerable<(string Part, ValueContext Context)> Elsewhere() =>
    [
        ("application", Context(application: "other")),
        ("conversation", Context(conversation: "conversation-2")),
        ("request", Context(request: "request-2")),
        ("value", Context(value: "value-2", field: "pan")),
        ("field and value, border moved", Context(value: "value-1p", field: "an")),
        ("data class", Context(dataClass: DataClass.General)),
        ("policy", Context(policy: "many")),
    ];

    private static ValueContext Context(
        string application = "shop",
        string conversation = "conversation-1",
        string request = "request-1",
        string value = "value-1",
        string field = "pan",
        DataClass dataClass = DataClass.AccountData,
        string policy = "once") => new()
        {
            ApplicationId = application,
            ConversationId = conversation,
            RequestId = request,
            ValueId = value,
            FieldKey = field,
            DataClass = dataClass,
            Policy = policy,
        };
}
