using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Consent;

internal static class ConsentParts
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static RecordConsentStore Store(IRecordStore data) =>
        new(new SecureChatStores(data, new DictionaryRecordStore(), Options.Create(new SecureChatOptions()), TimeProvider.System));

    public static ConsentRecord Given(string conversation, string id, int minutes = 0, string? subject = null, DateTimeOffset? withdrawnAt = null, string purpose = "Pay") => new()
    {
        ConsentId = id,
        ConversationId = conversation,
        RequestId = "request",
        SubjectRef = subject,
        Purpose = purpose,
        NoticeKey = "payments-v1",
        NoticeVersion = "1",
        Language = "en",
        NoticeSha256 = new string('0', 64),
        DataClasses = [DataClass.AccountData, DataClass.AuthenticationData],
        GivenAt = Start.AddMinutes(minutes),
        WithdrawnAt = withdrawnAt,
    };

    public static GuardedConsentStore Guarded(IConsentStore inner, ManualTimeProvider? time = null, Forms.ListLogger<GuardedConsentStore>? logger = null) =>
        new(inner, Options.Create(new SecureChatOptions()), time ?? new ManualTimeProvider(), logger ?? new Forms.ListLogger<GuardedConsentStore>());
}

/// <summary>The rules of a record store in a dictionary, with places to break in.</summary>
internal sealed class DictionaryRecordStore : IRecordStore
{
    private readonly ConcurrentDictionary<RecordKey, StoreRecord> _records = new();
    private readonly Lock _lock = new();

    public Func<RecordKey, Task>? AfterGet { get; set; }

    public Func<StoreRecord, bool>? FailInsert { get; set; }

    /// <summary>Saboteur: replaces without looking at the version.</summary>
    public bool IgnoresVersions { get; set; }

    public IReadOnlyDictionary<RecordKey, StoreRecord> Records => _records;

    public RecordStoreDescription Description { get; } = new() { Name = "dictionary", IsDurable = false };

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => default;

    public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken) =>
        FailInsert?.Invoke(record) == true
            ? throw new InvalidOperationException("disk full")
            : new(_records.TryAdd(record.Key, Copy(record, 1)));

    public async ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        StoreRecord? record = _records.GetValueOrDefault(key);
        if (AfterGet is { } pause)
        {
            await pause(key);
        }

        return record;
    }

    public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_records.TryGetValue(record.Key, out StoreRecord? stored) || (stored.Version != record.Version && !IgnoresVersions))
            {
                return new(false);
            }

            _records[record.Key] = Copy(record, stored.Version + 1);
            return new(true);
        }
    }

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) => new(_records.TryRemove(key, out _));

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) => new([
        .. _records.Values
            .Where(r => r.Key.Kind == query.Kind && r.Key.Partition == query.Partition && (query.AfterId is null || string.CompareOrdinal(r.Key.Id, query.AfterId) > 0))
            .OrderBy(r => r.Key.Id, StringComparer.Ordinal)
            .Take(query.Limit)]);

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => new([]);

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => new(ScrubResult.Complete);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(TimeProvider.System.GetUtcNow());

    public void Overwrite(RecordKey key, ReadOnlyMemory<byte> body) => _records[key] = new StoreRecord { Key = key, Version = 1, Body = body };

    private static StoreRecord Copy(StoreRecord record, long version) => new() { Key = record.Key, Version = version, DueAt = record.DueAt, Body = record.Body };
}
