using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SecureChat.Stores.Tests.Conformance;

/// <summary>A key provider that keeps every clause, until one of its steps is replaced by one that breaks one.</summary>
internal sealed class KeySaboteur(byte[] ring) : IKeyEncryptionProvider, IDisposable
{
    private bool _isDisposed;

    /// <summary>One saboteur for every clause that one provider alone can break.</summary>
    public static IReadOnlyList<(string Clause, string Fault, Func<byte[], KeySaboteur> Make)> All { get; } =
    [
        ("KEY-001", "answers another key", static ring => new(ring) { OnUnwrap = static (self, wrapped, context, token) => Changed(self.Open(wrapped, context, token)) }),
        ("KEY-002", "adds a checksum that is a piece of the key", static ring => new(ring)
        {
            OnWrap = static (self, key, context, token) => [.. self.Seal(key, context, token), .. key.Span[..8]],
            OnUnwrap = static (self, wrapped, context, token) =>
            {
                byte[] key = self.Open(wrapped[..Math.Max(0, wrapped.Length - 8)], context, token);
                return key.AsSpan(0, 8).SequenceEqual(wrapped.Span[^8..]) ? key : throw new CryptographicException("No.");
            },
        }),
        ("KEY-003", "does not bind the context", static ring => new(ring)
        {
            OnWrap = static (self, key, _, token) => self.Seal(key, "all", token),
            OnUnwrap = static (self, wrapped, _, token) => self.Open(wrapped, "all", token),
        }),
        ("KEY-004", "has a byte that nobody checks", static ring => new(ring)
        {
            OnWrap = static (self, key, context, token) => [1, .. self.Seal(key, context, token)],
            OnUnwrap = static (self, wrapped, context, token) => self.Open(wrapped.IsEmpty ? wrapped : wrapped[1..], context, token),
        }),
        ("KEY-005", "calls foreign bytes an outage", static ring => new(ring)
        {
            OnUnwrap = static (self, wrapped, context, token) => wrapped.Length < 40 ? throw new InvalidOperationException("No.") : self.Open(wrapped, context, token),
        }),
        ("KEY-007", "keeps the key of the last caller", static ring => new(ring) { OnUnwrapAsync = Shared() }),
        ("KEY-008", "ignores the token", static ring => new(ring)
        {
            OnWrap = static (self, key, context, _) => self.Seal(key, context, CancellationToken.None),
            OnUnwrap = static (self, wrapped, context, _) => self.Open(wrapped, context, CancellationToken.None),
        }),
        ("KEY-009", "names its server", static ring => new(ring) { Name = "https://keys.example" }),
        ("KEY-010", "shows the key in its text", static ring => new(ring)
        {
            OnUnwrap = static (self, wrapped, context, token) =>
            {
                byte[] key = self.Open(wrapped, context, token);
                self.Text = Convert.ToHexString(key);
                return key;
            },
        }),
        ("KEY-011", "zeroes the caller's key", static ring => new(ring)
        {
            OnWrap = static (self, key, context, token) =>
            {
                byte[] wrapped = self.Seal(key, context, token);
                Assert.True(MemoryMarshal.TryGetArray(key, out ArraySegment<byte> array));
                CryptographicOperations.ZeroMemory(array);
                return wrapped;
            },
        }),
        ("KEY-012", "throws when it is disposed twice", static ring => new(ring) { IsStrict = true }),
    ];

    public string Name { get; init; } = "saboteur";

    public Func<KeySaboteur, ReadOnlyMemory<byte>, string, CancellationToken, byte[]>? OnWrap { get; init; }

    public Func<KeySaboteur, ReadOnlyMemory<byte>, string, CancellationToken, byte[]>? OnUnwrap { get; init; }

    public Func<KeySaboteur, ReadOnlyMemory<byte>, string, CancellationToken, Task<byte[]>>? OnUnwrapAsync { get; init; }

    public bool IsStrict { get; init; }

    private string Text { get; set; } = nameof(KeySaboteur);

    public async ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return OnWrap?.Invoke(this, key, context, cancellationToken) ?? Seal(key, context, cancellationToken);
    }

    public async ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return OnUnwrapAsync is { } instead
            ? await instead(this, wrapped, context, cancellationToken)
            : OnUnwrap?.Invoke(this, wrapped, context, cancellationToken) ?? Open(wrapped, context, cancellationToken);
    }

    public void Dispose()
    {
        ObjectDisposedException.ThrowIf(IsStrict && _isDisposed, this);
        _isDisposed = true;
    }

    public override string ToString() => Text;

    private static byte[] Changed(byte[] key)
    {
        key[0] ^= 1;
        return key;
    }

    private static Func<KeySaboteur, ReadOnlyMemory<byte>, string, CancellationToken, Task<byte[]>> Shared()
    {
        byte[] last = [];
        return async (self, wrapped, context, token) =>
        {
            last = self.Open(wrapped, context, token);
            await Task.Delay(1, token);
            return [.. last];
        };
    }

    private byte[] Seal(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] nonce = RandomNumberGenerator.GetBytes(12), output = new byte[key.Length], tag = new byte[16];
        using var aes = new AesGcm(ring, 16);
        aes.Encrypt(nonce, key.Span, output, tag, Encoding.UTF8.GetBytes(context));
        return [.. nonce, .. output, .. tag];
    }

    private byte[] Open(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (wrapped.Length != 60)
        {
            throw new CryptographicException("Not mine.");
        }

        byte[] key = new byte[32];
        using var aes = new AesGcm(ring, 16);
        aes.Decrypt(wrapped.Span[..12], wrapped.Span[12..^16], wrapped.Span[^16..], key, Encoding.UTF8.GetBytes(context));
        return key;
    }
}
