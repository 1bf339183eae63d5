namespace SecureChat.AspNetCore;

/// <summary>Takes what a policy seals out of a message, once the message is stored without it.</summary>
internal interface IPieceKeeper
{
    /// <summary>Never throws for a fault: the message is sent, masked, and its writer may still fill in a form by hand. The pieces are the caller's to dispose.</summary>
    ValueTask KeepAsync(string conversationId, IReadOnlyList<KeptPiece> pieces, CancellationToken cancellationToken);
}
