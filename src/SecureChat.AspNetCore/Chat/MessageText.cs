using System.Text;

namespace SecureChat.AspNetCore;

/// <summary>What a message may be before anybody looks at what it says.</summary>
internal static class MessageText
{
    /// <summary>Why the text is refused, or <see langword="null"/>.</summary>
    public static SecureChatError? Check(string? text, int maxBytes)
    {
        // A character is at least one byte: this spares counting the bytes of what is too long anyway.
        if (text is null || text.Length > maxBytes)
        {
            return text is null ? SecureChatErrors.InvalidRequest : SecureChatErrors.TooLarge;
        }

        if (string.IsNullOrWhiteSpace(text) || HasLoneSurrogate(text))
        {
            return SecureChatErrors.InvalidRequest;
        }

        foreach (char character in text)
        {
            if (char.IsControl(character) && character is not ('\n' or '\t'))
            {
                return SecureChatErrors.InvalidRequest;
            }
        }

        return Encoding.UTF8.GetByteCount(text) > maxBytes ? SecureChatErrors.TooLarge : null;
    }

    /// <summary>Half a character: encoders disagree about it, so that what is checked is not what is stored.</summary>
    public static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (int at = 0; at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at]))
            {
                continue;
            }

            if (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]))
            {
                at++;
                continue;
            }

            return true;
        }

        return false;
    }
}
