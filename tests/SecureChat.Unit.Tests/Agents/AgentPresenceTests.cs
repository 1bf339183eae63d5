using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Agents;

/// <summary>Who is here, for how long, and under which name.</summary>
public sealed class AgentPresenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_who_does_not_say_so_again_is_not_here_after_a_minute_and_a_half_and_the_record_goes()
    {
        await using ProductHost host = await ProductHost.StartAsync();
        AgentPresence presence = host.Get<AgentPresence>();
        await presence.SayAsync(Named("bob", "Bob"), Token);
        string handle = Assert.Single(await presence.SayAsync(Named("ann", "Ann"), Token)).Handle;

        host.Time.Advance(TimeSpan.FromSeconds(60));
        await presence.SayAsync(Named("ann", "Ann"), Token);
        host.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.NotNull(await presence.FindAsync(handle, Token));
        host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await presence.FindAsync(handle, Token));
        Assert.Empty(await presence.SayAsync(Named("ann", "Ann"), Token));

        await host.Get<Sweeper>().SweepAsync(Token);
        var query = new RecordQuery { Kind = RecordKinds.AgentPresence, Partition = "here" };
        StoreRecord left = Assert.Single(await host.Get<SecureChatStores>().Data.ListAsync(query, Token));
        Assert.NotEqual(handle, left.Key.Id);
    }

    [Fact]
    public async Task A_console_that_calls_often_writes_seldom_and_a_new_name_at_once()
    {
        await using ProductHost host = await ProductHost.StartAsync();
        AgentPresence presence = host.Get<AgentPresence>();
        for (int call = 0; call < 10; call++)
        {
            await presence.SayAsync(Named("bob", "Bob"), Token);
        }

        var query = new RecordQuery { Kind = RecordKinds.AgentPresence, Partition = "here" };
        long written = Assert.Single(await host.Get<SecureChatStores>().Data.ListAsync(query, Token)).Version;
        await presence.SayAsync(Named("bob", "Robert"), Token);
        Assert.Equal(written + 1, Assert.Single(await host.Get<SecureChatStores>().Data.ListAsync(query, Token)).Version);
        Assert.Equal("Robert", Assert.Single(await presence.SayAsync(Named("ann", "Ann"), Token)).Name);

        // A clock that was ahead for a moment keeps nobody here for longer than that.
        host.Time.Advance(TimeSpan.FromSeconds(20));
        await presence.SayAsync(Named("bob", "Robert"), Token);
        Assert.Equal(written + 2, (await host.Get<SecureChatStores>().Data.ListAsync(query, Token)).Max(static record => record.Version));
    }

    [Theory]
    [InlineData("ann@example.com", null)]
    [InlineData("Ann", "Ann")]
    public async Task P1_Agents_see_the_name_of_the_sign_in_and_visitors_only_one_that_a_message_could_carry(string name, string? seen)
    {
        await using ProductHost host = await ProductHost.StartAsync();
        AgentPresence presence = host.Get<AgentPresence>();
        await presence.SayAsync(Named("ann", name), Token);
        AgentHere here = Assert.Single(await presence.SayAsync(Named("bob", "Bob"), Token));
        Assert.Equal(name, here.Name);
        Assert.Equal(seen, here.PublicName);
    }

    private static Agent Named(string id, string name) => new() { Id = id, SessionId = id, DisplayName = name, IsAgent = true };
}
