using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

public sealed class ConversationFanOutTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_takes_nothing_for_ten_seconds_is_closed_and_the_others_are_not_held_up()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation conversation = (await kit.StartAsync()).Conversation;
        var stuck = new Probe(conversation.Id, blocks: true);
        var good = new Probe(conversation.Id);
        kit.Feed.TryAttach(stuck.Connection, 1);
        kit.Feed.TryAttach(good.Connection, 1);
        await stuck.Started.Task.WaitAsync(Limit, Token);

        await kit.SendAsync(conversation, "hello");
        await good.WaitForAsync(2);
        Assert.False(stuck.Aborted.Task.IsCompleted);
        await AbortedAfterAsync(kit, stuck, ConversationFanOut.SendTimeout);
        Assert.False(good.Aborted.Task.IsCompleted);
    }

    [Fact]
    public async Task A_client_with_a_full_queue_is_closed_instead_of_kept_in_memory()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation conversation = (await kit.StartAsync()).Conversation;
        var stuck = new Probe(conversation.Id, blocks: true);
        var typist = new Probe(conversation.Id);
        kit.Feed.TryAttach(stuck.Connection, 1);
        await stuck.Started.Task.WaitAsync(Limit, Token);
        kit.Feed.TryAttach(typist.Connection, 1);

        for (int i = 0; i <= FeedConnection.QueueLength; i++)
        {
            kit.Feed.Typing(typist.Connection, isTyping: true);
        }

        // The hint where to resume gets a second; then the connection goes.
        await stuck.SendsAsync(2);
        await AbortedAfterAsync(kit, stuck, TimeSpan.FromSeconds(1));
        Assert.Contains(FeedMethods.Resume, stuck.Methods);
        Assert.False(typist.Aborted.Task.IsCompleted);
    }

    [Fact]
    public async Task Without_the_question_before_each_batch_a_former_agent_would_go_on_reading()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation conversation = (await kit.StartAsync()).Conversation;
        Agent ann = ChatKit.Agent("ann");
        await kit.Conversations.AssignAsync(ann, conversation.Id, null, null, Token);
        var asked = new Probe(conversation.Id, ParticipantRole.Agent, mayRead: now => Conversations.CanRead(ann, now));
        var unasked = new Probe(conversation.Id, ParticipantRole.Agent, mayRead: static _ => true);
        kit.Feed.TryAttach(asked.Connection, 2);
        kit.Feed.TryAttach(unasked.Connection, 2);
        await asked.WaitForAsync(2);
        await unasked.WaitForAsync(2);

        await kit.Conversations.TransferAsync(ann, conversation.Id, "bob", "Bob", Token);
        await kit.SendAsync(conversation, "for Bob only");

        await unasked.WaitForAsync(4);
        await asked.RemovedAsync();
        Assert.Equal([1L, 2L], asked.Sequences);
        Assert.Equal([1L, 2L, 3L, 4L], unasked.Sequences);
    }

    [Fact]
    public async Task A_store_that_fails_for_a_while_costs_a_delay_and_no_event()
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        await using var elsewhere = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;
        var probe = new Probe(conversation.Id);
        kit.Feed.TryAttach(probe.Connection, 1);
        await probe.WaitForAsync(1);
        await elsewhere.SendAsync(conversation, "one");
        await elsewhere.SendAsync(conversation, "two");

        world.Store.Before = static _ => throw new IOException();
        world.Time.Advance(ConversationFanOut.PollInterval);
        world.Store.Before = null;

        using var limit = new CancellationTokenSource(Limit);
        while (probe.Sequences.Count < 3)
        {
            limit.Token.ThrowIfCancellationRequested();
            world.Time.Advance(ConversationFanOut.PollInterval);
            await Task.Yield();
        }

        Assert.Equal([1L, 2L, 3L], probe.Sequences);
    }

    [Fact]
    public async Task E51_Connections_are_bounded_for_the_visitor_for_each_agent_and_for_all_agents()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation conversation = (await kit.StartAsync()).Conversation;
        Conversation elsewhere = (await kit.StartAsync()).Conversation;
        var tabs = new List<Probe>();
        int Attach(int count, string conversationId, ParticipantRole role, Func<int, string?> agentId) => Enumerable.Range(0, count).Count(number =>
        {
            var tab = new Probe(conversationId, role, agentId: agentId(number));
            bool isIn = kit.Feed.TryAttach(tab.Connection, 1);
            if (isIn)
            {
                tabs.Add(tab);
            }

            return isIn;
        });

        Assert.Equal(20, Attach(100, conversation.Id, ParticipantRole.Visitor, static _ => null));
        Assert.Equal(20, Attach(100, conversation.Id, ParticipantRole.Agent, static _ => "ann"));
        Assert.Equal(40, Attach(100, conversation.Id, ParticipantRole.Supervisor, static number => $"sue {number}"));
        Assert.Equal(80, kit.Feed.CountOf(conversation.Id));

        // Who is in another conversation is served, and so is who comes when another has gone.
        Assert.Equal(1, Attach(1, elsewhere.Id, ParticipantRole.Visitor, static _ => null));
        kit.Feed.Detach(tabs[0].Connection);
        Assert.Equal(1, Attach(5, conversation.Id, ParticipantRole.Visitor, static _ => null));
    }

    [Fact]
    public async Task Another_window_of_somebody_who_is_there_is_no_news_and_only_the_last_one_to_go_is()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation conversation = (await kit.StartAsync()).Conversation;
        var agent = new Probe(conversation.Id, ParticipantRole.Agent, mayRead: static _ => true);
        kit.Feed.TryAttach(agent.Connection, 1);
        Probe[] tabs = [.. Enumerable.Range(0, 10).Select(_ => new Probe(conversation.Id))];
        Assert.All(tabs, tab => kit.Feed.TryAttach(tab.Connection, 1));
        Assert.All(tabs, tab => kit.Feed.Detach(tab.Connection));

        // What was queued before comes before: the typing is the end.
        var typist = new Probe(conversation.Id, ParticipantRole.Supervisor, agentId: "sue");
        kit.Feed.TryAttach(typist.Connection, 1);
        kit.Feed.Typing(typist.Connection, isTyping: true);
        await agent.MethodAsync(FeedMethods.Typing);
        Assert.Equal(
            [(ParticipantRole.Visitor, true), (ParticipantRole.Visitor, false), (ParticipantRole.Supervisor, true)],
            agent.Presence);
    }

    /// <summary>Moves the clock on until the time limit, which is set a moment after the send began, has run out.</summary>
    private static async Task AbortedAfterAsync(ChatKit kit, Probe probe, TimeSpan time)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!probe.Aborted.Task.IsCompleted)
        {
            limit.Token.ThrowIfCancellationRequested();
            kit.World.Time.Advance(time);
            await Task.Yield();
        }
    }
}
