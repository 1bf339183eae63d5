using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// What the sweeper could not end: how often it was tried, when again, and what stands in the way. After <see cref="Tries"/> tries an item is
/// on the irrevocable list, which health and audit show and an operator must look at; it is tried on, so that it leaves the list by
/// itself once the cause is gone. Kept in the data store, so that hosts share the waiting and a restart forgets nothing.
/// </summary>
internal sealed partial class SweepFailures(SecureChatStores stores, AuditLog audit, TimeProvider time, ILogger<SweepFailures> logger)
{
    public const int Tries = 6;

    /// <summary>What is kept about; what fails beside that many is tried every round, and only counted.</summary>
    public const int MaxEntries = 1000;

    private const string Partition = "sweep";

    /// <summary>Before the second, third, ... try. The last one repeats: a store that was down for an hour is asked again within minutes.</summary>
    private static readonly TimeSpan[] Waits =
        [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5)];

    /// <summary>Everything that is kept, by the name of its record.</summary>
    public async ValueTask<Dictionary<string, SweepFailure>> LoadAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, SweepFailure>(StringComparer.Ordinal);
        string? after = null;
        while (true)
        {
            IReadOnlyList<StoreRecord> page = await stores.Data.ListAsync(
                new RecordQuery { Kind = RecordKinds.SweepFailure, Partition = Partition, AfterId = after }, cancellationToken);
            if (page.Count == 0)
            {
                return found;
            }

            foreach (StoreRecord record in page)
            {
                if (Read(record) is { } failure)
                {
                    found[NameOf(failure.Kind, failure.Partition, failure.Id)] = failure;
                }
                else
                {
                    // Nothing hangs on it: the next failure writes it anew.
                    await stores.Data.DeleteAsync(record.Key, record.Version, cancellationToken);
                }
            }

            after = page[^1].Key.Id;
        }
    }

    public static string NameOf(RecordKey key) => NameOf(key.Kind, key.Partition, key.Id);

    /// <summary>Counts a try that failed.</summary>
    public async ValueTask FailedAsync(Dictionary<string, SweepFailure> known, RecordKey key, bool isUnreadable, string fault, CancellationToken cancellationToken)
    {
        SweepFailure? before = known.GetValueOrDefault(NameOf(key));
        if (before is null && known.Count >= MaxEntries)
        {
            return;
        }

        DateTimeOffset now = time.GetUtcNow();
        int tries = (before?.Tries ?? 0) + 1;
        var failure = new SweepFailure
        {
            Kind = key.Kind,
            Partition = key.Partition,
            Id = key.Id,
            Tries = tries,
            Since = before?.Since ?? now,
            NextAt = now + Waits[Math.Min(tries, Waits.Length) - 1],
            Fault = fault,
            IsUnreadable = isUnreadable,
            Version = before?.Version ?? 0,
        };
        var record = new StoreRecord { Key = KeyOf(key), Version = failure.Version, Body = JsonSerializer.SerializeToUtf8Bytes(failure, SecureChatJson.Options) };
        bool isOurs = before is null ? await stores.Data.InsertAsync(record, cancellationToken) : await stores.Data.ReplaceAsync(record, cancellationToken);
        known[NameOf(key)] = failure;

        // Another host's try was counted first; it says what there is to say.
        if (isOurs && tries == Tries)
        {
            LogIrrevocable(logger, key.Kind, Tries, fault);
            await audit.AppendAsync(
                new AuditFact
                {
                    Action = AuditAction.DeletionFailed,
                    Outcome = AuditOutcome.Failed,
                    Actor = ParticipantRole.System,
                    ConversationId = SecureChatId.IsValid(key.Partition) ? key.Partition : null,
                    RequestId = key.Kind == RecordKinds.Form && SecureChatId.IsValid(key.Id) ? key.Id : null,
                    ValueIds = key.Kind is RecordKinds.ReleaseKey or RecordKinds.KeptValue && AuditLog.IsValueId(key.Id) ? [key.Id] : [],
                },
                cancellationToken);
        }
    }

    /// <summary>Forgets an item that is settled, or is not due or not there any more.</summary>
    public async ValueTask ForgetAsync(Dictionary<string, SweepFailure> known, SweepFailure failure, CancellationToken cancellationToken)
    {
        RecordKey key = KeyOf(new RecordKey { Kind = failure.Kind, Partition = failure.Partition, Id = failure.Id });
        if (await stores.Data.GetAsync(key, cancellationToken) is { } stored)
        {
            await stores.Data.DeleteAsync(key, stored.Version, cancellationToken);
        }

        known.Remove(NameOf(failure.Kind, failure.Partition, failure.Id));
    }

    public override string ToString() => nameof(SweepFailures);

    private static string NameOf(string kind, string partition, string id) => $"{kind}/{partition}/{id}";

    // Ids of vendors' stores may be as long as a record's own; a hash always fits.
    private static RecordKey KeyOf(RecordKey key) => new()
    {
        Kind = RecordKinds.SweepFailure,
        Partition = Partition,
        Id = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(NameOf(key)))),
    };

    private static SweepFailure? Read(StoreRecord record)
    {
        try
        {
            return JsonSerializer.Deserialize<SweepFailure>(record.Body.Span, SecureChatJson.Options) is { } failure ? failure with { Version = record.Version } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(1704, LogLevel.Critical, "A record of kind {Kind} could not be ended in {Tries} tries ({Fault}) and is on the irrevocable list; `retention failed` shows it", EventName = "DeletionFailed")]
    private static partial void LogIrrevocable(ILogger logger, string kind, int tries, string fault);
}

/// <summary>One item that the sweeper could not end.</summary>
internal sealed record SweepFailure
{
    public required string Kind { get; init; }

    public required string Partition { get; init; }

    public required string Id { get; init; }

    public required int Tries { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset NextAt { get; init; }

    /// <summary>A code of ours or the name of an exception's type, never a message.</summary>
    public required string Fault { get; init; }

    public bool IsUnreadable { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public long Version { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsIrrevocable => Tries >= SweepFailures.Tries;

    public override string ToString() => nameof(SweepFailure);
}
