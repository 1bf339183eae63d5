using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

public sealed class ConversationsTests
{
    private static readonly Agent Ann = ChatKit.Agent("ann");
    private static readonly Agent Bob = ChatKit.Agent("bob");
    private static readonly Agent Sue = ChatKit.Agent("sue", supervisor: true);
    private static readonly Agent Auditor = new() { Id = "aud", SessionId = "aud", IsAuditor = true };
    private static readonly Agent Officer = new() { Id = "off", SessionId = "off", IsPrivacyOfficer = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_start_gives_a_token_of_256_bits_and_keeps_only_its_hash()
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);

        StartedConversation started = await kit.StartAsync();

        byte[] token = Base64Url.DecodeFromChars(started.Token);
        Assert.Equal(32, token.Length);
        Assert.Equal(SHA256.HashData(token), started.Conversation.TokenHash);
        StoreRecord record = (await world.Store.GetAsync(
            new RecordKey { Kind = RecordKinds.Conversation, Partition = started.Conversation.Id, Id = "conversation" }, Token))!;
        Assert.DoesNotContain(started.Token, System.Text.Encoding.UTF8.GetString(record.Body.Span), StringComparison.Ordinal);
        Assert.Equal(world.Time.GetUtcNow() + TimeSpan.FromHours(24), record.DueAt);
        Assert.Equal(ConversationEventKind.ConversationStarted, Assert.Single(await kit.EventsAsync(started.Conversation.Id)).Kind);
        Assert.Contains(world.Audit, static fact => fact.Action == AuditAction.ConversationStarted);
    }

    [Fact]
    public async Task E21_E50_Only_the_own_token_opens_a_conversation_and_every_other_answer_is_the_same()
    {
        await using var kit = new ChatKit(new ChatWorld());
        StartedConversation mine = await kit.StartAsync();
        StartedConversation other = await kit.StartAsync();
        Assert.True((await kit.Conversations.AuthorizeVisitorAsync(mine.Conversation.Id, mine.Token, Token)).IsSuccess);

        (string? Id, string? Token)[] wrong =
        [
            (mine.Conversation.Id, other.Token),
            (other.Conversation.Id, mine.Token),
            (SecureChatId.New(), mine.Token),
            (mine.Conversation.Id, null),
            (mine.Conversation.Id, string.Empty),
            (mine.Conversation.Id, mine.Token[..^1]),
            (mine.Conversation.Id, mine.Token + "="),
            (mine.Conversation.Id, mine.Token[..^1] + "!"),
            (mine.Conversation.Id, new string('A', 43)),
            (mine.Conversation.Id, ConversationToken.New(out _)),
            (mine.Conversation.Id.ToUpperInvariant(), mine.Token),
            ("../../etc/passwd", mine.Token),
            (null, mine.Token),
        ];
        foreach ((string? id, string? token) in wrong)
        {
            Outcome<Conversation> outcome = await kit.Conversations.AuthorizeVisitorAsync(id, token, Token);
            Assert.Equal(SecureChatErrors.NotFound, outcome.Error);
            Assert.Null(outcome.Value);
        }
    }

    [Fact]
    public async Task E15_Who_may_know_of_read_and_write_in_a_conversation()
    {
        await using var kit = new ChatKit(new ChatWorld());
        string open = (await kit.StartAsync()).Conversation.Id;
        string anns = (await kit.StartAsync()).Conversation.Id;
        Assert.True((await kit.Conversations.AssignAsync(Ann, anns, null, null, Token)).IsSuccess);

        await Expect(Ann, open, view: null, read: "SC6005", send: "SC6005");
        await Expect(Ann, anns, view: null, read: null, send: null);
        await Expect(Bob, open, view: null, read: "SC6005", send: "SC6005");
        await Expect(Bob, anns, view: "SC6005", read: "SC6005", send: "SC6005");
        await Expect(Sue, open, view: null, read: null, send: "SC6004");
        await Expect(Sue, anns, view: null, read: null, send: "SC6004");
        await Expect(Auditor, anns, view: "SC6005", read: "SC6005", send: "SC6005");
        await Expect(Officer, open, view: "SC6005", read: "SC6005", send: "SC6005");
        await Expect(Sue, SecureChatId.New(), view: "SC6005", read: "SC6005", send: "SC6005");

        Assert.Equal([open], (await kit.Conversations.ListOpenForAsync(Bob, null, 10, Token)).Conversations.Select(static found => found.Id));
        Assert.Equal(2, (await kit.Conversations.ListOpenForAsync(Sue, null, 10, Token)).Conversations.Count);
        Assert.Empty((await kit.Conversations.ListOpenForAsync(Auditor, null, 10, Token)).Conversations);

        async Task Expect(Agent agent, string id, string? view, string? read, string? send)
        {
            Assert.Equal(view, (await kit.Conversations.AuthorizeViewAsync(agent, id, Token)).Error?.Code);
            Assert.Equal(read, (await kit.Conversations.AuthorizeReadAsync(agent, id, Token)).Error?.Code);
            Assert.Equal(send, (await kit.Conversations.AuthorizeSendAsync(agent, id, Token)).Error?.Code);
        }
    }

    [Fact]
    public async Task Of_many_agents_on_two_hosts_who_take_one_conversation_one_gets_it()
    {
        var world = new ChatWorld();
        await using var one = new ChatKit(world);
        await using var two = new ChatKit(world);
        string id = (await one.StartAsync()).Conversation.Id;

        Outcome<Conversation>[] outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(
            async () => await (number % 2 == 0 ? one : two).Conversations.AssignAsync(ChatKit.Agent($"agent-{number}"), id, null, null, Token), Token)));

        Assert.Single(outcomes, static outcome => outcome.IsSuccess);
        Assert.All(outcomes.Where(static outcome => !outcome.IsSuccess), static outcome => Assert.Equal(SecureChatErrors.NotFound, outcome.Error));
        Assert.Single(await one.EventsAsync(id), static stored => stored.Kind == ConversationEventKind.Assigned);
        Assert.Single(world.Audit, static fact => fact is { Action: AuditAction.ConversationAssigned, Outcome: AuditOutcome.Succeeded });
    }

    [Fact]
    public async Task E12_A_transfer_moves_access()
    {
        await using var kit = new ChatKit(new ChatWorld());
        string id = (await kit.StartAsync()).Conversation.Id;
        await kit.Conversations.AssignAsync(Ann, id, null, null, Token);

        Assert.Equal(SecureChatErrors.NotFound, (await kit.Conversations.TransferAsync(Bob, id, "bob", "Bob", Token)).Error);
        Conversation moved = (await kit.Conversations.TransferAsync(Ann, id, "bob", "Bob", Token)).Value!;

        Assert.Equal("Bob", moved.AgentName);
        Assert.False(moved.IsAssignmentPending);
        Assert.Equal(SecureChatErrors.NotFound, (await kit.Conversations.AuthorizeReadAsync(Ann, id, Token)).Error);
        Assert.True((await kit.Conversations.AuthorizeSendAsync(Bob, id, Token)).IsSuccess);
        Assert.Equal(SecureChatErrors.Forbidden, (await kit.Conversations.AssignAsync(Bob, id, "ann", "Ann", Token)).Error);
        Assert.True((await kit.Conversations.AssignAsync(Sue, id, "ann", "Ann", Token)).IsSuccess);
    }

    [Theory]
    [InlineData("4111111111111111")]
    [InlineData("two\nlines")]
    [InlineData("half a character")]
    public async Task E22_A_name_given_to_another_agent_is_free_text_and_cannot_carry_what_a_message_could_not(string name)
    {
        await using var kit = new ChatKit(new ChatWorld());
        string id = (await kit.StartAsync()).Conversation.Id;

        // Attribute arguments are stored as UTF-8, which has no lone surrogates.
        name = name == "half a character" ? "\ud800" : name;
        Assert.Equal(SecureChatErrors.InvalidRequest, (await kit.Conversations.AssignAsync(Sue, id, "bob", name, Token)).Error);
    }

    [Fact]
    public async Task An_end_is_told_once_leaves_the_list_and_calls_the_listeners()
    {
        var ended = new EndListener();
        var world = new ChatWorld();
        await using var kit = new ChatKit(world, services => services.AddSingleton<IConversationEnded>(ended));
        string id = (await kit.StartAsync()).Conversation.Id;

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(
            async () => await kit.Conversations.CloseAsync(id, ParticipantRole.Visitor, agent: null, Token), Token)));

        Conversation closed = (await kit.Conversations.FindAsync(id, Token))!;
        Assert.Equal(ConversationState.Closed, closed.State);
        Assert.False(closed.IsEndPending);
        Assert.Equal([id], ended.Ids);
        Assert.Empty(await kit.Conversations.ListOpenAsync(10, Token));
        Assert.Equal(0, world.Store.CountOf(RecordKinds.OpenConversation));
        Assert.Single(await kit.EventsAsync(id), static stored => stored.Kind == ConversationEventKind.Closed);
        Assert.Single(world.Audit, static fact => fact.Action == AuditAction.ConversationClosed);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(200)]
    public async Task E51_pages_of_the_list_meet_each_conversation_once_oldest_first_while_others_begin_and_end(int size)
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        var stays = new List<string>();
        var ends = new List<string>();
        for (int i = 0; i < 430; i++)
        {
            // Many at the same moment: the place of a page is more than a time.
            world.Time.Advance(i % 50 == 0 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero);
            (i % 10 == 3 ? ends : stays).Add((await kit.Conversations.StartForApplicationAsync(null, null, Token)).Value!.Id);
        }

        var met = new List<Conversation>();
        string? after = null;
        int pages = 0;
        do
        {
            ConversationPage page = await kit.Conversations.ListOpenForAsync(Bob, after, size, Token);
            Assert.True(page.Conversations.Count <= size, $"{page.Conversations.Count} in a page of {size}");
            Assert.True(++pages < 1000, "the pages have no end");
            met.AddRange(page.Conversations);
            after = page.Next;
            world.Time.Advance(TimeSpan.FromSeconds(1));
            if (ends.Count > 0)
            {
                await kit.Conversations.CloseAsync(ends[0], ParticipantRole.System, agent: null, Token);
                ends.RemoveAt(0);
                await kit.Conversations.StartForApplicationAsync(null, null, Token);
            }
        }
        while (after is not null);

        Assert.Equal(met.Count, met.Select(static found => found.Id).Distinct().Count());
        Assert.Empty(stays.Except(met.Select(static found => found.Id)));
        Assert.Equal(met.Select(static found => found.CreatedAt).Order(), met.Select(static found => found.CreatedAt));
    }

    [Fact]
    public async Task E15_a_long_list_of_which_little_is_the_agent_s_comes_in_short_pages_and_names_no_conversation_of_others()
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        var others = new List<string>();
        for (int i = 0; i < 1100; i++)
        {
            string id = (await kit.Conversations.StartForApplicationAsync(null, null, Token)).Value!.Id;
            others.Add(id);
            Assert.True((await kit.Conversations.AssignAsync(Ann, id, null, null, Token)).IsSuccess);
        }

        world.Time.Advance(TimeSpan.FromMinutes(1));
        string last = (await kit.StartAsync()).Conversation.Id;
        int reads = 0;
        world.Store.Before = call =>
        {
            reads += call.Operation == "get" ? 1 : 0;
            return default;
        };
        ConversationPage page = await kit.Conversations.ListOpenForAsync(Bob, null, 200, Token);
        Assert.Empty(page.Conversations);
        Assert.True(reads <= 1000, $"{reads} reads");
        Assert.True(Conversations.IsPlace(page.Next!));
        Assert.DoesNotContain(others, page.Next!.Contains);
        page = await kit.Conversations.ListOpenForAsync(Bob, page.Next, 200, Token);
        Assert.Equal((last, null), (Assert.Single(page.Conversations).Id, page.Next));
    }

    [Fact]
    public async Task E57_a_conversation_that_nobody_can_read_hides_no_other_from_the_list()
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        string damaged = (await kit.StartAsync()).Conversation.Id;
        string well = (await kit.StartAsync()).Conversation.Id;
        world.Store.Overwrite(world.Store.Of(RecordKinds.Conversation).Single(record => record.Key.Partition == damaged).Key, "{"u8.ToArray());
        Assert.Equal(well, Assert.Single(await kit.Conversations.ListOpenAsync(10, Token)).Id);

        // A store that is down is no empty list.
        world.Store.IsDown = true;
        await Assert.ThrowsAsync<SecureChatStoreException>(async () => await kit.Conversations.ListOpenAsync(10, Token));
    }

    [Fact]
    public async Task An_end_that_was_left_half_way_is_finished_by_the_sweeper()
    {
        var ended = new EndListener { Fault = new IOException() };
        var world = new ChatWorld();
        await using var kit = new ChatKit(world, services => services.AddSingleton<IConversationEnded>(ended));
        string id = (await kit.StartAsync()).Conversation.Id;

        Assert.True((await kit.Conversations.CloseAsync(id, ParticipantRole.Visitor, agent: null, Token)).Value!.IsEndPending);
        ended.Fault = null;
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await SweepAsync(kit);

        Assert.False((await kit.Conversations.FindAsync(id, Token))!.IsEndPending);
        Assert.Equal([id], ended.Ids);
        Assert.Single(await kit.EventsAsync(id), static stored => stored.Kind == ConversationEventKind.Closed);
    }

    [Fact]
    public async Task An_idle_conversation_ends_and_one_that_was_spoken_in_does_not()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation idle = (await kit.StartAsync()).Conversation;
        Conversation busy = (await kit.StartAsync()).Conversation;
        kit.World.Time.Advance(TimeSpan.FromHours(23));
        await kit.SendAsync(busy, "still here");
        kit.World.Time.Advance(TimeSpan.FromHours(1));
        await SweepAsync(kit);

        Assert.False((await kit.Conversations.FindAsync(idle.Id, Token))!.IsOpen);
        Assert.True((await kit.Conversations.FindAsync(busy.Id, Token))!.IsOpen);
    }

    [Fact]
    public async Task A_store_fault_is_a_fault_and_never_not_found()
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        StartedConversation started = await kit.StartAsync();
        world.Store.Before = static _ => throw new IOException("4111111111111111");

        SecureChatStoreException fault = await Assert.ThrowsAsync<SecureChatStoreException>(
            async () => await kit.Conversations.AuthorizeVisitorAsync(started.Conversation.Id, started.Token, Token));
        Assert.DoesNotContain("4111", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E51_One_address_starts_only_so_many_conversations()
    {
        await using var kit = new ChatKit(new ChatWorld());
        for (int i = 0; i < 10; i++)
        {
            await kit.StartAsync();
        }

        Outcome<StartedConversation> refused = await kit.Conversations.StartAsync(null, null, null, Token);

        Assert.Equal(SecureChatErrors.RateLimited, refused.Error);
        Assert.Equal(10, kit.World.Store.CountOf(RecordKinds.Conversation));
    }

    private static async Task SweepAsync(ChatKit kit)
    {
        foreach (StoreRecord due in await kit.World.Store.ListDueAsync(
            new DueQuery { Kind = RecordKinds.Conversation, Before = kit.World.Time.GetUtcNow() }, Token))
        {
            await kit.Conversations.RunDueAsync(due.Key.Partition, Token);
        }
    }

    private sealed class EndListener : IConversationEnded
    {
        public Exception? Fault { get; set; }

        public List<string> Ids { get; } = [];

        public ValueTask TranscriptEndedAsync(string conversationId, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask ConversationEndedAsync(string conversationId, CancellationToken cancellationToken)
        {
            if (Fault is { } fault)
            {
                throw fault;
            }

            lock (Ids)
            {
                Ids.Add(conversationId);
            }

            return ValueTask.CompletedTask;
        }
    }
}
