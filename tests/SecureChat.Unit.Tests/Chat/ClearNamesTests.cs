using System.Text;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

/// <summary>Names and ids are stored and sent in clear, so what a message could not carry must not travel in them (P1).</summary>
public sealed class ClearNamesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("4111-1111-1111-1111")]
    [InlineData("c4111111111111111")]
    [InlineData("078-05-1120")]
    [InlineData("cvv-737")]
    [InlineData("2026-support")]
    [InlineData("Support")]
    [InlineData("")]
    public async Task P1_a_conversation_type_has_no_room_for_a_number(string type)
    {
        await using ProductHost host = await ProductHost.StartAsync();
        Assert.Equal(SecureChatErrors.InvalidRequest, (await host.Get<Conversations>().StartAsync(principal: null, type, address: null, Token)).Error);
    }

    [Theory]
    [InlineData("support")]
    [InlineData("summer-2026")]
    [InlineData("b2b")]
    public async Task A_conversation_type_that_names_something_in_code_is_one(string type)
    {
        await using ProductHost host = await ProductHost.StartAsync();
        Assert.Equal(type, (await host.Get<Conversations>().StartAsync(principal: null, type, address: null, Token)).Value!.Conversation.Type);
    }

    [Theory]
    [InlineData("4111111111111111", false)]
    [InlineData("4111-1111-1111-1111", false)]
    [InlineData("00447911123456_078-05-1120", false)]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301", true)]
    [InlineData("00000000000000000000000000000a00", true)]
    [InlineData("31250420-4289-4123-9204-030508203301", true)]
    [InlineData("31250420428941239204030508203301", false)]
    public async Task P1_an_id_of_a_browser_cannot_be_a_card_phone_or_social_security_number(string id, bool isId)
    {
        Assert.Equal(isId, SecureChatId.IsClientId(id));
        await using ProductHost host = await ProductHost.StartAsync();
        string conversationId = await host.StartConversationAsync();
        Conversation conversation = (await host.Get<Conversations>().FindAsync(conversationId, Token))!;
        Assert.Equal(isId, (await host.Get<MessageService>().SendAsync(conversation, MessageSender.Visitor, id, "hello", Token)).IsSuccess);
        string requestId = await host.RequestAsync(conversationId);
        Assert.Equal(isId, (await host.SubmitAsync(conversationId, requestId, id)).IsSuccess);
    }

    [Fact]
    public void No_random_id_is_refused()
    {
        // n = 200,000; a UUID without a letter is one by its shape (above); 26 characters of our own alphabet lack one once in 1e13 times.
        for (int i = 0; i < 100_000; i++)
        {
            Assert.True(SecureChatId.IsClientId(Guid.NewGuid().ToString()));
            Assert.True(SecureChatId.IsClientId(SecureChatId.New()));
        }
    }

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("4111 1111 1111 1111")]
    [InlineData("Ada\u202Egnp.tset")]
    [InlineData("Ada\nLovelace")]
    public async Task P1_a_sign_in_name_that_the_masker_would_mask_reaches_no_visitor_and_no_record_in_clear(string name)
    {
        await using ProductHost host = await ProductHost.StartAsync();
        string conversationId = await host.StartConversationAsync();
        var ada = new Agent { Id = "ada", SessionId = "s", DisplayName = name, IsAgent = true };
        Conversations conversations = host.Get<Conversations>();
        Conversation conversation = (await conversations.AssignAsync(ada, conversationId, toAgentId: null, toAgentName: null, Token)).Value!;
        Assert.Equal("Agent", conversation.AgentName);
        await host.Get<MessageService>().SendAsync(conversation, MessageSender.Of(ada), SecureChatId.New(), "hello", Token);
        await conversations.CloseAsync(conversationId, ParticipantRole.Agent, ada, Token);

        EventPage page = await host.Get<ConversationEvents>().ListAsync(conversationId, 0, 100, Token);
        Assert.Equal(4, page.Events.Count);
        Assert.All(page.Events, static sent => Assert.Null(sent.ActorName));
        foreach (string kind in new[] { RecordKinds.Conversation, RecordKinds.ConversationEvent, RecordKinds.OpenConversation })
        {
            foreach (StoreRecord record in await host.Setup.Data.ListAsync(new RecordQuery { Kind = kind, Partition = conversationId }, Token))
            {
                Assert.DoesNotContain(name, Encoding.UTF8.GetString(record.Body.Span), StringComparison.Ordinal);
            }
        }

        // The audit log still says who it was, to those who may read it.
        IReadOnlyList<AuditEntry> entries = await host.Get<AuditLog>().ListAsync(0, 100, Token);
        AuditEntry assigned = Assert.Single(entries, static entry => entry is { Action: AuditAction.ConversationAssigned, Outcome: AuditOutcome.Succeeded });
        Assert.Equal(name, (await host.Get<AuditLog>().FindDetailAsync(assigned, Token))!.ActorName);
    }

    [Theory]
    [InlineData("4111 1111 1111 1111")]
    [InlineData("bob 4111111111111111")]
    [InlineData("078-05-1120")]
    [InlineData("GB82 WEST 1234 5698 7654 32")]
    public async Task P1_an_agent_id_that_the_masker_would_mask_is_refused_and_stands_nowhere(string id)
    {
        await using ProductHost host = await ProductHost.StartAsync();
        string conversationId = await host.StartConversationAsync();
        Agent sue = ChatKit.Agent("sue", supervisor: true);
        Conversations conversations = host.Get<Conversations>();
        Assert.Equal(SecureChatErrors.InvalidRequest, (await conversations.AssignAsync(sue, conversationId, id, "Bob", Token)).Error);
        Assert.Equal(SecureChatErrors.InvalidRequest, (await conversations.TransferAsync(sue, conversationId, id, toAgentName: null, Token)).Error);

        Assert.Null((await conversations.FindAsync(conversationId, Token))!.AgentId);
        IReadOnlyList<AuditEntry> entries = await host.Get<AuditLog>().ListAsync(0, 100, Token);
        Assert.DoesNotContain(entries, static entry => entry.Action == AuditAction.ConversationAssigned);
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("bob@example.com")]
    [InlineData("+44 7911 123456")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301")]
    public async Task An_assignment_says_in_its_erasable_part_who_has_the_conversation_now(string id)
    {
        await using ProductHost host = await ProductHost.StartAsync();
        string conversationId = await host.StartConversationAsync();
        Agent sue = ChatKit.Agent("sue", supervisor: true);
        Conversation conversation = (await host.Get<Conversations>().AssignAsync(sue, conversationId, id, "Bob", Token)).Value!;
        Assert.Equal(id, conversation.AgentId);

        AuditLog log = host.Get<AuditLog>();
        AuditEntry assigned = Assert.Single(await log.ListAsync(0, 100, Token), static entry => entry is { Action: AuditAction.ConversationAssigned, Outcome: AuditOutcome.Succeeded });
        AuditDetail detail = (await log.FindDetailAsync(assigned, Token))!;
        Assert.Equal((id, "Bob"), (detail.AssignedToId, detail.AssignedToName));
        Assert.DoesNotContain(id, Encoding.UTF8.GetString(assigned.Canonical.Span), StringComparison.Ordinal);

        // Once erased, nothing in the log says it any more.
        await log.EraseDetailsAsync(conversationId, Token);
        Assert.Null(await log.FindDetailAsync(assigned, Token));
    }

    [Fact]
    public async Task A_name_that_is_a_name_is_shown()
    {
        await using ProductHost host = await ProductHost.StartAsync();
        string conversationId = await host.StartConversationAsync();
        var ada = new Agent { Id = "ada", SessionId = "s", DisplayName = "Ada Lovelace", IsAgent = true };
        Assert.Equal("Ada Lovelace", (await host.Get<Conversations>().AssignAsync(ada, conversationId, toAgentId: null, toAgentName: null, Token)).Value!.AgentName);
    }
}
