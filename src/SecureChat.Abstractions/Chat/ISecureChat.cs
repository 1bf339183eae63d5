namespace SecureChat;

/// <summary>
/// The API for application code: inject it anywhere, ask a customer for sensitive data, follow what happens to it, end it.
/// It never returns a value; only an agent with a reason and a step-up sees one, once.
/// </summary>
/// <remarks>
/// Thread-safe singleton. Expected refusals come back in <c>Error</c>; faults throw <see cref="SecureChatException"/>.
/// </remarks>
/// <example>
/// <code>
/// app.MapPost("/orders/{conversationId}/pay", async (string conversationId, ISecureChat chat, CancellationToken ct) =>
/// {
///     FormRequestResult form = await chat.RequestFormAsync(
///         new RequestFormCommand { ConversationId = conversationId, FormKey = "card-payment" }, ct);
///     return form.Error is null ? Results.Ok(form.RequestId) : Results.Conflict(form.Error.Title);
/// });
/// </code>
/// </example>
public interface ISecureChat
{
    /// <summary>
    /// Starts a conversation for a team with a chat of its own: what forms, values, consents and the audit log belong to. Nobody enters it
    /// as its visitor, who gets a link to each form instead. Agents find it in their list, and reveal in it as in any other.
    /// </summary>
    /// <remarks>
    /// It ends when it is idle (<c>Lifetimes.IdleConversation</c>) or with <see cref="CloseConversationAsync"/>. A visitor whose own widget
    /// started a conversation has one already: use its id.
    /// </remarks>
    /// <example>
    /// <code>
    /// app.MapPost("/customers/{customerId}/card", async (string customerId, ISecureChat chat, CancellationToken ct) =>
    /// {
    ///     StartConversationResult started = await chat.StartConversationAsync(
    ///         new StartConversationCommand { Subject = customerId }, ct);
    ///     if (started.ConversationId is not { } conversationId)
    ///     {
    ///         return Results.Conflict(started.Error!.Title);
    ///     }
    ///
    ///     FormRequestResult form = await chat.RequestFormAsync(
    ///         new RequestFormCommand { ConversationId = conversationId, FormKey = "card-payment", WithLink = true }, ct);
    ///     return form.Error is null ? Results.Ok("https://shop.example" + form.LinkPath) : Results.Conflict(form.Error.Title);
    /// }).RequireAuthorization("Employees");
    /// </code>
    /// </example>
    ValueTask<StartConversationResult> StartConversationAsync(StartConversationCommand command, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the visitor to fill in a secure form. One request per form and conversation can be open: a second call returns the
    /// first (<see cref="FormRequestResult.IsNew"/> is <see langword="false"/>). With <see cref="RequestFormCommand.WithLink"/> the answer
    /// carries a link for a visitor who is not in the widget.
    /// </summary>
    ValueTask<FormRequestResult> RequestFormAsync(RequestFormCommand command, CancellationToken cancellationToken);

    /// <summary>The state of a form request, or <see langword="null"/> when there is none.</summary>
    ValueTask<FormStatus?> GetFormAsync(string conversationId, string requestId, CancellationToken cancellationToken);

    /// <summary>Takes an open request back, or destroys its values that nobody has opened.</summary>
    ValueTask<FormChangeResult> CancelFormAsync(string conversationId, string requestId, CancellationToken cancellationToken);

    /// <summary>Withdraws the visitor's consent on their behalf and destroys the values of the request that nobody has opened.</summary>
    ValueTask<FormChangeResult> WithdrawAsync(string conversationId, string requestId, CancellationToken cancellationToken);

    /// <summary>Ends a conversation and destroys every value of it. Ending an ended conversation changes nothing.</summary>
    /// <returns><see langword="false"/> when there is no such conversation.</returns>
    ValueTask<bool> CloseConversationAsync(string conversationId, CancellationToken cancellationToken);
}
