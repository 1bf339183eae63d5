namespace SecureChat.AspNetCore;

/// <summary>Offers the form for what a policy sealed out of a message, with the value in it. The message is stored by then: what fails here loses the value, never shows it.</summary>
internal sealed partial class TextKeeper(
    FormCatalog catalog, FormService forms, AnswerValidator answers, KeptValues kept, ILogger<TextKeeper> logger) : IPieceKeeper
{
    public async ValueTask KeepAsync(string conversationId, IReadOnlyList<KeptPiece> pieces, CancellationToken cancellationToken)
    {
        try
        {
            foreach (KeptPiece piece in pieces)
            {
                await KeepAsync(conversationId, piece, cancellationToken);
            }
        }
        catch (SecureChatException fault)
        {
            LogNotKept(logger, fault.Error.Code);
        }
    }

    private async ValueTask KeepAsync(string conversationId, KeptPiece piece, CancellationToken cancellationToken)
    {
        // What the form would refuse is not worth keeping: its writer is asked for it again there.
        if (!catalog.TryFindTaker(piece.Kind, out SecureForm definition, out SecureFormField field)
            || answers.PreviewOf(field, piece.Value.Span) is not { } preview)
        {
            return;
        }

        Outcome<FormRequestResult> request = await forms.RequestAsync(conversationId, definition.Key, ParticipantRole.System, actorId: null, cancellationToken);
        if (!request.IsSuccess
            || request.Value.RequestId is not { } requestId
            || await forms.FindAsync(conversationId, requestId, cancellationToken) is not { IsOpen: true } form)
        {
            return;
        }

        await kept.KeepAsync(form, field, preview, piece.Value, cancellationToken);

        // An end of the form at the same moment looked for what is kept before it was there.
        if (await forms.FindAsync(conversationId, form.RequestId, cancellationToken) is { IsOpen: false } ended)
        {
            await kept.EndAsync(ended, cancellationToken);
        }
    }

    [LoggerMessage(1313, LogLevel.Warning, "A value that a masking rule seals could not be kept ({Fault}): its message was sent masked, and the visitor has to fill the form in by hand", EventName = "ValueNotKept")]
    private static partial void LogNotKept(ILogger logger, string fault);
}
