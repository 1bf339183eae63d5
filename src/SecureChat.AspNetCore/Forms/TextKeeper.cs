namespace SecureChat.AspNetCore;

/// <summary>Offers the form for what a policy sealed out of a message, with the value in it. The message is stored by then: what fails here loses the value, never shows it.</summary>
internal sealed partial class TextKeeper(
    FormCatalog catalog, FormService forms, FormRecords records, AnswerValidator answers, KeptValues kept, ILogger<TextKeeper> logger) : IPieceKeeper
{
    /// <summary>How often a conversation is offered one form for what its visitor wrote.</summary>
    private const int MostOffers = 5;

    public async ValueTask KeepAsync(string conversationId, IReadOnlyList<KeptPiece> pieces, CancellationToken cancellationToken)
    {
        // The last word for each field: a message may name a hundred cards, and only one of them can be the answer. What the form would refuse is not worth
        // keeping: its writer is asked for it again there.
        var answersByField = new Dictionary<(string Form, string Field), (SecureFormField Field, string Preview, KeptPiece Piece)>();
        foreach (KeptPiece piece in pieces)
        {
            if (catalog.TryFindTaker(piece.Kind, out SecureForm definition, out SecureFormField field) && answers.PreviewOf(field, piece.Value.Span) is { } preview)
            {
                answersByField[(definition.Key, field.Key)] = (field, preview, piece);
            }
        }

        try
        {
            foreach (((string formKey, _), (SecureFormField field, string preview, KeptPiece piece)) in answersByField)
            {
                await KeepAsync(conversationId, formKey, field, preview, piece, cancellationToken);
            }
        }
        catch (SecureChatException fault)
        {
            LogNotKept(logger, fault.Error.Code);
        }
    }

    private async ValueTask KeepAsync(
        string conversationId, string formKey, SecureFormField field, string preview, KeptPiece piece, CancellationToken cancellationToken)
    {
        // A visitor who declines and writes on would open one form after the other.
        IReadOnlyList<FormRecord> before = await records.ListAsync(conversationId, cancellationToken);
        if (before.Count(form => form.RequestedBy == ParticipantRole.System && string.Equals(form.FormKey, formKey, StringComparison.Ordinal)) >= MostOffers
            && !before.Any(form => form.IsOpen && string.Equals(form.FormKey, formKey, StringComparison.Ordinal)))
        {
            return;
        }

        Outcome<FormRequestResult> request = await forms.RequestAsync(conversationId, formKey, ParticipantRole.System, actorId: null, cancellationToken);
        if (!request.IsSuccess
            || request.Value.RequestId is not { } requestId
            || await forms.FindAsync(conversationId, requestId, cancellationToken) is not { IsOpen: true } form)
        {
            return;
        }

        try
        {
            await kept.KeepAsync(form, field, preview, piece.Value, cancellationToken);
        }
        finally
        {
            // An end of the form at the same moment looked for what is kept before it was there.
            if (await forms.FindAsync(conversationId, requestId, cancellationToken) is not { IsOpen: true })
            {
                await kept.EndAsync(await records.FindAsync(conversationId, requestId, cancellationToken) ?? form with { State = FormRequestState.Cancelled }, cancellationToken);
            }
        }
    }

    [LoggerMessage(1313, LogLevel.Warning, "A value that a masking rule seals could not be kept ({Fault}): its message was sent masked, and the visitor has to fill the form in by hand", EventName = "ValueNotKept")]
    private static partial void LogNotKept(ILogger logger, string fault);
}
