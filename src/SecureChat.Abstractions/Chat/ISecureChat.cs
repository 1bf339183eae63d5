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
    /// Asks the visitor to fill in a secure form. One request per form and conversation can be open: a second call returns the
    /// first (<see cref="FormRequestResult.IsNew"/> is <see langword="false"/>).
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
