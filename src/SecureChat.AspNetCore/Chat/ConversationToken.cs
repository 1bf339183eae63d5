using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>The visitor's bearer token: 256 random bits as base64url, of which only the SHA-256 is kept.</summary>
internal static class ConversationToken
{
    public const int Length = 43;

    private const int Bytes = 32;

    /// <summary>Compared with when there is no such conversation, so that a miss costs what a wrong token costs (E50).</summary>
    private static readonly byte[] NobodysHash = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    public static string New(out byte[] hash)
    {
        Span<byte> token = stackalloc byte[Bytes];
        try
        {
            RandomNumberGenerator.Fill(token);
            hash = SHA256.HashData(token);
            return Base64Url.EncodeToString(token);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(token);
        }
    }

    /// <summary>Whether a caller's text is the token behind <paramref name="hash"/>. The same work for every answer.</summary>
    public static bool Matches(string? text, byte[]? hash)
    {
        Span<byte> token = stackalloc byte[Bytes];
        Span<byte> actual = stackalloc byte[SHA256.HashSizeInBytes];
        try
        {
            bool isToken = text is { Length: Length }
                && Base64Url.DecodeFromChars(text, token, out _, out int written) == OperationStatus.Done && written == Bytes;
            SHA256.HashData(token, actual);
            bool isEqual = CryptographicOperations.FixedTimeEquals(actual, hash ?? NobodysHash);
            return isToken & isEqual & hash is not null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(token);
            CryptographicOperations.ZeroMemory(actual);
        }
    }
}
