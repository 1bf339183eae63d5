using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.SignalR;

namespace SecureChat.AspNetCore;

/// <summary>
/// The hub. Clients connect without a token; the only call taken before <see cref="Join"/> is <see cref="Join"/> itself. Authority is
/// asked for anew on every call: neither the connection nor an id stands for it (E15).
/// </summary>
internal sealed class ChatHub(
    Conversations conversations,
    ConversationEvents events,
    ConversationFanOut feed,
    MessageService messages,
    AgentAccess access,
    ConnectedAgents agents,
    RateLimits limits,
    IHubContext<ChatHub> hub,
    IServiceProvider services,
    IOptions<SecureChatOptions> options,
    TimeProvider time) : Hub
{
    public override Task OnConnectedAsync()
    {
        ChatConnection.Open(Context, time);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        ChatConnection connection = ChatConnection.Of(Context);
        if (connection.Closed() is { } joined)
        {
            feed.Detach(joined);
        }

        connection.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Enters a conversation. Events after the one the client has follow on their own, in order, each once.</summary>
    public async Task<HubReply> Join(JoinCommand command)
    {
        ChatConnection connection = ChatConnection.Of(Context);
        Outcome<Conversation> outcome;
        Func<Conversation, CancellationToken, ValueTask<string?>>? removal = null;
        ParticipantRole role = ParticipantRole.Visitor;
        string? agentId = null;
        if (command.After < 0)
        {
            return HubReply.Refused(SecureChatErrors.InvalidRequest);
        }

        if (command.Token is not null)
        {
            outcome = await conversations.AuthorizeVisitorAsync(command.ConversationId, command.Token, Context.ConnectionAborted);
            if (!outcome.IsSuccess && limits.TryWrongToken(Address) is { } wait)
            {
                return HubReply.Refused(SecureChatErrors.RateLimited, wait);
            }
        }
        else
        {
            if (await FindAgentAsync() is not { } agent)
            {
                return HubReply.Refused(SecureChatErrors.Unauthenticated);
            }

            // The connection asks again who they are and whether the conversation is theirs, before every batch and every call.
            role = agent.Role;
            agentId = agent.Id;
            ClaimsPrincipal principal = Context.User!;
            ConnectedAgents connected = agents;
            removal = (conversation, token) => connected.RemovalAsync(principal, conversation, token);
            outcome = await conversations.AuthorizeReadAsync(agent, command.ConversationId, Context.ConnectionAborted);
            if (outcome.Value is { IsOpen: false })
            {
                outcome = SecureChatErrors.ConversationClosed;
            }
        }

        if (!outcome.IsSuccess)
        {
            return HubReply.Refused(outcome);
        }

        Leave(connection);
        long last = await events.LastSequenceAsync(outcome.Value.Id, known: 0, Context.ConnectionAborted);
        IHubClients clients = hub.Clients;
        string connectionId = Context.ConnectionId;
        var member = new FeedConnection(
            outcome.Value.Id,
            role,
            removal,
            Math.Min(command.After, last),
            (method, frame, token) => clients.Client(connectionId).SendAsync(method, frame, token),
            Context.Abort)
        {
            AgentId = agentId,
        };
        if (!feed.TryAttach(member, last))
        {
            member.Dispose();
            return HubReply.Refused(SecureChatErrors.TooManyConnections);
        }

        if (!connection.TryJoined(member, removal is null ? outcome.Value.TokenHash : null))
        {
            feed.Detach(member);
        }

        return HubReply.Of(new JoinView { Conversation = ConversationView.Of(outcome.Value), LastSequence = last });
    }

    /// <summary>Sends a message. The answer carries the text as stored, so that the sender's own bubble turns masked too (E38).</summary>
    public async Task<HubReply> Send(SendCommand command)
    {
        ChatConnection connection = ChatConnection.Of(Context);
        MessageSender sender = MessageSender.VisitorAt(Address);
        Outcome<Conversation> authorized;
        if (connection.TokenHash is not null)
        {
            authorized = await AuthorizeVisitorAsync(connection);
        }
        else
        {
            if (await FindAgentAsync() is not { } agent)
            {
                return HubReply.Refused(SecureChatErrors.Unauthenticated);
            }

            sender = MessageSender.Of(agent);
            authorized = await conversations.AuthorizeSendAsync(agent, connection.Feed!.ConversationId, Context.ConnectionAborted);
        }

        if (!authorized.IsSuccess)
        {
            return HubReply.Refused(authorized);
        }

        Outcome<ConversationEvent> sent = await messages.SendAsync(authorized.Value, sender, command.ClientId, command.Text, Context.ConnectionAborted);
        return sent.IsSuccess ? HubReply.Of(sent.Value) : HubReply.Refused(sent);
    }

    /// <summary>Events after a sequence: how a client fills a gap.</summary>
    public async Task<HubReply> History(HistoryCommand command)
    {
        int page = options.Value.Limits.HistoryPage;
        if (command.After < 0 || command.Limit is < 1)
        {
            return HubReply.Refused(SecureChatErrors.InvalidRequest);
        }

        Outcome<Conversation> authorized = await AuthorizeReadAsync();
        if (!authorized.IsSuccess)
        {
            return HubReply.Refused(authorized);
        }

        EventPage found = await events.ListAsync(
            authorized.Value.Id, command.After, Math.Min(command.Limit ?? page, page), Context.ConnectionAborted);
        return HubReply.Of(ChatEndpoints.ViewOf(found, authorized.Value));
    }

    /// <summary>Says that one types, or stopped. Never what (E36).</summary>
    public async Task<HubReply> Typing(TypingCommand command)
    {
        Outcome<Conversation> authorized = await AuthorizeReadAsync();
        if (!authorized.IsSuccess)
        {
            return HubReply.Refused(authorized);
        }

        feed.Typing(ChatConnection.Of(Context).Feed!, command.IsTyping);
        return HubReply.Done;
    }

    /// <summary>Says how far the visitor is with a form, to its agents. Never what they filled in (E36).</summary>
    public async Task<HubReply> FormProgress(FormProgressCommand command)
    {
        Outcome<Conversation> authorized = await AuthorizeReadAsync();
        if (!authorized.IsSuccess)
        {
            return HubReply.Refused(authorized);
        }

        if (ChatConnection.Of(Context).TokenHash is null)
        {
            return HubReply.Refused(SecureChatErrors.Forbidden);
        }

        if (command.Total < 0 || command.Total > options.Value.Limits.FormFields || command.Filled < 0 || command.Filled > command.Total)
        {
            return HubReply.Refused(SecureChatErrors.InvalidRequest);
        }

        // Only of a form that is there and open: an id of the caller's own would be a text to the agents that nobody masked.
        FormRecord? form = await services.GetRequiredService<FormService>().FindAsync(authorized.Value.Id, command.RequestId, Context.ConnectionAborted);
        if (form is not { IsConfirmed: true })
        {
            return HubReply.Refused(SecureChatErrors.NotFound);
        }

        if (!form.IsOpen)
        {
            return HubReply.Refused(SecureChatErrors.FormNotOpen);
        }

        feed.Progress(authorized.Value.Id, new FormProgressFrame { RequestId = form.RequestId, Filled = command.Filled, Total = command.Total });
        return HubReply.Done;
    }

    /// <summary>Answers with the tail, so that a client that missed a frame knows it.</summary>
    public async Task<HubReply> Heartbeat(HeartbeatCommand command)
    {
        Outcome<Conversation> authorized = await AuthorizeReadAsync();
        if (!authorized.IsSuccess)
        {
            return HubReply.Refused(authorized);
        }

        return command.LastSequence < 0
            ? HubReply.Refused(SecureChatErrors.InvalidRequest)
            : HubReply.Of(new TailView { LastSequence = await events.LastSequenceAsync(authorized.Value.Id, known: 0, Context.ConnectionAborted) });
    }

    /// <summary>Leaves the conversation.</summary>
    public Task<HubReply> Leave(LeaveCommand command)
    {
        Leave(ChatConnection.Of(Context));
        return Task.FromResult(HubReply.Done);
    }

    private void Leave(ChatConnection connection)
    {
        if (connection.IsJoined && connection.Left() is { } left)
        {
            feed.Detach(left);
        }
    }

    private async ValueTask<Outcome<Conversation>> AuthorizeReadAsync()
    {
        ChatConnection connection = ChatConnection.Of(Context);
        if (connection.TokenHash is not null)
        {
            return await AuthorizeVisitorAsync(connection);
        }

        return await FindAgentAsync() is { } agent
            ? await conversations.AuthorizeReadAsync(agent, connection.Feed!.ConversationId, Context.ConnectionAborted)
            : SecureChatErrors.Unauthenticated;
    }

    private async ValueTask<Outcome<Conversation>> AuthorizeVisitorAsync(ChatConnection connection) =>
        await conversations.FindAsync(connection.Feed!.ConversationId, Context.ConnectionAborted) is { } conversation
        && CryptographicOperations.FixedTimeEquals(conversation.TokenHash, connection.TokenHash)
            ? conversation
            : SecureChatErrors.NotFound;

    private IPAddress? Address => Context.GetHttpContext()?.Connection.RemoteIpAddress;

    private ValueTask<Agent?> FindAgentAsync() => Context.User is { } user ? access.ResolveAsync(user) : ValueTask.FromResult<Agent?>(null);
}
