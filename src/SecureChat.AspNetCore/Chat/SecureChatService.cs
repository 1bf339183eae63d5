namespace SecureChat.AspNetCore;

/// <summary>The API for application code, over the same services that the endpoints use.</summary>
internal sealed class SecureChatService(FormService forms, FormLinks links, Conversations conversations) : ISecureChat
{
    public async ValueTask<StartConversationResult> StartConversationAsync(StartConversationCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        Outcome<Conversation> started = await conversations.StartForApplicationAsync(command.Type, command.Subject, cancellationToken);
        return new StartConversationResult { Error = started.Error, ConversationId = started.Value?.Id };
    }

    public async ValueTask<FormRequestResult> RequestFormAsync(RequestFormCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);

        // Before anything is asked for: a link that cannot be made must not take the form away from who has it.
        string? link = command.WithLink ? links.Path() : null;
        Outcome<FormRequestResult> outcome = await forms.RequestAsync(
            command.ConversationId, command.FormKey, ParticipantRole.Application, actorId: null, cancellationToken);
        if (!outcome.IsSuccess || link is null)
        {
            return outcome.IsSuccess ? outcome.Value : new FormRequestResult { Error = outcome.Error };
        }

        Outcome<FormTokenView> granted = await forms.GrantAsync(command.ConversationId, outcome.Value.RequestId!, cancellationToken);
        return granted.IsSuccess
            ? new FormRequestResult
            {
                RequestId = outcome.Value.RequestId,
                IsNew = outcome.Value.IsNew,
                ExpiresAt = granted.Value.ExpiresAt,
                LinkPath = link + granted.Value.Token,
            }
            : new FormRequestResult { Error = granted.Error };
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
