using System.Security.Cryptography;
using System.Text;

namespace SecureChat.AspNetCore;

/// <summary>A sensitive piece of a message that its policy seals, on its way from the masker to the vault. Pinned and zeroed on dispose.</summary>
internal sealed class KeptPiece : IDisposable
{
    private readonly byte[] _value;

    public KeptPiece(string kind, ReadOnlySpan<char> value)
    {
        Kind = kind;
        _value = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(value), pinned: true);
        Encoding.UTF8.GetBytes(value, _value);
    }

    public string Kind { get; }

    /// <summary>UTF-8, as it stood in the message.</summary>
    public ReadOnlyMemory<byte> Value => _value;

    public void Dispose() => CryptographicOperations.ZeroMemory(_value);

    public override string ToString() => nameof(KeptPiece);
}
