using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Forms;

/// <summary>What a form token looks like. Whether it is one, only the form's record can say.</summary>
public sealed class FormTokenFormatTests
{
    [Fact]
    public void A_token_names_its_form_and_carries_256_bits_of_which_the_hash_is_kept()
    {
        (string conversationId, string requestId) = (SecureChatId.New(), SecureChatId.New());
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        for (int number = 0; number < 1000; number++)
        {
            string token = FormToken.New(conversationId, requestId, out byte[] hash);
            Assert.Equal(FormToken.Length, token.Length);
            Assert.True(FormToken.TryParse(token, out string? conversation, out string? request, out string? secret));
            Assert.Equal((conversationId, requestId), (conversation, request));
            Assert.True(ConversationToken.Matches(secret, hash));
            Assert.Equal(32, hash.Length);
            Assert.True(secrets.Add(secret));
        }
    }

    [Fact]
    public void What_is_one_character_off_in_shape_is_no_token_and_nothing_throws()
    {
        string token = FormToken.New(SecureChatId.New(), SecureChatId.New(), out _);
        string[] shapes =
        [
            "", ".", "..", token[1..], token[..^1], token + "A", token.Replace('.', '-'), token.Replace('.', '/'), token.ToUpperInvariant(),
            "u" + token[1..], token[..27] + "U" + token[28..], new string('.', FormToken.Length), new string('0', FormToken.Length), new string('x', 100_000),
        ];
        Assert.All(shapes, static shape =>
        {
            Assert.False(FormToken.TryParse(shape, out string? conversation, out string? request, out string? secret), shape.Length > 200 ? "long" : shape);
            Assert.True(conversation is null || secret is not null);
        });

        // In the secret only the comparison decides.
        Assert.True(FormToken.TryParse(token[..^1] + "!", out _, out _, out string? odd));
        Assert.False(ConversationToken.Matches(odd, new byte[32]));
    }
}
