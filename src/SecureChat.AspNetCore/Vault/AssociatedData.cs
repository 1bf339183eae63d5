using System.Buffers.Binary;
using System.Text;

namespace SecureChat.AspNetCore;

/// <summary>
/// Canonical associated data: every part is its length (4 bytes, big-endian) and its UTF-8 bytes. The first part names purpose
/// and format version. Parts are never joined by separators: ("ab", "c") and ("a", "bc") must not be the same bytes, or a row
/// could be moved to a place whose names happen to join to the same text.
/// </summary>
internal static class AssociatedData
{
    // Strict: with replacement characters two different texts would become the same bytes.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Build(params ReadOnlySpan<string> parts)
    {
        int length = 0;
        foreach (string part in parts)
        {
            ArgumentNullException.ThrowIfNull(part);
            length = checked(length + sizeof(int) + StrictUtf8.GetByteCount(part));
        }

        byte[] result = new byte[length];
        Span<byte> rest = result;
        foreach (string part in parts)
        {
            int written = StrictUtf8.GetBytes(part, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(rest, written);
            rest = rest[(sizeof(int) + written)..];
        }

        return result;
    }
}
