namespace SecureChat.AspNetCore;

/// <summary>
/// Free text on its way in: size and content, rate limits, masking with what was said before, audit, encryption, append, fan-out. Raw
/// text ends at the masker; whatever fails on the way, nothing is stored (E37).
/// </summary>
internal sealed class MessageService(
    Conversations conversations,
    ConversationEvents events,
    GuardedMasker masker,
    RateLimits limits,
    ChatAudit audit,
    IEnumerable<IPieceKeeper> keepers,
    IOptions<SecureChatOptions> options)
{
    private readonly int _maxBytes = options.Value.Limits.MessageBytes;

    /// <summary>
    /// Sends one message. A repeat with the same <paramref name="clientId"/> gets the event of the first. Authority over
    /// <paramref name="conversation"/> is the caller's to check, for each message anew.
    /// </summary>
    public async ValueTask<Outcome<ConversationEvent>> SendAsync(
        Conversation conversation, MessageSender sender, string? clientId, string? text, CancellationToken cancellationToken)
    {
        if (!SecureChatId.IsClientId(clientId))
        {
            return SecureChatErrors.InvalidRequest;
        }

        if (MessageText.Check(text, _maxBytes) is { } refusal)
        {
            return refusal;
        }

        if (limits.TrySend(sender, conversation.Id) is { } wait)
        {
            return RateLimits.Refuse<ConversationEvent>(wait);
        }

        bool isAudited = false;
        IReadOnlyList<KeptPiece> kept = [];
        try
        {
            Outcome<ConversationEvent> outcome = await events.AppendMessageAsync(
                conversation.Id,
                sender.Role,
                sender.Name,
                clientId!,
                conversation.IsOpen,
                async (recent, token) =>
                {
                    Forget(kept);
                    MaskedMessage masked = await masker.MaskAsync(new MaskRequest { Text = text!, Sender = sender.Role, Recent = recent }, token, keeps: true);
                    kept = masked.Kept;
                    if (!isAudited && (masked.Kinds.Count > 0 || masked.WarnedKinds.Count > 0 || masked.Amendments.Count > 0))
                    {
                        // Before the message is stored: a log that takes no entry holds the message, as every other fault does.
                        await audit.AppendAsync(
                            new AuditFact
                            {
                                Action = AuditAction.MessageMasked,
                                Outcome = masked.BlockedKinds.Count > 0 ? AuditOutcome.Denied : AuditOutcome.Succeeded,
                                Actor = sender.Role,
                                ActorId = sender.AgentId,
                                ConversationId = conversation.Id,
                            },
                            token);
                        isAudited = true;
                    }

                    return masked;
                },
                cancellationToken);

            if (outcome.IsSuccess)
            {
                await conversations.TouchAsync(conversation, cancellationToken);
                if (kept.Count > 0)
                {
                    // To its end, also for a caller who goes away: a retry gets the receipt of what is stored, and would keep nothing.
                    foreach (IPieceKeeper keeper in keepers)
                    {
                        await keeper.KeepAsync(conversation.Id, kept, CancellationToken.None);
                    }
                }
            }

            return outcome;
        }
        finally
        {
            Forget(kept);
        }
    }

    private static void Forget(IReadOnlyList<KeptPiece> pieces)
    {
        foreach (KeptPiece piece in pieces)
        {
            piece.Dispose();
        }
    }
}
