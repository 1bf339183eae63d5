namespace SecureChat.AspNetCore;

/// <summary>The API for application code, over the same services that the endpoints use.</summary>
internal sealed class SecureChatService(FormService forms, Conversations conversations) : ISecureChat
{
    public async ValueTask<FormRequestResult> RequestFormAsync(RequestFormCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        Outcome<FormRequestResult> outcome = await forms.RequestAsync(
            command.ConversationId, command.FormKey, ParticipantRole.Application, actorId: null, cancellationToken);
        return outcome.IsSuccess ? outcome.Value : new FormRequestResult { Error = outcome.Error };
    }

    public ValueTask<FormStatus?> GetFormAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        forms.DescribeAsync(conversationId, requestId, cancellationToken);

    public ValueTask<FormChangeResult> CancelFormAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        ChangedAsync(
            forms.CancelAsync(conversationId, requestId, ParticipantRole.Application, actorId: null, cancellationToken),
            conversationId,
            requestId,
            cancellationToken);

    public ValueTask<FormChangeResult> WithdrawAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        ChangedAsync(
            forms.WithdrawAsync(conversationId, requestId, ParticipantRole.Application, actorId: null, cancellationToken),
            conversationId,
            requestId,
            cancellationToken);

    public async ValueTask<bool> CloseConversationAsync(string conversationId, CancellationToken cancellationToken) =>
        (await conversations.CloseAsync(conversationId, ParticipantRole.Application, agent: null, cancellationToken)).IsSuccess;

    private async ValueTask<FormChangeResult> ChangedAsync(
        ValueTask<Outcome<FormCard>> change, string conversationId, string requestId, CancellationToken cancellationToken)
    {
        Outcome<FormCard> outcome = await change;
        return new FormChangeResult
        {
            Error = outcome.Error,
            Form = await forms.DescribeAsync(conversationId, requestId, cancellationToken),
        };
    }
}
