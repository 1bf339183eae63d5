using System.Collections.Concurrent;
using SecureChat;

namespace Acme;

public sealed class AcmeConsentStore : IConsentStore
{
    private readonly ConcurrentDictionary<(string Conversation, string Consent), ConsentRecord> _consents = new();

    public ValueTask RecordAsync(ConsentRecord consent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Only if absent: a repeat must not undo a withdrawal.
        _consents.TryAdd((consent.ConversationId, consent.ConsentId), consent);
        return ValueTask.CompletedTask;
    }

    public ValueTask<ConsentRecord?> FindAsync(string conversationId, string consentId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_consents.GetValueOrDefault((conversationId, consentId)));
    }

    public ValueTask<ConsentRecord?> WithdrawAsync(string conversationId, string consentId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (_consents.TryGetValue((conversationId, consentId), out ConsentRecord? consent))
        {
            if (consent.WithdrawnAt is not null)
            {
                return new(consent);
            }

            ConsentRecord withdrawn = Withdrawn(consent, at);
            if (_consents.TryUpdate((conversationId, consentId), withdrawn, consent))
            {
                return new(withdrawn);
            }
        }

        return new((ConsentRecord?)null);
    }

    public ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(string conversationId, CancellationToken cancellationToken) =>
        ListAsync(consent => consent.ConversationId == conversationId, cancellationToken);

    public ValueTask<IReadOnlyList<ConsentRecord>> ListBySubjectAsync(string subjectRef, CancellationToken cancellationToken) =>
        ListAsync(consent => consent.SubjectRef == subjectRef, cancellationToken);

    private ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(Func<ConsentRecord, bool> which, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new([.. _consents.Values.Where(which).OrderBy(static consent => consent.GivenAt)]);
    }

    private static ConsentRecord Withdrawn(ConsentRecord consent, DateTimeOffset at) => new()
    {
        ConsentId = consent.ConsentId,
        ConversationId = consent.ConversationId,
        RequestId = consent.RequestId,
        SubjectRef = consent.SubjectRef,
        Purpose = consent.Purpose,
        NoticeKey = consent.NoticeKey,
        NoticeVersion = consent.NoticeVersion,
        Language = consent.Language,
        NoticeSha256 = consent.NoticeSha256,
        DataClasses = consent.DataClasses,
        GivenAt = consent.GivenAt,
        WithdrawnAt = at,
    };
}
