using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Limits;

public sealed class RateLimitsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void E51_A_visitor_has_a_burst_and_then_a_rate()
    {
        RateLimits limits = Create();
        Assert.Equal(10, Enumerable.Range(0, 50).Count(_ => limits.TrySend(MessageSender.Visitor, "c") is null));

        TimeSpan wait = limits.TrySend(MessageSender.Visitor, "c")!.Value;
        Assert.Equal(TimeSpan.FromSeconds(1), wait);
        _time.Advance(wait - TimeSpan.FromTicks(1));
        Assert.NotNull(limits.TrySend(MessageSender.Visitor, "c"));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(limits.TrySend(MessageSender.Visitor, "c"));
        Assert.NotNull(limits.TrySend(MessageSender.Visitor, "c"));
    }

    [Fact]
    public void One_visitor_does_not_use_up_another()
    {
        RateLimits limits = Create();
        Assert.Equal(10, Enumerable.Range(0, 50).Count(_ => limits.TrySend(MessageSender.Visitor, "c") is null));
        Assert.Null(limits.TrySend(MessageSender.Visitor, "d"));
    }

    [Fact]
    public void A_refusal_by_one_limit_takes_nothing_from_the_others()
    {
        RateLimits limits = Create(static options => options.ConversationMessagesPerSecond = 1);
        MessageSender agent = MessageSender.Of(Chat.ChatKit.Agent("a"));
        Assert.Null(limits.TrySend(agent, "c"));
        Assert.Null(limits.TrySend(agent, "c"));
        for (int i = 0; i < 100; i++)
        {
            Assert.NotNull(limits.TrySend(MessageSender.Visitor, "c"));
        }

        // Had the refused calls been charged to the visitor, these would find an empty bucket.
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(limits.TrySend(MessageSender.Visitor, "c"));
    }

    [Fact]
    public void E51_Starts_are_limited_per_address_and_an_IPv6_subscriber_is_one_address()
    {
        RateLimits limits = Create();
        Assert.Equal(10, Enumerable.Range(0, 200).Count(number =>
            limits.TryStart(IPAddress.Parse("2001:db8:1:2::" + number.ToString("x", CultureInfo.InvariantCulture))) is null));
        Assert.Null(limits.TryStart(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.Equal(RateLimits.AddressKey(IPAddress.Parse("192.0.2.1")), RateLimits.AddressKey(IPAddress.Parse("::ffff:192.0.2.1")));
    }

    [Fact]
    public void E51_A_visitor_s_address_is_limited_over_all_its_conversations_and_an_IPv6_subscriber_is_one_address()
    {
        RateLimits limits = Create();
        int number = 0;
        Assert.Equal(200, Enumerable.Range(0, 1000).Count(_ => limits.TrySend(MessageSender.VisitorAt(Of(++number)), $"c{number}") is null));

        // Messages, form calls and starts draw on one bucket; another subscriber, an agent, and what ends or destroys do not.
        Assert.Equal(TimeSpan.FromMilliseconds(50), limits.TrySend(MessageSender.VisitorAt(Of(1)), "x"));
        Assert.Equal(TimeSpan.FromMilliseconds(50), limits.TryVisitorWrite("x", Of(2)));
        Assert.Equal(TimeSpan.FromMilliseconds(50), limits.TryStart(Of(3)));
        Assert.Null(limits.TryVisitorEnd("x"));
        Assert.Null(limits.TrySend(MessageSender.Of(Chat.ChatKit.Agent("a")), "x"));
        Assert.Null(limits.TrySend(MessageSender.VisitorAt(IPAddress.Parse("2001:db8:1:3::1")), "y"));
        Assert.Null(limits.TrySend(MessageSender.VisitorAt(IPAddress.Parse("192.0.2.1")), "z"));

        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Null(limits.TryVisitorWrite("x", Of(2)));
        Assert.NotNull(limits.TryVisitorWrite("x", Of(2)));

        static IPAddress Of(int host) => IPAddress.Parse("2001:db8:1:2::" + host.ToString("x", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void E51_An_address_written_as_IPv4_in_IPv6_is_the_same_address()
    {
        RateLimits limits = Create(static options => options.VisitorWritesPerAddressPerSecond = 1);
        Assert.Equal(10, Enumerable.Range(0, 50).Count(number => limits.TryVisitorWrite(
            $"c{number}", IPAddress.Parse(number % 2 == 0 ? "192.0.2.1" : "::ffff:192.0.2.1")) is null));
    }

    [Fact]
    public void E51_Saboteur_Without_the_address_s_limit_an_address_takes_the_whole_host()
    {
        RateLimits limits = Create(static options => options.VisitorWritesPerAddressPerSecond = 100_000);
        Assert.Equal(1000, Enumerable.Range(0, 5000).Count(number => limits.TryVisitorWrite($"c{number}", IPAddress.Loopback) is null));
    }

    [Fact]
    public void Callers_without_an_address_share_one_bucket_and_do_not_go_free()
    {
        RateLimits limits = Create();
        Assert.Equal(10, Enumerable.Range(0, 50).Count(_ => limits.TryStart(null) is null));
    }

    [Fact]
    public void All_callers_together_are_limited()
    {
        RateLimits limits = Create(static options => options.HostWritesPerSecond = 5);
        Assert.Equal(10, Enumerable.Range(0, 100).Count(number => limits.TryStart(new IPAddress(number)) is null));
    }

    [Fact]
    public void E51_A_visitor_s_form_calls_have_a_burst_and_a_rate_of_their_own()
    {
        RateLimits limits = Create();
        while (limits.TrySend(MessageSender.Visitor, "c") is null)
        {
        }

        Assert.Equal(30, Enumerable.Range(0, 100).Count(_ => limits.TryVisitorWrite("c", address: null) is null));
        Assert.Equal(TimeSpan.FromSeconds(1), limits.TryVisitorWrite("c", address: null));
        Assert.Null(limits.TryVisitorWrite("d", address: null));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(limits.TryVisitorWrite("c", address: null));
        Assert.NotNull(limits.TryVisitorWrite("c", address: null));
    }

    [Fact]
    public void Few_messages_allowed_still_leave_room_for_a_form()
    {
        RateLimits limits = Create(static options =>
        {
            options.VisitorMessageBurst = 1;
            options.VisitorMessagesPerSecond = 0.1;
            options.ConversationMessagesPerSecond = 1;
        });
        Assert.Equal(30, Enumerable.Range(0, 100).Count(_ => limits.TryVisitorWrite("c", address: null) is null));
    }

    [Fact]
    public void E51_An_agent_s_writes_are_limited_over_all_conversations_and_other_agents_are_served()
    {
        RateLimits limits = Create();
        Assert.Equal(300, Enumerable.Range(0, 1000).Count(number => limits.TryAgentWrite("ada", number.ToString(CultureInfo.InvariantCulture)) is null));
        Assert.NotNull(limits.TryAgentWrite("ada"));
        Assert.Null(limits.TryAgentWrite("bob"));
        Assert.Null(limits.TryClaim("ada"));
    }

    [Fact]
    public void E51_Writes_in_one_conversation_are_limited_whoever_makes_them_and_cost_other_conversations_nothing()
    {
        RateLimits limits = Create();
        Assert.Equal(40, Enumerable.Range(0, 1000).Count(number => limits.TryAgentWrite($"agent {number}", "c") is null));
        Assert.NotNull(limits.TryVisitorWrite("c", address: null));
        Assert.Null(limits.TryVisitorWrite("d", address: null));

        // Erasing and acknowledging do not wait for what the others do in the conversation; nor does what was refused there count.
        Assert.Null(limits.TryAgentWrite("ada"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => limits.TryVisitorWrite("c", address: null) is null));
    }

    [Fact]
    public void E51_The_host_s_limit_holds_for_every_kind_of_write_and_a_refused_one_costs_nobody_a_token()
    {
        RateLimits limits = Create(static options => options.HostWritesPerSecond = 1);
        Func<TimeSpan?>[] writes =
        [
            () => limits.TryVisitorWrite("c", address: null), () => limits.TryAgentWrite("ada", "c"), () => limits.TryAgentWrite("ada"), () => limits.TryClaim("ada"),
            () => limits.TrySend(MessageSender.Visitor, "c"), () => limits.TryStart(IPAddress.Loopback),
        ];
        Assert.Null(limits.TryStart(IPAddress.IPv6Loopback));
        Assert.Null(limits.TryStart(IPAddress.IPv6Loopback));
        for (int i = 0; i < 1000; i++)
        {
            Assert.All(writes, static write => Assert.NotNull(write()));
        }

        // The thousand were not charged to anybody: each is served as soon as the host is.
        foreach (Func<TimeSpan?> write in writes)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(write());
        }
    }

    [Fact]
    public void E51_Memory_is_bounded_however_many_callers_come()
    {
        RateLimits limits = Create(capacity: 1600);
        for (int i = 0; i < 20_000; i++)
        {
            limits.TryClaim(i.ToString(CultureInfo.InvariantCulture));
        }

        Assert.InRange(limits.Count, 1, 1600);
    }

    [Fact]
    public async Task Parallel_callers_get_exactly_the_burst()
    {
        RateLimits limits = Create();
        int taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                if (limits.TryClaim("a") is null)
                {
                    Interlocked.Increment(ref taken);
                }
            }
        })));
        Assert.Equal(30, taken);
    }

    [Theory]
    [InlineData(0.001, 1)]
    [InlineData(1, 1)]
    [InlineData(1.2, 2)]
    public void Retry_after_is_rounded_up_so_that_waiting_it_out_suffices(double wait, long seconds) =>
        Assert.Equal(seconds, RateLimits.Seconds(TimeSpan.FromSeconds(wait)));

    private RateLimits Create(Action<SecureChatLimits>? configure = null, int capacity = 100_000)
    {
        var options = new SecureChatOptions();
        configure?.Invoke(options.Limits);
        return new RateLimits(Options.Create(options), _time, capacity);
    }
}
