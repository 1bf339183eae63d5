using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

public sealed class MessageServiceTests
{
    private const string Card = "4111111111111111";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Text_is_masked_before_it_is_stored_and_the_kinds_are_told_and_audited()
    {
        var world = new ChatWorld { StoresPlain = true };
        await using var kit = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;

        ConversationEvent sent = (await kit.SendAsync(conversation, $"my card is {Card}")).Value!;

        Assert.Equal("my card is [card]", sent.Text!.Value);
        Assert.Equal([DataKinds.PaymentCard], sent.MaskedKinds);
        Assert.DoesNotContain(Card, await world.PlainEventsAsync(conversation.Id), StringComparison.Ordinal);
        AuditFact fact = Assert.Single(world.Audit, static fact => fact.Action == AuditAction.MessageMasked);
        Assert.Null(fact.Detail);
    }

    [Fact]
    public async Task A_masker_that_finds_nothing_leaves_the_number_in_the_store_and_the_hunt_sees_it()
    {
        var world = new ChatWorld { StoresPlain = true };
        world.Masker.Instead = static (request, _) => ValueTask.FromResult(new MaskResult { Text = request.Text });
        await using var kit = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;

        await kit.SendAsync(conversation, $"my card is {Card}");

        Assert.Contains(Card, await world.PlainEventsAsync(conversation.Id), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("null")]
    [InlineData("span without change")]
    [InlineData("span outside")]
    [InlineData("amends a stranger")]
    public async Task E37_A_masker_that_fails_holds_the_message_and_nothing_is_stored(string how)
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;
        int writes = world.Store.Writes;
        world.Masker.Instead = (request, _) => how switch
        {
            "throws" => throw new InvalidOperationException(request.Text),
            "null" => ValueTask.FromResult<MaskResult>(null!),
            "span without change" => ValueTask.FromResult(new MaskResult { Text = request.Text, Spans = [Span(0, 4)] }),
            "span outside" => ValueTask.FromResult(new MaskResult { Text = "x", Spans = [Span(0, 400)] }),
            _ => ValueTask.FromResult(new MaskResult { Text = request.Text, Amendments = [new MaskAmendment { Sequence = 1, Text = "x" }] }),
        };

        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => kit.SendAsync(conversation, $"card {Card}"));

        Assert.Equal(SecureChatErrors.MaskingFailed, fault.Error);
        Assert.DoesNotContain(Card, fault.Message, StringComparison.Ordinal);
        Assert.Equal(writes, world.Store.Writes);
        world.Masker.Instead = null;
        Assert.True((await kit.SendAsync(conversation, "hello")).IsSuccess);
    }

    [Fact]
    public async Task E37_A_masker_that_hangs_holds_the_message_for_its_time_limit_and_not_longer()
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;
        int writes = world.Store.Writes;
        var asked = new TaskCompletionSource();
        var never = new TaskCompletionSource<MaskResult>();
        world.Masker.Instead = (_, _) =>
        {
            asked.TrySetResult();
            return new ValueTask<MaskResult>(never.Task);
        };

        Task<Outcome<ConversationEvent>> sending = kit.SendAsync(conversation, "hello");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await Until(() =>
        {
            world.Time.Advance(TimeSpan.FromSeconds(2));
            return sending.IsCompleted;
        });

        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => sending);
        Assert.Equal(SecureChatErrors.MaskingFailed, fault.Error);
        Assert.Equal(writes, world.Store.Writes);
    }

    [Fact]
    public async Task An_audit_log_that_takes_no_entry_holds_a_message_that_was_masked()
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;
        world.OnAudit = static _ => throw new SecureChatException(SecureChatErrors.AuditUnavailable);

        await Assert.ThrowsAsync<SecureChatException>(() => kit.SendAsync(conversation, Card));

        Assert.Single(await kit.EventsAsync(conversation.Id));
    }

    [Fact]
    public async Task E31_The_first_half_of_a_split_number_is_masked_in_the_store_before_the_second_half_is_added()
    {
        var world = new ChatWorld();
        await using var kit = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;
        long first = (await kit.SendAsync(conversation, Card[..8], ChatKit.ClientId())).Value!.Sequence;
        await kit.SendAsync(conversation, Card[8..]);

        IReadOnlyList<ConversationEvent> events = await kit.EventsAsync(conversation.Id);
        string plain = await world.PlainEventsAsync(conversation.Id);

        Assert.Equal(
            [ConversationEventKind.ConversationStarted, ConversationEventKind.MessageAdded, ConversationEventKind.MessageMasked, ConversationEventKind.MessageAdded],
            events.Select(static stored => stored.Kind));
        Assert.Equal(first, events[2].Amends);
        Assert.Equal("[card]", events[1].Text!.Value);
        Assert.Equal(events[2].Sequence, events[1].AmendedBy);
        Assert.DoesNotContain(Card[..8], plain, StringComparison.Ordinal);
        Assert.DoesNotContain(Card[8..], plain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E31_Two_halves_sent_at_once_to_two_hosts_are_still_seen_together()
    {
        for (int round = 0; round < 20; round++)
        {
            var world = new ChatWorld();
            await using var one = new ChatKit(world);
            await using var two = new ChatKit(world);
            Conversation conversation = (await one.StartAsync()).Conversation;

            await Task.WhenAll(
                Task.Run(() => one.SendAsync(conversation, Card[..8]), Token),
                Task.Run(() => two.SendAsync(conversation, Card[8..]), Token));

            string plain = await world.PlainEventsAsync(conversation.Id);
            Assert.DoesNotContain("1111", plain.Replace(conversation.Id, string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_host_that_died_between_the_event_and_the_rewritten_message_is_finished_by_the_next()
    {
        var world = new ChatWorld();
        Conversation conversation;
        await using (var one = new ChatKit(world))
        {
            conversation = (await one.StartAsync()).Conversation;
            await one.SendAsync(conversation, Card[..8]);
            world.Store.Before = static call =>
                call is { Operation: "replace", Kind: RecordKinds.ConversationEvent } ? throw new IOException() : ValueTask.CompletedTask;
            await Assert.ThrowsAsync<SecureChatStoreException>(() => one.SendAsync(conversation, Card[8..]));
            world.Store.Before = null;
        }

        Assert.Contains(Card[..8], await world.PlainEventsAsync(conversation.Id), StringComparison.Ordinal);
        await using var two = new ChatKit(world);
        await two.SendAsync(conversation, "hello?");

        Assert.DoesNotContain(Card[..8], await world.PlainEventsAsync(conversation.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_masker_sees_the_last_stored_messages_of_both_sides()
    {
        var world = new ChatWorld { Configure = static options => options.Masking.RecentMessages = 3 };
        await using var kit = new ChatKit(world);
        Conversation conversation = (await kit.StartAsync()).Conversation;
        foreach (string text in (string[])["a", "b", "c", "d"])
        {
            await kit.SendAsync(conversation, text, sender: text == "c" ? MessageSender.Of(ChatKit.Agent("a")) : null);
        }

        await kit.SendAsync(conversation, "e");

        MaskRequest last = world.Masker.Requests[^1];
        Assert.Equal(["b", "c", "d"], last.Recent.Select(static message => message.Text));
        Assert.Equal([ParticipantRole.Visitor, ParticipantRole.Agent, ParticipantRole.Visitor], last.Recent.Select(static message => message.Sender));
    }

    [Theory]
    [InlineData("", "SC6001")]
    [InlineData(" \n\t", "SC6001")]
    [InlineData("a\0b", "SC6001")]
    [InlineData("a\u001bb", "SC6001")]
    [InlineData("a\u0085b", "SC6001")]
    [InlineData("<script>alert(1)</script>\n\t\ud83d\ude00", null)]
    public async Task Text_that_cannot_be_a_message_is_refused(string text, string? code)
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation conversation = (await kit.StartAsync()).Conversation;

        Outcome<ConversationEvent> outcome = await kit.SendAsync(conversation, text);

        Assert.Equal(code, outcome.Error?.Code);
        Assert.Equal(code is null ? 2 : 1, (await kit.EventsAsync(conversation.Id)).Count);
    }

    [Fact]
    public async Task Half_a_character_is_refused()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation conversation = (await kit.StartAsync()).Conversation;
        foreach (string text in (string[])["\ud800", "a\udc00", "\udc00\ud800", "\ud800\ud800\udc00"])
        {
            Assert.Equal(SecureChatErrors.InvalidRequest, (await kit.SendAsync(conversation, text)).Error);
        }
    }

    [Fact]
    public async Task The_size_limit_counts_bytes_of_UTF_8()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation conversation = (await kit.StartAsync()).Conversation;

        Assert.True((await kit.SendAsync(conversation, new string('ж', 4096))).IsSuccess);
        Assert.Equal(SecureChatErrors.TooLarge, (await kit.SendAsync(conversation, new string('ж', 4097))).Error);
        Assert.Equal(SecureChatErrors.TooLarge, (await kit.SendAsync(conversation, new string('a', 8193))).Error);
    }

    [Fact]
    public async Task After_the_end_nothing_is_added_but_a_retry_still_gets_its_receipt()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation stale = (await kit.StartAsync()).Conversation;
        ConversationEvent sent = (await kit.SendAsync(stale, "hello", ChatKit.ClientId())).Value!;
        await kit.Conversations.CloseAsync(stale.Id, ParticipantRole.Visitor, agent: null, Token);

        // With the record as read before the end: the log itself says that it is over.
        Assert.Equal(SecureChatErrors.ConversationClosed, (await kit.SendAsync(stale, "more")).Error);
        Assert.Equal(sent.Sequence, (await kit.SendAsync(stale, "hello", ChatKit.ClientId())).Value!.Sequence);
    }

    [Fact]
    public async Task Too_many_messages_are_refused_with_the_time_to_wait()
    {
        await using var kit = new ChatKit(new ChatWorld());
        Conversation conversation = (await kit.StartAsync()).Conversation;
        for (int i = 0; i < 10; i++)
        {
            Assert.True((await kit.SendAsync(conversation, "hello")).IsSuccess);
        }

        Outcome<ConversationEvent> refused = await kit.SendAsync(conversation, "hello");

        Assert.Equal(SecureChatErrors.RateLimited, refused.Error);
        Assert.Equal(1L, refused.Facts![RateLimits.RetryAfterFact]);
    }

    private static SensitiveSpan Span(int start, int length) => new() { Kind = DataKinds.PaymentCard, Start = start, Length = length };

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
