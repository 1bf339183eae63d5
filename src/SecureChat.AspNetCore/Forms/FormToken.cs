using System.Diagnostics.CodeAnalysis;

namespace SecureChat.AspNetCore;

/// <summary>
/// What opens one form and nothing else: <c>conversationId.requestId.secret</c>. The ids say where to look and are no authority; the
/// secret is 256 random bits, of which the form's record keeps the SHA-256.
/// </summary>
internal static class FormToken
{
    public const int Length = (2 * (SecureChatId.Length + 1)) + ConversationToken.Length;

    private const char Separator = '.';

    public static string New(string conversationId, string requestId, out byte[] hash) =>
        $"{conversationId}{Separator}{requestId}{Separator}{ConversationToken.New(out hash)}";

    /// <summary>The parts of what may be a token. Whether it is one, the form's record says.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out string? conversationId,
        [NotNullWhen(true)] out string? requestId,
        [NotNullWhen(true)] out string? secret)
    {
        (conversationId, requestId, secret) = (null, null, null);
        if (text.Length != Length || text[SecureChatId.Length] != Separator || text[(2 * SecureChatId.Length) + 1] != Separator)
        {
            return false;
        }

        conversationId = text[..SecureChatId.Length];
        requestId = text.Substring(SecureChatId.Length + 1, SecureChatId.Length);
        secret = text[^ConversationToken.Length..];
        return SecureChatId.IsValid(conversationId) && SecureChatId.IsValid(requestId);
    }
}
