namespace SecureChat;

/// <summary>
/// Keeps what visitors agreed to. Replace it whole with <c>UseConsentStore&lt;T&gt;()</c> for a consent platform; the default
/// keeps records in the record store.
/// </summary>
/// <remarks>
/// A fault refuses the submission (<c>SC4003</c>): no consent, no collection. The force of a withdrawal does not rest on this
/// store but on the compare-and-set on the form's record. Thread-safe.
/// </remarks>
public interface IConsentStore
{
    /// <summary>Records a consent. Idempotent by <see cref="ConsentRecord.ConsentId"/>: a repeat changes nothing.</summary>
    ValueTask RecordAsync(ConsentRecord consent, CancellationToken cancellationToken);

    /// <summary>The consent of that id in that conversation, withdrawn ones included, or <see langword="null"/>.</summary>
    ValueTask<ConsentRecord?> FindAsync(string conversationId, string consentId, CancellationToken cancellationToken);

    /// <summary>Withdraws. The first withdrawal wins; a repeat keeps its time.</summary>
    /// <returns>The record as it stands, or <see langword="null"/> when there is none.</returns>
    ValueTask<ConsentRecord?> WithdrawAsync(string conversationId, string consentId, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>All consents of a conversation, oldest first.</summary>
    ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(string conversationId, CancellationToken cancellationToken);

    /// <summary>All consents of a data subject over all conversations, oldest first. <paramref name="subjectRef"/> is a keyed hash.</summary>
    ValueTask<IReadOnlyList<ConsentRecord>> ListBySubjectAsync(string subjectRef, CancellationToken cancellationToken);
}
