using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

public sealed class ChatHubTests(ChatHubTests.Fixture shared) : IClassFixture<ChatHubTests.Fixture>
{
    private const string Ann = "ann;agent";
    private const string Bob = "bob;agent";
    private const string Sue = "sue;supervisor";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_that_does_not_join_in_five_seconds_is_closed()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        await using HubClient client = await host.ConnectAsync();
        Assert.Equal("SC6020", await client.RefusalAsync("Heartbeat", new { lastSequence = 0 }));

        host.World.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal("SC6020", await client.RefusalAsync("Heartbeat", new { lastSequence = 0 }));
        host.World.Time.Advance(TimeSpan.FromSeconds(0.1));

        await client.Closed;
    }

    [Fact]
    public async Task A_connection_that_joined_stays_beyond_the_deadline()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        await using HubClient client = await host.JoinAsync(await host.StartConversationAsync());

        host.World.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(1, (long)(await client.ResultAsync("Heartbeat", new { lastSequence = 1 }))!["lastSequence"]!);
    }

    [Fact]
    public async Task Nothing_but_Join_is_answered_before_Join()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        await host.StartConversationAsync();
        await using HubClient client = await host.ConnectAsync(Sue);
        int writes = host.World.Store.Writes;

        Assert.Equal("SC6020", await client.RefusalAsync("Send", new { clientId = ChatKit.ClientId(), text = "hello" }));
        Assert.Equal("SC6020", await client.RefusalAsync("History", new { after = 0 }));
        Assert.Equal("SC6020", await client.RefusalAsync("Typing", new { isTyping = true }));
        Assert.Equal("SC6020", await client.RefusalAsync("Heartbeat", new { lastSequence = 0 }));
        Assert.Equal("SC6020", await client.RefusalAsync("Leave", new { }));
        Assert.Equal(writes, host.World.Store.Writes);
    }

    [Fact]
    public async Task E21_A_token_of_another_conversation_does_not_join()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        StartedConversation mine = await host.StartConversationAsync();
        StartedConversation other = await host.StartConversationAsync();
        await using HubClient client = await host.ConnectAsync();

        Assert.Equal("SC6005", await client.RefusalAsync("Join", new { conversationId = other.Conversation.Id, token = mine.Token, after = 0 }));
        Assert.Equal("SC6005", await client.RefusalAsync("Join", new { conversationId = SecureChatId.New(), token = mine.Token, after = 0 }));
        Assert.Equal("SC6003", await client.RefusalAsync("Join", new { conversationId = mine.Conversation.Id, after = 0 }));
        Assert.Equal("SC6020", await client.RefusalAsync("History", new { after = 0 }));
        Assert.Empty(client.Frames("event"));
    }

    [Fact]
    public async Task A_token_in_the_URL_is_refused_at_the_handshake_over_negotiate_and_in_HTTP()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        StartedConversation started = await host.StartConversationAsync();
        string query = "?access_token=" + started.Token;

        await Assert.ThrowsAsync<WebSocketException>(() => host.ConnectAsync(query: query));
        foreach (HttpRequestMessage request in (HttpRequestMessage[])
        [
            new(HttpMethod.Post, "/securechat/hub/negotiate" + query),
            new(HttpMethod.Get, "/securechat/hub" + query),
            new(HttpMethod.Get, $"/securechat/visitor/conversations/{started.Conversation.Id}" + query),
        ])
        {
            using HttpResponseMessage response = await host.Http.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal("SC6016", (string)(await response.Content.ReadFromJsonAsync<JsonObject>(Token))!["code"]!);
            request.Dispose();
        }
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_foreign_or_missing_Origin_does_not_get_through_the_handshake(string? origin)
    {
        ChatHost host = shared.Host;
        WebSocketException refusal = await Assert.ThrowsAsync<WebSocketException>(() => host.ConnectFromAsync(origin));
        Assert.Contains("403", refusal.Message, StringComparison.Ordinal);
        await using HubClient client = await host.ConnectFromAsync(host.Address);
        Assert.False(client.IsClosed);
    }

    [Fact]
    public async Task Saboteur_a_hub_mapped_past_MapSecureChat_takes_a_foreign_Origin()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld(), checksHandshake: false);
        await using HubClient client = await host.ConnectFromAsync("https://evil.example");
        Assert.False(client.IsClosed);
    }

    [Fact]
    public async Task E20_Events_reach_every_client_in_order_once_and_a_client_that_was_away_gets_the_gap()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld { Configure = Fast });
        StartedConversation started = await host.StartConversationAsync();
        await using HubClient tab = await host.JoinAsync(started);
        HubClient other = await host.JoinAsync(started);
        for (int i = 0; i < 20; i++)
        {
            await tab.ResultAsync("Send", new { clientId = ChatKit.ClientId(i), text = $"message {i}" });
        }

        await other.WaitForSequenceAsync(21);
        await other.DisposeAsync();
        for (int i = 20; i < 40; i++)
        {
            await tab.ResultAsync("Send", new { clientId = ChatKit.ClientId(i), text = $"message {i}" });
        }

        await using HubClient back = await host.JoinAsync(started, after: 21);
        await back.WaitForSequenceAsync(41);
        await tab.WaitForSequenceAsync(41);

        Assert.Equal(Numbers(1, 21), other.Sequences());
        Assert.Equal(Numbers(22, 41), back.Sequences());
        Assert.Equal(Numbers(1, 41), tab.Sequences());
        JsonNode history = (await back.ResultAsync("History", new { after = 30, limit = 5 }))!;
        Assert.Equal(Numbers(31, 35), history["events"]!.AsArray().Select(static found => (long)found!["sequence"]!));
        Assert.Equal("message 29", (string)history["events"]![0]!["text"]!);
        Assert.Equal("messageAdded", (string)history["events"]![0]!["kind"]!);
    }

    [Fact]
    public async Task Events_of_another_host_on_the_same_store_arrive_without_a_hint()
    {
        var world = new ChatWorld { Configure = Fast };
        await using ChatHost one = await ChatHost.StartAsync(world);
        await using ChatHost two = await ChatHost.StartAsync(world);
        StartedConversation started = await one.StartConversationAsync();
        await using HubClient here = await one.JoinAsync(started);
        await using HubClient there = await two.JoinAsync(started);
        await here.WaitForSequenceAsync(1);
        for (int i = 0; i < 5; i++)
        {
            await there.ResultAsync("Send", new { clientId = ChatKit.ClientId(i), text = "over there" });
        }

        Assert.Equal(6, (long)(await here.ResultAsync("Heartbeat", new { lastSequence = 1 }))!["lastSequence"]!);
        world.Time.Advance(ConversationFanOut.PollInterval);
        await here.WaitForSequenceAsync(6);

        Assert.Equal(Numbers(1, 6), here.Sequences());
    }

    [Fact]
    public async Task E38_The_sender_gets_back_what_was_stored_and_the_others_get_nothing_else()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        StartedConversation started = await host.StartConversationAsync();
        await using HubClient visitor = await host.JoinAsync(started);
        await using HubClient agent = await JoinAsAgentAsync(host, Ann, started);

        JsonNode sent = (await visitor.ResultAsync("Send", new { clientId = ChatKit.ClientId(), text = "card 4111111111111111" }))!;
        await agent.WaitForSequenceAsync((long)sent["sequence"]!);

        Assert.Equal("card [card]", (string)sent["text"]!);
        Assert.Equal("payment-card", (string)sent["maskedKinds"]![0]!);
        Assert.DoesNotContain(agent.Frames("event"), static frame => frame.ToJsonString().Contains("4111", StringComparison.Ordinal));
        Assert.Equal("card [card]", (string)agent.Frames("event")[^1]["text"]!);
    }

    [Fact]
    public async Task E12_A_transfer_takes_the_old_agents_connection_out_at_once()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld { Configure = Fast });
        StartedConversation started = await host.StartConversationAsync();
        await using HubClient visitor = await host.JoinAsync(started);
        await using HubClient ann = await JoinAsAgentAsync(host, Ann, started);
        await ann.WaitForSequenceAsync(2);

        using (HttpResponseMessage moved = await PostAsync(host, Ann, $"/securechat/agent/conversations/{started.Conversation.Id}/transfer", new { agentId = "bob", agentName = "Bob" }))
        {
            Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        }

        await ann.WaitForAsync(static client => client.Frames("removed").Count == 1, "removed");
        await visitor.ResultAsync("Send", new { clientId = ChatKit.ClientId(), text = "for Bob only" });
        await visitor.WaitForSequenceAsync(4);
        Assert.Equal("SC6005", await ann.RefusalAsync("History", new { after = 0 }));
        Assert.Equal("SC6005", await ann.RefusalAsync("Send", new { clientId = ChatKit.ClientId(1), text = "still here" }));
        Assert.Equal("SC6005", await ann.RefusalAsync("Heartbeat", new { lastSequence = 0 }));

        Assert.DoesNotContain(4, ann.Sequences());
        Assert.Equal(1, host.Get<ConversationFanOut>().CountOf(started.Conversation.Id));
    }

    [Fact]
    public async Task A_transfer_on_another_host_takes_the_old_agents_connection_out_too()
    {
        var world = new ChatWorld { Configure = Fast };
        await using ChatHost one = await ChatHost.StartAsync(world);
        await using ChatHost two = await ChatHost.StartAsync(world);
        StartedConversation started = await one.StartConversationAsync();
        await using HubClient ann = await JoinAsAgentAsync(one, Ann, started);
        await ann.WaitForSequenceAsync(2);

        (await PostAsync(two, Sue, $"/securechat/agent/conversations/{started.Conversation.Id}/assign", new { agentId = "bob", agentName = "Bob" })).Dispose();
        await using HubClient visitor = await two.JoinAsync(started);
        await visitor.ResultAsync("Send", new { clientId = ChatKit.ClientId(), text = "for Bob only" });
        world.Time.Advance(ConversationFanOut.PollInterval);

        await ann.WaitForAsync(static client => client.Frames("removed").Count == 1, "removed");
        Assert.Equal(Numbers(1, 2), ann.Sequences());
    }

    [Fact]
    public async Task The_end_takes_the_agent_out_and_leaves_the_visitor_who_still_sees_what_is_deleted()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        StartedConversation started = await host.StartConversationAsync();
        await using HubClient visitor = await host.JoinAsync(started);
        await using HubClient agent = await JoinAsAgentAsync(host, Ann, started);

        (await PostAsync(host, Ann, $"/securechat/agent/conversations/{started.Conversation.Id}/close", new { })).Dispose();

        await agent.WaitForAsync(static client => client.Frames("removed").Count == 1, "removed");
        await visitor.WaitForSequenceAsync(3);
        Assert.Equal("closed", (string)visitor.Frames("event")[^1]["kind"]!);
        Assert.Equal("SC6011", await visitor.RefusalAsync("Send", new { clientId = ChatKit.ClientId(), text = "hello?" }));
    }

    [Fact]
    public async Task E51_A_visitor_with_too_many_windows_is_told_so_and_the_agent_still_gets_in()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld { Configure = Fast });
        StartedConversation started = await host.StartConversationAsync();
        StartedConversation other = await host.StartConversationAsync();
        var windows = new List<HubClient>();
        try
        {
            for (int i = 0; i < ConversationFanOut.MaxConnectionsOfOne; i++)
            {
                windows.Add(await host.JoinAsync(started));
            }

            await using HubClient late = await host.ConnectAsync();
            object join = new { conversationId = started.Conversation.Id, token = started.Token, after = 0 };
            Assert.Equal("SC6025", await late.RefusalAsync("Join", join));
            Assert.Equal("SC6020", await late.RefusalAsync("History", new { after = 0 }));
            await using HubClient agent = await JoinAsAgentAsync(host, Ann, started);
            await using HubClient stranger = await host.JoinAsync(other);

            // A window that has joined may join again, and one that is closed makes room.
            await windows[0].ResultAsync("Join", join);
            await windows[1].ResultAsync("Leave", new { });
            await late.ResultAsync("Join", join);
            await windows[2].DisposeAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (host.Get<ConversationFanOut>().CountOf(started.Conversation.Id) > ConversationFanOut.MaxConnectionsOfOne)
            {
                Assert.False(limit.IsCancellationRequested, "The closed connection still counts.");
                await Task.Yield();
            }

            await using HubClient last = await host.JoinAsync(started);
        }
        finally
        {
            foreach (HubClient window in windows)
            {
                await window.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData("get", RecordKinds.Conversation)]
    [InlineData("list", RecordKinds.ConversationEvent)]
    [InlineData(null, RecordKinds.Conversation)]
    public async Task A_connection_that_ends_during_Join_is_left_in_no_conversation(string? operation, string kind)
    {
        // The second host has nothing of the conversation in its memory, so the call goes to the store.
        var world = new ChatWorld();
        await using ChatHost first = await ChatHost.StartAsync(world);
        StartedConversation started = await first.StartConversationAsync();
        await using ChatHost host = await ChatHost.StartAsync(world);
        await using AsyncServiceScope scope = host.Get<IServiceScopeFactory>().CreateAsyncScope();
        using var context = new CallerContext();
        using ChatHub hub = ActivatorUtilities.CreateInstance<ChatHub>(scope.ServiceProvider);
        hub.Context = context;
        await hub.OnConnectedAsync();
        bool hasEnded = false;
        world.Store.Before = async call =>
        {
            if (!hasEnded && call.Operation == operation && call.Kind == kind)
            {
                hasEnded = true;
                await hub.OnDisconnectedAsync(null);
            }
        };

        HubReply reply = await hub.Join(new JoinCommand { ConversationId = started.Conversation.Id, Token = started.Token, After = 0 });

        world.Store.Before = null;
        Assert.Null(reply.Error);

        // Without the end the same call leaves it there.
        Assert.Equal((operation is not null, operation is null ? 1 : 0), (hasEnded, host.Get<ConversationFanOut>().CountOf(started.Conversation.Id)));
        Assert.Equal(operation is null, ChatConnection.Of(context).IsJoined);
        await hub.OnDisconnectedAsync(null);
        Assert.Equal(0, host.Get<ConversationFanOut>().CountOf(started.Conversation.Id));
    }

    [Fact]
    public async Task Connections_that_end_while_they_join_leave_nobody_behind()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld { Configure = Fast });
        StartedConversation started = await host.StartConversationAsync();
        string join = JsonSerializer.Serialize(new { conversationId = started.Conversation.Id, token = started.Token, after = 0 });
        for (int round = 0; round < 100; round++)
        {
            HubClient client = await host.ConnectAsync();
            _ = await client.StartRawAsync("Join", join);
            await client.DisposeAsync();
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (host.Get<ConversationFanOut>().CountOf(started.Conversation.Id) > 0)
        {
            Assert.False(limit.IsCancellationRequested, $"{host.Get<ConversationFanOut>().CountOf(started.Conversation.Id)} connections that ended are still in the conversation.");
            await Task.Yield();
        }
    }

    [Fact]
    public async Task E36_Typing_says_who_and_never_what()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        StartedConversation started = await host.StartConversationAsync();
        await using HubClient visitor = await host.JoinAsync(started);
        await using HubClient agent = await JoinAsAgentAsync(host, Ann, started);

        JsonObject refused = await visitor.InvokeRawAsync("Typing", "{\"isTyping\":true,\"text\":\"4111\"}");
        Assert.NotNull(refused["error"]);
        await visitor.ResultAsync("Typing", new { isTyping = true });
        await agent.WaitForAsync(static client => client.Frames("typing").Count == 1, "typing");

        Assert.Equal("{\"role\":\"visitor\",\"isTyping\":true}", agent.Frames("typing")[0].ToJsonString());
        await visitor.WaitForAsync(static client => client.Frames("presence").Count > 0, "presence");
        Assert.Equal("{\"role\":\"agent\",\"isOnline\":true}", visitor.Frames("presence")[0].ToJsonString());
    }

    [Theory]
    [InlineData("{\"clientId\":\"client-message-000000\",\"text\":\"a\",\"text\":\"b\"}")]
    [InlineData("{\"clientId\":\"client-message-000000\",\"text\":\"a\",\"role\":\"agent\"}")]
    [InlineData("{\"clientId\":\"client-message-000000\",\"Text\":\"a\"}")]
    [InlineData("{\"clientId\":\"client-message-000000\",\"text\":5}")]
    [InlineData("{\"clientId\":\"client-message-000000\",\"text\":null}")]
    [InlineData("{\"clientId\":\"client-message-000000\",\"text\":\"\\ud800\"}")]
    [InlineData("{\"clientId\":\"client-message-000000\"}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{},{}")]
    [InlineData("")]
    public async Task A_malformed_argument_is_refused_and_the_connection_goes_on(string argument)
    {
        ChatHost host = shared.Host;
        await using HubClient client = await host.JoinAsync(await host.StartConversationAsync());
        int writes = host.World.Store.Writes;

        JsonObject completion = await client.InvokeRawAsync("Send", argument);

        Assert.NotNull(completion["error"]);
        Assert.Equal(writes, host.World.Store.Writes);
        Assert.Equal(1, (long)(await client.ResultAsync("Heartbeat", new { lastSequence = 1 }))!["lastSequence"]!);
    }

    [Theory]
    [InlineData("{\"type\":1,")]
    [InlineData("\u0000\u0001\u0002")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task A_frame_that_is_no_message_closes_that_connection_alone(string frame)
    {
        ChatHost host = shared.Host;
        StartedConversation started = await host.StartConversationAsync();
        await using HubClient good = await host.JoinAsync(started);
        await using HubClient bad = await host.JoinAsync(started);

        await bad.SendRawAsync(frame + "\u001e");
        await bad.Closed;

        Assert.NotNull(await good.ResultAsync("Send", new { clientId = ChatKit.ClientId(), text = "still here" }));
    }

    [Fact]
    public async Task An_oversized_text_is_refused_and_an_oversized_frame_closes_the_connection()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        StartedConversation started = await host.StartConversationAsync();
        await using HubClient client = await host.JoinAsync(started);

        Assert.Equal("SC6009", await client.RefusalAsync("Send", new { clientId = ChatKit.ClientId(), text = new string('a', 8193) }));
        await client.SendRawAsync(new string('a', 100_000));
        await client.Closed;

        Assert.Equal(1, await host.Get<ConversationEvents>().LastSequenceAsync(started.Conversation.Id, known: 0, Token));
    }

    [Fact]
    public async Task E51_Ten_thousand_messages_in_a_burst_are_limited_and_the_host_keeps_serving()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        StartedConversation started = await host.StartConversationAsync();
        StartedConversation calm = await host.StartConversationAsync();
        await using HubClient flood = await host.JoinAsync(started);
        await using HubClient other = await host.JoinAsync(calm);

        for (int i = 0; i < 10_000 && !flood.IsClosed; i++)
        {
            try
            {
                _ = await flood.StartRawAsync("Send", $"{{\"clientId\":\"{ChatKit.ClientId(i)}\",\"text\":\"flood\"}}");
            }
            catch (Exception closed) when (closed is WebSocketException or InvalidOperationException or OperationCanceledException)
            {
                break;
            }
        }

        await flood.Closed;
        Assert.NotNull(await other.ResultAsync("Send", new { clientId = ChatKit.ClientId(), text = "hello" }));
        Assert.Equal(11, await host.Get<ConversationEvents>().LastSequenceAsync(started.Conversation.Id, known: 0, Token));
    }

    [Fact]
    public async Task A_fault_says_its_code_and_nothing_of_what_was_sent()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        await using HubClient client = await host.JoinAsync(await host.StartConversationAsync());
        host.World.Masker.Instead = static (request, _) => throw new InvalidOperationException(request.Text);

        JsonObject completion = await client.InvokeAsync("Send", new { clientId = ChatKit.ClientId(), text = "card 4111111111111111" });

        string error = (string)completion["error"]!;
        Assert.Contains("SC2001", error, StringComparison.Ordinal);
        Assert.DoesNotContain("4111", completion.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_visitor_and_agent_endpoints_hold_the_same_rules_over_HTTP()
    {
        await using ChatHost host = await ChatHost.StartAsync(new ChatWorld());
        JsonObject started = await ReadAsync(HttpStatusCode.Created, await host.Http.PostAsJsonAsync("/securechat/visitor/conversations", new { type = "support" }, Token));
        string id = (string)started["conversation"]!["id"]!;
        string token = (string)started["token"]!;
        string visitorPath = "/securechat/visitor/conversations/" + id;
        string agentPath = "/securechat/agent/conversations/" + id;

        Assert.Equal("SC6003", await CodeAsync(await VisitorAsync(HttpMethod.Get, visitorPath, null)));
        Assert.Equal("SC6005", await CodeAsync(await VisitorAsync(HttpMethod.Get, visitorPath, ConversationToken.New(out _))));
        Assert.Equal("SC6005", await CodeAsync(await VisitorAsync(HttpMethod.Get, "/securechat/visitor/conversations/" + SecureChatId.New(), token)));
        Assert.Equal("support", (string)(await ReadAsync(HttpStatusCode.OK, await VisitorAsync(HttpMethod.Get, visitorPath, token)))["type"]!);
        await ReadAsync(HttpStatusCode.OK, await VisitorAsync(HttpMethod.Post, visitorPath + "/messages", token, new { clientId = ChatKit.ClientId(), text = "card 4111111111111111" }));
        Assert.Equal("SC6001", await CodeAsync(await VisitorAsync(HttpMethod.Post, visitorPath + "/messages", token, new { clientId = "short", text = "hello" })));
        Assert.Equal("SC6001", await CodeAsync(await VisitorAsync(HttpMethod.Get, visitorPath + "/events?after=-1", token)));
        JsonObject events = await ReadAsync(HttpStatusCode.OK, await VisitorAsync(HttpMethod.Get, visitorPath + "/events?after=1&limit=5", token));
        Assert.Equal("card [card]", (string)events["events"]![0]!["text"]!);

        Assert.Equal("SC6003", await CodeAsync(await AgentAsync(HttpMethod.Get, agentPath, null)));
        Assert.Equal("SC6004", await CodeAsync(await AgentAsync(HttpMethod.Get, agentPath, "zoe;nobody")));
        Assert.Equal("SC6005", await CodeAsync(await AgentAsync(HttpMethod.Get, agentPath, "aud;auditor")));
        Assert.Equal("SC6004", await CodeAsync(await AgentAsync(HttpMethod.Get, "/securechat/agent/conversations", "aud;auditor")));
        Assert.Equal("Agent ann", (string)(await ReadAsync(HttpStatusCode.OK, await AgentAsync(HttpMethod.Get, "/securechat/agent/me", Ann)))["name"]!);
        Assert.Equal("SC6005", await CodeAsync(await AgentAsync(HttpMethod.Get, agentPath + "/events", Ann)));
        Assert.True((bool)(await ReadAsync(HttpStatusCode.OK, await AgentAsync(HttpMethod.Post, agentPath + "/assign", Ann, new { })))["isMine"]!);
        await ReadAsync(HttpStatusCode.OK, await AgentAsync(HttpMethod.Get, agentPath + "/events", Ann));
        Assert.Equal("SC6005", await CodeAsync(await AgentAsync(HttpMethod.Post, agentPath + "/messages", Bob, new { clientId = ChatKit.ClientId(2), text = "hi" })));
        Assert.Equal("SC6004", await CodeAsync(await AgentAsync(HttpMethod.Post, agentPath + "/messages", Sue, new { clientId = ChatKit.ClientId(2), text = "hi" })));
        JsonObject list = await ReadAsync(HttpStatusCode.OK, await AgentAsync(HttpMethod.Get, "/securechat/agent/conversations", Bob));
        Assert.Empty(list["conversations"]!.AsArray());
        Assert.False(list.ContainsKey("next"));
        foreach (string query in new[] { "after=", "after=A", "after=..%2F", "after=a&after=b", "after=%00", "after=" + new string('a', 65), "limit=0", "limit=-1", "limit=x" })
        {
            Assert.Equal("SC6001", await CodeAsync(await AgentAsync(HttpMethod.Get, "/securechat/agent/conversations?" + query, Ann)));
        }

        await ReadAsync(HttpStatusCode.OK, await AgentAsync(HttpMethod.Get, "/securechat/agent/conversations?after=0.zz&limit=100000", Ann));

        for (int i = 10; i < 30; i++)
        {
            (await VisitorAsync(HttpMethod.Post, visitorPath + "/messages", token, new { clientId = ChatKit.ClientId(i), text = "hello" })).Dispose();
        }

        using HttpResponseMessage limited = await VisitorAsync(HttpMethod.Post, visitorPath + "/messages", token, new { clientId = ChatKit.ClientId(40), text = "hello" });
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), limited.Headers.RetryAfter!.Delta);
        Assert.Equal("closed", (string)(await ReadAsync(HttpStatusCode.OK, await VisitorAsync(HttpMethod.Post, visitorPath + "/close", token)))["state"]!);
        Assert.Equal("closed", (string)(await ReadAsync(HttpStatusCode.OK, await VisitorAsync(HttpMethod.Post, visitorPath + "/close", token)))["state"]!);

        async Task<HttpResponseMessage> VisitorAsync(HttpMethod method, string path, string? bearer, object? body = null)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            if (bearer is not null)
            {
                request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", bearer);
            }

            return await host.Http.SendAsync(request, Token);
        }

        Task<HttpResponseMessage> AgentAsync(HttpMethod method, string path, string? agent, object? body = null) => SendAsync(host, method, agent, path, body);
    }

    private static IEnumerable<long> Numbers(long first, long last)
    {
        for (long number = first; number <= last; number++)
        {
            yield return number;
        }
    }

    private static void Fast(SecureChatOptions options)
    {
        options.Limits.VisitorMessageBurst = 1000;
        options.Limits.ConversationMessagesPerSecond = 1000;
    }

    private static async Task<HubClient> JoinAsAgentAsync(ChatHost host, string agent, StartedConversation started)
    {
        (await PostAsync(host, agent, $"/securechat/agent/conversations/{started.Conversation.Id}/assign", new { })).Dispose();
        HubClient client = await host.ConnectAsync(agent);
        await client.ResultAsync("Join", new { conversationId = started.Conversation.Id, after = 0 });
        return client;
    }

    private static Task<HttpResponseMessage> PostAsync(ChatHost host, string agent, string path, object body) => SendAsync(host, HttpMethod.Post, agent, path, body);

    private static async Task<HttpResponseMessage> SendAsync(ChatHost host, HttpMethod method, string? agent, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (agent is not null)
        {
            request.Headers.Add("X-Test-Agent", agent);
        }

        return await host.Http.SendAsync(request, Token);
    }

    private static async Task<JsonObject> ReadAsync(HttpStatusCode expected, HttpResponseMessage response)
    {
        using (response)
        {
            string text = await response.Content.ReadAsStringAsync(Token);
            Assert.True(response.StatusCode == expected, ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture) + text);
            return JsonNode.Parse(text)!.AsObject();
        }
    }

    private static async Task<string> CodeAsync(HttpResponseMessage response)
    {
        using (response)
        {
            return (string)(await response.Content.ReadFromJsonAsync<JsonObject>(Token))!["code"]!;
        }
    }

    /// <summary>One host for all tests that leave it as it was.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal ChatHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Host = await ChatHost.StartAsync(new ChatWorld { Configure = static options => options.Limits.ConversationsPerAddressPerMinute = 1000 });

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }

    /// <summary>A connection under the test's hand: its end comes when the test says so, and no token tells of it.</summary>
    private sealed class CallerContext : Microsoft.AspNetCore.SignalR.HubCallerContext, IDisposable
    {
        private readonly CancellationTokenSource _aborted = new();

        public override string ConnectionId => "connection-1";

        public override string? UserIdentifier => null;

        public override System.Security.Claims.ClaimsPrincipal? User => null;

        public override IDictionary<object, object?> Items { get; } = new Dictionary<object, object?>();

        public override Microsoft.AspNetCore.Http.Features.IFeatureCollection Features { get; } = new Microsoft.AspNetCore.Http.Features.FeatureCollection();

        public override CancellationToken ConnectionAborted => _aborted.Token;

        public override void Abort() => _aborted.Cancel();

        public void Dispose() => _aborted.Dispose();
    }
}
