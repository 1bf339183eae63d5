using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SecureChat.AspNetCore;
using SecureChat.Stores;

namespace SecureChat.Benchmarks;

internal enum StoreCall
{
    Insert,
    Get,
    Replace,
    Delete,
    List,
    Scrub,
}

/// <summary>One call of a store.</summary>
internal sealed record StoreStep(RecordStoreSlot Slot, StoreCall Call, RecordKey? Key, long Version, DateTimeOffset? DueAt, int Length, RecordQuery? Query);

/// <summary>Writes down what the product asks its stores, in order.</summary>
internal sealed class StoreTrace
{
    private readonly List<StoreStep> _steps = [];

    public bool IsRecording { get; set; }

    public IReadOnlyList<StoreStep> Take()
    {
        lock (_steps)
        {
            StoreStep[] taken = [.. _steps];
            _steps.Clear();
            return taken;
        }
    }

    public IRecordStore Wrap(RecordStoreSlot slot, IRecordStore inner) => new Traced(this, slot, inner);

    private void Add(StoreStep step)
    {
        lock (_steps)
        {
            if (IsRecording)
            {
                _steps.Add(step);
            }
        }
    }

    private sealed class Traced(StoreTrace trace, RecordStoreSlot slot, IRecordStore inner) : IRecordStore
    {
        public RecordStoreDescription Description => inner.Description;

        public ValueTask PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

        public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
        {
            trace.Add(new StoreStep(slot, StoreCall.Insert, record.Key, 0, record.DueAt, record.Body.Length, null));
            return inner.InsertAsync(record, cancellationToken);
        }

        public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
        {
            trace.Add(new StoreStep(slot, StoreCall.Get, key, 0, null, 0, null));
            return inner.GetAsync(key, cancellationToken);
        }

        public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
        {
            trace.Add(new StoreStep(slot, StoreCall.Replace, record.Key, record.Version, record.DueAt, record.Body.Length, null));
            return inner.ReplaceAsync(record, cancellationToken);
        }

        public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
        {
            trace.Add(new StoreStep(slot, StoreCall.Delete, key, version, null, 0, null));
            return inner.DeleteAsync(key, version, cancellationToken);
        }

        public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The measured steps delete no partition.");

        public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
        {
            trace.Add(new StoreStep(slot, StoreCall.List, null, 0, null, 0, query));
            return inner.ListAsync(query, cancellationToken);
        }

        // Asked by the sweeper only.
        public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => inner.ListDueAsync(query, cancellationToken);

        public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken)
        {
            trace.Add(new StoreStep(slot, StoreCall.Scrub, null, 0, null, 0, null));
            return inner.ScrubAsync(cancellationToken);
        }

        public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => inner.GetTimeAsync(cancellationToken);
    }
}

/// <summary>
/// Does the steps of a trace by hand: the same two files with the same layout and pragmas, one connection that writes and one that
/// reads for each, statements prepared, one transaction for each write. No queue, no thread, no checks, no encryption, no JSON.
/// </summary>
internal sealed class HandStore : IDisposable
{
    private readonly Dictionary<RecordStoreSlot, (SqliteWriteSession Write, SqliteReadSession Read)> _files = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private long _round;

    public HandStore(BenchFolder folder)
    {
        foreach (RecordStoreSlot slot in Enum.GetValues<RecordStoreSlot>())
        {
            string path = folder.File($"hand-{slot}.db");
            SqliteConnections.CreateFile(path);
            using (SqliteConnection connection = SqliteConnections.Open(path, TimeSpan.FromSeconds(5)))
            {
                SqliteSchema.Prepare(connection, slot);
            }

            _files[slot] = (new SqliteWriteSession(path, TimeSpan.FromSeconds(5)), new SqliteReadSession(path, TimeSpan.FromSeconds(5)));
        }
    }

    /// <summary>The steps with names of their own, so that every round finds what a first round finds.</summary>
    public IReadOnlyList<(StoreStep Step, byte[] Body)> Rename(IReadOnlyList<StoreStep> steps, bool isNewRound)
    {
        if (isNewRound)
        {
            _names.Clear();
            _round++;
        }

        return [.. steps.Select(step => (
            step with
            {
                Key = step.Key is null ? null : new RecordKey { Kind = step.Key.Kind, Partition = Name(step.Key.Partition), Id = Id(step.Key) },
                Query = step.Query is null ? null : new RecordQuery
                {
                    Kind = step.Query.Kind,
                    Partition = Name(step.Query.Partition),
                    AfterId = step.Query.AfterId,
                    Limit = step.Query.Limit,
                },
            },
            RandomNumberGenerator.GetBytes(step.Length)))];
    }

    public void Do(StoreStep step, byte[] body)
    {
        (SqliteWriteSession write, SqliteReadSession read) = _files[step.Slot];
        switch (step.Call)
        {
            case StoreCall.Get:
                read.Get(step.Key!);
                break;
            case StoreCall.List:
                read.List(step.Query!);
                break;
            case StoreCall.Scrub:
                if (write.Scrub(TimeSpan.FromSeconds(1)) != ScrubResult.Complete)
                {
                    throw new InvalidOperationException("The truncation was not complete.");
                }

                break;
            default:
                write.Begin();
                int changed = write.Execute(new SqliteWrite
                {
                    Kind = step.Call switch { StoreCall.Insert => SqliteWriteKind.Insert, StoreCall.Replace => SqliteWriteKind.Replace, _ => SqliteWriteKind.Delete },
                    Key = step.Key,
                    Version = step.Version,
                    Due = step.DueAt?.ToUnixTimeMilliseconds(),
                    Body = body,
                });
                write.Commit();
                if (changed != 1)
                {
                    throw new InvalidOperationException($"By hand, {step.Call} of {step.Key!.Kind} changed {changed} rows: the steps are not the product's.");
                }

                break;
        }
    }

    public void Dispose()
    {
        foreach ((SqliteWriteSession write, SqliteReadSession read) in _files.Values)
        {
            write.Dispose();
            read.Dispose();
        }
    }

    // Ids of conversations, requests, values and hashes are new in every round; names that are words stay.
    private string Name(string name)
    {
        if (name.Length < SecureChatId.Length || !name.Any(char.IsAsciiDigit))
        {
            return name;
        }

        if (!_names.TryGetValue(name, out string? other))
        {
            other = string.Concat(SecureChatId.New(), SecureChatId.New(), SecureChatId.New())[..name.Length];
            _names.Add(name, other);
        }

        return other;
    }

    // Pages of the log follow each other, events of a new conversation begin again.
    private string Id(RecordKey key) =>
        key.Kind == RecordKinds.AuditPage ? SequenceId.Format(SequenceId.Parse(key.Id) + (_round * 1_000_000)) : Name(key.Id);
}
