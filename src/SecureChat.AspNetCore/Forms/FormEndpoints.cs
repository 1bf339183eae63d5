namespace SecureChat.AspNetCore;

/// <summary>The HTTP face of forms. Every handler takes authority anew: an id is not authority (P9, E15).</summary>
internal static class FormEndpoints
{
    /// <summary>Name of the first call of the secure form, under the prefix that was mapped first.</summary>
    public const string ViewName = "SecureChat.Forms.GetForm";

    public static void MapVisitor(IEndpointRouteBuilder group)
    {
        group.MapGet("/conversations/{conversationId}/forms/{requestId}", ViewAsync)
            .WithName("SecureChat.Visitor.GetForm")
            .WithSummary("The form to fill in: definition, notice and state.")
            .Produces<FormView>();
        group.MapPost("/conversations/{conversationId}/forms/{requestId}/open", OpenAsync)
            .WithName("SecureChat.Visitor.OpenForm")
            .WithSummary("Says that the form is on screen.")
            .Produces<FormCard>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/conversations/{conversationId}/forms/{requestId}/token", GrantAsync)
            .WithName("SecureChat.Visitor.GrantForm")
            .WithSummary("A token for one place to fill the form in. It replaces every earlier one.")
            .Produces<FormTokenView>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/conversations/{conversationId}/forms/{requestId}/extend", ExtendAsync)
            .WithName("SecureChat.Visitor.ExtendForm")
            .WithSummary("Takes more time for the form.")
            .Produces<FormCard>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/conversations/{conversationId}/forms/{requestId}/submit", SubmitAsync)
            .WithName("SecureChat.Visitor.SubmitForm")
            .WithSummary("Submits the form with the consent that was shown. Idempotent by submissionId.")
            .Accepts<FormSubmission>("application/json")
            .Produces<FormCard>()
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/conversations/{conversationId}/forms/{requestId}/decline", DeclineAsync)
            .WithName("SecureChat.Visitor.DeclineForm")
            .WithSummary("Says no.")
            .Produces<FormCard>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/conversations/{conversationId}/forms/{requestId}/withdraw", WithdrawAsync)
            .WithName("SecureChat.Visitor.WithdrawForm")
            .WithSummary("Withdraws consent and destroys what nobody has opened.")
            .Produces<FormCard>()
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>The part of the secure form itself: the form that the caller's token opens, and no other. Nothing else counts, no cookie and no conversation token.</summary>
    public static void MapForms(IEndpointRouteBuilder group)
    {
        group.MapGet("/current", ViewCurrentAsync)
            .WithName(ViewName)
            .WithSummary("The form that the token opens: definition, notice and state.")
            .Produces<FormView>();
        group.MapPost("/current/open", OpenCurrentAsync)
            .WithName("SecureChat.Forms.OpenForm")
            .WithSummary("Says that the form is on screen.")
            .Produces<FormCard>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/current/submit", SubmitCurrentAsync)
            .WithName("SecureChat.Forms.SubmitForm")
            .WithSummary("Submits the form with the consent that was shown. Idempotent by submissionId.")
            .Accepts<FormSubmission>("application/json")
            .Produces<FormCard>()
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/current/decline", DeclineCurrentAsync)
            .WithName("SecureChat.Forms.DeclineForm")
            .WithSummary("Says no.")
            .Produces<FormCard>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/current/extend", ExtendCurrentAsync)
            .WithName("SecureChat.Forms.ExtendForm")
            .WithSummary("Takes more time for the form.")
            .Produces<FormCard>()
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    public static void MapAgent(IEndpointRouteBuilder group)
    {
        group.MapGet("/forms", ListForms)
            .WithName("SecureChat.Agent.ListForms")
            .WithSummary("The forms that can be requested.")
            .Produces<FormListView>();
        group.MapPost("/conversations/{conversationId}/forms", RequestAsync)
            .WithName("SecureChat.Agent.RequestForm")
            .WithSummary("Asks the visitor to fill in a form. One open request per form and conversation: a second call returns the first.")
            .Accepts<RequestFormBody>("application/json")
            .Produces<RequestedFormView>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/conversations/{conversationId}/forms/{requestId}", GetAsync)
            .WithName("SecureChat.Agent.GetForm")
            .WithSummary("The card of a form request: states and masked previews, never a value.")
            .Produces<FormCard>();
        group.MapPost("/conversations/{conversationId}/forms/{requestId}/cancel", CancelAsync)
            .WithName("SecureChat.Agent.CancelForm")
            .WithSummary("Takes an open request back, or destroys what was submitted and nobody has opened.")
            .Produces<FormCard>();
        group.MapPost("/conversations/{conversationId}/forms/{requestId}/step-up", StepUpAsync)
            .WithName("SecureChat.Agent.StepUp")
            .WithSummary("Proves a fresh second factor for one claim of the named values.")
            .Accepts<StepUpBody>("application/json")
            .Produces<StepUpAnswer>();
        group.MapPost("/conversations/{conversationId}/forms/{requestId}/reveal", RevealAsync)
            .WithName("SecureChat.Agent.Reveal")
            .WithSummary("Takes the exclusive right to see values and receives them encrypted to the browser's key. Repeat inside the window with the same claim and key.")
            .Accepts<RevealCommand>("application/json")
            .Produces<RevealAnswer>()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status410Gone)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        group.MapPost("/conversations/{conversationId}/forms/{requestId}/acknowledge", AcknowledgeAsync)
            .WithName("SecureChat.Agent.Acknowledge")
            .WithSummary("Says \"seen\", which destroys the values of the claim.")
            .Accepts<AcknowledgeBody>("application/json")
            .Produces<FormCard>()
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    public static void MapPrivacy(IEndpointRouteBuilder group)
    {
        group.MapGet("/privacy/conversations/{conversationId}/consents", ListConsentsAsync)
            .WithName("SecureChat.Privacy.ListConsents")
            .WithSummary("What was agreed to in a conversation, withdrawals included. For privacy officers.")
            .Produces<ConsentListView>();
        group.MapPost("/privacy/conversations/{conversationId}/forms/{requestId}/destroy", EraseAsync)
            .WithName("SecureChat.Privacy.DestroyValues")
            .WithSummary("Destroys the values of a form on a subject's behalf. For privacy officers.")
            .Produces<FormCard>();
    }

    private static async Task<IResult> ViewAsync(
        HttpContext http, string conversationId, string requestId, FormService forms, CancellationToken cancellationToken)
    {
        Outcome<Conversation> conversation = await ChatEndpoints.AuthorizeVisitorAsync(http, conversationId, cancellationToken);
        return conversation.IsSuccess
            ? await ViewOfAsync(http, conversationId, requestId, forms, cancellationToken)
            : Problems.From(conversation.Error, conversation.Facts);
    }

    private static async Task<IResult> ViewCurrentAsync(HttpContext http, FormService forms, CancellationToken cancellationToken)
    {
        Outcome<FormRecord> form = await AuthorizeFormAsync(http, forms, cancellationToken);
        return form.IsSuccess
            ? await ViewOfAsync(http, form.Value.ConversationId, form.Value.RequestId, forms, cancellationToken)
            : Problems.From(form.Error, form.Facts);
    }

    private static Task<IResult> GrantAsync(
        HttpContext http, string conversationId, string requestId, FormService forms, RateLimits limits, CancellationToken cancellationToken) =>
        AsVisitorAsync(
            http,
            conversationId,
            () => Limited(limits.TryVisitorWrite(conversationId, http.Connection.RemoteIpAddress), () => forms.GrantAsync(conversationId, requestId, cancellationToken)),
            cancellationToken);

    private static Task<IResult> OpenAsync(
        HttpContext http, string conversationId, string requestId, FormService forms, RateLimits limits, CancellationToken cancellationToken) =>
        AsVisitorAsync(
            http,
            conversationId,
            () => Limited(limits.TryVisitorWrite(conversationId, http.Connection.RemoteIpAddress), () => forms.OpenAsync(conversationId, requestId, cancellationToken)),
            cancellationToken);

    private static Task<IResult> OpenCurrentAsync(HttpContext http, FormService forms, RateLimits limits, CancellationToken cancellationToken) =>
        AsHolderAsync(
            http,
            forms,
            form => Limited(
                limits.TryVisitorWrite(form.ConversationId, http.Connection.RemoteIpAddress), () => forms.OpenAsync(form.ConversationId, form.RequestId, cancellationToken)),
            cancellationToken);

    private static Task<IResult> ExtendAsync(
        HttpContext http, string conversationId, string requestId, FormService forms, RateLimits limits, CancellationToken cancellationToken) =>
        AsVisitorAsync(
            http,
            conversationId,
            () => Limited(limits.TryVisitorWrite(conversationId, http.Connection.RemoteIpAddress), () => forms.ExtendAsync(conversationId, requestId, cancellationToken)),
            cancellationToken);

    private static Task<IResult> ExtendCurrentAsync(HttpContext http, FormService forms, RateLimits limits, CancellationToken cancellationToken) =>
        AsHolderAsync(
            http,
            forms,
            form => Limited(
                limits.TryVisitorWrite(form.ConversationId, http.Connection.RemoteIpAddress), () => forms.ExtendAsync(form.ConversationId, form.RequestId, cancellationToken)),
            cancellationToken);

    private static Task<IResult> DeclineAsync(
        HttpContext http, string conversationId, string requestId, FormService forms, RateLimits limits, CancellationToken cancellationToken) =>
        AsVisitorAsync(
            http,
            conversationId,
            () => Limited(limits.TryVisitorWrite(conversationId, http.Connection.RemoteIpAddress), () => forms.DeclineAsync(conversationId, requestId, cancellationToken)),
            cancellationToken);

    private static Task<IResult> DeclineCurrentAsync(HttpContext http, FormService forms, RateLimits limits, CancellationToken cancellationToken) =>
        AsHolderAsync(
            http,
            forms,
            form => Limited(
                limits.TryVisitorWrite(form.ConversationId, http.Connection.RemoteIpAddress), () => forms.DeclineAsync(form.ConversationId, form.RequestId, cancellationToken)),
            cancellationToken);

    private static Task<IResult> WithdrawAsync(
        HttpContext http, string conversationId, string requestId, FormService forms, RateLimits limits, CancellationToken cancellationToken) =>
        AsVisitorAsync(
            http,
            conversationId,
            () => Limited(
                limits.TryVisitorEnd(conversationId),
                () => forms.WithdrawAsync(conversationId, requestId, ParticipantRole.Visitor, actorId: null, cancellationToken)),
            cancellationToken);

    private static Task<IResult> SubmitAsync(
        HttpContext http,
        string conversationId,
        string requestId,
        FormService forms,
        RateLimits limits,
        IOptions<SecureChatOptions> options,
        CancellationToken cancellationToken) =>
        AsVisitorAsync(
            http,
            conversationId,
            () => SubmitToAsync(http, conversationId, requestId, forms, limits, options.Value.Limits, cancellationToken),
            cancellationToken);

    private static Task<IResult> SubmitCurrentAsync(
        HttpContext http, FormService forms, RateLimits limits, IOptions<SecureChatOptions> options, CancellationToken cancellationToken) =>
        AsHolderAsync(
            http,
            forms,
            form => SubmitToAsync(http, form.ConversationId, form.RequestId, forms, limits, options.Value.Limits, cancellationToken),
            cancellationToken);

    /// <summary>The form with its notice in the visitor's languages, best first (E25). Quality 0 means "not this one".</summary>
    private static async Task<IResult> ViewOfAsync(
        HttpContext http, string conversationId, string requestId, FormService forms, CancellationToken cancellationToken)
    {
        string[] languages =
        [
            .. http.Request.GetTypedHeaders().AcceptLanguage
                .Where(static entry => entry.Quality is not 0)
                .OrderByDescending(static entry => entry.Quality ?? 1)
                .Select(static entry => entry.Value.ToString()),
        ];
        return await forms.ViewAsync(conversationId, requestId, languages, cancellationToken) is { } view
            ? TypedResults.Json(view, SecureChatJson.Options)
            : Problems.From(SecureChatErrors.NotFound);
    }

    private static async ValueTask<Outcome<FormCard>> SubmitToAsync(
        HttpContext http,
        string conversationId,
        string requestId,
        FormService forms,
        RateLimits limits,
        SecureChatLimits sizes,
        CancellationToken cancellationToken)
    {
        Outcome<FormSubmission> body = await RequestBody.ReadAsync<FormSubmission>(http, sizes.FormBytes, cancellationToken);
        if (!body.IsSuccess)
        {
            return Outcome<FormCard>.Refused(body.Error, body.Facts);
        }

        using FormSubmission submission = body.Value;
        return await Limited(
            limits.TryVisitorWrite(conversationId, http.Connection.RemoteIpAddress), () => forms.SubmitAsync(conversationId, requestId, submission, cancellationToken));
    }

    private static async Task<IResult> ListForms(HttpContext http, FormCatalog catalog)
    {
        Outcome<Agent> agent = await AuthorizeAsync(http, static agent => agent.IsAgent || agent.IsSupervisor);
        return agent.IsSuccess
            ? TypedResults.Json(new FormListView { Forms = catalog.All }, SecureChatJson.Options)
            : Problems.From(agent.Error);
    }

    private static Task<IResult> RequestAsync(
        HttpContext http, string conversationId, Conversations conversations, FormService forms, RateLimits limits, CancellationToken cancellationToken) =>
        AsAssignedAsync(
            http,
            conversationId,
            conversations,
            async agent =>
            {
                Outcome<RequestFormBody> body = await RequestBody.ReadAsync<RequestFormBody>(http, 1024, cancellationToken);
                if (!body.IsSuccess)
                {
                    return Outcome<RequestedFormView>.Refused(body.Error, body.Facts);
                }

                Outcome<FormRequestResult> form = await Limited(
                    limits.TryAgentWrite(agent.Id, conversationId),
                    () => forms.RequestAsync(conversationId, body.Value.FormKey, agent.Role, agent.Id, cancellationToken));
                return form.IsSuccess
                    ? new RequestedFormView { RequestId = form.Value.RequestId!, IsNew = form.Value.IsNew, ExpiresAt = form.Value.ExpiresAt!.Value }
                    : Outcome<RequestedFormView>.Refused(form.Error, form.Facts);
            },
            cancellationToken);

    private static async Task<IResult> GetAsync(
        HttpContext http,
        string conversationId,
        string requestId,
        Conversations conversations,
        FormService forms,
        CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAsync(http, static agent => agent.IsAgent || agent.IsSupervisor);
        if (!agent.IsSuccess)
        {
            return Problems.From(agent.Error);
        }

        Outcome<Conversation> conversation = await conversations.AuthorizeReadAsync(agent.Value, conversationId, cancellationToken);
        if (!conversation.IsSuccess)
        {
            return Problems.From(conversation.Error);
        }

        return await forms.FindAsync(conversationId, requestId, cancellationToken) is { IsConfirmed: true } form
            ? TypedResults.Json(FormTeller.CardOf(form), SecureChatJson.Options)
            : Problems.From(SecureChatErrors.NotFound);
    }

    private static Task<IResult> CancelAsync(
        HttpContext http,
        string conversationId,
        string requestId,
        Conversations conversations,
        FormService forms,
        RateLimits limits,
        CancellationToken cancellationToken) =>
        AsAssignedAsync(
            http,
            conversationId,
            conversations,
            agent => Limited(
                limits.TryAgentWrite(agent.Id, conversationId),
                () => forms.CancelAsync(conversationId, requestId, agent.Role, agent.Id, cancellationToken)),
            cancellationToken);

    private static Task<IResult> StepUpAsync(
        HttpContext http,
        string conversationId,
        string requestId,
        Conversations conversations,
        FormService forms,
        StepUpService stepUp,
        RateLimits limits,
        CancellationToken cancellationToken) =>
        AsAssignedAsync(
            http,
            conversationId,
            conversations,
            async agent =>
            {
                // A code is spent on a form of this conversation or not at all.
                if (await forms.FindAsync(conversationId, requestId, cancellationToken) is not { IsConfirmed: true } form)
                {
                    return Outcome<StepUpAnswer>.Refused(SecureChatErrors.NotFound);
                }

                Outcome<StepUpBody> body = await RequestBody.ReadAsync<StepUpBody>(http, 16 * 1024, cancellationToken);
                if (!body.IsSuccess)
                {
                    return Outcome<StepUpAnswer>.Refused(body.Error, body.Facts);
                }

                // Only for values of this form (P9): a code opens what its screen names and nothing else.
                if (body.Value.ValueIds.Any(id => id is null || form.Value(id) is null))
                {
                    return Outcome<StepUpAnswer>.Refused(SecureChatErrors.NotFound);
                }

                Outcome<StepUpTicket> ticket = await Limited(
                    limits.TryAgentWrite(agent.Id, conversationId),
                    () => stepUp.VerifyAsync(
                        agent, http.User, conversationId, requestId, body.Value.ClaimId, body.Value.ValueIds, body.Value.Code, cancellationToken));
                return ticket.IsSuccess
                    ? new StepUpAnswer { ExpiresAt = ticket.Value.ExpiresAt }
                    : Outcome<StepUpAnswer>.Refused(ticket.Error, ticket.Facts);
            },
            cancellationToken);

    private static async Task<IResult> RevealAsync(
        HttpContext http,
        string conversationId,
        string requestId,
        RevealService reveal,
        IOptions<SecureChatOptions> options,
        CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await ChatEndpoints.AuthorizeAgentAsync(http);
        if (!agent.IsSuccess)
        {
            return Problems.From(agent.Error);
        }

        if (agent.Value is { IsAgent: false, IsSupervisor: false })
        {
            return Answer(await reveal.RefuseRoleAsync(agent.Value, cancellationToken));
        }

        Outcome<RevealCommand> body = await RequestBody.ReadAsync<RevealCommand>(http, 16 * 1024, cancellationToken);
        if (!body.IsSuccess)
        {
            return Problems.From(body.Error, body.Facts);
        }

        Outcome<RevealAnswer> answer = await reveal.RevealAsync(agent.Value, conversationId, requestId, body.Value, cancellationToken);
        return answer.Error == SecureChatErrors.StepUpRequired
            ? Problems.StepUp(options.Value.Agents.StepUpFreshness)
            : Answer(answer);
    }

    private static async Task<IResult> AcknowledgeAsync(
        HttpContext http, string conversationId, string requestId, RevealService reveal, RateLimits limits, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAsync(http, static agent => agent.IsAgent || agent.IsSupervisor);
        if (!agent.IsSuccess)
        {
            return Problems.From(agent.Error);
        }

        Outcome<AcknowledgeBody> body = await RequestBody.ReadAsync<AcknowledgeBody>(http, 1024, cancellationToken);
        return body.IsSuccess
            ? Answer(await Limited(
                limits.TryAgentEnd(agent.Value.Id),
                () => reveal.AcknowledgeAsync(agent.Value, conversationId, requestId, body.Value.ClaimId, cancellationToken)))
            : Problems.From(body.Error, body.Facts);
    }

    private static async Task<IResult> ListConsentsAsync(
        HttpContext http, string conversationId, GuardedConsentStore consents, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAsync(http, static agent => agent.IsPrivacyOfficer);
        if (!agent.IsSuccess)
        {
            return Problems.From(agent.Error);
        }

        return SecureChatId.IsValid(conversationId)
            ? TypedResults.Json(
                new ConsentListView { Consents = await consents.ListAsync(conversationId, cancellationToken) }, SecureChatJson.Options)
            : Problems.From(SecureChatErrors.NotFound);
    }

    private static async Task<IResult> EraseAsync(
        HttpContext http, string conversationId, string requestId, FormService forms, RateLimits limits, CancellationToken cancellationToken)
    {
        Outcome<Agent> agent = await AuthorizeAsync(http, static agent => agent.IsPrivacyOfficer);
        if (!agent.IsSuccess)
        {
            return Problems.From(agent.Error);
        }

        return SecureChatId.IsValid(conversationId) && SecureChatId.IsValid(requestId)
            ? Answer(await Limited(
                limits.TryAgentEnd(agent.Value.Id),
                () => forms.DestroyForAsync(
                    conversationId, requestId, DestroyReason.Erased, unopenedOnly: false, ParticipantRole.PrivacyOfficer, agent.Value.Id, cancellationToken)))
            : Problems.From(SecureChatErrors.NotFound);
    }

    private static async Task<IResult> AsVisitorAsync<T>(
        HttpContext http, string conversationId, Func<ValueTask<Outcome<T>>> action, CancellationToken cancellationToken)
        where T : class
    {
        Outcome<Conversation> conversation = await ChatEndpoints.AuthorizeVisitorAsync(http, conversationId, cancellationToken);
        return conversation.IsSuccess ? Answer(await action()) : Problems.From(conversation.Error, conversation.Facts);
    }

    /// <summary>As whoever holds the token of one form: the form is the token's, so no id of the caller's can name another one.</summary>
    private static async Task<IResult> AsHolderAsync<T>(
        HttpContext http, FormService forms, Func<FormRecord, ValueTask<Outcome<T>>> action, CancellationToken cancellationToken)
        where T : class
    {
        Outcome<FormRecord> form = await AuthorizeFormAsync(http, forms, cancellationToken);
        return form.IsSuccess ? Answer(await action(form.Value)) : Problems.From(form.Error, form.Facts);
    }

    private static ValueTask<Outcome<FormRecord>> AuthorizeFormAsync(HttpContext http, FormService forms, CancellationToken cancellationToken) =>
        ChatEndpoints.AuthorizeByTokenAsync(http, token => forms.AuthorizeAsync(token, cancellationToken));

    private static async Task<IResult> AsAssignedAsync<T>(
        HttpContext http,
        string conversationId,
        Conversations conversations,
        Func<Agent, ValueTask<Outcome<T>>> action,
        CancellationToken cancellationToken)
        where T : class
    {
        Outcome<Agent> agent = await AuthorizeAsync(http, static agent => agent.IsAgent || agent.IsSupervisor);
        if (!agent.IsSuccess)
        {
            return Problems.From(agent.Error);
        }

        if (await conversations.FindAsync(conversationId, cancellationToken) is not { } conversation || !Conversations.IsAssignedTo(agent.Value, conversation))
        {
            return Problems.From(SecureChatErrors.NotFound);
        }

        return Answer(await action(agent.Value));
    }

    private static async ValueTask<Outcome<Agent>> AuthorizeAsync(HttpContext http, Func<Agent, bool> isAllowed)
    {
        Outcome<Agent> agent = await ChatEndpoints.AuthorizeAgentAsync(http);
        return agent.IsSuccess && !isAllowed(agent.Value) ? SecureChatErrors.Forbidden : agent;
    }

    /// <summary>The write, or the refusal of a limit. Asked when authority and shape are known: what is refused for those costs nobody a token.</summary>
    private static ValueTask<Outcome<T>> Limited<T>(TimeSpan? wait, Func<ValueTask<Outcome<T>>> write)
        where T : class => wait is { } time ? ValueTask.FromResult(RateLimits.Refuse<T>(time)) : write();

    private static IResult Answer<T>(Outcome<T> outcome)
        where T : class =>
        outcome.IsSuccess ? TypedResults.Json(outcome.Value, SecureChatJson.Options) : Problems.From(outcome.Error, outcome.Facts);
}
