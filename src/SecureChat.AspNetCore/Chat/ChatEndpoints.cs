using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Mvc;

namespace SecureChat.AspNetCore;

/// <summary>
/// Chat over HTTP, for visitors and agents. Every handler asks for authority itself and anew; what is not the caller's is answered like
/// what does not exist. No GET changes state.
/// </summary>
internal static class ChatEndpoints
{
    private const string BearerPrefix = "Bearer ";
    private const int SmallBodyBytes = 4096;
    private const int ListLimit = 200;

    /// <summary>The visitor's part. The token travels in the Authorization header.</summary>
    public static void MapVisitor(IEndpointRouteBuilder group)
    {
        group.MapPost("/conversations", StartAsync)
            .WithName("SecureChat.Visitor.StartConversation")
            .WithSummary("Starts a conversation. The token in the answer is shown this once.")
            .Accepts<StartCommand>("application/json")
            .Produces<StartedView>(StatusCodes.Status201Created);
        group.MapGet("/conversations/{id}", VisitorGetAsync)
            .WithName("SecureChat.Visitor.GetConversation")
            .WithSummary("The visitor's conversation.")
            .Produces<ConversationView>();
        group.MapGet("/conversations/{id}/events", VisitorEventsAsync)
            .WithName("SecureChat.Visitor.GetEvents")
            .WithSummary("Events after a sequence, oldest first: how a client fills a gap.")
            .Produces<EventsView>();
        group.MapPost("/conversations/{id}/messages", VisitorSendAsync)
            .WithName("SecureChat.Visitor.SendMessage")
            .WithSummary("Sends a message and answers with the text as stored. Idempotent by clientId.")
            .Accepts<SendCommand>("application/json")
            .Produces<ConversationEvent>()
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/conversations/{id}/close", VisitorCloseAsync)
            .WithName("SecureChat.Visitor.CloseConversation")
            .WithSummary("Ends the conversation and destroys every value of it. Idempotent.")
            .Produces<ConversationView>();
    }

    /// <summary>The agent's part, on the host's authentication.</summary>
    public static void MapAgent(IEndpointRouteBuilder group)
    {
        group.MapGet("/me", (Delegate)MeAsync)
            .WithName("SecureChat.Agent.Me")
            .WithSummary("Who the caller is here.")
            .Produces<AgentView>();
        group.MapPost("/here", HereAsync)
            .WithName("SecureChat.Agent.Here")
            .WithSummary("Says that the caller is here for a minute and a half, and answers who else is.")
            .Produces<AgentsHereView>();
        group.MapGet("/conversations", AgentListAsync)
            .WithName("SecureChat.Agent.ListConversations")
            .WithSummary("A page of the open conversations that the caller may know of, oldest first: behind `after`, at most `limit` (200).")
            .Produces<ConversationListView>();
        group.MapGet("/conversations/{id}", AgentGetAsync)
            .WithName("SecureChat.Agent.GetConversation")
            .WithSummary("One conversation: an unassigned one, the caller's own, or any for a supervisor.")
            .Produces<ConversationView>();
        group.MapGet("/conversations/{id}/events", AgentEventsAsync)
            .WithName("SecureChat.Agent.GetEvents")
            .WithSummary("Events after a sequence, oldest first: of the caller's own conversations, or of any for a supervisor.")
            .Produces<EventsView>();
        group.MapPost("/conversations/{id}/messages", AgentSendAsync)
            .WithName("SecureChat.Agent.SendMessage")
            .WithSummary("Sends a message in a conversation assigned to the caller. Idempotent by clientId.")
            .Accepts<SendCommand>("application/json")
            .Produces<ConversationEvent>()
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/conversations/{id}/assign", AssignAsync)
            .WithName("SecureChat.Agent.Assign")
            .WithSummary("Takes an unassigned conversation, or, as a supervisor, gives one to an agent.")
            .Accepts<AssignCommand>("application/json")
            .Produces<ConversationView>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/conversations/{id}/transfer", TransferAsync)
            .WithName("SecureChat.Agent.Transfer")
            .WithSummary("Hands a conversation on to another agent. Access moves with it.")
            .Accepts<TransferCommand>("application/json")
            .Produces<ConversationView>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/conversations/{id}/close", AgentCloseAsync)
            .WithName("SecureChat.Agent.CloseConversation")
            .WithSummary("Ends the conversation and destroys every value of it. Idempotent.")
            .Produces<ConversationView>();
    }

    /// <summary>
    /// The visitor's conversation by the bearer token of this request. Also for the visitor's other endpoints: one rule, one place.
    /// </summary>
    public static async ValueTask<Outcome<Conversation>> AuthorizeVisitorAsync(HttpContext http, string id, CancellationToken cancellationToken)
    {
        Conversations conversations = http.RequestServices.GetRequiredService<Conversations>();
        return await AuthorizeByTokenAsync(http, token => conversations.AuthorizeVisitorAsync(id, token, cancellationToken));
    }

    /// <summary>What the bearer token of this request opens, by whoever knows the tokens. A wrong one counts against the caller's address.</summary>
    public static async ValueTask<Outcome<T>> AuthorizeByTokenAsync<T>(HttpContext http, Func<string, ValueTask<Outcome<T>>> authorize)
        where T : class
    {
        if (ChatHubEndpoint.HasTokenInUrl(http.Request))
        {
            return SecureChatErrors.TokenInUrl;
        }

        if (Token(http) is not { } token)
        {
            return SecureChatErrors.Unauthenticated;
        }

        Outcome<T> outcome = await authorize(token);
        return !outcome.IsSuccess
            && http.RequestServices.GetRequiredService<RateLimits>().TryWrongToken(http.Connection.RemoteIpAddress) is { } wait
                ? RateLimits.Refuse<T>(wait)
                : outcome;
    }

    /// <summary>The agent whom <see cref="AgentGate"/> let through, with what the host's policies grant now.</summary>
    public static ValueTask<Outcome<Agent>> AuthorizeAgentAsync(HttpContext http) =>
        ValueTask.FromResult<Outcome<Agent>>(http.Features.Get<Agent>() is { } agent ? agent : SecureChatErrors.Unauthenticated);

    /// <summary>The answer to a refusal, with Retry-After when there is something to wait for.</summary>
    public static IResult Refuse<T>(HttpContext http, Outcome<T> outcome)
        where T : class
    {
        if (outcome.Facts?.GetValueOrDefault(RateLimits.RetryAfterFact) is long seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return Problems.From(outcome.Error!, outcome.Facts);
    }

    internal static EventsView ViewOf(EventPage page, Conversation conversation) => new()
    {
        Events = page.Events,
        IsDestroyed = page.IsDestroyed || conversation.TranscriptDestroyedAt is not null,
    };

    private static async Task<IResult> StartAsync(HttpContext http, [FromServices] Conversations conversations, CancellationToken cancellationToken)
    {
        Outcome<StartCommand> body = await RequestBody.ReadAsync<StartCommand>(http, SmallBodyBytes, cancellationToken);
        if (!body.IsSuccess)
        {
            return Refuse(http, body);
        }

        IPAddress? address = http.Connection.RemoteIpAddress;
        Outcome<StartedConversation> started = await conversations.StartAsync(http.User, body.Value.Type, address, cancellationToken);
        return started.IsSuccess
            ? Json(new StartedView { Conversation = ConversationView.Of(started.Value.Conversation), Token = started.Value.Token }, StatusCodes.Status201Created)
            : Refuse(http, started);
    }

    private static async Task<IResult> VisitorGetAsync(HttpContext http, string id, CancellationToken cancellationToken)
    {
        Outcome<Conversation> authorized = await AuthorizeVisitorAsync(http, id, cancellationToken);
        return authorized.IsSuccess ? Json(ConversationView.Of(authorized.Value)) : Refuse(http, authorized);
    }

    private static async Task<IResult> VisitorEventsAsync(HttpContext http, string id, CancellationToken cancellationToken)
    {
        Outcome<Conversation> authorized = await AuthorizeVisitorAsync(http, id, cancellationToken);
        return authorized.IsSuccess ? await ListEventsAsync(http, authorized.Value, cancellationToken) : Refuse(http, authorized);
    }

    private static async Task<IResult> VisitorSendAsync(HttpContext http, string id, CancellationToken cancellationToken)
    {
        Outcome<Conversation> authorized = await AuthorizeVisitorAsync(http, id, cancellationToken);
        return authorized.IsSuccess
            ? await SendAsync(http, authorized.Value, MessageSender.VisitorAt(http.Connection.RemoteIpAddress), cancellationToken)
            : Refuse(http, authorized);
    }

    private static async Task<IResult> VisitorCloseAsync(HttpContext http, string id, [FromServices] Conversations conversations, CancellationToken cancellationToken)
    {
        Outcome<Conversation> authorized = await AuthorizeVisitorAsync(http, id, cancellationToken);
        return authorized.IsSuccess
            ? await CloseAsync(http, authorized.Value, ParticipantRole.Visitor, agent: null, conversations, cancellationToken)
            : Refuse(http, authorized);
    }

    private static async Task<IResult> MeAsync(HttpContext http)
    {
        Outcome<Agent> agent = await AuthorizeAgentAsync(http);
        return agent.IsSuccess
            ? Json(new AgentView
            {
                Name = agent.Value.DisplayName,
                IsAgent = agent.Value.IsAgent,
                IsSupervisor = agent.Value.IsSupervisor,
                IsPrivacyOfficer = agent.Value.IsPrivacyOfficer,
                IsAuditor = agent.Value.IsAuditor,
            })
            : Refuse(http, agent);
    }

    private static async Task<IResult> HereAsync(
        HttpContext http, [FromServices] AgentPresence presence, [FromServices] RateLimits limits, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAgentAsync(http);
        if (!agent.IsSuccess)
        {
            return Refuse(http, agent);
        }

        // Who takes no conversations is nobody to hand one to.
        if (!agent.Value.IsAgent && !agent.Value.IsSupervisor)
        {
            return Problems.From(SecureChatErrors.Forbidden);
        }

        if (limits.TryAgentWrite(agent.Value.Id) is { } wait)
        {
            return Refuse(http, RateLimits.Refuse<Agent>(wait));
        }

        IReadOnlyList<AgentHere> others = await presence.SayAsync(agent.Value, cancellationToken);
        return Json(new AgentsHereView { Agents = [.. others.Select(static other => new AgentHereView { Agent = other.Handle, Name = other.Name })] });
    }

    private static async Task<IResult> AgentListAsync(HttpContext http, [FromServices] Conversations conversations, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAgentAsync(http);
        if (!agent.IsSuccess)
        {
            return Refuse(http, agent);
        }

        if (!agent.Value.IsAgent && !agent.Value.IsSupervisor)
        {
            return Problems.From(SecureChatErrors.Forbidden);
        }

        string? after = http.Request.Query["after"] is [{ } place] ? place : null;
        if ((after is null ? http.Request.Query.ContainsKey("after") : !Conversations.IsPlace(after)) || !TryReadNumber(http, "limit", ListLimit, 1, out long limit))
        {
            return Problems.From(SecureChatErrors.InvalidRequest);
        }

        ConversationPage page = await conversations.ListOpenForAsync(agent.Value, after, (int)Math.Min(limit, ListLimit), cancellationToken);
        return Json(new ConversationListView { Conversations = [.. page.Conversations.Select(conversation => ConversationView.Of(conversation, agent.Value))], Next = page.Next });
    }

    private static async Task<IResult> AgentGetAsync(HttpContext http, string id, [FromServices] Conversations conversations, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAgentAsync(http);
        if (!agent.IsSuccess)
        {
            return Refuse(http, agent);
        }

        Outcome<Conversation> authorized = await conversations.AuthorizeViewAsync(agent.Value, id, cancellationToken);
        return authorized.IsSuccess ? Json(ConversationView.Of(authorized.Value, agent.Value)) : Refuse(http, authorized);
    }

    private static async Task<IResult> AgentEventsAsync(HttpContext http, string id, [FromServices] Conversations conversations, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAgentAsync(http);
        if (!agent.IsSuccess)
        {
            return Refuse(http, agent);
        }

        Outcome<Conversation> authorized = await conversations.AuthorizeReadAsync(agent.Value, id, cancellationToken);
        return authorized.IsSuccess ? await ListEventsAsync(http, authorized.Value, cancellationToken) : Refuse(http, authorized);
    }

    private static async Task<IResult> AgentSendAsync(HttpContext http, string id, [FromServices] Conversations conversations, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAgentAsync(http);
        if (!agent.IsSuccess)
        {
            return Refuse(http, agent);
        }

        Outcome<Conversation> authorized = await conversations.AuthorizeSendAsync(agent.Value, id, cancellationToken);
        return authorized.IsSuccess
            ? await SendAsync(http, authorized.Value, MessageSender.Of(agent.Value), cancellationToken)
            : Refuse(http, authorized);
    }

    private static async Task<IResult> AssignAsync(
        HttpContext http, string id, [FromServices] Conversations conversations, [FromServices] RateLimits limits, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAgentAsync(http);
        if (!agent.IsSuccess)
        {
            return Refuse(http, agent);
        }

        // Before the body is read: a caller without business here learns nothing from how their request is shaped.
        Outcome<Conversation> authorized = await conversations.AuthorizeViewAsync(agent.Value, id, cancellationToken);
        if (!authorized.IsSuccess)
        {
            return Refuse(http, authorized);
        }

        Outcome<AssignCommand> body = await RequestBody.ReadAsync<AssignCommand>(http, SmallBodyBytes, cancellationToken);
        if (!body.IsSuccess)
        {
            return Refuse(http, body);
        }

        if (limits.TryAgentWrite(agent.Value.Id, id) is { } wait)
        {
            return Refuse(http, RateLimits.Refuse<Conversation>(wait));
        }

        Outcome<Conversation> assigned = await conversations.AssignAsync(agent.Value, id, body.Value.AgentId, body.Value.AgentName, cancellationToken);
        return assigned.IsSuccess ? Json(ConversationView.Of(assigned.Value, agent.Value)) : Refuse(http, assigned);
    }

    private static async Task<IResult> TransferAsync(
        HttpContext http, string id, [FromServices] Conversations conversations, [FromServices] RateLimits limits, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAgentAsync(http);
        if (!agent.IsSuccess)
        {
            return Refuse(http, agent);
        }

        Outcome<Conversation> authorized = await conversations.AuthorizeViewAsync(agent.Value, id, cancellationToken);
        if (!authorized.IsSuccess)
        {
            return Refuse(http, authorized);
        }

        Outcome<TransferCommand> body = await RequestBody.ReadAsync<TransferCommand>(http, SmallBodyBytes, cancellationToken);
        if (!body.IsSuccess)
        {
            return Refuse(http, body);
        }

        if (limits.TryAgentWrite(agent.Value.Id, id) is { } wait)
        {
            return Refuse(http, RateLimits.Refuse<Conversation>(wait));
        }

        Outcome<Conversation> transferred = body.Value switch
        {
            { Agent: null, AgentId: { } to } => await conversations.TransferAsync(agent.Value, id, to, body.Value.AgentName, cancellationToken),
            { Agent: { } handle, AgentId: null, AgentName: null } => await http.RequestServices.GetRequiredService<AgentPresence>().FindAsync(handle, cancellationToken) is { } here
                ? await conversations.TransferAsync(agent.Value, id, here, cancellationToken)
                : SecureChatErrors.AgentAway,
            _ => SecureChatErrors.InvalidRequest,
        };
        return transferred.IsSuccess ? Json(ConversationView.Of(transferred.Value, agent.Value)) : Refuse(http, transferred);
    }

    private static async Task<IResult> AgentCloseAsync(HttpContext http, string id, [FromServices] Conversations conversations, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAgentAsync(http);
        if (!agent.IsSuccess)
        {
            return Refuse(http, agent);
        }

        // The assigned agent or a supervisor: those who may read it.
        Outcome<Conversation> authorized = await conversations.AuthorizeReadAsync(agent.Value, id, cancellationToken);
        return authorized.IsSuccess
            ? await CloseAsync(http, authorized.Value, agent.Value.Role, agent.Value, conversations, cancellationToken)
            : Refuse(http, authorized);
    }

    private static async Task<IResult> CloseAsync(
        HttpContext http, Conversation conversation, ParticipantRole actor, Agent? agent, Conversations conversations, CancellationToken cancellationToken)
    {
        RateLimits limits = http.RequestServices.GetRequiredService<RateLimits>();
        if ((agent is null ? limits.TryVisitorEnd(conversation.Id) : limits.TryAgentEnd(agent.Id, conversation.Id)) is { } wait)
        {
            return Refuse(http, RateLimits.Refuse<Conversation>(wait));
        }

        Outcome<Conversation> closed = await conversations.CloseAsync(conversation.Id, actor, agent, cancellationToken);
        return closed.IsSuccess ? Json(ConversationView.Of(closed.Value, agent)) : Refuse(http, closed);
    }

    private static async Task<IResult> SendAsync(HttpContext http, Conversation conversation, MessageSender sender, CancellationToken cancellationToken)
    {
        SecureChatLimits limits = http.RequestServices.GetRequiredService<IOptions<SecureChatOptions>>().Value.Limits;
        Outcome<SendCommand> body = await RequestBody.ReadAsync<SendCommand>(http, ChatServices.FrameBytes(limits), cancellationToken);
        if (!body.IsSuccess)
        {
            return Refuse(http, body);
        }

        Outcome<ConversationEvent> sent = await http.RequestServices.GetRequiredService<MessageService>()
            .SendAsync(conversation, sender, body.Value.ClientId, body.Value.Text, cancellationToken);
        return sent.IsSuccess ? Json(sent.Value) : Refuse(http, sent);
    }

    private static async Task<IResult> ListEventsAsync(HttpContext http, Conversation conversation, CancellationToken cancellationToken)
    {
        int page = http.RequestServices.GetRequiredService<IOptions<SecureChatOptions>>().Value.Limits.HistoryPage;
        if (!TryReadNumber(http, "after", 0, 0, out long after) || !TryReadNumber(http, "limit", page, 1, out long limit))
        {
            return Problems.From(SecureChatErrors.InvalidRequest);
        }

        EventPage events = await http.RequestServices.GetRequiredService<ConversationEvents>()
            .ListAsync(conversation.Id, after, (int)Math.Min(limit, page), cancellationToken);
        return Json(ViewOf(events, conversation));
    }

    private static bool TryReadNumber(HttpContext http, string name, long defaultValue, long least, out long value)
    {
        value = defaultValue;
        Microsoft.Extensions.Primitives.StringValues texts = http.Request.Query[name];
        return texts.Count == 0
            || (texts.Count == 1 && long.TryParse(texts[0], NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least);
    }

    private static string? Token(HttpContext http) =>
        http.Request.Headers.Authorization is [{ } header] && header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) && header.Length > BearerPrefix.Length
            ? header[BearerPrefix.Length..]
            : null;

    private static IResult Json<T>(T value, int status = StatusCodes.Status200OK) => Results.Json(value, SecureChatJson.Options, statusCode: status);
}
