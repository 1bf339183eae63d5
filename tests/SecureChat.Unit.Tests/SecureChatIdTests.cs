using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests;

public sealed class SecureChatIdTests
{
    [Fact]
    public void New_ids_are_valid_and_distinct()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 10_000; i++)
        {
            string id = SecureChatId.New();
            Assert.True(SecureChatId.IsValid(id));
            Assert.True(seen.Add(id));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789abcdefghjkmnpqr")]
    [InlineData("0123456789ABCDEFGHJKMNPQRS")]
    [InlineData("../../../../../../../etc/p")]
    public void Text_that_is_no_id_is_refused(string? text) => Assert.False(SecureChatId.IsValid(text));
}
