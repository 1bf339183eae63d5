using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace SecureChat.AspNetCore;

/// <summary>
/// One answer while it is checked: the characters as typed (trimmed, except secrets) and normalised. FluentValidation keeps a
/// reference to what it checks; this class prints its type only and its memory is zeroed when the check is over.
/// </summary>
internal sealed class FieldAnswer : IDisposable
{
    private readonly char[] _characters;
    private readonly char[] _normalised;
    private readonly int _start;
    private readonly int _length;
    private readonly int _normalisedLength;

    private FieldAnswer(SecureFormField field, char[] characters, int length, DateTimeOffset now)
    {
        Field = field;
        _characters = characters;
        (_start, _length) = field.Type == FormFieldType.Secret ? (0, length) : Trim(characters.AsSpan(0, length));
        _normalised = GC.AllocateArray<char>(_length + FieldNormaliser.Growth, pinned: true);
        _normalisedLength = FieldNormaliser.Normalise(field.Type, Text, _normalised, now);
    }

    public SecureFormField Field { get; }

    /// <summary>As typed, without the white space around it (a secret: with it).</summary>
    public ReadOnlySpan<char> Text => _characters.AsSpan(_start, _length);

    /// <summary>In the one spelling that is sealed.</summary>
    public ReadOnlySpan<char> Value => _normalised.AsSpan(0, _normalisedLength);

    /// <summary><see langword="null"/> when the bytes are not UTF-8.</summary>
    public static FieldAnswer? TryDecode(SecureFormField field, ReadOnlySpan<byte> utf8, DateTimeOffset now)
    {
        char[] characters = GC.AllocateArray<char>(utf8.Length, pinned: true);
        if (Utf8.ToUtf16(utf8, characters, out _, out int written, replaceInvalidSequences: false) != System.Buffers.OperationStatus.Done)
        {
            Zero(characters);
            return null;
        }

        return new FieldAnswer(field, characters, written, now);
    }

    /// <summary>The normalised value as UTF-8, in pinned memory that the caller zeroes.</summary>
    public byte[] ToUtf8()
    {
        byte[] value = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(Value), pinned: true);
        Encoding.UTF8.GetBytes(Value, value);
        return value;
    }

    public void Dispose()
    {
        Zero(_characters);
        Zero(_normalised);
    }

    public override string ToString() => nameof(FieldAnswer);

    private static (int Start, int Length) Trim(ReadOnlySpan<char> text)
    {
        int start = text.Length - text.TrimStart().Length;
        return (start, text.Trim().Length);
    }

    private static void Zero(char[] characters) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(characters.AsSpan()));
}
