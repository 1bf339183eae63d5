namespace SecureChat.AspNetCore;

/// <summary>
/// The consent store as the product calls it: bounded in time, every fault mapped to <c>SC4003</c>, every answer checked against
/// the question. Fails closed: an answer that does not fit is a fault, never "no consent" and never "consent" (P5, P6).
/// </summary>
internal sealed class GuardedConsentStore(IConsentStore inner, IOptions<SecureChatOptions> options, TimeProvider time, ILogger<GuardedConsentStore> logger)
{
    // More than any person gives in a lifetime; an endless list must not fill the memory.
    private const int MaxListed = 100_000;

    private readonly ForeignCalls? _foreign = Guard.Of(inner);
    private readonly TimeSpan _timeout = options.Value.Storage.VendorTimeout;

    public async ValueTask RecordAsync(ConsentRecord consent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(consent);
        await CallAsync(
            "record",
            async token =>
            {
                await inner.RecordAsync(consent, token);
                return true;
            },
            cancellationToken);
    }

    public async ValueTask<ConsentRecord?> FindAsync(string conversationId, string consentId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        ArgumentNullException.ThrowIfNull(consentId);
        ConsentRecord? consent = await CallAsync("find", token => inner.FindAsync(conversationId, consentId, token), cancellationToken);
        Check("find", consent is null || (IsWhole(consent) && Is(consent, conversationId, consentId)));
        return consent;
    }

    public async ValueTask<ConsentRecord?> WithdrawAsync(string conversationId, string consentId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        ArgumentNullException.ThrowIfNull(consentId);
        ConsentRecord? consent = await CallAsync("withdraw", token => inner.WithdrawAsync(conversationId, consentId, at, token), cancellationToken);
        Check("withdraw", consent is null || (IsWhole(consent) && Is(consent, conversationId, consentId) && consent.WithdrawnAt is not null));
        return consent;
    }

    public async ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(string conversationId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        return await ListAsync(
            "list",
            token => inner.ListAsync(conversationId, token),
            consent => string.Equals(consent.ConversationId, conversationId, StringComparison.Ordinal),
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<ConsentRecord>> ListBySubjectAsync(string subjectRef, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subjectRef);
        return await ListAsync(
            "list-by-subject",
            token => inner.ListBySubjectAsync(subjectRef, token),
            consent => string.Equals(consent.SubjectRef, subjectRef, StringComparison.Ordinal),
            cancellationToken);
    }

    private static bool Is(ConsentRecord consent, string conversationId, string consentId) =>
        string.Equals(consent.ConversationId, conversationId, StringComparison.Ordinal)
        && string.Equals(consent.ConsentId, consentId, StringComparison.Ordinal);

    // "required" binds a compiler, not a vendor's deserialiser.
    private static bool IsWhole(ConsentRecord? consent) =>
        consent is { ConsentId: not null, ConversationId: not null, RequestId: not null, Purpose: not null, NoticeKey: not null }
        && consent is { NoticeVersion: not null, Language: not null, NoticeSha256: not null, DataClasses: not null };

    private async ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(
        string operation,
        Func<CancellationToken, ValueTask<IReadOnlyList<ConsentRecord>>> call,
        Func<ConsentRecord, bool> belongs,
        CancellationToken cancellationToken)
    {
        // Copied inside the guarded call: a vendor's list may be lazy, and then it throws or hangs while being read.
        ConsentRecord[]? consents = await CallAsync(
            operation,
            async token => await call(token) is { } list ? list.Take(MaxListed + 1).ToArray() : null,
            cancellationToken);
        Check(operation, consents is not null && consents.Length <= MaxListed && Array.TrueForAll(consents, consent => IsWhole(consent) && belongs(consent)));
        return [.. consents!.OrderBy(static consent => consent.GivenAt)];
    }

    private ValueTask<T> CallAsync<T>(string operation, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) =>
        Guard.CallAsync(
            _foreign,
            call,
            _timeout,
            time,
            fault =>
            {
                // The type only: a vendor's message may name a person.
                ConsentLog.StoreFailed(logger, operation, fault.GetType().Name);
                return new SecureChatException(SecureChatErrors.ConsentUnavailable, null, fault);
            },
            cancellationToken);

    private void Check(string operation, bool holds)
    {
        if (!holds)
        {
            ConsentLog.StoreAnsweredNonsense(logger, operation);
            throw new SecureChatException(SecureChatErrors.ConsentUnavailable);
        }
    }
}
