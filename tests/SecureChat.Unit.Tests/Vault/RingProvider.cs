using System.Security.Cryptography;
using System.Text;

namespace SecureChat.Unit.Tests.Vault;

/// <summary>A key service with a ring of its own. Two instances share keys only if they share the ring.</summary>
internal sealed class RingProvider(byte[] ring) : IKeyEncryptionProvider
{
    private int _wraps;

    public RingProvider()
        : this(RandomNumberGenerator.GetBytes(32))
    {
    }

    public string Name { get; init; } = "ring";

    public int Wraps => _wraps;

    public Func<byte[], ValueTask<byte[]>>? OnWrap { get; set; }

    public Func<ValueTask<byte[]>>? OnUnwrap { get; set; }

    public async ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _wraps);
        if (OnWrap is { } instead)
        {
            return await instead(key.ToArray());
        }

        byte[] nonce = RandomNumberGenerator.GetBytes(12);
        byte[] output = new byte[key.Length];
        byte[] tag = new byte[16];
        using var aes = new AesGcm(ring, 16);
        aes.Encrypt(nonce, key.Span, output, tag, Encoding.UTF8.GetBytes(context));
        return [.. nonce, .. output, .. tag];
    }

    public async ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken)
    {
        if (OnUnwrap is { } instead)
        {
            return await instead();
        }

        byte[] key = new byte[32];
        using var aes = new AesGcm(ring, 16);
        aes.Decrypt(wrapped.Span[..12], wrapped.Span[12..^16], wrapped.Span[^16..], key, Encoding.UTF8.GetBytes(context));
        return key;
    }
}
