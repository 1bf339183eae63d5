namespace SecureChat;

/// <summary>
/// Finds and masks sensitive data in free text, before anything is stored, sent, logged or notified. Replace it whole with
/// <c>UseMasker&lt;T&gt;()</c>; the default wraps the synchronous <c>MaskingEngine</c> of SecureChat.Masking.
/// </summary>
/// <remarks>
/// Must be deterministic and idempotent: masking masked text changes nothing. A fault, a time-out or a result that does not fit
/// the request holds the message (<c>SC2001</c>); raw text is never delivered instead. Must not log the text. Thread-safe.
/// </remarks>
public interface IMasker
{
    /// <summary>Masks one message.</summary>
    ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken);
}
