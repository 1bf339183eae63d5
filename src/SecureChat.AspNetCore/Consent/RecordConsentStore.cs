using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>The default consent store: one record per consent, and an index by data subject that is checked against them when read.</summary>
internal sealed class RecordConsentStore(SecureChatStores stores) : IConsentStore
{
    private const int PageSize = 1000;

    // A withdrawal is the only change a consent knows, so the second try always finds it made.
    private const int MaxTries = 8;

    private readonly GuardedRecordStore _data = stores.Data;

    public async ValueTask RecordAsync(ConsentRecord consent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(consent);

        // The index first: a crash in between leaves an entry without a source, which reading skips. The other way round
        // a consent could be missing from an access or erasure request for ever.
        if (consent.SubjectRef is { } subject)
        {
            await _data.InsertAsync(
                new StoreRecord
                {
                    Key = new RecordKey { Kind = RecordKinds.ConsentSubject, Partition = subject, Id = IndexId(consent.ConversationId, consent.ConsentId) },
                    Body = JsonSerializer.SerializeToUtf8Bytes(
                        new ConsentSubjectEntry { ConversationId = consent.ConversationId, ConsentId = consent.ConsentId }, SecureChatJson.Options),
                },
                cancellationToken);
        }

        // Insert if absent: a repeat changes nothing, so it cannot undo a withdrawal either.
        await _data.InsertAsync(
            new StoreRecord { Key = Key(consent.ConversationId, consent.ConsentId), Body = JsonSerializer.SerializeToUtf8Bytes(consent, SecureChatJson.Options) },
            cancellationToken);
    }

    public async ValueTask<ConsentRecord?> FindAsync(string conversationId, string consentId, CancellationToken cancellationToken)
    {
        StoreRecord? record = await _data.GetAsync(Key(conversationId, consentId), cancellationToken);
        return record is null ? null : Read(record);
    }

    public async ValueTask<ConsentRecord?> WithdrawAsync(string conversationId, string consentId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        for (int i = 0; i < MaxTries; i++)
        {
            StoreRecord? record = await _data.GetAsync(Key(conversationId, consentId), cancellationToken);
            if (record is null)
            {
                return null;
            }

            ConsentRecord consent = Read(record);
            if (consent.WithdrawnAt is not null)
            {
                return consent;
            }

            ConsentRecord withdrawn = Withdrawn(consent, at);
            bool replaced = await _data.ReplaceAsync(
                new StoreRecord
                {
                    Key = record.Key,
                    Version = record.Version,
                    DueAt = record.DueAt,
                    Body = JsonSerializer.SerializeToUtf8Bytes(withdrawn, SecureChatJson.Options),
                },
                cancellationToken);
            if (replaced)
            {
                return withdrawn;
            }
        }

        throw new SecureChatException(SecureChatErrors.ConsentUnavailable);
    }

    public async ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(string conversationId, CancellationToken cancellationToken)
    {
        var consents = new List<ConsentRecord>();
        await foreach (StoreRecord record in ReadAllAsync(RecordKinds.Consent, conversationId, cancellationToken))
        {
            consents.Add(Read(record));
        }

        return Ordered(consents);
    }

    public async ValueTask<IReadOnlyList<ConsentRecord>> ListBySubjectAsync(string subjectRef, CancellationToken cancellationToken)
    {
        var consents = new List<ConsentRecord>();
        await foreach (StoreRecord record in ReadAllAsync(RecordKinds.ConsentSubject, subjectRef, cancellationToken))
        {
            ConsentSubjectEntry entry = JsonSerializer.Deserialize<ConsentSubjectEntry>(record.Body.Span, SecureChatJson.Options)
                ?? throw new SecureChatException(SecureChatErrors.ConsentUnavailable);
            ConsentRecord? consent = await FindAsync(entry.ConversationId, entry.ConsentId, cancellationToken);

            // The index only says where to look. What it names must say itself that it belongs to this person.
            if (consent is not null && string.Equals(consent.SubjectRef, subjectRef, StringComparison.Ordinal))
            {
                consents.Add(consent);
            }
        }

        return Ordered(consents);
    }

    private static RecordKey Key(string conversationId, string consentId) =>
        new() { Kind = RecordKinds.Consent, Partition = conversationId, Id = consentId };

    // The length in front keeps ("a:b", "c") and ("a", "b:c") apart.
    private static string IndexId(string conversationId, string consentId) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{conversationId.Length}:{conversationId}:{consentId}");

    private static ConsentRecord Read(StoreRecord record)
    {
        ConsentRecord? consent = JsonSerializer.Deserialize<ConsentRecord>(record.Body.Span, SecureChatJson.Options);

        // A body that lies under another key was moved there by somebody.
        return consent is not null
            && string.Equals(consent.ConversationId, record.Key.Partition, StringComparison.Ordinal)
            && string.Equals(consent.ConsentId, record.Key.Id, StringComparison.Ordinal)
                ? consent
                : throw new SecureChatException(SecureChatErrors.ConsentUnavailable);
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

    private static ConsentRecord[] Ordered(List<ConsentRecord> consents) =>
        [.. consents.OrderBy(static consent => consent.GivenAt).ThenBy(static consent => consent.ConsentId, StringComparer.Ordinal)];

    private async IAsyncEnumerable<StoreRecord> ReadAllAsync(
        string kind, string partition, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await _data.ListAsync(
                new RecordQuery { Kind = kind, Partition = partition, AfterId = after, Limit = PageSize }, cancellationToken);
            foreach (StoreRecord record in page)
            {
                yield return record;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            after = page[^1].Key.Id;
        }
    }
}

/// <summary>Body of an index record: where a data subject's consent lies.</summary>
internal sealed class ConsentSubjectEntry
{
    public required string ConversationId { get; init; }

    public required string ConsentId { get; init; }

    public override string ToString() => nameof(ConsentSubjectEntry);
}
