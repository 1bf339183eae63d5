using System.Security.Cryptography;
using SecureChat.AspNetCore;

namespace SecureChat.Benchmarks;

/// <summary>Sealing one value, beside the same primitives called by hand.</summary>
internal static class SealBenchmark
{
    private const int Length = 512;
    private const double Budget = 2;

    private static byte[] _sink = [];

    public static IEnumerable<Row> Run(Scale scale)
    {
        byte[] key = RandomNumberGenerator.GetBytes(ValueCipher.ReleaseKeyLength);
        byte[] value = RandomNumberGenerator.GetBytes(Length);
        byte[] data = Context(key).ForValue.ToArray();

        // Every value has a place of its own, so its context is made anew.
        Action<int> seal = Loop(() => ValueCipher.Seal(key, Context(key), value));
        Action<int> hand = Loop(() => ByHand(key, data, value));
        yield return Line(Row.Text($"seal {Length} B"), "HKDF and AES-GCM by hand", Pair.Measure(hand, seal, scale), Budget);
        yield return Line(Row.Text($"seal {Length} B, beside the cipher alone"), "AES-256-GCM alone, no key derived", Pair.Measure(Loop(() => Bare(key, data, value)), seal, scale), null);
        yield return Line("A/A, processor time", "HKDF and AES-GCM by hand", Pair.Measure(hand, Loop(() => ByHand(key, data, value)), scale), null);
    }

    private static Row Line(string name, string baseline, Pair pair, double? budget) => new()
    {
        Name = name,
        Samples = pair.Samples,
        Baseline = $"{baseline}: {pair.BaselineTime}",
        Subject = pair.SubjectTime,
        Ratio = pair.Times,
        Budget = budget is null ? "" : Row.Text($"<= {budget}x"),
        IsOk = budget is null || pair.Ratio <= budget,
    };

    private static Action<int> Loop(Func<byte[]> run) => count =>
    {
        for (int i = 0; i < count; i++)
        {
            _sink = run();
        }
    };

    /// <summary>Nonce, ciphertext, tag under one key: no derivation, no commitment to the key.</summary>
    private static byte[] Bare(byte[] key, byte[] data, byte[] value)
    {
        const int Nonce = 12;
        const int Tag = 16;
        byte[] output = new byte[Nonce + value.Length + Tag];
        RandomNumberGenerator.Fill(output.AsSpan(0, Nonce));
        using var aes = new AesGcm(key.AsSpan(0, 32), Tag);
        aes.Encrypt(output.AsSpan(0, Nonce), value, output.AsSpan(Nonce, value.Length), output.AsSpan(Nonce + value.Length), data);
        return output;
    }

    private static ValueContext Context(byte[] key) => new()
    {
        ApplicationId = "benchmarks",
        ConversationId = "0123456789abcdefghjkmnpqrs",
        RequestId = "abcdefghjkmnpqrstvwxyz0123",
        ValueId = "mnpqrstvwxyz0123456789abcd",
        FieldKey = "pan",
        DataClass = DataClass.AccountData,
        Policy = key.Length > 0 ? "1767225600000/window" : "",
    };

    /// <summary>Salt, derived key, nonce, ciphertext, tag: what one writes with the primitives at hand.</summary>
    private static byte[] ByHand(byte[] releaseKey, byte[] data, byte[] value)
    {
        const int Salt = 32;
        const int Nonce = 12;
        const int Tag = 16;
        byte[] output = new byte[Salt + Nonce + value.Length + Tag];
        Span<byte> rest = output;
        RandomNumberGenerator.Fill(rest[..(Salt + Nonce)]);
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, releaseKey, key, rest[..Salt], data);
        using var aes = new AesGcm(key, Tag);
        aes.Encrypt(rest.Slice(Salt, Nonce), value, rest.Slice(Salt + Nonce, value.Length), rest[^Tag..], data);
        CryptographicOperations.ZeroMemory(key);
        return output;
    }
}
