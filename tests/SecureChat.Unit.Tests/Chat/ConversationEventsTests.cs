using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

public sealed class ConversationEventsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sequences_have_no_gap_and_no_double_with_64_writers_on_two_hosts()
    {
        var world = new ChatWorld();
        await using var one = new ChatKit(world);
        await using var two = new ChatKit(world);
        Conversation conversation = (await one.StartAsync()).Conversation;

        ConversationEvent[] appended = await Task.WhenAll(Enumerable.Range(0, 64).Select(number => Task.Run(
            async () => await (number % 2 == 0 ? one : two).Events.AppendAsync(conversation.Id, Assigned(world), Token), Token)));

        Assert.Equal(Enumerable.Range(2, 64).Select(static number => (long)number), appended.Select(static added => added.Sequence).Order());
        Assert.Equal(
            Enumerable.Range(1, 65).Select(static number => (long)number),
            (await one.EventsAsync(conversation.Id)).Select(static stored => stored.Sequence));
    }

    [Fact]
    public async Task A_store_that_inserts_blindly_is_seen_as_doubled_sequences()
    {
        var world = new ChatWorld();
        await using var one = new ChatKit(world);
        await using var two = new ChatKit(world);
        Conversation conversation = (await one.StartAsync()).Conversation;
        ConversationEvent first = await two.Events.AppendAsync(conversation.Id, Assigned(world), Token);
        world.Store.InsertsBlindly = true;

        ConversationEvent second = await one.Events.AppendAsync(conversation.Id, Assigned(world), Token);

        Assert.Equal(first.Sequence, second.Sequence);
    }

    [Fact]
    public async Task Fifty_retries_of_one_client_id_on_two_hosts_make_one_message()
    {
        for (int round = 0; round < 10; round++)
        {
            var world = new ChatWorld { Configure = static options => options.Limits.VisitorMessageBurst = 1000 };
            await using var one = new ChatKit(world);
            await using var two = new ChatKit(world);
            Conversation conversation = (await one.StartAsync()).Conversation;

            Outcome<ConversationEvent>[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Task.Run(
                () => (number % 2 == 0 ? one : two).SendAsync(conversation, "hello", ChatKit.ClientId()), Token)));

            // The conversation's own limit (40 at once per host) is not what is tested here: 25 calls reach each host.
            Assert.All(answers, static answer => Assert.True(answer.IsSuccess));
            Assert.Single(answers.Select(static answer => answer.Value!.Sequence).Distinct());
            Assert.Single(await one.EventsAsync(conversation.Id), static stored => stored.Kind == ConversationEventKind.MessageAdded);
        }
    }

    [Fact]
    public async Task A_retry_after_a_restart_finds_the_message_in_the_tail()
    {
        var world = new ChatWorld();
        Conversation conversation;
        ConversationEvent first;
        await using (var one = new ChatKit(world))
        {
            conversation = (await one.StartAsync()).Conversation;
            first = (await one.SendAsync(conversation, "hello", ChatKit.ClientId())).Value!;
        }

        await using var two = new ChatKit(world);
        Assert.Equal(first.Sequence, (await two.SendAsync(conversation, "hello", ChatKit.ClientId())).Value!.Sequence);
    }

    [Fact]
    public async Task The_same_client_id_from_the_other_side_is_another_message()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation conversation = (await kit.StartAsync()).Conversation;

        ConversationEvent visitor = (await kit.SendAsync(conversation, "hello", ChatKit.ClientId())).Value!;
        ConversationEvent agent = (await kit.SendAsync(conversation, "hi", ChatKit.ClientId(), MessageSender.Of(ChatKit.Agent("a")))).Value!;

        Assert.NotEqual(visitor.Sequence, agent.Sequence);
    }

    [Fact]
    public async Task An_insert_of_unknown_outcome_is_recognised_when_the_client_tries_again()
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        await using var other = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;
        await kit.SendAsync(conversation, "first");

        // The write lands, the answer is lost: as if another process had written it.
        await other.SendAsync(conversation, "second", ChatKit.ClientId());
        Outcome<ConversationEvent> again = await kit.SendAsync(conversation, "second", ChatKit.ClientId());

        Assert.Equal(3, again.Value!.Sequence);
        Assert.Equal(3, (await kit.EventsAsync(conversation.Id)).Count);
    }

    [Fact]
    public async Task A_conversation_longer_than_the_window_is_continued_by_a_new_host()
    {
        var world = new ChatWorld();
        await using (var one = new ChatKit(world))
        {
            Conversation conversation = (await one.StartAsync()).Conversation;
            for (int i = 0; i < 700; i++)
            {
                await one.Events.AppendAsync(conversation.Id, Assigned(world), Token);
            }

            await using var two = new ChatKit(world);
            ConversationEvent added = await two.Events.AppendAsync(conversation.Id, Assigned(world), Token);
            Assert.Equal(702, added.Sequence);
            Assert.Equal(702, await two.Events.LastSequenceAsync(conversation.Id, known: 0, Token));
        }
    }

    [Fact]
    public async Task Without_its_key_a_transcript_is_a_tombstone()
    {
        var world = new ChatWorld { Configure = static options => options.Lifetimes.Transcript = TimeSpan.FromDays(1) };
        await using var kit = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;
        await kit.SendAsync(conversation, "hello");
        await kit.Conversations.CloseAsync(conversation.Id, ParticipantRole.Visitor, agent: null, Token);
        world.Time.Advance(TimeSpan.FromDays(1));

        world.Store.Scrubbed = ScrubResult.Busy;
        await SweepAsync(kit);
        Assert.Null((await kit.Conversations.FindAsync(conversation.Id, Token))!.TranscriptDestroyedAt);
        world.Store.Scrubbed = ScrubResult.Complete;
        await SweepAsync(kit);

        Assert.NotNull((await kit.Conversations.FindAsync(conversation.Id, Token))!.TranscriptDestroyedAt);
        Assert.Equal(0, world.Store.CountOf(RecordKinds.ConversationEvent));
        Assert.Contains(world.Audit, static fact => fact.Action == AuditAction.TranscriptDestroyed);
        await Assert.ThrowsAsync<SecureChatException>(async () => await kit.Events.AppendAsync(conversation.Id, Assigned(world), Token));
    }

    [Fact]
    public async Task P3_Who_it_was_goes_with_the_transcript_and_the_token_a_day_later()
    {
        var world = new ChatWorld { Configure = static options => options.Lifetimes.Transcript = TimeSpan.FromDays(1) };
        await using var kit = new ChatKit(world);
        StartedConversation started = await kit.StartAsync();
        string id = started.Conversation.Id;
        await kit.Conversations.AssignAsync(ChatKit.Agent("agent-whose-id-goes"), id, toAgentId: null, toAgentName: null, Token);
        await kit.Conversations.CloseAsync(id, ParticipantRole.Visitor, agent: null, Token);
        Assert.NotNull((await kit.Conversations.FindAsync(id, Token))!.AgentName);
        world.Time.Advance(TimeSpan.FromDays(1));

        // While a copy may lie in the store's own files, nothing says that it is destroyed.
        world.Store.Before = static call => call.Operation == "scrub" ? throw new IOException("down") : default;
        await Assert.ThrowsAsync<SecureChatStoreException>(() => SweepAsync(kit));
        Assert.Null((await kit.Conversations.FindAsync(id, Token))!.TranscriptDestroyedAt);
        world.Store.Before = null;
        await SweepAsync(kit);

        Conversation ended = (await kit.Conversations.FindAsync(id, Token))!;
        Assert.Equal((null, null, null, false), (ended.SubjectRef, ended.AgentId, ended.AgentName, ended.IsForgotten));
        Assert.DoesNotContain(world.Store.Of(RecordKinds.Conversation), static record => System.Text.Encoding.UTF8.GetString(record.Body.Span).Contains("agent-whose", StringComparison.Ordinal));
        Assert.Contains(world.Audit, static fact => fact.Action == AuditAction.ConversationAssigned && fact.ActorId == "agent-whose-id-goes");

        // The visitor is told what happened for a day.
        world.Time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        await SweepAsync(kit);
        Assert.NotNull((await kit.Conversations.AuthorizeVisitorAsync(id, started.Token, Token)).Value?.TranscriptDestroyedAt);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        world.Store.Scrubbed = ScrubResult.Busy;
        await SweepAsync(kit);
        Assert.False((await kit.Conversations.FindAsync(id, Token))!.IsForgotten);
        world.Store.Scrubbed = ScrubResult.Complete;
        await SweepAsync(kit);

        Conversation forgotten = (await kit.Conversations.FindAsync(id, Token))!;
        Assert.Equal((null, true), (forgotten.TokenHash, forgotten.IsForgotten));
        Assert.Same(SecureChatErrors.NotFound, (await kit.Conversations.AuthorizeVisitorAsync(id, started.Token, Token)).Error);
        Assert.Null(Assert.Single(world.Store.Of(RecordKinds.Conversation)).DueAt);
    }

    [Fact]
    public async Task Rows_left_after_the_key_is_gone_list_as_destroyed()
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;
        await kit.Get<EventBodies>().DestroyKeyAsync(conversation.Id, Token);

        Assert.True((await kit.Events.ListAsync(conversation.Id, 0, 10, Token)).IsDestroyed);
    }

    [Fact]
    public async Task A_row_moved_to_another_sequence_is_a_fault_and_not_history()
    {
        var world = new ChatWorld { StoresPlain = true };
        await using var kit = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;
        StoreRecord first = (await world.Store.ListAsync(new RecordQuery { Kind = RecordKinds.ConversationEvent, Partition = conversation.Id }, Token))[0];
        await world.Store.InsertAsync(
            new StoreRecord { Key = new RecordKey { Kind = first.Key.Kind, Partition = first.Key.Partition, Id = SequenceId.Format(2) }, Body = first.Body }, Token);

        await Assert.ThrowsAsync<SecureChatStoreException>(async () => await kit.Events.ListAsync(conversation.Id, 0, 10, Token));
    }

    [Fact]
    public async Task What_is_stored_cannot_be_read_and_with_encryption_switched_off_it_can()
    {
        foreach (bool plain in (bool[])[false, true])
        {
            var world = new ChatWorld { StoresPlain = plain };
            await using var kit = new ChatKit(world);
            Conversation conversation = (await kit.StartAsync()).Conversation;
            await kit.SendAsync(conversation, "a-planted-sentence");

            IReadOnlyList<StoreRecord> records = await world.Store.ListAsync(
                new RecordQuery { Kind = RecordKinds.ConversationEvent, Partition = conversation.Id }, Token);
            Assert.Equal(plain, records.Any(static record => record.Body.Span.IndexOf("a-planted-sentence"u8) >= 0));
        }
    }

    private static async Task SweepAsync(ChatKit kit)
    {
        foreach (StoreRecord due in await kit.World.Store.ListDueAsync(
            new DueQuery { Kind = RecordKinds.Conversation, Before = kit.World.Time.GetUtcNow() }, Token))
        {
            await kit.Conversations.RunDueAsync(due.Key.Partition, Token);
        }
    }

    private static Func<long, ConversationEvent> Assigned(ChatWorld world) => sequence => new ConversationEvent
    {
        Sequence = sequence,
        Kind = ConversationEventKind.Assigned,
        At = world.Time.GetUtcNow(),
        Actor = ParticipantRole.System,
    };
}
