using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Agents;

public sealed class AgentNameTests
{
    [Theory]
    [InlineData("Ada Lovelace", true)]
    [InlineData("ada@example.com", true)]
    [InlineData("Ada +44 20 7946 0958", true)]
    [InlineData("", true)]
    [InlineData("Ada 4242 4242 4242 4242", false)]
    [InlineData("ada4242424242424242@example.com 4242-4242-4242-4242", false)]
    [InlineData("Ada, ssn 512-34-6789", false)]
    [InlineData("Ada DE89 3704 0044 0532 0130 00", false)]
    public void A_sign_in_name_that_holds_a_card_or_account_number_is_none_P1(string name, bool isName) =>
        Assert.Equal(isName ? name : null, Agent.NameOf(name));

    [Fact]
    public void No_name_is_none() => Assert.Null(Agent.NameOf(null));
}
