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

    [Fact]
    public void The_id_of_a_fact_is_the_same_whoever_tells_it_and_another_for_every_other_fact()
    {
        string id = SecureChatId.New();
        Assert.Equal(SecureChatId.Derive(id, 7), SecureChatId.Derive(id, 7));
        Assert.True(SecureChatId.IsValid(SecureChatId.Derive(id, 7)));
        string[] ids = [.. Enumerable.Range(0, 1000).Select(number => SecureChatId.Derive(id, number)), SecureChatId.Derive(SecureChatId.New(), 7)];
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789abcdefghjkmnpqr")]
    [InlineData("0123456789ABCDEFGHJKMNPQRS")]
    [InlineData("../../../../../../../etc/p")]
    public void Text_that_is_no_id_is_refused(string? text) => Assert.False(SecureChatId.IsValid(text));
}
